"""What a figure consists of: series, shades and axes in data units, as the views make them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from bpengine.arrays import Array, IntArray

LOG_FLOOR = 1e-12
"""Smaller errors are drawn here on a log axis: below lies only rounding."""


class Kind(Enum):
    """How a series is drawn: as characters in the middle of their cells, or finer, by braille dots."""

    POINTS = "points"
    """Its marker at each point."""
    DOTS = "dots"
    """A braille dot at each point."""
    LINE = "line"
    DASHED = "dashed"
    DOTTED = "dotted"


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Data of one look."""

    x: Array
    y: Array
    role: str
    """What it stands for; the widget gives the color."""
    kind: Kind
    marker: str = "+"
    """The character of `Kind.POINTS`."""
    pieces: bool = False
    """Whether each two points, from the first, are a line of their own."""


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
    """What fills the plot behind the series: glyphs and grounds by bands of a value over both axes.

    The bands are known at nodes, evenly from end to end of both ranges; a cell has that of the nearest node.
    """

    bands: IntArray
    """Each node's band; shape (rows, columns), the lowest row first."""
    x: tuple[float, float]
    """Where the first and the last column are."""
    y: tuple[float, float]
    """Where the first and the last row are."""
    glyphs: str
    """One character for each band."""
    roles: tuple[str, ...]
    """The role that colors each band's glyph."""
    grounds: tuple[str | None, ...] = ()
    """The role that colors the background of each band; none if there are none."""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """All that a plot shows. Later series are drawn over earlier ones."""

    x: Axis
    y: Axis
    series: tuple[Series, ...] = field(default=())
    shade: Shade | None = None
    marks: tuple[float, ...] = ()
    """Places on the x axis to point at."""
    x_name: str = ""
    """What the x axis measures, in characters of one cell each."""
    y_name: str = ""


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
    if not np.isfinite(span) or span < max(1e-300, 1e-12 * abs(low)):  # or no float lies between two ticks
        return [low]
    power = 10.0 ** np.floor(np.log10(span / most))
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if span / (power * factor) <= most - 1)
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    return [float(tick * step) + 0.0 for tick in np.arange(first, last + 1)]  # + 0.0 turns -0 into 0
