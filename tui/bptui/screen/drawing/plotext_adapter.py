"""Draws axes and data with plotext. This is the only module that imports it.

plotext draws into one global figure, so only one thread may use it. A drawing takes several milliseconds: it
is kept until what is drawn changes. Braille dots and characters have limits of their own, since a cell has
several dots: the lines are on plotext's upper and right axes, which are not shown.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import plotext

from bpengine.arithmetic.arrays import IntArray
from bptui.screen.drawing.axis import Axis
from bptui.screen.drawing.canvas import BLANK, Codes
from bptui.screen.drawing.clipping import Plotted, plotted, rulers
from bptui.screen.drawing.figure import Kind, Series
from bptui.screen.drawing.plot_area import PlotArea

_MAX_KEPT = 48
"""The most drawings that are kept."""
_SIDES = ({"xside": "lower", "yside": "left"}, {"xside": "upper", "yside": "right"})
"""The axes of what is drawn in cells, and in dots."""


class Drawing(NamedTuple):
    """Cells that plotext has drawn: with axes, in the size of the area, otherwise in that of the data."""

    codes: Codes
    """Shape (rows, columns), the highest row first."""
    roles: IntArray
    """The number of the role of each cell with data, 0 for others; same shape."""


_kept: dict[object, tuple[tuple[Series, ...], Drawing]] = {}


def drawing_of(
    area: PlotArea,
    x: Axis,
    y: Axis,
    series: tuple[Series, ...],
    numbers: dict[str | None, int],
    *,
    coarse: Collection[Kind] = (),
    has_axes: bool = False,
) -> Drawing:
    """Return what plotext draws: the axes, if they are wanted, and the series from bottom to top.

    Args:
        area: the place of the axes and the size of the data.
        x: the axis across.
        y: the axis upward.
        series: what is drawn; see `Series.is_plotted`.
        numbers: the number of each role.
        coarse: the kinds that are drawn with characters in place of dots.
        has_axes: whether the axes and their labels are drawn, too.
    """
    key = area, x, y, tuple(coarse), has_axes, tuple(each.role for each in series)
    before, drawing = _kept.pop(key, (None, None))
    if drawing is None or before != series:
        given = [plotted(each, x, y, area.columns, area.rows, coarse=coarse) for each in series]
        drawing = _draw(area, x, y, given, numbers, has_axes=has_axes)
    _kept[key] = series, drawing
    if len(_kept) > _MAX_KEPT:
        del _kept[next(iter(_kept))]
    return drawing


def _draw(
    area: PlotArea, x: Axis, y: Axis, given: list[Plotted], numbers: dict[str | None, int], *, has_axes: bool
) -> Drawing:
    plotext.clear_data()
    plotext.theme("clear")
    for is_fine, sides in enumerate(_SIDES):
        across, upward = rulers(x, y, area.columns, area.rows, is_fine=bool(is_fine))
        plotext.xlim(*across.limits, xside=sides["xside"])
        plotext.ylim(*upward.limits, yside=sides["yside"])
        is_seen = has_axes and not is_fine
        x_ticks, y_ticks = (area.x_ticks or ((0.0, ""),), area.y_ticks) if is_seen else ((), ())
        columns, rows = (np.array([place for place, _ in ticks]) for ticks in (x_ticks, y_ticks))
        # The labels below are written by the area, but without any, plotext leaves out their line.
        x_labels, y_labels = [" "] * len(x_ticks), [label for _, label in y_ticks]
        plotext.xticks(across.values(columns * (area.columns - 1)).tolist(), x_labels, xside=sides["xside"])
        plotext.yticks(upward.values(rows * (area.rows - 1)).tolist(), y_labels, yside=sides["yside"])
    plotext.xaxes(has_axes, False)
    plotext.yaxes(has_axes, False)
    if all(each.is_fine for each in given):  # without data in cells, plotext draws no axes
        plotext.scatter([x.limits[0]], [y.limits[0]], marker=" ")
    for each in given:
        draw = plotext.scatter if each.series.kind is Kind.POINTS else plotext.plot
        marker = "braille" if each.is_fine else each.series.sign
        draw(each.x, each.y, marker=marker, color=numbers[each.series.role], **_SIDES[each.is_fine])
    monitor = plotext.main().monitor
    monitor.set_size((area.width, area.height) if has_axes else (area.columns, area.rows))
    monitor.build_plot()
    matrix = monitor.matrix
    lines = ["".join(row) for row in reversed(matrix.marker)]
    text = "".join(area.labelled(lines) if has_axes else lines)
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").reshape(len(lines), -1).astype(np.uint32)
    roles = np.zeros(codes.shape, dtype=np.int64)
    for row, column in np.argwhere(codes != BLANK).tolist():
        color = matrix.fullground[len(lines) - 1 - row][column]
        roles[row, column] = color if isinstance(color, int) else 0
    return Drawing(codes, roles)
