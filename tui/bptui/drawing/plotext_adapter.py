"""Draws series and axes with plotext. This is the only module that imports it.

plotext draws into one global figure, so only one thread may use it. Each series is drawn in the color whose
number is that of its role: the colors of the cells identify the roles.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import plotext

from bpengine.arithmetic.arrays import IntArray
from bptui.drawing.canvas import BLANK, DOTS_X, DOTS_Y, Codes
from bptui.drawing.cleaning import Layer
from bptui.drawing.frame import Frame
from bptui.drawing.roles import ROLES

_NUMBERS = {role: number for number, role in enumerate(ROLES, 1)}
"""The number of each role, also on a canvas with these roles; plotext has 256 colors."""


@lru_cache(maxsize=16)
def draw_with_plotext(frame: Frame, layers: tuple[Layer, ...]) -> tuple[Codes, IntArray]:
    """Return the characters of the whole plot and the number of each one's role; shape (height, width) each.

    The last drawings are cached: the same frame and layers are not drawn again.

    Args:
        frame: the axes.
        layers: what is in the plot; later ones are drawn over earlier ones.
    """
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.xlim(0, 1)
    plotext.ylim(0, 1)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    x_places = [place for place, _ in frame.x_ticks] or [0.0]  # without a tick, plotext leaves out a line
    plotext.xticks(x_places, [" "] * len(x_places))
    plotext.yticks([place for place, _ in frame.y_ticks], [label for _, label in frame.y_ticks])
    plotext.scatter([0], [0], marker=" ")  # without data plotext leaves out the ticks
    for layer in layers:
        if layer.x:
            _add(frame, layer)
    codes, roles = _cells(frame)
    codes.setflags(write=False)
    roles.setflags(write=False)
    return codes, roles


def _add(frame: Frame, layer: Layer) -> None:
    is_fine = layer.marker == "braille"
    columns, rows = (DOTS_X * frame.columns, DOTS_Y * frame.rows) if is_fine else (frame.columns, frame.rows)
    x, y = _parts(layer.x, columns), _parts(layer.y, rows)
    if is_fine or len(layer.marker) == 1:
        plotext.scatter(x, y, marker=layer.marker, color=_NUMBERS[layer.role])
        return
    for place in zip(x, y, strict=True):
        plotext.text(layer.marker, *place, color=_NUMBERS[layer.role])


def _parts(places: tuple[int, ...], count: int) -> list[float]:
    """The places of `count` cells as positions from 0 to 1."""
    return [place / (count - 1) for place in places]


def _cells(frame: Frame) -> tuple[Codes, IntArray]:
    """The characters and the roles of the figure, in exactly the size of the frame.

    `plotext.build` would write them as text with color codes, which took up to a third of the time of a plot.
    """
    monitor = plotext.main().monitor
    monitor.set_size((frame.width, frame.height))
    monitor.build_plot()
    text = "".join(frame.labelled(["".join(row) for row in reversed(monitor.matrix.marker)]))
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").reshape(frame.height, frame.width)
    axes = _NUMBERS["axes"]
    colors = [
        [axes if color == "default" else color for color in row]
        for row in reversed(monitor.matrix.fullground)
    ]
    return codes.astype(np.uint32), np.where(codes == BLANK, 0, np.array(colors))
