"""Axes, ticks and labels: the only module that imports plotext.

plotext draws a plot without data, and only when size or ticks have changed. What is in the plot never reaches
it, so that it never meets a value that it can't take, and no frame has to wait for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import plotext

Ticks = tuple[tuple[float, str], ...]
"""Places in 0..1 of an axis, and their labels."""

_LEAST_COLUMNS = 4  # for data; labels that leave fewer are left out
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
    every = max(1, -(-2 * len(y_ticks) // height))  # labels at most on every other row
    y_ticks = y_ticks[::every]
    columns = width - 1 - max((len(label) for _, label in y_ticks), default=0)
    if columns < _LEAST_COLUMNS:
        columns, y_ticks = width - 1, ()
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limit_size(False, False)
    plotext.plot_size(width, height)
    plotext.xlim(0, 1)
    plotext.ylim(0, 1)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    x_ticks = x_ticks or ((0.0, " "),)  # without any, plotext has no line for their labels
    for set_ticks, ticks in ((plotext.xticks, x_ticks), (plotext.yticks, y_ticks)):
        set_ticks([place for place, _ in ticks], [label for _, label in ticks])
    plotext.scatter([0], [0], marker=" ")  # without data plotext leaves the ticks out
    drawn = _SGR.sub("", plotext.build()).split("\n")[:height]
    drawn += [""] * (height - len(drawn))
    lines = [f"{line[:width]:<{width}}" for line in drawn]
    lines[-2] = _named(lines[-2], x_name)
    margin = width - columns - 1
    blank = next((row for row, line in enumerate(lines[:-2]) if not line[:margin].strip()), None)
    if blank is not None and margin > 1:
        name = y_name if len(y_name) <= margin else f"{y_name[: margin - 1]}…"
        lines[blank] = f"{name:>{margin}}{lines[blank][margin:]}"
    return Frame(tuple(lines), columns)


def _named(line: str, name: str) -> str:
    """The x axis with its name between the last two ticks that leave room for it."""
    for gap in reversed(list(_GAP.finditer(line))) if name else ():
        if len(gap[0]) >= len(name) + 4:
            end = gap.end() - 1
            return f"{line[: end - len(name) - 2]} {name} {line[end:]}"
    return line
