"""Cleans a series: what plotext is given of it, or the whole dots or cells of what is laid over its drawing.

plotext takes seconds for a line that goes far outside the limits, and raises an error for infinite values.
Lines are therefore clipped and thinned here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array, IntArray
from bptui.screen.drawing.axis import Axis
from bptui.screen.drawing.canvas import DASH_PERIOD, DOT_PERIOD, DOTS_X, DOTS_Y
from bptui.screen.drawing.figure import Kind, Series

_MAX_LENGTH = 4000
"""About the longest line that is drawn as it is; one of two dots has half as many again."""
_MAX_PLOTTED = 1200
"""The same for plotext, which takes 5 us for each dot."""

_POINTS = (Kind.POINTS, Kind.SIGNS, Kind.DOTS)
_Pieces = tuple[Array, Array, Array, Array]
"""Straight lines in dots: the coordinates of their starts, and of their ends."""


class Ruler(NamedTuple):
    """An axis with cells, each of one or more dots, in whose middle is the place of a value."""

    axis: Axis
    cells: int
    dots: int

    @property
    def size(self) -> int:
        """The number of dots."""
        return self.cells * self.dots

    def places(self, values: Array) -> Array:
        """The places of values, in dots from the middle of the first one. Same shape."""
        with np.errstate(all="ignore"):
            places: Array = self.axis.scale(np.asarray(values, dtype=np.float64)) * self._length
        return places + (self.dots - 1) / 2

    def values(self, places: Array) -> Array:
        """The values at these places, in the coordinates of `Axis.limits`. Same shape."""
        low, high = self.axis.limits
        return low + (places - (self.dots - 1) / 2) / self._length * (high - low)

    @property
    def limits(self) -> tuple[float, float]:
        """The values in the middle of the first and of the last dot."""
        low, high = self.values(np.array([0.0, self.size - 1.0])).tolist()
        return low, high

    @property
    def _length(self) -> int:
        return self.dots * max(self.cells - 1, 1)


class Plotted(NamedTuple):
    """What plotext is given of a series: points or, with NaN between them, lines."""

    series: Series
    is_fine: bool
    """Whether it is drawn as braille dots."""
    x: list[float]
    """In the coordinates of `Axis.limits`."""
    y: list[float]


@dataclass(frozen=True, slots=True, eq=False)
class CleanSeries:
    """A series in whole dots or cells, from the lower left."""

    role: str
    is_fine: bool
    """Whether it is drawn as braille dots."""
    marker: str
    """The character of each cell, or a few characters for a label; unused for dots."""
    x: IntArray
    y: IntArray


def clean(
    series: Series, x: Axis, y: Axis, columns: int, rows: int, *, coarse: Collection[Kind] = ()
) -> CleanSeries:
    """Return what is to be drawn of a series.

    Args:
        series: the data.
        x: the axis across.
        y: the axis upward.
        columns: character cells across.
        rows: character cells upward.
        coarse: the kinds that are drawn with characters in place of dots.
    """
    kind, is_fine = series.kind, is_drawn_in_dots(series, coarse)
    across, upward = rulers(x, y, columns, rows, is_fine=is_fine)
    size, u, v = (across.size, upward.size), across.places(series.x), upward.places(series.y)
    if kind is Kind.BAND and len(u) > 1:
        return CleanSeries(series.role, is_fine, series.sign, *_between(u, v, size, is_fine=is_fine))
    if len(u) == 1 and kind is Kind.THICK:
        u, v = u.repeat(2), v.repeat(2)  # a thick dot
    if not (kind in _POINTS or len(u) < 2):
        pairs = u[:-1:2], v[:-1:2], u[1::2], v[1::2]
        pieces = _clipped(*pairs, size) if series.pieces else _pieces(u, v, size, _MAX_LENGTH)
        u, v = _along(pieces, kind, is_coarse=not is_fine)
    return CleanSeries(series.role, is_fine, series.sign, *_inside(u, v, size)[:2])


def plotted(
    series: Series, x: Axis, y: Axis, columns: int, rows: int, *, coarse: Collection[Kind] = ()
) -> Plotted:
    """Return what plotext is given of a series: of points in one cell the first one; of lines what is inside.

    The arguments are those of `clean`.
    """
    is_fine = is_drawn_in_dots(series, coarse)
    across, upward = rulers(x, y, columns, rows, is_fine=is_fine)
    size, u, v = (across.size, upward.size), across.places(series.x), upward.places(series.y)
    if series.kind is Kind.POINTS:
        column, row, inside = _inside(u, v, size)
        _, first = np.unique(row * columns + column, return_index=True)
        u, v = u[inside][first], v[inside][first]
    else:
        u, v = (u.repeat(2), v.repeat(2)) if len(u) == 1 else (u, v)
        u, v = _joined(_pieces(u, v, size, _MAX_PLOTTED), is_thick=is_fine and series.kind is Kind.THICK)
    return Plotted(series, is_fine, across.values(u).tolist(), upward.values(v).tolist())


def is_drawn_in_dots(series: Series, coarse: Collection[Kind]) -> bool:
    """Whether a series is drawn in braille dots, and not in whole cells."""
    return series.kind not in (Kind.POINTS, Kind.SIGNS) and series.kind not in coarse


def rulers(x: Axis, y: Axis, columns: int, rows: int, *, is_fine: bool) -> tuple[Ruler, Ruler]:
    """Both axes of a plot with so many cells, in braille dots or in whole cells."""
    return Ruler(x, columns, DOTS_X if is_fine else 1), Ruler(y, rows, DOTS_Y if is_fine else 1)


def _between(u: Array, v: Array, size: tuple[int, int], *, is_fine: bool) -> tuple[IntArray, IntArray]:
    """Every second dot of every second column between two lines (see `Kind.BAND`), or every cell."""
    step, half = 1 + is_fine, len(u) // 2
    columns, rows = np.arange(0, size[0], step), np.arange(size[1])[:, np.newaxis]
    v = np.clip(v, -1.0, size[1])
    low, high = (
        np.interp(columns, u[:half], line, left=np.nan, right=np.nan)
        for line in (v[:half], v[: -half - 1 : -1])
    )
    upward, place = np.nonzero((rows > low - 0.5) & (rows < high + 0.5) & ((rows + columns // 2) % step == 0))
    return columns[place], upward


def _inside(u: Array, v: Array, size: tuple[int, int]) -> tuple[IntArray, IntArray, NDArray[np.bool_]]:
    """The whole places inside the plot that are nearest to these, and which of these they are."""
    with np.errstate(all="ignore"):
        u, v = whole(u), whole(v)
        inside = (u >= 0) & (u < size[0]) & (v >= 0) & (v < size[1])  # false for NaN
    return u[inside].astype(np.int64), v[inside].astype(np.int64), inside


def whole(places: Array) -> Array:
    """The nearest whole places, as plotext rounds them: halves upward, also if they are a rounding below."""
    return np.floor(np.floor((places + 0.5) * 1e8 + 0.5) / 1e8)


def _joined(pieces: _Pieces, *, is_thick: bool) -> tuple[Array, Array]:
    """Straight lines as the points of longer ones, with NaN in between; thick ones also go back beside."""
    u0, v0, u1, v1 = pieces
    goes_on = np.zeros(len(u0), dtype=bool)
    goes_on[1:] = (u0[1:] == u1[:-1]) & (v0[1:] == v1[:-1])
    kept = np.stack([~goes_on, ~goes_on, np.ones(len(u0), dtype=bool)], axis=1)
    gaps = np.full(len(u0), np.nan)
    u, v = (np.stack([gaps, *ends], axis=1)[kept][1:] for ends in ((u0, u1), (v0, v1)))
    if is_thick:
        is_steep = np.repeat((np.abs(v1 - v0) > np.abs(u1 - u0))[:, np.newaxis], 3, axis=1)[kept][1:]
        u, v = np.concatenate([u, (u + is_steep)[::-1]]), np.concatenate([v, (v - ~is_steep)[::-1]])
    return u, v


def _pieces(u: Array, v: Array, size: tuple[int, int], most: int) -> _Pieces:
    """The lines from each point to the next; a long curve is thinned to about `most` dots."""
    stretches = min(size[0], len(u) // 4 + 1)
    while True:
        few_u, few_v = _thinned(u, v, stretches)
        pieces = _clipped(few_u[:-1], few_v[:-1], few_u[1:], few_v[1:], size)
        length = float(_lengths(pieces).sum())
        if length <= most or stretches == 1:
            return pieces
        stretches = max(int(stretches * min(most / length, 0.9)), 1)


def _thinned(u: Array, v: Array, stretches: int) -> tuple[Array, Array]:
    """The first, lowest and highest point, and the gaps, of each of `stretches` stretches of a long curve."""
    if len(u) <= 4 * stretches:
        return u, v
    edges = np.linspace(0, len(u), stretches + 1).astype(int)[:-1]
    stretch = np.searchsorted(edges, np.arange(len(u)), side="right") - 1
    finite = np.isfinite(v)
    low = np.minimum.reduceat(np.where(finite, v, np.inf), edges)
    high = np.maximum.reduceat(np.where(finite, v, -np.inf), edges)
    kept = [edges, np.array([len(u) - 1])]
    for wanted in (v == low[stretch], v == high[stretch], ~finite):  # a value that is not finite is a gap
        places = np.flatnonzero(wanted)
        _, first, count = np.unique(stretch[places], return_index=True, return_counts=True)
        kept += [places[first], places[first + count - 1]]
    keep, _ = np.unique(np.concatenate(kept), return_index=True)
    return u[keep], v[keep]


def _clipped(u0: Array, v0: Array, u1: Array, v1: Array, size: tuple[int, int]) -> _Pieces:
    """The parts inside the plot of the lines from (u0, v0) to (u1, v1).

    By Liang and Barsky's method: a line is inside for t in [enter, leave] of its length.
    """
    with np.errstate(all="ignore"):
        du, dv = u1 - u0, v1 - v0
        enter, leave = np.zeros(len(du)), np.ones(len(du))
        for start, step, limit in ((u0, du, size[0] - 1), (v0, dv, size[1] - 1)):
            near, far = -start / step, (limit - start) / step
            flat = step == 0
            outside = flat & ((start < 0) | (start > limit))
            near, far = np.where(flat, 0.0, near), np.where(flat, 1.0, far)
            enter = np.maximum(enter, np.minimum(near, far))
            leave = np.where(outside, -1.0, np.minimum(leave, np.maximum(near, far)))
        ends = (u0 + du * enter, v0 + dv * enter, u0 + du * leave, v0 + dv * leave)
        drawn = np.isfinite(np.sum(ends, axis=0)) & (leave >= enter)  # all false for NaN
    limits = (size[0] - 1, size[1] - 1) * 2
    u0, v0, u1, v1 = (np.clip(end[drawn], 0, limit) for end, limit in zip(ends, limits, strict=True))
    return u0, v0, u1, v1


def _lengths(pieces: _Pieces) -> Array:
    """The number of dots of each line, minus one."""
    u0, v0, u1, v1 = pieces
    return np.maximum(np.abs(u1 - u0), np.abs(v1 - v0))


def _along(pieces: _Pieces, kind: Kind, *, is_coarse: bool) -> tuple[Array, Array]:
    """Dots or cells along the lines, whose pattern stays in place when a line moves or grows."""
    u0, v0, u1, v1 = pieces
    counts = np.ceil(_lengths(pieces)).astype(np.int64) + 1
    line = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(line)) - (np.cumsum(counts) - counts)[line]
    t = step / np.maximum(counts - 1, 1)[line]
    u = whole(u0[line] + (u1 - u0)[line] * t)
    v = whole(v0[line] + (v1 - v0)[line] * t)
    is_steep = (np.abs(v1 - v0) > np.abs(u1 - u0))[line]
    along = np.where(is_steep, v, u)
    match kind:
        case Kind.DASHED | Kind.FAINT if is_coarse:
            on = along % 2 == 0
        case Kind.DASHED:
            on = along % DASH_PERIOD < DASH_PERIOD // 2
        case Kind.DOTTED:
            on = along % DOT_PERIOD == 0
        case Kind.THICK if not is_coarse:
            beside, below = (u + is_steep, v - ~is_steep)
            return np.concatenate([u, beside]), np.concatenate([v, below])
        case _:
            return u, v
    return u[on], v[on]
