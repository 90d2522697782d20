"""Figures as text: the only module that imports plotext.

plotext draws canvas, axes and ticks. Curves are turned into dots here first, on the grid of braille dots that
the plot has: clipped to the limits, broken at non-finite points, and each dot once. plotext then never meets
a value that it can't take, and its cost hangs on the plot's size and not on the data's.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import plotext

from bpengine.arrays import Array, IntArray

Run = tuple[str, str | None]
"""Characters in one look: the text and the role that colours it; None for axes and blanks."""

LOG_FLOOR = 1e-12
"""Smaller errors are drawn here on a log axis: below lies only rounding."""

_DOTS_X, _DOTS_Y = 2, 4  # braille dots in a character cell
_LEAST_COLUMNS = 4  # for data; labels that leave fewer are left out
_DASH = 8.0  # dots, on and off together
_SGR = re.compile(r"\x1b\[([0-9;]*)m")


class Kind(Enum):
    """How a series is drawn."""

    POINTS = "points"
    LINE = "line"
    DASHED = "dashed"


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Data of one look. Lines are braille dots; points use the marker."""

    x: Array
    y: Array
    role: str
    """What it stands for; the widget gives the colour."""
    kind: Kind
    marker: str = "+"


@dataclass(frozen=True, slots=True)
class Axis:
    """Limits and labelled ticks, in data units; with `log` drawn by the logarithm."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    log: bool = False

    def scale(self, values: Array) -> Array:
        """From data units to 0..1 between the limits."""
        low, high = self._unit(np.array([self.low, self.high]))
        scaled: Array = (self._unit(values) - low) / max(high - low, 1e-300)
        return scaled

    def _unit(self, values: Array) -> Array:
        # NaN must stay NaN and is not floored: np.maximum passes it on.
        return np.log10(np.maximum(values, LOG_FLOOR)) if self.log else values


@dataclass(frozen=True, slots=True, eq=False)
class Shade:
    """Glyphs that fill the plot behind the series, by bands of a value over both axes."""

    bands: IntArray
    """Which glyph where; shape (rows, columns), evenly over both axes, the lowest row first."""
    glyphs: str
    """One character for each band."""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """All that a plot shows. Later series are drawn over earlier ones."""

    x: Axis
    y: Axis
    series: tuple[Series, ...] = field(default=())
    shade: Shade | None = None


def draw(figure: Figure, width: int, height: int) -> list[list[Run]]:
    """The figure as `height` rows of runs, each `width` characters in all.

    Nothing is drawn where there is no room for an axis and a few cells (8 x 4).
    """
    if width < 8 or height < 4:
        return [[(" " * width, None)] for _ in range(height)]
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limit_size(False, False)
    plotext.plot_size(width, height)
    plotext.xlim(0, 1)
    plotext.ylim(0, 1)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    every = max(1, -(-2 * len(figure.y.ticks) // height))  # labels at most on every other row
    y_ticks = figure.y.ticks[::every]
    columns = width - 1 - max((len(label) for _, label in y_ticks), default=0)
    if columns < _LEAST_COLUMNS:
        columns, y_ticks = width - 1, ()
    plotext.xticks(*_positions_and_labels(figure.x, figure.x.ticks))
    plotext.yticks(*_positions_and_labels(figure.y, y_ticks))
    rows = height - 2
    roles: list[str] = []
    for u, v, marker in [] if figure.shade is None else _filled(figure.shade, columns, rows):
        roles.append("shade")
        plotext.scatter(u.tolist(), v.tolist(), marker=marker, color=len(roles))
    for series in figure.series:
        u, v = _places(series, figure, columns, rows)
        if len(u):
            roles.append(series.role)
            marker = series.marker if series.kind is Kind.POINTS else "braille"
            plotext.scatter(u.tolist(), v.tolist(), marker=marker, color=len(roles))
    if not roles:
        plotext.scatter([0], [0], marker=" ")  # without data plotext leaves the ticks out
    lines = [_runs(line, roles, width) for line in plotext.build().split("\n")[:height]]
    return lines + [[(" " * width, None)]] * (height - len(lines))


def _positions_and_labels(axis: Axis, ticks: tuple[tuple[float, str], ...]) -> tuple[list[float], list[str]]:
    return axis.scale(np.array([tick for tick, _ in ticks])).tolist(), [label for _, label in ticks]


def _places(series: Series, figure: Figure, columns: int, rows: int) -> tuple[Array, Array]:
    """Where the series has dots or characters, in 0..1 of both axes, each place once.

    Places are rounded as plotext does it: to the nearest of those between 0 and the last one.
    """
    if series.kind is not Kind.POINTS:
        columns, rows = _DOTS_X * columns, _DOTS_Y * rows
    last_u, last_v = columns - 1, rows - 1
    with np.errstate(all="ignore"):
        u = figure.x.scale(np.asarray(series.x, dtype=np.float64)) * last_u
        v = figure.y.scale(np.asarray(series.y, dtype=np.float64)) * last_v
    if series.kind is not Kind.POINTS and len(u) > 1:
        u, v = _thin(u, v, columns)
        u, v = _trace(u, v, last_u, last_v, dashed=series.kind is Kind.DASHED)
    with np.errstate(invalid="ignore"):
        u, v = np.floor(u + 0.5), np.floor(v + 0.5)
        inside = (u >= 0) & (u <= last_u) & (v >= 0) & (v <= last_v)  # false for NaN
    places = np.unique(np.column_stack([u[inside], v[inside]]), axis=0)
    return places[:, 0] / last_u, places[:, 1] / last_v


def _filled(shade: Shade, columns: int, rows: int) -> list[tuple[Array, Array, str]]:
    """The places of each glyph, in 0..1 of both axes; blank ones are left out."""
    bands = shade.bands
    row = np.arange(rows) * bands.shape[0] // rows
    column = np.arange(columns) * bands.shape[1] // columns
    cells = bands[row[:, np.newaxis], column]
    filled = []
    for number, glyph in enumerate(shade.glyphs):
        v, u = np.nonzero(cells == number)
        if glyph != " " and len(u):
            filled.append((u / (columns - 1), v / (rows - 1), glyph))
    return filled


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


def _trace(u: Array, v: Array, last_u: int, last_v: int, *, dashed: bool) -> tuple[Array, Array]:
    """Dots along the lines from point to point, as far as they are inside the plot.

    Each segment is clipped by Liang and Barsky's method: it is inside for t in [enter, leave] of its length.
    """
    with np.errstate(all="ignore"):
        du, dv = np.diff(u), np.diff(v)
        enter, leave = np.zeros(len(du)), np.ones(len(du))
        for start, step, limit in ((u[:-1], du, last_u), (v[:-1], dv, last_v)):
            near, far = -start / step, (limit - start) / step
            flat = step == 0
            outside = flat & ((start < 0) | (start > limit))
            near, far = np.where(flat, 0.0, near), np.where(flat, 1.0, far)
            enter = np.maximum(enter, np.minimum(near, far))
            leave = np.where(outside, -1.0, np.minimum(leave, np.maximum(near, far)))
        length = np.maximum(np.abs(du), np.abs(dv)) * (leave - enter)
        drawn = np.isfinite(length) & (leave >= enter)
    u0, v0, du, dv = u[:-1][drawn], v[:-1][drawn], du[drawn], dv[drawn]
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


def _runs(line: str, roles: list[str], width: int) -> list[Run]:
    """A line of plotext's output as runs; blanks join the run before them, so that fewer codes are sent."""
    runs: list[Run] = []
    role: str | None = None
    length = 0
    for number, part in enumerate(_SGR.split(line)):
        if number % 2:  # an SGR code between two texts
            color = part.rpartition("38;5;")[2]
            role = roles[int(color) - 1] if "38;5;" in part else None
            continue
        text = part[: width - length]
        if not text:
            continue
        length += len(text)
        if runs and (runs[-1][1] == role or not text.strip()):
            runs[-1] = (runs[-1][0] + text, runs[-1][1])
        else:
            runs.append((text, role))
    if length < width:
        runs.append((" " * (width - length), None))
    return runs


def axis_over(values: Array, *, margin: float = 0.0, width: int = 0) -> Axis:
    """An axis over the finite ones of the values, with round ticks within their range.

    Args:
        values: shape (n,).
        margin: room on either side, as a part of the range.
        width: of the tick labels, for axes that must not move when numbers grow.
    """
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    if low == high:
        low, high = low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1)
    room = margin * (high - low)
    low, high = low - room, high + room
    ticks = nice_ticks(low, high, 7)
    return Axis(low, high, tuple(zip(ticks, _labels(ticks, width), strict=True)))


def _labels(ticks: list[float], width: int) -> list[str]:
    """With as many decimals as tell the ticks apart, or short where that gets long."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    texts = [f"{tick:.{min(decimals, 9)}f}" for tick in ticks]
    if max(map(len, texts)) > 6:
        texts = [f"{tick:.3g}" for tick in ticks]
    return [f"{text:>{width}}" for text in texts]


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round values between the limits, evenly spaced by 1, 2 or 5 times a power of ten."""
    span = high - low
    if not np.isfinite(span) or span < 1e-300:
        return [low]
    power = 10.0 ** np.floor(np.log10(span / most))
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if span / (power * factor) <= most - 1)
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    return [float(tick * step) + 0.0 for tick in np.arange(first, last + 1)]  # + 0.0 turns -0 into 0
