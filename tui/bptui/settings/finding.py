"""Finding hyperparameters by what a person types."""

from __future__ import annotations

from bpengine import FIELDS


def matching(text: str) -> tuple[int, ...]:
    """The indices into FIELDS of the hyperparameters that match a text; an empty text matches all.

    A match contains the text in its label, flag or symbol. If there is none, the help texts are searched.
    """
    wanted = text.strip().casefold()
    names = [(field.label, field.flag.removeprefix("--"), field.symbol) for field in FIELDS]
    found = [number for number, each in enumerate(names) if any(wanted in name.casefold() for name in each)]
    if not found:
        found = [number for number, field in enumerate(FIELDS) if wanted in field.help.casefold()]
    return tuple(found)
