"""What a regression's plot shows: a curve over one input, a map over two, else predicted against true."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array
from bptui.plotting import Axis, Figure, Kind, Series, Shade, axis_over
from bptui.snapshot import ACROSS, Snapshot

_PI_TICKS = tuple((k * np.pi / 2, label) for k, label in enumerate(("0", "π/2", "π", "3π/2", "2π")))
_LEVELS = " ░▒▓█"
"""The glyphs of a map, from its lowest value to its highest."""


def regression_figure(snapshot: Snapshot) -> tuple[Figure, str]:
    """The plot and its legend."""
    match len(snapshot.dataset.domain):
        case 1:
            return _curve(snapshot)
        case 2:
            return _map(snapshot)
        case _:
            return _agreement(snapshot)


def _targets(snapshot: Snapshot) -> Array:
    """The training samples' targets in own units; shape (samples,)."""
    dataset = snapshot.dataset
    own: Array = dataset.target_scaling.undo(dataset.targets)[:, 0]
    return own


def _curve(snapshot: Snapshot) -> tuple[Figure, str]:
    """The function dashed, samples that stray from it as dots, test samples as rings, outputs as +."""
    dataset = snapshot.dataset
    x, y, targets = dataset.coordinates[:, 0], snapshot.outputs[:, 0], _targets(snapshot)
    low, high = dataset.domain[0]
    steps = np.linspace(low, high, ACROSS)
    truth = None if dataset.truth is None else dataset.truth(steps[:, np.newaxis])
    series = []
    legend = []
    if truth is None or not np.array_equal(targets, dataset.truth(dataset.coordinates)):  # type: ignore[misc]  # the or sees to None
        series.append(Series(x, targets, "sample", Kind.POINTS, "·"))
        legend.append("· samples")
    if dataset.test is not None:
        test = dataset.test
        own = test.target_scaling.undo(test.targets)[:, 0]
        series.append(Series(test.coordinates[:, 0], own, "test", Kind.POINTS, "o"))
        legend.append("o test")
    if truth is not None:
        series.append(Series(steps, truth, "target", Kind.DASHED))
        legend.append(f"╌ {dataset.name}")
    pin = snapshot.pin
    if pin is not None and pin.across is not None and pin.fits(snapshot):
        series.append(Series(steps, pin.across[:, 0], "ghost", Kind.LINE))
        legend.append("⠒ pinned")
    series.append(Series(x, y, "output", Kind.POINTS, "+"))
    legend.append("+ network")
    values = targets if truth is None else np.concatenate([targets, truth])
    y_axis = axis_over(values, margin=0.15, width=5)
    beyond = int(((y < y_axis.low) | (y > y_axis.high)).sum())
    off = f" ({beyond} off)" if beyond else ""
    return Figure(_x_axis(low, high), y_axis, tuple(series)), "  ".join(legend) + off


def _x_axis(low: float, high: float) -> Axis:
    if (low, high) == (0.0, 2 * np.pi):
        return Axis(low, high, _PI_TICKS)
    return axis_over(np.array([low, high]))


def _map(snapshot: Snapshot) -> tuple[Figure, str]:
    """The output's height as five shades, within the range of the targets; samples as dots."""
    dataset = snapshot.dataset
    assert snapshot.across is not None  # two inputs have a grid
    targets = _targets(snapshot)
    low, high = float(targets.min()), float(targets.max())
    span = (high - low) or 1.0
    with np.errstate(invalid="ignore"):
        parts = np.nan_to_num((snapshot.across[:, :, 0] - low) / span)
    bands = np.clip(parts * len(_LEVELS), 0, len(_LEVELS) - 1).astype(np.int64)
    (x_low, x_high), (y_low, y_high) = dataset.domain
    far = np.abs(snapshot.outputs[:, 0] - targets) > span / len(_LEVELS)
    points = dataset.coordinates
    figure = Figure(
        axis_over(np.array([x_low, x_high])),
        axis_over(np.array([y_low, y_high]), width=5),
        (Series(points[far, 0], points[far, 1], "wrong", Kind.POINTS, "!"),),
        shade=Shade(bands, _LEVELS),
    )
    return figure, f"network {low:.2g} {_LEVELS} {high:.2g}  ! {far.sum()} off by a shade"


def _agreement(snapshot: Snapshot) -> tuple[Figure, str]:
    """Predicted over true: a perfect fit lies on the dashed diagonal."""
    targets, outputs = _targets(snapshot), snapshot.outputs[:, 0]
    axis = axis_over(targets, margin=0.15, width=5)
    ends = np.array([axis.low, axis.high])
    beyond = int(((outputs < axis.low) | (outputs > axis.high)).sum())
    off = f" ({beyond} off)" if beyond else ""
    figure = Figure(
        axis_over(targets, margin=0.15),
        axis,
        (Series(ends, ends, "target", Kind.DASHED), Series(targets, outputs, "output", Kind.POINTS, "+")),
    )
    return figure, f"+ predicted over true {snapshot.dataset.target}{off}"
