"""The command that says what the run predicts."""

from __future__ import annotations

import shlex

from bpengine.predictions import TypedError
from bptui.describe.prediction import DIVERGED, Asked, answered, asked
from bptui.plain.dialogue import Dialogue
from bptui.plain.errors import RefusedError
from bptui.plain.wording import sentence
from bptui.session.snapshot import State


def predict(dialogue: Dialogue, text: str) -> str:
    """Say what the run predicts for a value of each input; without values, what they may be."""
    dialogue.finish()
    session = dialogue.session
    if session.state is State.DIVERGED:
        raise RefusedError(DIVERGED)
    columns = asked(session.dataset)
    if not text:
        return f"Say predict with a value for each input: {_inputs(columns)}."
    try:
        found = answered(session.dataset, columns, _values(text, len(columns)), session.outputs)
    except TypedError as error:
        raise RefusedError(str(error) if error.number is None else f"for {error}") from None
    return " ".join(filter(None, (sentence(f"predicted {found.text}"), found.note)))


def _inputs(columns: tuple[Asked, ...]) -> str:
    return ", ".join(f"{each.name} ({each.hint})" for each in columns)


def _values(text: str, count: int) -> list[str]:
    """The values, between which there are spaces, commas or semicolons; quotes keep such signs in a value."""
    for sign in ("", ";", ","):
        if sign and sign not in text:
            continue
        try:
            values = [part.strip() for part in text.split(sign)] if sign else shlex.split(text)
        except ValueError:  # a quotation mark without a closing one
            continue
        values = values if sign else [value.rstrip(",;") for value in values]
        if len(values) == count:
            return values
    return text.replace(",", " ").replace(";", " ").split()
