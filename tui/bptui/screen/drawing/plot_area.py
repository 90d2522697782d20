"""The position of a plot's axes, and which ticks have room for their labels.

plotext takes ticks in an order that differs between processes, and leaves out a label that touches one drawn
before. It is therefore given only ticks whose labels have room. The labels of the x axis, which plotext
shifts if they are close together, are written here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from bptui.screen.drawing.canvas import SECOND

Tick = tuple[float, str]
"""A position on an axis, from 0 to 1, and its label."""
Ticks = tuple[Tick, ...]

_MIN_COLUMNS = 4  # for data; labels that would leave fewer are left out
_MIN_NAME = 6
"""The fewest cells for the name of the x axis where it has to be cut."""
_AROUND_NAME = 4
"""A blank and a piece of the axis on both sides of it."""
_UNEVEN = 0.42
"""How far the rows between two ticks may differ from their distance, as a share of it."""
_WAYS = ((3, 1, _UNEVEN), (3, 0, _UNEVEN), (2, 1, _UNEVEN), (2, 0, math.inf))
"""How many ticks the y axis has at least, the rows between their labels, and how uneven they may be."""
_GAP = re.compile("─+")


class PlotArea(NamedTuple):
    """The position of the data in a plot: to the right of the y axis, and above the last two lines."""

    width: int
    height: int
    columns: int
    """The columns for data, at the right end of the lines."""
    x_ticks: Ticks
    y_ticks: Ticks
    x_name: str
    y_name: str

    @property
    def rows(self) -> int:
        """The rows for data, from the top."""
        return self.height - 2

    @property
    def left(self) -> int:
        """The columns of labels and y axis."""
        return self.width - self.columns

    @property
    def is_even(self) -> bool:
        """Whether the ticks of the x axis are equally far apart."""
        cells = [_cell(place, self.columns) for place, _ in self.x_ticks]
        return len({after - before for before, after in pairwise(cells)}) <= 1

    def labelled(self, lines: list[str]) -> list[str]:
        """The drawn lines with the labels of the x axis and, where there is room, the name of the y axis."""
        *body, axis, _ = lines
        margin = self.left - 1
        blank = next((row for row, line in enumerate(body) if not line[:margin].strip()), None)
        if blank is not None and margin > 1:
            body[blank] = f"{_cut(self.y_name, margin):>{margin}}{body[blank][margin:]}"
        return [*body, axis, self._labels()]

    def name_below(self, line: str) -> tuple[int, str]:
        """Where the name of the x axis begins in its line: between the last two signs with room for it.

        The name is cut if no room is large enough, and empty if there is hardly any.
        """
        gaps = [*reversed([*_GAP.finditer(line)])]
        wide = (gap for gap in gaps if len(gap[0]) >= len(self.x_name) + _AROUND_NAME)
        gap = next(wide, None) or max(gaps, key=lambda gap: len(gap[0]), default=None)
        room = 0 if gap is None or not self.x_name else len(gap[0]) - _AROUND_NAME
        if gap is None or room < min(_MIN_NAME, len(self.x_name)):
            return 0, ""
        name = _cut(self.x_name, room)
        return gap.end() - len(name) - 2, name

    def _labels(self) -> str:
        line = ""
        for tick in self.x_ticks:
            start, _ = _below(tick, self.left, self.columns)
            line = f"{line:<{start}}{tick[1]}"
        return f"{line[: self.width]:<{self.width}}"


def _cut(name: str, room: int) -> str:
    """A name in at most so many cells."""
    return name if len(name) <= room else f"{name[: room - 1 - (name[room - 1] == SECOND)]}…"


def area_for(
    width: int,
    height: int,
    x_ticks: Ticks,
    y_ticks: Ticks,
    x_name: str,
    y_name: str,
    *,
    names_x: bool = False,
) -> PlotArea:
    """Return the area of a plot of this size, at least 8 x 4.

    Args:
        width: columns.
        height: rows.
        x_ticks: from low to high.
        y_ticks: from low to high.
        x_name: what the x axis measures, or nothing.
        y_name: what the y axis measures, or nothing.
        names_x: whether ticks give way to the name of the x axis.
    """
    y_ticks = _rows_with_room(y_ticks, height - 2)
    columns = width - 1 - max((len(label) for _, label in y_ticks), default=0)
    if columns < _MIN_COLUMNS:
        columns, y_ticks = width - 1, ()
    apart = [chosen for chosen in _choices(x_ticks) if _are_apart(chosen, width - columns, columns)]
    needed = min(_MIN_NAME, len(x_name)) + _AROUND_NAME if names_x else 0
    named = (chosen for chosen in apart if max(_gaps(chosen, columns)) >= needed)
    chosen = next(named, None) or next(iter(apart), x_ticks[:1])
    return PlotArea(width, height, columns, chosen, y_ticks, x_name, y_name)


def _are_apart(ticks: Ticks, left: int, columns: int) -> bool:
    """Whether the labels of the x axis leave a blank between them."""
    labels = (_below(tick, left, columns) for tick in ticks)
    return all(start + length < after for (start, length), (after, _) in pairwise(labels))


def _gaps(ticks: Ticks, columns: int) -> list[int]:
    """The cells of the x axis between its ticks, and before and after them."""
    signs = [-1, *(_cell(place, columns) for place, _ in ticks), columns]
    return [after - before - 1 for before, after in pairwise(signs)]


def _rows_with_room(ticks: Ticks, rows: int) -> Ticks:
    """The most ticks, evenly chosen, whose rows are about as far apart as the ticks are on the axis."""
    for fewest, gap, uneven in _WAYS:
        for chosen in _choices(ticks):
            steps = [
                (_cell(after, rows) - _cell(place, rows), (after - place) * (rows - 1))
                for (place, _), (after, _) in pairwise(chosen)
            ]
            is_even = all(cells > gap and abs(cells - step) <= uneven * step for cells, step in steps)
            if is_even and len(chosen) >= fewest:
                return chosen
    return ticks[:1]


def _cell(place: float, cells: int) -> int:
    """The cell of a position from 0 to 1, as plotext computes it."""
    return math.floor(round(0.5 + (cells - 1) * place, 8))


def _below(tick: Tick, left: int, columns: int) -> tuple[int, int]:
    """The first cell of an x tick's label, centered as far as the ends of the line allow, and its length."""
    place, label = tick
    start = left + _cell(place, columns) - len(label) // 2
    return max(0, min(start, left + columns - len(label))), len(label)


def _choices(ticks: Ticks) -> Iterator[Ticks]:
    """Every tick, or every second, third, ... one; if one is at 0, it is among them."""
    zero = next((number for number, (_, label) in enumerate(ticks) if not label.strip(" 0.")), None)
    for every in range(1, len(ticks)):
        for first in range(every) if zero is None else [zero % every]:
            yield ticks[first::every]
