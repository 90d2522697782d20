"""Where series go on the grid of a plot's braille dots or characters.

Lines are clipped to the limits and broken at non-finite points, and long ones thinned to what can be seen, so
that the cost hangs on the plot's size and not on the data's.
"""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array, IntArray
from bptui.drawing.figure import Axis, Kind, Series

DOTS_X, DOTS_Y = 2, 4  # braille dots in a character cell
_BITS = np.array([[0x40, 0x80], [0x04, 0x20], [0x02, 0x10], [0x01, 0x08]], dtype=np.int64)
"""Unicode's bit of each dot in its cell, the lowest row first."""
_EMPTY = 0x2800  # the braille character without dots
_DASH = 8.0  # dots, on and off together


def places(series: Series, x: Axis, y: Axis, columns: int, rows: int) -> tuple[IntArray, IntArray]:
    """Columns and rows, from the lower left, of what the series has inside the limits.

    Args:
        series: the data.
        x: the limits across.
        y: the limits upward.
        columns: characters across.
        rows: characters upward.

    Returns:
        Cells for `Kind.POINTS`, else braille dots; one may come more than once.
    """
    if series.kind is not Kind.POINTS:
        columns, rows = DOTS_X * columns, DOTS_Y * rows
    last_u, last_v = columns - 1, rows - 1
    with np.errstate(all="ignore"):
        u = x.scale(np.asarray(series.x, dtype=np.float64)) * last_u
        v = y.scale(np.asarray(series.y, dtype=np.float64)) * last_v
    if series.kind in (Kind.LINE, Kind.DASHED, Kind.DOTTED) and len(u) > 1:
        if series.pieces:
            ends = u[:-1:2], v[:-1:2], u[1::2], v[1::2]
        else:
            u, v = _thin(u, v, columns)
            ends = u[:-1], v[:-1], u[1:], v[1:]
        u, v = _trace(*ends, last_u, last_v, dashed=series.kind is Kind.DASHED)
    with np.errstate(invalid="ignore"):
        u, v = np.floor(u + 0.5), np.floor(v + 0.5)
        inside = (u >= 0) & (u <= last_u) & (v >= 0) & (v <= last_v)  # false for NaN
    across, upward = u[inside].astype(np.int64), v[inside].astype(np.int64)
    if series.kind is Kind.DOTTED:
        across, upward = across - across % 2, upward - upward % 2  # nothing moves when a line only grows
    return across, upward


def braille(across: IntArray, upward: IntArray, columns: int, rows: int) -> IntArray:
    """The characters with these dots, as code points; 0 where there are none; shape (rows, columns)."""
    dots = np.zeros((DOTS_Y * rows, DOTS_X * columns), dtype=np.int64)
    dots[upward, across] = 1
    cells = dots.reshape(rows, DOTS_Y, columns, DOTS_X)
    bits: IntArray = np.einsum("rycx,yx->rc", cells, _BITS)
    return np.where(bits > 0, bits + _EMPTY, 0)


def _thin(u: Array, v: Array, columns: int) -> tuple[Array, Array]:
    """Of a curve with many points in a column only the first, the last, the lowest and the highest."""
    if len(u) <= 4 * columns:
        return u, v
    edges = np.linspace(0, len(u), columns + 1).astype(int)[:-1]
    index = np.arange(len(u))
    finite = np.isfinite(v)
    low = np.minimum.reduceat(np.where(finite, v, np.inf), edges)
    high = np.maximum.reduceat(np.where(finite, v, -np.inf), edges)
    column = np.searchsorted(edges, index, side="right") - 1
    keep = (v == low[column]) | (v == high[column]) | ~finite
    keep[edges] = keep[-1] = True
    return u[keep], v[keep]


def _trace(
    u0: Array, v0: Array, u1: Array, v1: Array, last_u: int, last_v: int, *, dashed: bool
) -> tuple[Array, Array]:
    """Dots along the lines from (u0, v0) to (u1, v1), as far as they are inside the plot.

    Each is clipped by Liang and Barsky's method: it is inside for t in [enter, leave] of its length.
    """
    with np.errstate(all="ignore"):
        du, dv = u1 - u0, v1 - v0
        enter, leave = np.zeros(len(du)), np.ones(len(du))
        for start, step, limit in ((u0, du, last_u), (v0, dv, last_v)):
            near, far = -start / step, (limit - start) / step
            flat = step == 0
            outside = flat & ((start < 0) | (start > limit))
            near, far = np.where(flat, 0.0, near), np.where(flat, 1.0, far)
            enter = np.maximum(enter, np.minimum(near, far))
            leave = np.where(outside, -1.0, np.minimum(leave, np.maximum(near, far)))
        length = np.maximum(np.abs(du), np.abs(dv)) * (leave - enter)
        drawn = np.isfinite(length) & (leave >= enter)
    u0, v0, du, dv = u0[drawn], v0[drawn], du[drawn], dv[drawn]
    enter, leave, length = enter[drawn], leave[drawn], length[drawn]
    counts = np.ceil(length).astype(int) + 1
    segment = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    part = (np.arange(len(segment)) - first[segment]) / np.maximum(counts - 1, 1)[segment]
    t = enter[segment] + part * (leave - enter)[segment]
    dots_u = np.clip(u0[segment] + du[segment] * t, 0, last_u)
    dots_v = np.clip(v0[segment] + dv[segment] * t, 0, last_v)
    if dashed:
        reach = np.hypot(du, dv) * (leave - enter)
        along = (np.cumsum(reach) - reach)[segment] + part * reach[segment]
        on = along % _DASH < _DASH / 2
        dots_u, dots_v = dots_u[on], dots_v[on]
    return dots_u, dots_v
