"""The outputs of a regression in words, and how they differ from the targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bptui.formatting import unit_of
from bptui.session.description.classes import REGIONS, region_of, regions_of
from bptui.session.description.words import mean
from bptui.session.snapshot import Snapshot
from bpwords import Sentence, listed, many, word
from bpwords.numbers import coordinate, number, percent


def describe_fit(snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """Describe the root-mean-square error (RMSE); and where the outputs differ from the targets."""
    targets = snapshot.run.dataset.target_scaling.undo(snapshot.run.dataset.targets)
    spread = float(np.ptp(targets))
    sentences = []
    rmse = snapshot.run.metrics.rmse
    if rmse is not None and np.isfinite(rmse):
        sentences.append(_rmse(rmse, spread, unit_of(snapshot.run.dataset.target)))
    if spread == 0:
        equal = Sentence("All targets are {value}.")
        return [*sentences, equal(value=number(float(targets.flat[0])))], []
    if snapshot.network.grid_outputs is not None and snapshot.network.grid_outputs.ndim == 2:
        return sentences, describe_curve(snapshot)
    near, where = _samples(snapshot, targets, spread)
    return [*sentences, *near], where


def _rmse(rmse: float, spread: float, unit: str) -> str:
    error = f"{number(rmse)}{unit}"
    if spread == 0:
        return Sentence("The RMSE of its outputs is {error}.")(error=error)
    ratio = rmse / spread
    part = Sentence("The RMSE of its outputs is {error}, {ratio} of the range of the targets.")
    times = Sentence("The RMSE of its outputs is {error}, {ratio} times the range of the targets.")
    return part(error=error, ratio=percent(ratio)) if ratio < 2 else times(error=error, ratio=number(ratio))


def _samples(snapshot: Snapshot, targets: Array, spread: float) -> tuple[list[str], list[str]]:
    """For more than one input: how many samples are near their targets; and where the others are."""
    dataset, outputs = snapshot.run.dataset, snapshot.network.outputs
    constant = float(np.ptp(outputs)) < FLAT * spread
    about = Sentence("Its output is about {value} for every sample.")
    sentences = [about(value=number(mean(outputs)))] if constant else []
    deviations = np.abs(outputs - targets).max(axis=1)
    near = int((deviations <= spread / 10).sum())
    every = Sentence(
        "For all {samples} samples, the output is within {distance} of the target (a tenth of the targets' "
        "range)."
    )
    some = Sentence(
        "For {near} of {samples} samples, the output is within {distance} of the target (a tenth of the "
        "targets' range)."
    )
    of_samples = every if near == len(dataset) else some
    sentences.append(of_samples(near=near, samples=len(dataset), distance=number(spread / 10)))
    worst = int(deviations.argmax())
    output, target = number(float(outputs[worst, 0])), number(float(targets[worst, 0]))
    place = Sentence("at sample {n}")(n=worst + 1)
    if dataset.coordinates.shape[1] == 2:
        values = zip(dataset.features, dataset.coordinates[worst], dataset.domain, strict=True)
        equal = listed([f"{name} = {coordinate(value, *ends)}" for name, value, ends in values])
        place = Sentence("at {values}")(values=equal)
    largest = Sentence("The largest deviation is {place}: the output is {output} and the target {target}.")
    said = largest(place=place, output=output, target=target)
    return sentences, [said, *_plane(snapshot, deviations, spread)]


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
        most = Sentence("It deviates most {region}, by {deviation} on average.")
        sentences.append(most(region=region_of(worst), deviation=number(means[worst])))
    return [*sentences, *describe_surface(snapshot, FLAT * spread)]


def describe_surface(snapshot: Snapshot, least: float = 0.0) -> list[str]:
    """Say where the fitted surface is highest and lowest, if its range is so large at least."""
    dataset, grid = snapshot.run.dataset, snapshot.network.grid_outputs
    if grid is None or not np.isfinite(grid).all() or np.ptp(surface := grid[:, :, 0]) < least:
        return []
    extremes = list[tuple[str, str]]()
    for index in (surface.argmax(), surface.argmin()):
        row, column = np.unravel_index(int(index), surface.shape)
        x = np.linspace(*dataset.domain[0], surface.shape[1])[column]
        y = np.linspace(*dataset.domain[1], surface.shape[0])[row]
        region = region_of(regions_of(np.array([[x, y]]), dataset.domain)[0])
        extremes.append((region, number(float(surface[row, column]))))
    (hill, highest), (hollow, lowest) = extremes
    said = Sentence("The fitted surface is highest {hill} ({highest}) and lowest {hollow} ({lowest}).")
    return [said(hill=hill, highest=highest, hollow=hollow, lowest=lowest)]


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
        flat = Sentence("The fit is a flat line at about {height}; its largest deviation is {deviation}.")
        return [flat(height=number(mean(curves.whole)), deviation=_worst(curves))]
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
        fit = _COURSES[_course(curves.whole, curves.spread)]()
    elif len(of_fit) <= MAX_PARTS:
        points = listed([_turning_point(curves, point) for point in of_fit])
        fit = Sentence("The fit has {points}")(points=points)
    else:
        fit = Sentence("The fit has {n} turning points")(n=len(of_fit))
    if curves.of_samples:
        return Sentence("{text}.")(text=fit)
    kinds = [[point.is_peak for point in points] for points in (of_fit, of_target)]
    if kinds[0] == kinds[1] and (of_fit or _rises(curves.whole) == _rises(curves.target)):
        return Sentence("{fit}, like the target.")(fit=fit)
    if of_target:
        one, several = "{fit}; the target has {n} turning point.", "{fit}; the target has {n} turning points."
        return many(len(of_target), one, several, fit=fit)
    return _COURSES_OF_TARGET[_course(curves.target, curves.spread)](fit=fit)


_COURSES = {
    (True, False): Sentence("The fit rises all the way from left to right"),
    (False, False): Sentence("The fit falls all the way from left to right"),
    (True, True): Sentence("The fit rises from left to right, with ripples"),
    (False, True): Sentence("The fit falls from left to right, with ripples"),
}
_COURSES_OF_TARGET = {
    (True, False): Sentence("{fit}; the target rises all the way."),
    (False, False): Sentence("{fit}; the target falls all the way."),
    (True, True): Sentence("{fit}; the target rises, with ripples."),
    (False, True): Sentence("{fit}; the target falls, with ripples."),
}
"""What is said of values without turning points; see `_course`."""


def _rises(values: Array) -> bool:
    return bool(values[-1] > values[0])


def _course(values: Array, spread: float) -> tuple[bool, bool]:
    """Whether values without turning points rise, and whether there are ripples on the way."""
    rises = _rises(values)
    ordered = values if rises else values[::-1]
    ripple = float((np.maximum.accumulate(ordered) - ordered).max())
    return rises, ripple > CLOSE * spread


def _turning_point(curves: _Curves, point: TurningPoint) -> str:
    where = coordinate(float(np.linspace(*curves.domain, len(curves.whole))[point.index]), *curves.domain)
    said = Sentence("a peak near {name} = {place}" if point.is_peak else "a valley near {name} = {place}")
    return said(name=curves.name, place=where)


def _worst(curves: _Curves) -> str:
    """Where the largest deviation is, and how large."""
    deviations = curves.fit - curves.target
    worst = int(np.abs(deviations).argmax())
    high = Sentence("near {name} = {place}, where the fit is {deviation} too high")
    low = Sentence("near {name} = {place}, where the fit is {deviation} too low")
    deviation = number(abs(float(deviations[worst])))
    said = high if deviations[worst] > 0 else low
    return said(name=curves.name, place=curves.at(worst), deviation=deviation)


def _nearness(curves: _Curves) -> str:
    spread = curves.spread
    deviations = np.abs(curves.fit - curves.target)
    if deviations.max() == 0:
        return Sentence("It equals the target {where}.")(where=_everywhere(curves))
    if deviations.max() <= CLOSE * spread:
        matches = Sentence("It matches the target {where}; its largest deviation is {deviation}.")
        return matches(where=_everywhere(curves), deviation=_worst(curves))
    near: Near = deviations <= spread / 10
    somewhere = Sentence(
        "It is within {distance} of the target (a tenth of the target's range) {where}; its largest "
        "deviation is {deviation}."
    )
    nowhere = Sentence(
        "It is nowhere within {distance} of the target (a tenth of the target's range); its largest "
        "deviation is {deviation}."
    )
    said = somewhere if near.any() else nowhere
    return said(distance=number(spread / 10), where=_where(curves, near), deviation=_worst(curves))


def _everywhere(curves: _Curves) -> str:
    return word("at every sample") if curves.of_samples else word("everywhere")


def _where(curves: _Curves, near: Near) -> str:
    """Where the fit is near the target, as words that follow "target"; empty for nowhere."""
    if not near.any():
        return ""
    if near.all():
        return _everywhere(curves)
    share = percent(float(near.mean()))
    if curves.of_samples:
        return Sentence("at {share} of the samples")(share=share)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(np.int64), [0]])))
    parts = list(zip(edges[::2], edges[1::2] - 1, strict=True))
    if len(parts) > MAX_PARTS:
        in_parts = Sentence("for {share} of {name}, in {n} parts")
        return in_parts(share=share, name=curves.name, n=len(parts))
    stretch = Sentence("from {low} to {high}")
    stretches = [stretch(low=curves.at(first), high=curves.at(last)) for first, last in parts]
    return Sentence("for {share} of {name}, {parts}")(share=share, name=curves.name, parts=listed(stretches))


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
