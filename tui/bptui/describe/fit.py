"""The outputs of a regression in words, and how they differ from the targets."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.wording import listed, number
from bptui.describe.curve import FLAT, describe_curve
from bptui.describe.regions import REGIONS, regions_of
from bptui.describe.words import coordinate, mean
from bptui.formatting import percent, unit_of
from bptui.session.snapshot import Snapshot


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
