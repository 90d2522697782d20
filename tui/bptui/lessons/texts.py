"""Texts of lessons: numbers filled in, and cut into pages that fit three rows of a narrow screen."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bptui.commands import COMMAND
from bptui.commands.naming import in_dialogue, is_command, on_screen
from bptui.lessons.goals import NUMBERS, Facts
from bpwords import OPTIONAL, Naming, Sentence, columns, shown, slots, there_is_no, word
from bpwords.numbers import number
from bpwords.wrapping import sentences, wrapped

if TYPE_CHECKING:
    from bptui.lessons.lesson import Measured

COLUMNS, ROWS = 60, 3
"""The room for a page where it is smallest."""
PAGE = 160
"""The most cells of a page of text. A Chinese character takes two."""

_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_NUMBER = re.compile(r"\{([A-Za-z_0-9.\-]+)(?::(\.[0-9])?([fgd%])?)?\}")
_MEASURED = "measured."
_MISSING = "\1"
"""Stands for a number that the run does not have."""


def problem(text: str, measured: Mapping[str, Measured]) -> str:
    """What is wrong with the numbers that a text asks for, or the commands; empty if nothing is.

    A command that one of the front ends lacks must stand in square brackets, with the text that goes with it.
    """
    for slot in filter(is_command, slots(OPTIONAL.sub("", text))):
        where = "the screen" if not on_screen(slot) else "the dialogue" if not in_dialogue(slot) else ""
        if where:
            return f"{where} has no {shown(slot)}: it must stand in square brackets"
    for found in _BRACES.findall(text):
        if is_command(found[1:-1]):
            continue
        wanted = _NUMBER.fullmatch(found)
        if wanted is None:
            return f"{shown(found)} must be a name with an optional format, such as {{error:.2g}}"
        name, known = wanted[1], [*NUMBERS, *(f"{_MEASURED}{id}" for id in measured)]
        if name not in known:
            return there_is_no("number or command", name, [*known, *COMMAND])
    return ""


def filled(text: str, facts: Facts, measured: Mapping[str, Measured], naming: Naming | None = None) -> str:
    """The text with its numbers filled in, as the program writes them, and the names of commands.

    Sentences with a number that the run does not have are left out.

    Args:
        text: the text with slots.
        facts: the numbers of the run.
        measured: the measured numbers, by their IDs.
        naming: what commands are called; None for what this front end calls them.
    """

    def written(match: re.Match[str]) -> str:
        name = match[1]
        known = measured[name[len(_MEASURED) :]].expected if name.startswith(_MEASURED) else facts[name]
        return _written(float(known), match[2], match[3])

    numbers = (match for match in _NUMBER.finditer(text) if not is_command(match[0][1:-1]))
    said = Sentence(text, naming=naming)(**{match[0][1:-1]: written(match) for match in numbers})
    if _MISSING not in said:
        return said
    return "".join(sentence for sentence in sentences(said) if _MISSING not in sentence).rstrip()


def with_commands(text: str) -> str:
    """The text with the names of its commands, whose numbers are not filled in."""
    return Sentence(text)(**{slot: f"{{{slot}}}" for slot in slots(text) if not is_command(slot)})


def unknown(text: str, facts: Facts) -> list[str]:
    """The numbers that a text asks for and that a run does not have."""
    names = [match[1] for match in _NUMBER.finditer(text)]
    return [name for name in names if name in facts and math.isnan(facts[name])]


def _written(value: float, precision: str | None, kind: str | None) -> str:
    """The value in a format, which has a precision such as .2 and a kind; None for none."""
    digits = int(precision[1:]) if precision else None
    if math.isnan(value):
        text = _MISSING
    elif kind == "d" or (kind is None and digits is None and value.is_integer()):
        text = f"{value:.0f}"
    elif kind == "f":
        text = f"{value:.{digits or 0}f}"
    elif kind == "%":
        text = f"{100 * value:.{digits or 0}f}{word(' %')}"
    else:
        text = number(value, max(1, 3 if digits is None else digits))
    return text


def too_long(text: str) -> str:
    """The first sentence that does not fit a page; empty if there is none."""
    return next((sentence.strip() for sentence in sentences(text) if not fits(sentence.strip())), "")


def fits(page: str) -> bool:
    """Whether a text fits a page."""
    return columns(page) <= PAGE and len(wrapped(page, COLUMNS)) <= ROWS
