"""The cells of a screen: which text stands where, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from rich.cells import cell_len
from rich.color import blend_rgb
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME as THEME
from textual.strip import Strip

DIMMED = 0.4
"""How far a dim color moves toward the background, from 0 to 1."""
LAST_LETTER = "\u024f"
"""The end of the Latin letters, which a font for code has in one width."""
BLANKS = " \u00a0\u2800"
"""The blank, the one that does not break, and braille without a dot."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell is drawn."""

    color: str
    """Such as `#ff8800`."""
    background: str
    bold: bool
    italic: bool
    underline: bool
    strike: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Adjacent cells of a row that look alike."""

    column: int
    """The first cell."""
    width: int
    """How many cells."""
    text: str
    look: Look


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, or any other character by itself, without blanks."""

    column: int
    width: int
    text: str
    is_word: bool
    """Whether it consists of letters, digits and the like, so that a font draws it in equal steps."""


def stretches(row: Strip) -> list[Stretch]:
    """The whole row, from left to right."""
    found, column = [], 0
    parts = [(_look(part.style or Style.null()), part.text) for part in row if not part.control]
    for look, alike in groupby(parts, key=lambda part: part[0]):
        text = "".join(text for _, text in alike)
        width = cell_len(text)
        found.append(Stretch(column, width, text, look))
        column += width
    return found


def pieces(stretch: Stretch) -> list[Piece]:
    """What can be seen of the text."""
    found: list[Piece] = []
    column = stretch.column
    for character in stretch.text:
        width = cell_len(character)
        last = found[-1] if found else None
        is_letter = character <= LAST_LETTER
        continues = is_letter and last and last.is_word and last.column + last.width == column
        if character in BLANKS:
            pass
        elif last and (continues or not width):  # without a width it combines with the one before
            found[-1] = replace(last, width=last.width + width, text=last.text + character)
        else:
            found.append(Piece(column, width, character, is_letter))
        column += width
    return found


@cache
def _look(style: Style) -> Look:
    color = THEME.foreground_color if style.color is None else style.color.get_truecolor(THEME)
    background = (
        THEME.background_color
        if style.bgcolor is None
        else style.bgcolor.get_truecolor(THEME, foreground=False)
    )
    if style.reverse:
        color, background = background, color
    if style.dim:
        color = blend_rgb(color, background, DIMMED)
    return Look(
        color.hex,
        background.hex,
        bold=bool(style.bold),
        italic=bool(style.italic),
        underline=bool(style.underline),
        strike=bool(style.strike),
    )
