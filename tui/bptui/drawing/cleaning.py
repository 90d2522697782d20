"""Cleans a series for plotext: whole dots or cells inside the plot, and not more of them than it can draw.

plotext takes seconds for a line that goes far outside the limits, raises an error for infinite values, and
needs some microseconds for each dot. Lines are therefore clipped, broken and thinned here. The result is in
whole dots, so that figures that look the same are equal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bptui.drawing.axis import Axis
from bptui.drawing.canvas import DASH_PERIOD, DOT_PERIOD, DOTS_X, DOTS_Y
from bptui.drawing.figure import Kind, Series

MAX_DOTS = 5000
"""About the most dots of a series, which take plotext about ten milliseconds. Only noise has more."""
BREAK = -1
"""Replaces both coordinates where a line is broken."""
_COARSE_DASH = "╌"
"""Replaces the dots in every second cell of a dashed line if there are no colors to tell lines apart."""

_Pieces = tuple[Array, Array, Array, Array]
"""Straight lines in dots: the coordinates of their starts, and of their ends."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A series in whole dots or cells, from the lower left."""

    role: str
    marker: str
    """The character to draw, or `braille` for dots."""
    joined: bool
    """Whether the dots are the corners of lines, broken where a coordinate is `BREAK`."""
    x: tuple[int, ...]
    y: tuple[int, ...]


def clean(series: Series, x: Axis, y: Axis, columns: int, rows: int, *, plain: bool = False) -> Layer:
    """Return what is to be drawn of a series.

    Args:
        series: the data.
        x: the axis across.
        y: the axis upward.
        columns: character cells across.
        rows: character cells upward.
        plain: whether dashed lines are drawn with a character of their own.
    """
    is_coarse = plain and series.kind is Kind.DASHED
    is_fine = series.kind is not Kind.POINTS and not is_coarse
    size = (DOTS_X * columns, DOTS_Y * rows) if is_fine else (columns, rows)
    with np.errstate(all="ignore"):
        u = x.scale(np.asarray(series.x, dtype=np.float64)) * (size[0] - 1)
        v = y.scale(np.asarray(series.y, dtype=np.float64)) * (size[1] - 1)
    joined = series.kind is Kind.LINE and not series.pieces and len(u) > 1
    if series.kind in (Kind.POINTS, Kind.DOTS) or len(u) < 2:
        across, upward = _distinct(u, v, size)
    elif joined:
        across, upward = _corners(_pieces(u, v, size))
    else:
        pieces = (
            _clipped(u[:-1:2], v[:-1:2], u[1::2], v[1::2], size) if series.pieces else _pieces(u, v, size)
        )
        across, upward = _distinct(*_along(pieces, series.kind, is_coarse=is_coarse), size)
    marker = "braille" if is_fine else _COARSE_DASH if is_coarse else series.marker
    return Layer(series.role, marker, joined, tuple(across.tolist()), tuple(upward.tolist()))


def _distinct(u: Array, v: Array, size: tuple[int, int]) -> tuple[IntArray, IntArray]:
    """The distinct places inside the plot, evenly thinned to at most `MAX_DOTS` if they are dots."""
    with np.errstate(invalid="ignore"):
        u, v = np.floor(u + 0.5), np.floor(v + 0.5)
        inside = (u >= 0) & (u < size[0]) & (v >= 0) & (v < size[1])  # false for NaN
    cells = u[inside].astype(np.int64) * size[1] + v[inside].astype(np.int64)
    places, _ = np.unique(cells, return_index=True)  # without the index, NumPy loads its masked arrays for it
    across, upward = np.divmod(places[:: len(places) // MAX_DOTS + 1], size[1])
    return across, upward


def _pieces(u: Array, v: Array, size: tuple[int, int]) -> _Pieces:
    """The lines from each point to the next; a long curve is thinned to about `MAX_DOTS` dots."""
    stretches = min(size[0], len(u) // 4 + 1)
    while True:
        few_u, few_v = _thinned(u, v, stretches)
        pieces = _clipped(few_u[:-1], few_v[:-1], few_u[1:], few_v[1:], size)
        length = float(_lengths(pieces).sum())
        if length <= MAX_DOTS or stretches == 1:
            return pieces
        stretches = max(int(stretches * min(MAX_DOTS / length, 0.9)), 1)


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
    lengths: Array = np.maximum(np.abs(u1 - u0), np.abs(v1 - v0))
    return lengths


def _corners(pieces: _Pieces) -> tuple[IntArray, IntArray]:
    """The ends of the lines, with a break between two that do not meet."""
    u0, v0, u1, v1 = (np.floor(end + 0.5).astype(np.int64) for end in pieces)
    if not len(u0):
        return u0, v0
    start, end = np.stack([u0, v0], axis=1), np.stack([u1, v1], axis=1)
    begins = np.ones(len(start), dtype=bool)
    begins[1:] = (start[1:] != end[:-1]).any(axis=1)
    keep = np.stack([begins, begins, (start != end).any(axis=1)], axis=1)
    keep[0, 0] = False
    corners = np.stack([np.full_like(start, BREAK), start, end], axis=1)[keep]
    return corners[:, 0], corners[:, 1]


def _along(pieces: _Pieces, kind: Kind, *, is_coarse: bool) -> tuple[Array, Array]:
    """Dots or cells along the lines, whose pattern stays in place when a line moves or grows."""
    u0, v0, u1, v1 = pieces
    counts = np.ceil(_lengths(pieces)).astype(np.int64) + 1
    line = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(line)) - (np.cumsum(counts) - counts)[line]
    t = step / np.maximum(counts - 1, 1)[line]
    u = np.floor(u0[line] + (u1 - u0)[line] * t + 0.5)
    v = np.floor(v0[line] + (v1 - v0)[line] * t + 0.5)
    along = np.where((np.abs(v1 - v0) > np.abs(u1 - u0))[line], v, u)
    match kind:
        case Kind.DASHED:
            on = along % 2 == 0 if is_coarse else along % DASH_PERIOD < DASH_PERIOD // 2
        case Kind.DOTTED:
            on = along % DOT_PERIOD == 0
        case _:
            return u, v
    return u[on], v[on]
