"""Axes: their limits, their scale, and round values for their ticks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.functions import log

LOG_FLOOR = 1e-12
"""The smallest value on a log axis. Smaller errors are only rounding, and are drawn here."""
_LOG10_E = 0.4342944819032518


@dataclass(frozen=True, slots=True)
class Axis:
    """Limits and labelled ticks, in data units."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    log: bool = False
    """Whether the axis is logarithmic."""

    def scale(self, values: Array) -> Array:
        """From data units to 0..1 between the limits."""
        low, high = self._unit(np.array([self.low, self.high]))
        # Halves, since the difference of the largest floats is not a finite float.
        scaled: Array = (self._unit(values) / 2 - low / 2) / max(high / 2 - low / 2, 1e-300)
        return scaled

    def _unit(self, values: Array) -> Array:
        if not self.log:
            return values
        # np.maximum keeps NaN, which must not be drawn at the floor. Rounding makes powers of ten whole.
        decades: Array = np.round(log(np.maximum(values, LOG_FLOOR)) * _LOG10_E, 12)
        return decades


def axis_over(values: Array, *, margin: float = 0.0, width: int = 0) -> Axis:
    """Return an axis over the finite values, with round ticks inside their range.

    Args:
        values: shape (n,).
        margin: the space on either side, as a fraction of the range.
        width: the smallest width of the tick labels, for axes that must not move when numbers grow.
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
    """Labels with enough decimals to tell the ticks apart, or with three digits if those are too long."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    texts = [f"{tick:.{min(decimals, 9)}f}" for tick in ticks]
    if max(map(len, texts)) > 6:
        texts = [f"{tick:.3g}" for tick in ticks]
    return [f"{text:>{width}}" for text in texts]


def class_axis(names: Sequence[str], *, every: int = 1) -> Axis:
    """An axis with a column for each class, of which every so many are named."""
    return Axis(
        -0.6, len(names) - 0.4, tuple((float(number), name) for number, name in enumerate(names))[::every]
    )


def in_columns(classes: IntArray) -> Array:
    """A place in the column of each sample's class; they are spread evenly, however many there are."""
    places: Array = classes + 0.8 * ((np.arange(len(classes)) * 0.618034) % 1.0 - 0.5)
    return places


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """Return at most `most` values between the limits, evenly spaced by 1, 2 or 5 times a power of ten."""
    span = high - low
    if not np.isfinite(span) or span < max(1e-300, 1e-12 * abs(low)):  # too few floats between the limits
        return [low]
    power = float(f"1e{math.floor(math.log10(span / most))}")
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if span / (power * factor) <= most - 1)
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    return [float(tick * step) + 0.0 for tick in np.arange(first, last + 1)]  # + 0.0 turns -0 into 0
