"""The error curve, the same on every tab."""

from __future__ import annotations

import math
import sys

import numpy as np

from bpengine.arrays import Array
from bptui.drawing import LOG_FLOOR, Axis, Figure, Kind, Series, nice_ticks
from bptui.session.snapshot import Snapshot

SMOOTHED = 0.02
"""The part of a run's epochs that a smooth curve is the mean over."""


def error_figure(snapshot: Snapshot, *, log: bool, smooth: bool = False) -> Figure:
    """Error over epochs, over the whole length of the run so that the curve grows in place.

    Args:
        snapshot: the moment.
        log: whether the axis is logarithmic.
        smooth: whether lines are moving means, and the errors themselves only dots.
    """
    epochs, errors = snapshot.run.curve
    pin = snapshot.comparison.pinned
    ghost = (snapshot.comparison.previous_curve if pin is None else pin.run.curve) or (
        np.empty(0),
        np.empty(0),
    )
    live = np.concatenate([errors, snapshot.run.test_curve])
    live = live[np.isfinite(live)]
    # The run before may have diverged: the axis rises no higher for its sake than where that began.
    top = live if len(live) else ghost[1][:1]
    compared = ghost[1] if pin is not None else ghost[1][ghost[1] <= top.max(initial=0.0)]
    both = np.concatenate([live, compared])
    finite = both[np.isfinite(both)]
    last = max(snapshot.run.config.epochs - 1, 1)
    x = Axis(0, last, tuple((tick, f"{tick:.0f}") for tick in nice_ticks(0, last, 5) if tick == int(tick)))
    y = _log_axis(finite) if log else _linear_axis(finite)
    window = SMOOTHED * snapshot.run.config.epochs if smooth else 0.0
    series = [Series(ghost[0], _smoothed(*ghost, window), "ghost", Kind.DOTTED)]
    if smooth:
        series.append(Series(epochs, errors, "raw", Kind.DOTS))
    series.append(Series(epochs, _smoothed(epochs, errors, window), "error", Kind.LINE))
    if snapshot.run.dataset.test is not None:
        test = _smoothed(epochs, snapshot.run.test_curve, window)
        series.append(Series(epochs, test, "test", Kind.DASHED))
    return Figure(x, y, tuple(series), marks=tuple(map(float, snapshot.run.change_epochs)), x_name="epoch")


def _smoothed(epochs: Array, errors: Array, window: float) -> Array:
    """The geometric mean of the errors that are known in so many epochs around each."""
    if not window:
        return errors
    known = np.isfinite(errors)
    logs = np.log(np.maximum(np.where(known, errors, 1.0), LOG_FLOOR))
    sums = np.concatenate([[0.0], np.cumsum(logs)])
    counts = np.concatenate([[0], np.cumsum(known)])
    first = np.searchsorted(epochs, epochs - window / 2)
    end = np.searchsorted(epochs, epochs + window / 2, side="right")
    means = np.exp((sums[end] - sums[first]) / np.maximum(counts[end] - counts[first], 1))
    return np.where(known, means, np.nan)


def _log_axis(errors: Array) -> Axis:
    positive = errors[errors > LOG_FLOOR]
    low = math.floor(math.log10(positive.min())) if len(positive) else -2
    high = math.ceil(math.log10(positive.max())) if len(positive) else 0
    high = max(high, low + 1)
    step = -(-(high - low) // 8)
    ticks = tuple((_ten_to(power), f"1e{power:+03d}") for power in range(low, high + 1, step))
    return Axis(_ten_to(low), _ten_to(high), ticks, log=True)


def _ten_to(power: int) -> float:
    """10 to this power, or the largest number."""
    return 10.0**power if power <= sys.float_info.max_10_exp else sys.float_info.max


def _linear_axis(errors: Array) -> Axis:
    high = float(errors.max()) if len(errors) else 1.0
    high = high if high > 0 else 1.0
    return Axis(0, high, tuple((tick, f"{tick:5.2g}") for tick in nice_ticks(0, high, 4)))


def error_curve_title(snapshot: Snapshot, *, log: bool, smooth: bool) -> str:
    """The title of the error curve: what its lines are, and which axis it has."""
    comparison = snapshot.comparison
    dotted = "⠐ pinned" if comparison.pinned else "⠐ before" if comparison.previous_curve else ""
    parts = (
        "mean epoch error (e)" if smooth else "epoch error",
        "╌ test" if snapshot.run.dataset.test is not None else "",
        dotted,
        "log (l)" if log else "linear (l)",
    )
    return ", ".join(filter(None, parts))
