"""Solutions as acts on the screen: what each command of the line dialogue does there, and by which keys."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bpengine import Field
from bptui.commands import COMMAND, COMMANDS, grammar, key_of, keys_of
from bpwords import shown

_WORDS = {command.name: command.words for command in COMMANDS if command.word}
_WORDS |= grammar.CHANGES
"""The words of each command: those of the screen by their names there, and those that change a setting.

A solution must have the whole word: its beginning may also begin a command that only the dialogue has.
"""
_SWITCHES = ("toggle_what_if", "toggle_cloud")
"""The commands that a solution can say on or off to."""


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
    """Trains."""

    amount: grammar.Amount


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
        RefusedError: the command can't be shown there.
        ConfigError: the value of the setting is not allowed.
    """
    text = " ".join(command.split())
    with contextlib.suppress(grammar.RefusedError):
        act = _act(text)
        if act is not None:
            return act
    raise grammar.RefusedError(f"{shown(command)} can't be shown on the screen")


def _act(text: str) -> Act | None:
    if grammar.begins_with_setting(text):
        return _set(text, text)
    found, rest = grammar.named(text, {}, _WORDS)
    return _ACTS.get(found[0], partial(_press, found[0]))(text, rest) if found else None


def _set(text: str, rest: str) -> Act:
    field, value = grammar.change_named(rest)
    keys = f"{keys_of('up', 'down')} {field.label}, {key_of('edit')} {value} {key_of('edit')}"
    return SetValue(text, keys, field, field.parse(value))


def _move(direction: int, text: str, rest: str) -> Act:
    field, coarse = grammar.move_named(rest)
    commands = ("much_less", "less", "", "more", "much_more")
    key = key_of(commands[2 + direction * (2 if coarse else 1)])
    return MoveValue(text, f"{keys_of('up', 'down')} {field.label}, {key}", field, direction, coarse)


def _run(text: str, rest: str) -> Act:
    amount, run = grammar.amount_to_run(rest), key_of("toggle_run")
    return Train(text, run if amount == grammar.Amount() else f"{run} … {run}", amount)


def _step(text: str, rest: str) -> Act:
    amount = grammar.amount_to_step(rest)
    if amount.samples is not None:
        return Train(text, f"{key_of('slower')} {key_of('toggle_run')}", amount)
    return Train(text, f"{key_of('step_epoch')} × {amount.epochs}", amount)


def _edit(name: str, text: str, rest: str) -> Act | None:
    unit = grammar.unit_named(rest)
    if not unit.layer or not unit.unit:
        return None  # the keys are for a single unit, and the layer of the outputs has no number here
    place = unit.layer - 1, unit.unit - 1
    return EditUnit(text, f"{key_of('focus_next')} {key_of(name)}", name, place)


def _press(name: str, text: str, rest: str) -> Act | None:
    if rest and name not in _SWITCHES:
        return None
    turns = grammar.choice_of(rest, ("on", "off"), COMMAND[name].word) == "on" if rest else None
    return Press(text, key_of(name), name, turns)


_ACTS: dict[str, Callable[[str, str], Act | None]] = {
    "set": _set,
    "raise": partial(_move, 1),
    "lower": partial(_move, -1),
    "toggle_run": _run,
    "step_epoch": _step,
    "freeze": partial(_edit, "freeze"),
    "knock_out": partial(_edit, "knock_out"),
}
"""What is shown of a command, given its whole text and the text after its word; other commands press keys."""
