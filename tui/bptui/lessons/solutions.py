"""Solutions as acts on the screen: what each command of the line dialogue does there, and by which keys."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bpengine import FIELDS, ConfigError, Field
from bpengine.wording import shown
from bptui.commands import COMMANDS, key_of, keys_of

_TO = re.compile(r"(?:to|until)\s+(?:epoch\s+)?(\d{1,9})", re.IGNORECASE)
_COUNT = re.compile(r"(\d{1,9})(?:\s+(epoch|sample)s?)?|", re.IGNORECASE)
_UNIT = re.compile(r"(\d{1,6})(?:\s+of\s+layer\s+(\d{1,6}))?", re.IGNORECASE)
_MOVES = {"raise": 1, "more": 1, "lower": -1, "less": -1}
_SWITCHES = ("toggle_what_if", "toggle_cloud")
"""The commands that a solution can say on or off to."""
_EDITS = {"freeze": "freeze", "knock out": "knock_out"}
_FIELDS = sorted(
    ((name.casefold(), field) for field in FIELDS for name in (field.label, field.name, field.flag)),
    key=lambda each: -len(each[0]),
)
"""The names of the settings, longer ones first."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a command does on the screen."""

    command: str
    """The command as the lesson has it."""
    keys: str
    """The keys that do the same."""


@dataclass(frozen=True, slots=True)
class SetValue(Act):
    """Sets a setting to a value."""

    field: Field
    value: object


@dataclass(frozen=True, slots=True)
class MoveValue(Act):
    """Raises (1) or lowers (-1) a setting by a step, or by a large one."""

    field: Field
    direction: int
    coarse: bool


@dataclass(frozen=True, slots=True)
class Train(Act):
    """Trains: to an epoch, for a number of epochs or samples, or to the end if all of them are None."""

    to: int | None = None
    epochs: int | None = None
    samples: int | None = None


@dataclass(frozen=True, slots=True)
class EditUnit(Act):
    """Freezes or knocks out a unit."""

    edit: str
    """The name of the command: freeze or knock_out."""
    unit: tuple[int, int]
    """Its layer and its number, counted from 0."""


@dataclass(frozen=True, slots=True)
class Press(Act):
    """Presses the key of a command."""

    name: str
    """The name in the table of commands."""
    turns: bool | None = None
    """Whether it is a switch that is then on or off; None if it is none."""


def act_of(command: str) -> Act:
    """What a command of a solution does on the screen.

    Raises:
        ConfigError: the command can't be shown there, or its value is not allowed.
    """
    text = " ".join(command.split())
    found = _setting(text) or _training(text) or _edit(text) or _key(text)
    if found is None:
        raise ConfigError("solution", f"{shown(command)} can't be shown on the screen")
    return found


def _setting(text: str) -> Act | None:
    word, _, rest = text.partition(" ")
    named = rest if word.casefold() in ("set", "change", *_MOVES) else text
    found = next(((name, field) for name, field in _FIELDS if _begins(named, name)), None)
    if found is None:
        return None
    name, field = found
    value = re.sub(r"^\s*(=|to\s)?\s*", "", named[len(name) :])
    way = keys_of("up", "down")
    if word.casefold() in _MOVES:
        direction, coarse = _MOVES[word.casefold()], bool(value)
        commands = ("much_less", "less", "", "more", "much_more")
        key = key_of(commands[2 + direction * (2 if coarse else 1)])
        return MoveValue(text, f"{way} {field.label}, {key}", field, direction, coarse)
    if not value:
        return None
    keys = f"{way} {field.label}, {key_of('edit')} {value} {key_of('edit')}"
    return SetValue(text, keys, field, field.parse(value))


def _begins(text: str, name: str) -> bool:
    """Whether a text begins with a whole name."""
    return text[: len(name)].casefold() == name and text[len(name) : len(name) + 1] in ("", " ", "=")


def _training(text: str) -> Act | None:
    word, _, rest = text.partition(" ")
    steps = word.casefold() == "step"
    to, count = _TO.fullmatch(rest), _COUNT.fullmatch(rest)
    if word.casefold() not in ("run", "train", "continue", "go", "step") or (count is None and not to):
        return None
    run = key_of("toggle_run")
    if to is not None:
        return None if steps else Train(text, f"{run} … {run}", to=int(to[1]))
    assert count is not None
    number = int(count[1] or 1)
    if steps and (count[2] or "").casefold() == "sample":
        return Train(text, f"{key_of('slower')} {run}", samples=number)
    if steps:
        return Train(text, f"{key_of('step_epoch')} × {number}", epochs=number)
    return Train(text, f"{run} … {run}", epochs=number) if count[1] else Train(text, run)


def _edit(text: str) -> Act | None:
    for word, name in _EDITS.items():
        unit = (
            _UNIT.fullmatch(text[len(word) :].strip().removeprefix("unit ")) if _begins(text, word) else None
        )
        if unit is not None:
            place = int(unit[2] or 1) - 1, int(unit[1]) - 1
            return EditUnit(text, f"{key_of('focus_next')} {key_of(name)}", name, place)
    return None


def _key(text: str) -> Act | None:
    word, turns = text.casefold(), None
    if word.endswith((" on", " off")):
        word, _, way = word.rpartition(" ")
        turns = way == "on"
    found = (each for each in COMMANDS if each.word and word in (each.word, *each.aliases))
    command = next(found, None)
    if command is None or (turns is not None and command.name not in _SWITCHES):
        return None
    return Press(text, key_of(command.name), command.name, turns)
