"""Names what lies outside a plot: an arrow at the edge, and the value that is the farthest away."""

from __future__ import annotations

import numpy as np

from bpengine.wording import number
from bptui.drawing.axis import NEAR, Axis
from bptui.drawing.canvas import Canvas
from bptui.drawing.figure import Figure, Series
from bptui.drawing.plot_area import PlotArea

_UP, _DOWN = "↑", "↓"
_NOWHERE = "NaN"
"""Names a curve without any number."""

_Name = tuple[float, str, str]
"""Where on the x axis a value is, the text, and its role."""


def name_outside(canvas: Canvas, figure: Figure, area: PlotArea) -> None:
    """Write the arrows and values of the series that are named, in the first and the last row of the plot."""
    named = [series for series in figure.series if series.name is not None and len(series.x)]
    above = [name for series in named for name in _names(series, figure.y, is_above=True)]
    below = [name for series in named for name in _names(series, figure.y, is_above=False)]
    _write(canvas, above, figure, area, 0)
    _write(canvas, below, figure, area, area.rows - 1)


def _names(series: Series, axis: Axis, *, is_above: bool) -> list[_Name]:
    """The farthest value of a series on one side of the plot; nothing if none is outside."""
    if np.isnan(series.y).all():
        middle = float(series.x[len(series.x) // 2])
        return [(middle, f"{series.name} {_NOWHERE}".strip(), series.role)] if is_above else []
    farthest = int(np.nanargmax(series.y) if is_above else np.nanargmin(series.y))
    with np.errstate(all="ignore"):
        place = float(axis.scale(series.y[farthest : farthest + 1])[0])
    if not (place > 1 + NEAR if is_above else place < -NEAR):
        return []
    text = f"{_UP if is_above else _DOWN}{series.name} {number(series.y[farthest])}"
    return [(float(series.x[farthest]), text, series.role)]


def _write(canvas: Canvas, names: list[_Name], figure: Figure, area: PlotArea, row: int) -> None:
    """Write the names from left to right, each near its place; those without room are left out."""
    with np.errstate(all="ignore"):
        places = np.nan_to_num(figure.x.scale(np.array([place for place, _, _ in names])))
    columns = np.clip(places, 0, 1) * (area.columns - 1)
    in_order = sorted(zip(columns.tolist(), names, strict=True))
    lengths = [len(text) + 1 for _, (_, text, _) in in_order]
    end = 0
    for place, (column, (_, text, role)) in enumerate(in_order):
        room = area.columns + 1 - sum(lengths[place:])
        start = max(end, min(round(column), room))
        if start + len(text) <= area.columns:
            canvas.write(row, area.left + start, text, role)
            end = start + lengths[place]
