"""Draws series and axes with plotext. This is the only module that imports it.

plotext draws into one global figure, so only one thread may use it. It takes microseconds for each point: it
is given one character for each cell, without what later series cover, and all of them at once. The colors
never change what it draws, and stay here.
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


def draw_with_plotext(area: PlotArea, layers: Iterable[CleanSeries]) -> tuple[Codes, IntArray]:
    """Return the characters of the whole plot and the number of each one's role; shape (height, width) each.

    Args:
        area: the axes.
        layers: what is in the plot; later ones are drawn over earlier ones.
    """
    data = Canvas(area.columns, area.rows, tuple(ROLES))
    for layer in layers:
        number, marker, rows = data.number(layer.role), layer.marker, area.rows - 1 - layer.y
        if layer.is_fine:
            data.dots(layer.x, DOTS_Y * area.rows - 1 - layer.y, np.full(len(layer.x), number))
        elif len(marker) == 1:
            data.codes[rows, layer.x] = ord(marker)
            data.roles[rows, layer.x] = number
        else:
            for row, column in zip(rows.tolist(), layer.x.tolist(), strict=True):
                data.write(row, column, marker, layer.role)
    codes = _drawn(area, data.codes.tobytes())
    roles = np.where(codes == BLANK, 0, data.number("axes"))
    roles[: area.rows, area.left :] = data.roles
    return codes, roles


@lru_cache(maxsize=16)
def _drawn(area: PlotArea, codes: bytes) -> Codes:
    """The characters of the whole plot, in exactly the size of the area, from those of its data.

    The last drawings are cached: what looks the same is not drawn again. `plotext.build` would write them as
    text with color codes, which took up to a third of the time of a plot.
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
    across, upward = _parts(area.columns), _parts(area.rows)[::-1]
    text = codes.decode("utf-32-le")
    places = [0, *(place for place, character in enumerate(text) if character != " ")]  # one at least
    plotext.scatter(
        [across[place % area.columns] for place in places],
        [upward[place // area.columns] for place in places],
        marker=[text[place] for place in places],
    )
    monitor = plotext.main().monitor
    monitor.set_size((area.width, area.height))
    monitor.build_plot()
    lines = area.labelled(["".join(row) for row in reversed(monitor.matrix.marker)])
    drawn = np.frombuffer("".join(lines).encode("utf-32-le"), dtype="<u4")
    return drawn.reshape(area.height, area.width).astype(np.uint32)


def _parts(count: int) -> list[float]:
    """The places of `count` cells as positions from 0 to 1."""
    return [place / (count - 1) for place in range(count)]
