"""Draws axes with plotext. This is the only module that imports it.

plotext draws into one global figure, so only one thread may use it. Its axes take several milliseconds, and
seldom change while data do: they are cached, and the data are drawn on them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import plotext

from bptui.screen.drawing.canvas import Codes
from bptui.screen.drawing.plot_area import PlotArea


@lru_cache(maxsize=16)
def axes_of(area: PlotArea) -> Codes:
    """Return the characters of a plot without data, in exactly the size of the area; shape (height, width).

    `plotext.build` would write them as text with color codes, which took up to a third of the time.
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
    plotext.scatter([0], [0], marker=" ")  # without data, plotext draws no axes
    monitor = plotext.main().monitor
    monitor.set_size((area.width, area.height))
    monitor.build_plot()
    lines = area.labelled(["".join(row) for row in reversed(monitor.matrix.marker)])
    drawn = np.frombuffer("".join(lines).encode("utf-32-le"), dtype="<u4")
    return drawn.reshape(area.height, area.width).astype(np.uint32)
