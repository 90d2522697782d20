"""What the plot of a regression shows: a curve over one input, a map over two, else predicted over actual."""

from __future__ import annotations

import numpy as np

from bpengine import Dataset
from bpengine.arrays import Array
from bpengine.wording import printable
from bptui.drawing import LEVELS, ROLES, Axis, Figure, Kind, Series, Shade, axis_over
from bptui.drawing.unit_facts import MAX_NAME_LENGTH, axis_name, plain
from bptui.session.comparison import same_data
from bptui.session.snapshot import Snapshot

_PI_TICKS = tuple((k * np.pi / 2, label) for k, label in enumerate(("0", "π/2", "π", "3π/2", "2π")))
_FEW_SAMPLES = 30
"""Up to so many samples are drawn over the lines; more would cover them in a small plot."""
_MAX_TARGET_LENGTH = 26
"""The most characters of a function's name in the legend; that of a formula is the formula."""
_MAX_PARTS = 12
"""The most units whose contributions are drawn; more cannot be told apart."""


def regression_figure(snapshot: Snapshot, *, detail: bool = False) -> tuple[Figure, str]:
    """Return the plot and its legend; in detail also the contributions whose sum a curve is."""
    match len(snapshot.run.dataset.domain):
        case 1:
            return _curve(snapshot, detail=detail)
        case 2:
            return _map(snapshot, detail=detail)
        case _:
            return _agreement(snapshot)


def _targets(dataset: Dataset) -> Array:
    """The targets of the samples in the units of the data; shape (samples,)."""
    targets: Array = dataset.target_scaling.undo(dataset.targets)[:, 0]
    return targets


def _curve(snapshot: Snapshot, *, detail: bool) -> tuple[Figure, str]:
    """The network's output as a line below the dashed function, with the samples over both if they are few.

    Samples without noise are left out: they lie on the dashed line, so close that they would cover it.
    """
    dataset = snapshot.run.dataset
    assert snapshot.network.grid_outputs is not None  # known for one input
    low, high = dataset.domain[0]
    steps = np.linspace(low, high, len(snapshot.network.grid_outputs))
    truth = None if dataset.truth is None else dataset.truth(steps[:, np.newaxis])
    parts, levels, parts_legend = _parts(snapshot, steps) if detail else ([], np.empty(0), "")
    lines = [Series(steps, snapshot.network.grid_outputs[:, 0], "fit", Kind.LINE)]
    legend = [f"{ROLES['fit'].sign} network"]
    if truth is not None:
        lines.append(Series(steps, truth, "target", Kind.DASHED))
        legend.append(f"{ROLES['target'].sign} {printable(dataset.name, _MAX_TARGET_LENGTH)}")
    pinned = snapshot.comparison.pinned
    if pinned and pinned.network.grid_outputs is not None and same_data(pinned, snapshot) and not detail:
        curve = pinned.network.grid_outputs[:, 0]
        lines.insert(0, Series(np.linspace(low, high, len(curve)), curve, "compared", Kind.DOTTED))
        legend.append(f"{ROLES['compared'].sign} pinned")
    samples = [_samples(dataset, "sample")] if _is_noisy(dataset) else []
    if dataset.test is not None:
        samples.append(_samples(dataset.test, "test"))
    legend += [f"{each.marker} {'samples' if each.role == 'sample' else 'test'}" for each in samples]
    are_few = sum(len(each.x) for each in samples) <= _FEW_SAMPLES
    series = (*parts, *lines, *samples) if are_few else (*parts, *samples, *lines)
    targets = _targets(dataset)
    y_axis = _y_axis(targets if truth is None else np.concatenate([targets, truth]), levels)
    words = f"{ROLES['fit'].sign} network = {parts_legend}" if detail else " ".join(legend)
    figure = Figure(
        _x_axis(low, high),
        y_axis,
        series,
        x_name=axis_name(snapshot, 0),
        y_name=plain(dataset.target, MAX_NAME_LENGTH),
    )
    return figure, words + _outside(snapshot.network.outputs[:, 0], y_axis)


def _samples(dataset: Dataset, role: str) -> Series:
    return Series(dataset.coordinates[:, 0], _targets(dataset), role, Kind.POINTS, ROLES[role].sign)


def _is_noisy(dataset: Dataset) -> bool:
    """Whether the samples are elsewhere than on the function, or no function is known."""
    return dataset.truth is None or not np.array_equal(_targets(dataset), dataset.truth(dataset.coordinates))


def _outside(outputs: Array, axis: Axis) -> str:
    """How many outputs for the samples are not on the axis; empty if all are."""
    count = int(((outputs < axis.low) | (outputs > axis.high)).sum())
    return f" ({count} outside)" if count else ""


def _parts(snapshot: Snapshot, steps: Array) -> tuple[list[Series], Array, str]:
    """What each unit of the last hidden layer contributes to the network's curve, and the bias as a level.

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
    sign = ROLES["part"].sign
    return lines, values, f"{sign} {units}' parts + bias" if count > 1 else f"{sign} 1 unit's part + bias"


def _y_axis(values: Array, parts: Array) -> Axis:
    """An axis over the values with room for the parts: up to three times as long, in steps, so as to stay."""
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
    """The output as five shades, within the range of the targets, and the samples far from it as !.

    In detail the other samples are there as dots. They make holes in the shades, many in a small plot.
    """
    dataset = snapshot.run.dataset
    assert snapshot.network.grid_outputs is not None  # known for two inputs
    targets = _targets(dataset)
    low, high = float(targets.min()), float(targets.max())
    span = (high - low) or 1.0
    with np.errstate(all="ignore"):
        parts = np.nan_to_num((snapshot.network.grid_outputs[:, :, 0] - low) / span)
        bands = np.clip(np.floor(parts * len(LEVELS)), 0, len(LEVELS) - 1).astype(np.int64)
    x, y = dataset.domain
    far = np.abs(snapshot.network.outputs[:, 0] - targets) > span / len(LEVELS)
    points = dataset.coordinates
    wrong = Series(points[far, 0], points[far, 1], "wrong", Kind.POINTS, "!")
    near = Series(points[~far, 0], points[~far, 1], "sample", Kind.POINTS, ROLES["sample"].sign)
    figure = Figure(
        axis_over(np.array(x)),
        axis_over(np.array(y), width=5),
        (near, wrong) if detail else (wrong,),
        shade=Shade(bands, x, y, LEVELS, ("shade",) * len(LEVELS)),
        x_name=axis_name(snapshot, 0),
        y_name=axis_name(snapshot, 1),
    )
    scale = f"{low:.3g} {LEVELS} {high:.3g}"
    if snapshot.comparison.pinned is not None:
        return figure, f"{scale}  ! {far.sum()} wrong  pin not drawn"
    wrong_count = f"! {far.sum()} clearly wrong"
    return (
        figure,
        f"{scale}  {wrong_count}  {near.marker} near" if detail else f"network {scale}  {wrong_count}",
    )


def _agreement(snapshot: Snapshot) -> tuple[Figure, str]:
    """Predicted over actual: a perfect fit lies on the dashed diagonal."""
    targets, outputs = _targets(snapshot.run.dataset), snapshot.network.outputs[:, 0]
    axis = axis_over(targets, margin=0.15, width=5)
    ends = np.array([axis.low, axis.high])
    sign = ROLES["output"].sign
    figure = Figure(
        axis_over(targets, margin=0.15),
        axis,
        (Series(ends, ends, "target", Kind.DASHED), Series(targets, outputs, "output", Kind.POINTS, sign)),
        x_name="actual",
    )
    name = plain(snapshot.run.dataset.target, MAX_NAME_LENGTH)
    return figure, f"{sign} predicted over actual {name}{_outside(outputs, axis)}"
