"""Axes: their limits, their scale, and round values for their ticks."""

from __future__ import annotations

import math
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.functions import log
from bpengine.data.dates import date_text
from bpengine.data.raw_columns import RawColumn
from bptui.screen.drawing.canvas import cells_of
from bptui.screen.drawing.color_scales import parts_of
from bptui.session.units import short_name
from bpwords.numbers import number

LOG_FLOOR = 1e-12
"""The smallest value on a log axis. Smaller errors are only rounding, and are drawn here."""
NEAR = 1e-6
"""How far rounding may move a place at the end of an axis, of length 1, outside it."""
_LOG10_E = 0.4342944819032518
_LOG_STEPS = ((1, 2, 3, 5, 7), (1, 3), (1,))
"""The ticks of a logarithmic axis in each decade, from a short axis to a long one."""
_MAX_TICKS = 8
"""The most ticks of a logarithmic axis of less than a dozen decades."""
_MAX_STEP = 10
"""The most characters of the name of a category."""
_FAR = 100
"""How many times as far as the data a curve may reach before the axis no longer follows it."""
_MARGIN = 0.15
"""The space beside the data, as a fraction of their range."""
_ROUND = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
"""The steps in which an axis follows a curve. They are coarse, so that its limits seldom change."""


class Axis(NamedTuple):
    """Limits and labelled ticks, in data units."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    log: bool = False
    """Whether the axis is logarithmic."""

    def scale(self, values: Array) -> Array:
        """From data units to 0..1 between the limits."""
        low, high = self._unit(np.array([self.low, self.high])).tolist()
        return parts_of(self._unit(values), low, high)

    @property
    def limits(self) -> tuple[float, float]:
        """Both limits in the coordinates that plotext is given: data units, or decades on a logarithmic axis.

        They are 0 and 1 where floats could not tell the places on such an axis apart.
        """
        low, high = self._unit(np.array([self.low, self.high])).tolist()
        span, most = high / 2 - low / 2, max(abs(low), abs(high))
        return (low, high) if max(1e-8 * most, 1e-290) < span < 1e300 else (0.0, 1.0)

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
    low, high = _range(values)
    room = margin * (high - low)
    return _ticked(low - room, high + room, width)


def axis_around(values: Array, curves: Sequence[Array], *, width: int = 0) -> Axis:
    """Return an axis over the data that also follows the curves, in steps of round numbers.

    The limits depend on these numbers only. A curve that reaches a hundred times as far as the data would
    flatten everything else: the axis does not follow it, nor any infinite value.

    Args:
        values: the data; shape (n,).
        curves: what is drawn along with them; shape (m,) each.
        width: the smallest width of the tick labels.
    """
    low, high = _range(values)
    span = high - low
    if not np.isfinite(span):
        return axis_over(values, width=width)
    fine, coarse = _round_up(span / 40), _round_up(span / 4)
    middle = coarse * float(np.round((low + high) / 2 / coarse))
    bottom = fine * float(np.floor((low - _MARGIN * span) / fine + 1e-6))
    top = fine * float(np.ceil((high + _MARGIN * span) / fine - 1e-6))
    for curve in curves:
        finite = curve[np.isfinite(curve)] - middle
        if len(finite) and np.abs(finite).max() <= _FAR * span:
            least, most = float(finite.min()), float(finite.max())
            bottom = bottom if middle + least >= bottom else middle - _round_up(-least)
            top = top if middle + most <= top else middle + _round_up(most)
    return _ticked(bottom, top, width)


def _range(values: Array) -> tuple[float, float]:
    """The lowest and the highest finite value, made different if they are equal."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    return (low, high) if low < high else (low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1))


def _round_up(value: float) -> float:
    """The next of the round numbers, for a value above 0."""
    power = float(f"1e{math.floor(math.log10(value))}") if value > 1e-300 else 1e-300
    return power * next((step for step in _ROUND if step * power >= value * (1 - 1e-9)), 10.0)


def _ticked(low: float, high: float, width: int) -> Axis:
    ticks = nice_ticks(low, high, 7)
    return Axis(low, high, tuple(zip(ticks, _labels(ticks, width), strict=True)))


def _labels(ticks: list[float], width: int) -> list[str]:
    """Labels with enough decimals to tell the ticks apart, or with three digits if those are too long."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    texts = [f"{tick:.{min(decimals, 9)}f}" for tick in ticks]
    if max(map(len, texts)) > 6:
        texts = [number(tick) for tick in ticks]
    return [f"{text:>{width}}" for text in texts]


def _ten_to(power: float) -> float:
    """10 to this power, or the largest float."""
    if power > sys.float_info.max_10_exp:
        return sys.float_info.max
    return float(f"1e{power}") if isinstance(power, int) else 10.0**power


def log_axis(values: Array) -> Axis:
    """A logarithmic axis over the positive values, from one of 1, 2, 3, 5, 7, 10, ... to another.

    Args:
        values: shape (n,), finite.
    """
    positive = values[values > LOG_FLOOR]
    lowest, highest = (float(positive.min()), float(positive.max())) if len(positive) else (0.1, 1.0)
    powers = range(math.floor(math.log10(lowest)) - 1, math.ceil(math.log10(highest)) + 2)
    decades = [_ten_to(power) for power in powers]
    fine, *coarse = [
        sorted({min(factor * decade, sys.float_info.max) for decade in decades for factor in factors})
        for factors in _LOG_STEPS
    ]
    first = bisect_left(fine, lowest * (1 + NEAR)) - 1
    last = bisect_right(fine, highest * (1 - NEAR))
    low, high = fine[min(first, last - 2)], fine[last]
    for steps in (fine, *coarse):
        ticks = steps[bisect_left(steps, low) : bisect_right(steps, high)]
        if len(ticks) <= _MAX_TICKS:
            break
    return Axis(low, high, tuple((tick, f"{number(tick, 2):>5}") for tick in ticks), log=True)


def column_axis(column: RawColumn, values: Array, *, margin: float = 0.0, width: int = 0) -> Axis:
    """An axis over values of a column of a table: a step for each category, or dates; see `axis_over`."""
    if column.steps:
        names = [short_name(name, _MAX_STEP) for name in column.steps]
        return class_axis(names, every=max(1, len(names) // 6))
    axis = axis_over(values, margin=margin, width=width)
    if column.kind != "date":
        return axis
    days = np.linspace(*_range(values), 4).tolist()
    return axis._replace(ticks=tuple((day, date_text(day)) for day in days))


def class_axis(names: Sequence[str], *, every: int = 1) -> Axis:
    """An axis with a column for each class, of which every so many are named."""
    return Axis(
        -0.6,
        len(names) - 0.4,
        tuple((float(number), cells_of(name)) for number, name in enumerate(names))[::every],
    )


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """Return at most `most` values between the limits, evenly spaced by 1, 2 or 5 times a power of ten."""
    span = high - low
    if not np.isfinite(span) or span < max(1e-300, 1e-12 * abs(low)):  # too few floats between the limits
        return [low]
    power = float(f"1e{math.floor(math.log10(span / most))}")
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if span / (power * factor) <= most - 1)
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    return [float(tick * step) + 0.0 for tick in np.arange(first, last + 1)]  # + 0.0 turns -0 into 0
