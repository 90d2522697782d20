"""The entries of the palette in addition to the commands: settings, their values and panels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from textual.app import SystemCommand

from bpengine import FIELDS, ConfigError, Field, TrainingConfig
from bpengine.fields import ChoiceField, NamesField

Change = Callable[[Field, Any], object]
"""Sets a field to a value."""
Edit = Callable[[Field], object]
"""Asks for a value of a field."""


def panel_commands(names: Sequence[str], reveal: Callable[[str], object]) -> Iterator[SystemCommand]:
    """A command that opens each panel."""
    for name in names:
        yield SystemCommand(
            f"{name} panel",
            f"Focus the {name} panel, and show it if it is out of sight.",
            partial(reveal, name),
        )


def setting_commands(config: TrainingConfig, edit: Edit, change: Change) -> Iterator[SystemCommand]:
    """A command for each setting, and one for each name that a setting can have in this task."""
    for field in FIELDS:
        value = field.format(getattr(config, field.name))
        yield SystemCommand(f"{field.label} {field.symbol} = {value}", field.help, partial(edit, field))
    for field in FIELDS:
        if not isinstance(field, (ChoiceField, NamesField)):
            continue
        for name in field.alternatives(getattr(config, field.name)):
            yield SystemCommand(
                f"{field.label} {name}",
                field.helps[name],
                partial(change, field, field.parse(name)),
                False,
            )


def typed_commands(query: str, edit: Edit, change: Change) -> Iterator[SystemCommand]:
    """The commands for a setting and a value that were typed, such as "learning rate 0.3" or "epochs = 500".

    The name may be shortened: "learn 0.3". If a value is not allowed, a message says so and asks for another.
    """
    words = re.sub(r"(?<![<>=!])=(?!=)", " = ", query, count=1).split()  # but not in a formula's <=
    for count in range(len(words) - 1, 0, -1):
        name = [word.lower() for word in words[:count]]
        text = " ".join(words[count:]).removeprefix("= ").removeprefix("to ")
        for field in FIELDS:
            if isinstance(field, ChoiceField) or not _names(field, name):
                continue  # `setting_commands` already lists the names of a choice
            try:
                value = field.parse(text)
            except ConfigError as error:
                if text[0] in "+-.0123456789":  # otherwise the words may be the beginning of a name
                    yield SystemCommand(f"{field.label} {text}", str(error), partial(edit, field))
            else:
                yield SystemCommand(
                    f"{field.label} {field.format(value)}",
                    f"Set it. {field.help}",
                    partial(change, field, value),
                )


def _names(field: Field, words: list[str]) -> bool:
    """Whether words name the field: its symbol or initials, its flag, or beginnings of its label's words."""
    known = field.label.lower().split()
    short = (
        field.symbol.lower(),
        "".join(word[0] for word in known),
        field.flag.removeprefix("--"),
        field.name,
    )
    if len(words) == 1 and words[0] in short:
        return True
    return len(words) <= len(known) and all(any(each.startswith(word) for each in known) for word in words)


def match(query: str, title: str) -> float:
    """How well a query matches: 3 if the title begins with it, 2 if each word begins a word of it, else 0."""
    wanted, found = query.lower(), title.lower()
    if found.startswith(wanted):
        return 3.0
    words = found.replace("-", " ").split()
    return 2.0 if all(any(word.startswith(each) for word in words) for each in wanted.split()) else 0.0
