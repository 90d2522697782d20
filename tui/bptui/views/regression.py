"""What a regression's plot shows: a curve over one input, a map over two, else predicted against true."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array
from bptui.drawing import Axis, Figure, Kind, Series, Shade, axis_over
from bptui.drawing.unit_facts import MAX_NAME_LENGTH, axis_name, plain
from bptui.session.comparison import same_data
from bptui.session.snapshot import Snapshot

_PI_TICKS = tuple((k * np.pi / 2, label) for k, label in enumerate(("0", "π/2", "π", "3π/2", "2π")))
_LEVELS = " ░▒▓█"
"""The glyphs of a map, from its lowest value to its highest."""
_MAX_PARTS = 12
"""Units whose parts are drawn; more can't be told apart."""


def regression_figure(snapshot: Snapshot, *, detail: bool = False) -> tuple[Figure, str]:
    """The plot and its legend; in detail also the parts that a curve is the sum of."""
    match len(snapshot.run.dataset.domain):
        case 1:
            return _curve(snapshot, detail=detail)
        case 2:
            return _map(snapshot, detail=detail)
        case _:
            return _agreement(snapshot)


def _targets(snapshot: Snapshot) -> Array:
    """The training samples' targets in own units; shape (samples,)."""
    dataset = snapshot.run.dataset
    own: Array = dataset.target_scaling.undo(dataset.targets)[:, 0]
    return own


def _curve(snapshot: Snapshot, *, detail: bool) -> tuple[Figure, str]:
    """The function dashed, outputs as +; samples that stray from it as dots, test samples as rings.

    Where there are such samples, the network's curve shows what it does between them.
    """
    dataset = snapshot.run.dataset
    assert snapshot.network.grid_outputs is not None  # one input has its steps
    x, y, targets = dataset.coordinates[:, 0], snapshot.network.outputs[:, 0], _targets(snapshot)
    low, high = dataset.domain[0]
    steps = np.linspace(low, high, len(snapshot.network.grid_outputs))
    truth = None if dataset.truth is None else dataset.truth(steps[:, np.newaxis])
    parts, levels, parts_legend = _parts(snapshot, steps) if detail else ([], np.empty(0), "")
    series = [*parts]
    legend = []
    stray = truth is None or not np.array_equal(targets, dataset.truth(dataset.coordinates))  # type: ignore[misc]  # the or sees to None
    if stray:
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
    pin = snapshot.comparison.pinned
    if pin is not None and pin.network.grid_outputs is not None and same_data(pin, snapshot) and not detail:
        curve = pin.network.grid_outputs[:, 0]
        series.append(Series(np.linspace(low, high, len(curve)), curve, "ghost", Kind.DOTTED))
        legend.append("⠂ pinned")
    if stray or dataset.test is not None:
        series.append(Series(steps, snapshot.network.grid_outputs[:, 0], "fit", Kind.LINE))
    series.append(Series(x, y, "output", Kind.POINTS, "+"))
    legend.append("+ network")
    y_axis = _y_axis(targets if truth is None else np.concatenate([targets, truth]), levels)
    beyond = int(((y < y_axis.low) | (y > y_axis.high)).sum())
    off = f" ({beyond} off)" if beyond else ""
    words = f"+ network = {parts_legend}" if detail else " ".join(legend)
    figure = Figure(
        _x_axis(low, high),
        y_axis,
        tuple(series),
        x_name=axis_name(snapshot, 0),
        y_name=plain(dataset.target, MAX_NAME_LENGTH),
    )
    return figure, words + off


def _parts(snapshot: Snapshot, steps: Array) -> tuple[list[Series], Array, str]:
    """What each unit of the last hidden layer adds to the network's curve, and the bias as a level.

    Returns:
        The lines, all their values, and what they are.
    """
    if snapshot.network.unit_outputs is None:
        return [], np.empty(0), "too many units to draw"
    scaling = snapshot.run.dataset.target_scaling
    *weights, bias = snapshot.network.layers[-1][:, 0]
    level = bias * scaling.scale[0] + scaling.offset[0]
    with np.errstate(all="ignore"):
        parts = snapshot.network.unit_outputs[-1] * (np.array(weights) * scaling.scale[0])
        reach = np.nan_to_num(parts.max(axis=0) - parts.min(axis=0))
    largest = np.sort(np.argsort(-reach, kind="stable")[:_MAX_PARTS])
    values = np.column_stack([parts[:, largest], np.full(len(steps), level)])
    lines = [Series(steps, part, "part", Kind.DOTTED) for part in values.T]
    count = len(weights)
    units = f"{count} units" if count <= _MAX_PARTS else f"{_MAX_PARTS} largest of {count} units"
    return lines, values, f"⠂ {units}' parts + bias" if count > 1 else "⠂ 1 unit's part + bias"


def _y_axis(values: Array, parts: Array) -> Axis:
    """Over the values and, in steps so that it rarely moves, as much of the parts as at most triples it."""
    low, high = float(values.min()), float(values.max())
    span = (high - low) or 1.0
    finite = np.clip(parts[np.isfinite(parts)], low - span, high + span)
    if len(finite):
        below, above = np.maximum([low - finite.min(), finite.max() - high], 0) / span
        low -= span * float(np.ceil(np.round(2 * below, 6)) / 2)
        high += span * float(np.ceil(np.round(2 * above, 6)) / 2)
    return axis_over(np.array([low, high]), margin=0.15, width=5)


def _x_axis(low: float, high: float) -> Axis:
    if (low, high) == (0.0, 2 * np.pi):
        return Axis(low, high, _PI_TICKS)
    return axis_over(np.array([low, high]))


def _map(snapshot: Snapshot, *, detail: bool) -> tuple[Figure, str]:
    """The output's height as five shades, within the range of the targets; samples that are far from it as !.

    In detail the other samples are there as dots. They make holes in the shades, many in a small plot.
    """
    dataset = snapshot.run.dataset
    assert snapshot.network.grid_outputs is not None  # two inputs have a grid
    targets = _targets(snapshot)
    low, high = float(targets.min()), float(targets.max())
    span = (high - low) or 1.0
    with np.errstate(all="ignore"):
        parts = np.nan_to_num((snapshot.network.grid_outputs[:, :, 0] - low) / span)
        bands = np.clip(np.floor(parts * len(_LEVELS)), 0, len(_LEVELS) - 1).astype(np.int64)
    x, y = dataset.domain
    far = np.abs(snapshot.network.outputs[:, 0] - targets) > span / len(_LEVELS)
    points = dataset.coordinates
    wrong = Series(points[far, 0], points[far, 1], "wrong", Kind.POINTS, "!")
    near = Series(points[~far, 0], points[~far, 1], "sample", Kind.POINTS, "·")
    figure = Figure(
        axis_over(np.array(x)),
        axis_over(np.array(y), width=5),
        (near, wrong) if detail else (wrong,),
        shade=Shade(bands, x, y, _LEVELS, ("shade",) * len(_LEVELS)),
        x_name=axis_name(snapshot, 0),
        y_name=axis_name(snapshot, 1),
    )
    scale = f"{low:.3g} {_LEVELS} {high:.3g}  ! {far.sum()} off"
    if snapshot.comparison.pinned is not None:
        return figure, f"{scale}  no ghost on maps"
    return figure, f"{scale} by a shade  · near" if detail else f"network {scale} by a shade"


def _agreement(snapshot: Snapshot) -> tuple[Figure, str]:
    """Predicted over true: a perfect fit lies on the dashed diagonal."""
    targets, outputs = _targets(snapshot), snapshot.network.outputs[:, 0]
    axis = axis_over(targets, margin=0.15, width=5)
    ends = np.array([axis.low, axis.high])
    beyond = int(((outputs < axis.low) | (outputs > axis.high)).sum())
    off = f" ({beyond} off)" if beyond else ""
    figure = Figure(
        axis_over(targets, margin=0.15),
        axis,
        (Series(ends, ends, "target", Kind.DASHED), Series(targets, outputs, "output", Kind.POINTS, "+")),
        x_name="true",
    )
    return figure, f"+ predicted over true {snapshot.run.dataset.target}{off}"
