"""Axes, ticks and labels: the only module that imports plotext.

plotext draws a plot without data, and only when size or ticks have changed. What is in the plot never reaches
it, so that it never meets a value that it can't take, and no frame has to wait for it.

It takes ticks in an order that differs from process to process, and leaves out labels that meet one drawn
before. So it gets only ticks whose labels have room, and the labels of the x axis are written here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import plotext

Tick = tuple[float, str]
"""A place in 0..1 of an axis, and its label."""
Ticks = tuple[Tick, ...]

_MIN_COLUMNS = 4  # for data; labels that leave fewer are left out
_SGR = re.compile(r"\x1b\[[0-9;]*m")
_GAP = re.compile("─+")


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot without data: `rows` of data between the y axis at the left and the last two lines."""

    lines: tuple[str, ...]
    """All of them, from the top."""
    columns: int
    """For data, at the right end of the first lines."""

    @property
    def rows(self) -> int:
        """For data."""
        return len(self.lines) - 2

    @property
    def left(self) -> int:
        """Columns of labels and y axis."""
        return len(self.lines[0]) - self.columns


@lru_cache(maxsize=64)
def frame(
    width: int, height: int, x_ticks: Ticks, y_ticks: Ticks, x_name: str = "", y_name: str = ""
) -> Frame:
    """The axes of a plot of this size, at least 8 x 4, with their names where there is room."""
    rows = height - 2
    y_ticks = _with_room(y_ticks, lambda tick: (_cell(tick[0], rows), 1))
    columns = width - 1 - max((len(label) for _, label in y_ticks), default=0)
    if columns < _MIN_COLUMNS:
        columns, y_ticks = width - 1, ()
    labels = _Labels(width - columns, columns)
    x_ticks = _with_room(x_ticks, labels.span)
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limit_size(False, False)
    plotext.plot_size(width, height)
    plotext.xlim(0, 1)
    plotext.ylim(0, 1)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    x_places = [place for place, _ in x_ticks] or [0.0]  # without any, plotext has no line for their labels
    plotext.xticks(x_places, [" "] * len(x_places))
    plotext.yticks([place for place, _ in y_ticks], [label for _, label in y_ticks])
    plotext.scatter([0], [0], marker=" ")  # without data plotext leaves the ticks out
    drawn = _SGR.sub("", plotext.build()).split("\n")[:height]
    drawn += [""] * (height - len(drawn))
    lines = [f"{line[:width]:<{width}}" for line in drawn]
    lines[-2] = _named(lines[-2], x_name)
    lines[-1] = labels.line(x_ticks)
    margin = width - columns - 1
    blank = next((row for row, line in enumerate(lines[:-2]) if not line[:margin].strip()), None)
    if blank is not None and margin > 1:
        name = y_name if len(y_name) <= margin else f"{y_name[: margin - 1]}…"
        lines[blank] = f"{name:>{margin}}{lines[blank][margin:]}"
    return Frame(tuple(lines), columns)


def _cell(place: float, cells: int) -> int:
    """The cell of a place in 0..1, as plotext has it."""
    return math.floor(round(0.5 + (cells - 1) * place, 8))


@dataclass(frozen=True, slots=True)
class _Labels:
    """The line of the x axis' labels: each in the middle below its tick, as far as the line's ends allow."""

    left: int
    columns: int

    def span(self, tick: Tick) -> tuple[int, int]:
        """Where it starts, and its length."""
        place, label = tick
        start = self.left + _cell(place, self.columns) - len(label) // 2
        return max(0, min(start, self.left + self.columns - len(label))), len(label)

    def line(self, ticks: Ticks) -> str:
        """All of them."""
        line = ""
        for tick in ticks:
            line = f"{line:<{self.span(tick)[0]}}{tick[1]}"
        width = self.left + self.columns
        return f"{line[:width]:<{width}}"


def _with_room(ticks: Ticks, span: Callable[[Tick], tuple[int, int]]) -> Ticks:
    """All, every second, every third ...: as many as have a cell between their labels.

    Args:
        ticks: from low to high.
        span: where a tick's label starts, and its length.
    """
    for every in range(1, len(ticks)):
        some = ticks[::every]
        if all(start + length < after for (start, length), (after, _) in pairwise(map(span, some))):
            return some
    return ticks[:1]


def _named(line: str, name: str) -> str:
    """The x axis with its name between the last two ticks that leave room for it."""
    for gap in reversed(list(_GAP.finditer(line))) if name else ():
        if len(gap[0]) >= len(name) + 4:
            end = gap.end() - 1
            return f"{line[: end - len(name) - 2]} {name} {line[end:]}"
    return line
