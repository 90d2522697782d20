"""A canvas of character cells with braille dots, on which all plots and pictures are put together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from bpengine.arithmetic.arrays import IntArray
from bptui.screen.drawing.spans import Span

Codes = NDArray[np.uint32]
"""Characters as code points."""

DOTS_X, DOTS_Y = 2, 4
"""The braille dots in a character cell."""
DASH_PERIOD, DOT_PERIOD = 8, 3
"""The braille dots from one dash of a line to the next, and from one dot of a dotted line to the next."""
BLANK = ord(" ")
UPPER_HALF, LOWER_HALF = ord("▀"), ord("▄")

_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint32)
"""Unicode's bit of each dot in its cell, the highest row first."""
_EMPTY = 0x2800  # the braille character without dots


SECOND = "\0"
"""What the second cell of a wide character holds."""


def cells_of(text: str) -> str:
    """The text with a character for each cell that it takes; see `SECOND`."""
    if SECOND in text or cell_len(text) == len(text):
        return text
    return "".join(letter + SECOND * (cell_len(letter) - 1) for letter in text)


class Canvas:
    """Cells that hold a character, its role and the role of the background, the highest row first.

    A role is a number here: 0 for none, otherwise its position in `roles`, counted from 1.

    Args:
        width: columns.
        height: rows.
        roles: the names of all roles.
    """

    def __init__(self, width: int, height: int, roles: Sequence[str]) -> None:
        self.width, self.height = width, height
        self.codes: Codes = np.full((height, width), BLANK, dtype=np.uint32)
        self.roles = np.zeros((height, width), dtype=np.int64)
        self.grounds = np.zeros((height, width), dtype=np.int64)
        self._names: tuple[str | None, ...] = (None, *roles)
        self.numbers = {name: number for number, name in enumerate(self._names)}
        """The number of each role."""

    def number(self, role: str | None) -> int:
        """The number of a role."""
        return self.numbers[role]

    def write(self, row: int, left: int, text: str, role: str, ground: str | None = None) -> None:
        """Overwrite the cells of a row with a text, which is cut off at the right end."""
        text = cells_of(text)[: max(self.width - left, 0)]
        if text and 0 <= row < self.height:
            cells = np.s_[row, left : left + len(text)]
            self.codes[cells] = [ord(character) for character in text]
            self.roles[cells] = self.number(role)
            if ground is not None:
                self.grounds[cells] = self.number(ground)

    def dots(self, x: IntArray, y: IntArray, roles: IntArray) -> None:
        """Draw braille dots. A cell keeps only the dots of this call, in the role that comes last.

        Args:
            x: from the left; shape (dots,). Dots beyond the right end are left out.
            y: from the top; same shape.
            roles: the number of each dot's role; same shape.
        """
        inside = x < DOTS_X * self.width
        x, y, roles = x[inside], y[inside], roles[inside]
        cells = y // DOTS_Y, x // DOTS_X
        bits = np.zeros_like(self.codes)
        np.bitwise_or.at(bits, cells, _BITS[y % DOTS_Y, x % DOTS_X])
        self.codes[cells] = _EMPTY + bits[cells]
        self.roles[cells] = roles

    def paint(self, top: int, left: int, roles: IntArray) -> None:
        """Fill a region with two colors a cell, one for each half; characters that are there are kept.

        A cell with two colors has that of the lower number as its background: along a row, one of the two
        often stays the same, and only the other one is sent.

        Args:
            top: the first row.
            left: the first column.
            roles: the number of the role whose background colors each half, or 0; shape (2 rows, columns).
        """
        upper, lower = roles[::2], roles[1::2]
        region = np.s_[top : top + len(upper), left : left + upper.shape[1]]
        bare = self.codes[region] == BLANK
        self.grounds[region] = np.where(bare, np.minimum(upper, lower), upper)
        halved = bare & (upper != lower)
        self.codes[region][halved] = np.where(upper > lower, UPPER_HALF, LOWER_HALF)[halved]
        self.roles[region][halved] = np.maximum(upper, lower)[halved]

    def rows(self, *, apart: Collection[str] = ()) -> list[list[Span]]:
        """The cells as rows of spans.

        A blank without a role takes that of a neighbor with the same background: it looks the same in any
        role, and each change of the role costs about forty bytes on the connection.

        Args:
            apart: the roles that no blank may take, since they are shown in reverse.
        """
        if not self.width:
            return [[] for _ in range(self.height)]
        roles = _with_blanks(self.roles, self.grounds, [self.number(role) for role in apart])
        changes = np.ones(roles.shape, dtype=bool)
        changes[:, 1:] = (roles[:, 1:] != roles[:, :-1]) | (self.grounds[:, 1:] != self.grounds[:, :-1])
        rows = []
        for row in range(self.height):
            text = self.codes[row].tobytes().decode("utf-32")
            starts = np.flatnonzero(changes[row])
            styles = zip(roles[row, starts].tolist(), self.grounds[row, starts].tolist(), strict=True)
            ends = starts.tolist()
            rows.append(
                [
                    Span(text[start:stop].replace(SECOND, ""), self._names[role], self._names[ground])
                    for start, stop, (role, ground) in zip(ends, [*ends[1:], self.width], styles, strict=True)
                ]
            )
        return rows


def _with_blanks(roles: IntArray, grounds: IntArray, apart: list[int]) -> IntArray:
    """The roles, in which cells without one take that of the cell before or, if it has none, after them."""
    columns = np.arange(roles.shape[1])
    row = np.arange(roles.shape[0])[:, np.newaxis]
    stretch = np.zeros(roles.shape, dtype=np.int64)
    looks = np.where(np.isin(roles, apart), -1, grounds)
    stretch[:, 1:] = np.cumsum(looks[:, 1:] != looks[:, :-1], axis=1)
    gives = roles > 0
    before = np.maximum.accumulate(np.where(gives, columns, 0), axis=1)
    behind = np.minimum.accumulate(np.where(gives, columns, columns[-1])[:, ::-1], axis=1)[:, ::-1]
    given = np.zeros_like(roles)
    for giver in (behind, before):
        given = np.where(gives[row, giver] & (stretch[row, giver] == stretch), roles[row, giver], given)
    return given
