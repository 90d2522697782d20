"""The outputs of a regression in words, and how they differ from the targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bpengine.wording import counted, listed
from bptui.formatting import unit_of
from bptui.session.description.regions import REGIONS, regions_of
from bptui.session.description.words import mean
from bptui.session.snapshot import Snapshot
from bpwords.numbers import coordinate, number, percent


def describe_fit(snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """Describe the root-mean-square error (RMSE); and where the outputs differ from the targets."""
    targets = snapshot.run.dataset.target_scaling.undo(snapshot.run.dataset.targets)
    spread = float(np.ptp(targets))
    sentences = []
    rmse = snapshot.run.metrics.rmse
    if rmse is not None and np.isfinite(rmse):
        share = f", {_relative(rmse / spread)} the range of the targets" if spread > 0 else ""
        sentences.append(
            f"The RMSE of its outputs is {number(rmse)}{unit_of(snapshot.run.dataset.target)}{share}."
        )
    if spread == 0:
        return [*sentences, f"All targets are {number(float(targets.flat[0]))}."], []
    if snapshot.network.grid_outputs is not None and snapshot.network.grid_outputs.ndim == 2:
        return sentences, describe_curve(snapshot)
    near, where = _samples(snapshot, targets, spread)
    return [*sentences, *near], where


def _relative(ratio: float) -> str:
    return f"{percent(ratio)} of" if ratio < 2 else f"{number(ratio)} times"


def _samples(snapshot: Snapshot, targets: Array, spread: float) -> tuple[list[str], list[str]]:
    """For more than one input: how many samples are near their targets; and where the others are."""
    dataset, outputs = snapshot.run.dataset, snapshot.network.outputs
    constant = float(np.ptp(outputs)) < FLAT * spread
    sentences = [f"Its output is about {number(mean(outputs))} for every sample."] if constant else []
    deviations = np.abs(outputs - targets).max(axis=1)
    near = int((deviations <= spread / 10).sum())
    samples = f"all {near}" if near == len(dataset) else f"{near} of {len(dataset)}"
    tenth = f"within {number(spread / 10)} of the target (a tenth of the targets' range)"
    sentences.append(f"For {samples} samples, the output is {tenth}.")
    worst = int(deviations.argmax())
    output, target = number(float(outputs[worst, 0])), number(float(targets[worst, 0]))
    where = f"at sample {worst + 1}"
    if dataset.coordinates.shape[1] == 2:
        values = zip(dataset.features, dataset.coordinates[worst], dataset.domain, strict=True)
        where = "at " + listed([f"{name} = {coordinate(value, *ends)}" for name, value, ends in values])
    largest = f"The largest deviation is {where}: the output is {output} and the target {target}."
    return sentences, [largest, *_plane(snapshot, deviations, spread)]


def _plane(snapshot: Snapshot, deviations: Array, spread: float) -> list[str]:
    """Sentences about where in the plane the deviations and the extremes of the fitted surface are."""
    dataset, grid = snapshot.run.dataset, snapshot.network.grid_outputs
    if grid is None or not np.isfinite(grid).all():
        return []
    regions = regions_of(dataset.coordinates, dataset.domain)
    counts = np.bincount(regions, minlength=len(REGIONS))
    # Divided before they are summed, since a sum of huge deviations would overflow.
    means = np.bincount(regions, deviations / counts[regions], minlength=len(REGIONS))
    sentences = []
    if means.max() / 2 > mean(deviations):
        worst = int(means.argmax())
        sentences.append(f"It deviates most {REGIONS[worst]}, by {number(means[worst])} on average.")
    surface = grid[:, :, 0]
    if np.ptp(surface) >= FLAT * spread:
        extremes = []
        for name, index in (("highest", surface.argmax()), ("lowest", surface.argmin())):
            row, column = np.unravel_index(int(index), surface.shape)
            x = np.linspace(*dataset.domain[0], surface.shape[1])[column]
            y = np.linspace(*dataset.domain[1], surface.shape[0])[row]
            region = REGIONS[int(regions_of(np.array([[x, y]]), dataset.domain)[0])]
            extremes.append(f"{name} {region} ({number(float(surface[row, column]))})")
        sentences.append(f"The fitted surface is {listed(extremes)}.")
    return sentences


FLAT = 0.05
"""A fit whose range is less than this share of the targets' range is flat; a smaller turn is a ripple."""
CLOSE = 0.01
"""A fit that deviates by at most this share of the target's range matches the target."""
MAX_PARTS = 3
"""The most stretches of x, or turning points, that are listed one by one."""

Near = NDArray[np.bool]
"""For each position, whether the fit is near the target."""


@dataclass(frozen=True, slots=True, eq=False)
class _Curves:
    """The fit and the target at the same positions, from left to right; shape (n,) each."""

    x: Array
    fit: Array
    target: Array
    whole: Array
    """The fit at even steps over the whole domain, for its shape: between samples it may turn."""
    of_samples: bool
    """Whether the positions are those of the samples, since the function behind the samples is unknown."""
    domain: tuple[float, float]
    name: str
    """The name of the input."""

    @property
    def spread(self) -> float:
        return float(np.ptp(self.target))

    def at(self, index: int) -> str:
        return coordinate(float(self.x[index]), *self.domain)


def describe_curve(snapshot: Snapshot) -> list[str]:
    """Describe the shape of the fit, where it is near the target, and its largest deviation."""
    curves = _curves(snapshot)
    if curves is None or curves.spread == 0:
        return []
    if np.ptp(curves.whole) < FLAT * curves.spread:
        height = number(mean(curves.whole))
        return [f"The fit is a flat line at about {height}; its largest deviation is {_worst(curves)}."]
    return [_shape(curves), _nearness(curves)]


def _curves(snapshot: Snapshot) -> _Curves | None:
    dataset, grid = snapshot.run.dataset, snapshot.network.grid_outputs
    if grid is None or not np.isfinite(grid).all():
        return None
    domain, name = dataset.domain[0], dataset.features[0]
    if dataset.truth is not None:
        x = np.linspace(*domain, len(grid))
        target = dataset.truth(x[:, np.newaxis])
        return _Curves(x, grid[:, 0], target, grid[:, 0], False, domain, name)
    order = np.argsort(dataset.coordinates[:, 0], kind="stable")
    target = dataset.target_scaling.undo(dataset.targets)[order, 0]
    x, fit = dataset.coordinates[order, 0], snapshot.network.outputs[order, 0]
    return _Curves(x, fit, target, grid[:, 0], True, domain, name)


def _shape(curves: _Curves) -> str:
    """The turning points of the fit and, unless only noisy samples of it are known, of the target."""
    min_height = FLAT * curves.spread
    of_fit, of_target = (turning_points(values, min_height) for values in (curves.whole, curves.target))
    if not of_fit:
        text = f"The fit {_course(curves.whole, curves.spread, ' from left to right')}"
    elif len(of_fit) <= MAX_PARTS:
        text = f"The fit has {listed([_turning_point(curves, point) for point in of_fit])}"
    else:
        text = f"The fit has {len(of_fit)} turning points"
    if curves.of_samples:
        return f"{text}."
    kinds = [[point.is_peak for point in points] for points in (of_fit, of_target)]
    if kinds[0] == kinds[1] and (of_fit or _direction(curves.whole) == _direction(curves.target)):
        return f"{text}, like the target."
    if of_target:
        return f"{text}; the target has {counted(len(of_target), 'turning point')}."
    return f"{text}; the target {_course(curves.target, curves.spread)}."


def _direction(values: Array) -> str:
    return "rises" if values[-1] > values[0] else "falls"


def _course(values: Array, spread: float, where: str = "") -> str:
    """The course of values without turning points: all the way, or only on the whole if there are ripples."""
    direction = _direction(values)
    ordered = values if direction == "rises" else values[::-1]
    ripple = float((np.maximum.accumulate(ordered) - ordered).max())
    if ripple <= CLOSE * spread:
        return f"{direction} all the way{where}"
    return f"{direction}{where}, with ripples"


def _turning_point(curves: _Curves, point: TurningPoint) -> str:
    where = coordinate(float(np.linspace(*curves.domain, len(curves.whole))[point.index]), *curves.domain)
    return f"a {'peak' if point.is_peak else 'valley'} near {curves.name} = {where}"


def _worst(curves: _Curves) -> str:
    """Where the largest deviation is, and how large."""
    deviations = curves.fit - curves.target
    worst = int(np.abs(deviations).argmax())
    side = "high" if deviations[worst] > 0 else "low"
    where = f"near {curves.name} = {curves.at(worst)}"
    return f"{where}, where the fit is {number(abs(float(deviations[worst])))} too {side}"


def _nearness(curves: _Curves) -> str:
    spread = curves.spread
    deviations = np.abs(curves.fit - curves.target)
    if deviations.max() == 0:
        return f"It equals the target {_everywhere(curves)}."
    largest = f"its largest deviation is {_worst(curves)}"
    if deviations.max() <= CLOSE * spread:
        return f"It matches the target {_everywhere(curves)}; {largest}."
    near: Near = deviations <= spread / 10
    nowhere = "" if near.any() else "nowhere "
    tenth = f"{nowhere}within {number(spread / 10)} of the target (a tenth of the target's range)"
    return f"It is {tenth}{_where(curves, near)}; {largest}."


def _everywhere(curves: _Curves) -> str:
    return "at every sample" if curves.of_samples else "everywhere"


def _where(curves: _Curves, near: Near) -> str:
    """Where the fit is near the target, as words that follow "target"; empty for nowhere."""
    if not near.any():
        return ""
    if near.all():
        return f" {_everywhere(curves)}"
    if curves.of_samples:
        return f" at {percent(float(near.mean()))} of the samples"
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(np.int64), [0]])))
    parts = list(zip(edges[::2], edges[1::2] - 1, strict=True))
    share = f" for {percent(float(near.mean()))} of {curves.name}"
    if len(parts) > MAX_PARTS:
        return f"{share}, in {len(parts)} parts"
    stretches = [f"from {curves.at(first)} to {curves.at(last)}" for first, last in parts]
    return f"{share}, {listed(stretches)}"


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """A peak or a valley."""

    index: int
    """Its index among the values of the curve."""
    is_peak: bool
    """Whether it is a peak."""


def turning_points(values: Array, min_height: float) -> list[TurningPoint]:
    """Find the turning points of a curve from left to right; its ends do not count.

    Args:
        values: the curve; shape (n,).
        min_height: how far the curve must move in the other direction after a turning point, so that ripples
            do not count; above 0.
    """
    points: list[TurningPoint] = []
    high = low = 0
    rising: bool | None = None
    for index, value in enumerate(values):
        high = index if value > values[high] else high
        low = index if value < values[low] else low
        if rising is not False and values[high] - value >= min_height:
            if rising:
                points.append(TurningPoint(high, is_peak=True))
            rising, low = False, index
        elif rising is not True and value - values[low] >= min_height:
            if rising is False:
                points.append(TurningPoint(low, is_peak=False))
            rising, high = True, index
    return points
