"""Draws series and axes with plotext. This is the only module that imports it.

plotext draws into one global figure, so only one thread may use it. It takes microseconds for each point: it
is given one character for each cell, without what later series cover. Each character has the color whose
number is that of its role: the colors of the cells identify the roles.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import plotext

from bpengine.arithmetic.arrays import IntArray
from bptui.drawing.canvas import BLANK, DOTS_Y, Canvas, Codes
from bptui.drawing.cleaning import CleanSeries
from bptui.drawing.plot_area import PlotArea
from bptui.drawing.roles import ROLES

_ROLES = tuple(ROLES)
_NUMBERS = {role: number for number, role in enumerate(_ROLES, 1)}
"""The number of each role, also on a canvas with these roles; plotext has 256 colors."""


def draw_with_plotext(area: PlotArea, layers: Iterable[CleanSeries]) -> tuple[Codes, IntArray]:
    """Return the characters of the whole plot and the number of each one's role; shape (height, width) each.

    Args:
        area: the axes.
        layers: what is in the plot; later ones are drawn over earlier ones, and labels over all others.
    """
    data = Canvas(area.columns, area.rows, _ROLES)
    labels = []
    for layer in layers:
        number, marker = _NUMBERS[layer.role], layer.marker
        if layer.is_fine:
            data.dots(layer.x, DOTS_Y * area.rows - 1 - layer.y, np.full(len(layer.x), number))
        elif len(marker) == 1:
            data.codes[area.rows - 1 - layer.y, layer.x] = ord(marker)
            data.roles[area.rows - 1 - layer.y, layer.x] = number
        else:
            places = sorted(zip(layer.x.tolist(), layer.y.tolist(), strict=True))
            labels += [(column, row, marker, number) for column, row in places]
    return _drawn(area, data.codes.tobytes(), data.roles.tobytes(), tuple(labels))


@lru_cache(maxsize=16)
def _drawn(
    area: PlotArea, codes: bytes, roles: bytes, labels: tuple[tuple[int, int, str, int], ...]
) -> tuple[Codes, IntArray]:
    """The whole plot from the cells of its data and the labels over them: column, row, text and role.

    The last drawings are cached: what looks the same is not drawn again.
    """
    plotext.clear_data()
    plotext.theme("clear")
    plotext.xlim(0, 1)
    plotext.ylim(0, 1)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    x_places = [place for place, _ in area.x_ticks] or [0.0]  # without a tick, plotext leaves out a line
    plotext.xticks(x_places, [" "] * len(x_places))
    plotext.yticks([place for place, _ in area.y_ticks], [label for _, label in area.y_ticks])
    plotext.scatter([0], [0], marker=" ")  # without data plotext leaves out the ticks
    across, upward = _parts(area.columns), _parts(area.rows)[::-1]
    text = codes.decode("utf-32-le")
    numbers = np.frombuffer(roles, dtype=np.int64)
    for number in _NUMBERS.values():
        places = np.flatnonzero(numbers == number).tolist()
        if places:
            plotext.scatter(
                [across[place % area.columns] for place in places],
                [upward[place // area.columns] for place in places],
                marker=[text[place] for place in places],
                color=number,
            )
    for column, row, label, number in labels:
        plotext.text(label, across[column], upward[-1 - row], color=number)
    drawn = _cells(area)
    for cells in drawn:
        cells.setflags(write=False)
    return drawn


def _parts(count: int) -> list[float]:
    """The places of `count` cells as positions from 0 to 1."""
    return [place / (count - 1) for place in range(count)]


def _cells(area: PlotArea) -> tuple[Codes, IntArray]:
    """The characters and the roles of the figure, in exactly the size of the area.

    `plotext.build` would write them as text with color codes, which took up to a third of the time of a plot.
    """
    monitor = plotext.main().monitor
    monitor.set_size((area.width, area.height))
    monitor.build_plot()
    text = "".join(area.labelled(["".join(row) for row in reversed(monitor.matrix.marker)]))
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").reshape(area.height, area.width)
    axes = _NUMBERS["axes"]
    colors = [
        [axes if color == "default" else color for color in row]
        for row in reversed(monitor.matrix.fullground)
    ]
    return codes.astype(np.uint32), np.where(codes == BLANK, 0, np.array(colors))
