"""The cells of a screen: their text and their styles."""

from __future__ import annotations

import re
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
BLANKS = " \u00a0\u2800"
"""The blank, the one that does not break, and braille without a dot."""
_PART = re.compile(r"[!-~\u00a1-\u024f\u0300-\u036f]+|.", re.DOTALL)
"""Latin letters with their accents, digits and the like; or any other character."""


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How a cell is drawn."""

    color: str
    """A color such as `#ff8800`."""
    background: str
    bold: bool
    italic: bool
    underline: bool
    strike: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Adjacent cells of a row with the same style."""

    column: int
    """The first cell."""
    width: int
    """How many cells."""
    text: str
    style: CellStyle


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a stretch without blanks."""

    column: int
    width: int
    text: str
    is_word: bool
    """Whether it is a word. Anything else is a single character, which must stay in its cell."""


def stretches(row: Strip) -> list[Stretch]:
    """Return the stretches of a whole row, from left to right."""
    drawn, column = [], 0
    parts = [(_cell_style(part.style or Style.null()), part.text) for part in row if not part.control]
    for style, alike in groupby(parts, key=lambda part: part[0]):
        text = "".join(text for _, text in alike)
        width = cell_len(text)
        drawn.append(Stretch(column, width, text, style))
        column += width
    return drawn


def pieces(stretch: Stretch) -> list[Piece]:
    """Return the words and the other characters of a stretch, from left to right."""
    split: list[Piece] = []
    column = stretch.column
    for text in _PART.findall(stretch.text):
        width = cell_len(text)
        if text in BLANKS:
            pass
        elif split and not width:  # a part of the character before
            split[-1] = replace(split[-1], text=split[-1].text + text)
        elif len(set(text)) > 1:
            split.append(Piece(column, width, text, is_word=True))
        else:  # one character or, like points in a plot, the same one several times
            each = width // len(text)
            split += [Piece(column + each * place, each, text[0], False) for place in range(len(text))]
        column += width
    return split


@cache
def _cell_style(style: Style) -> CellStyle:
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
    return CellStyle(
        color.hex,
        background.hex,
        bold=bool(style.bold),
        italic=bool(style.italic),
        underline=bool(style.underline),
        strike=bool(style.strike),
    )
