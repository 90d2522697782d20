"""The answers of a regression, and how they differ from what they should be."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array
from bptui.describe.curve import curve
from bptui.describe.plane import REGIONS, regions
from bptui.describe.words import listed, number, percent, place
from bptui.session.snapshot import Snapshot

FLAT = 0.05
"""Part of the targets' range within which answers count as one and the same."""


def fit(snapshot: Snapshot) -> list[str]:
    """How far off the answers are in all, then where, as far as a line or a plane allows to say."""
    targets = snapshot.run.dataset.target_scaling.undo(snapshot.run.dataset.targets)
    spread = float(np.ptp(targets))
    sentences = []
    rmse = snapshot.run.metrics.rmse
    if rmse is not None and np.isfinite(rmse):
        of_range = f", {_part(rmse / spread)} the targets' range" if spread > 0 else ""
        sentences.append(f"Its answers are off by {number(rmse)} (root mean square){of_range}.")
    if spread == 0:
        return [*sentences, f"All targets are {number(float(targets.flat[0]))}."]
    if snapshot.network.grid_outputs is not None and snapshot.network.grid_outputs.ndim == 2:
        return [*sentences, *curve(snapshot)]
    return [*sentences, *_samples(snapshot, targets, spread)]


def _part(ratio: float) -> str:
    return f"{percent(ratio)} of" if ratio < 2 else f"{number(ratio)} times"


def _samples(snapshot: Snapshot, targets: Array, spread: float) -> list[str]:
    """Of more than one input."""
    dataset, outputs = snapshot.run.dataset, snapshot.network.outputs
    flat = float(np.ptp(outputs)) < FLAT * spread
    sentences = [f"It answers about {number(float(outputs.mean()))} to all of them."] if flat else []
    misses = np.abs(outputs - targets).max(axis=1)
    near = int((misses <= spread / 10).sum())
    met = f"All {near}" if near == len(dataset) else f"{near} of {len(dataset)}"
    sentences.append(f"{met} samples are met within {number(spread / 10)}, a tenth of the range.")
    worst = int(misses.argmax())
    answer, target = number(float(outputs[worst, 0])), number(float(targets[worst, 0]))
    where = f"sample {worst + 1}"
    if dataset.coordinates.shape[1] == 2:
        coordinates = zip(dataset.features, dataset.coordinates[worst], dataset.domain, strict=True)
        where = "at " + listed([f"{name} = {place(value, *ends)}" for name, value, ends in coordinates])
    sentences.append(f"The largest miss is {where}: {answer} instead of {target}.")
    return [*sentences, *_plane(snapshot, misses, spread)]


def _plane(snapshot: Snapshot, misses: Array, spread: float) -> list[str]:
    """Where in the plane the misses are, and where the fitted surface has its ends."""
    dataset, across = snapshot.run.dataset, snapshot.network.grid_outputs
    if across is None or not np.isfinite(across).all():
        return []
    where = regions(dataset.coordinates, dataset.domain)
    counts = np.bincount(where, minlength=len(REGIONS))
    means = np.bincount(where, misses, minlength=len(REGIONS)) / np.maximum(counts, 1)
    sentences = []
    if means.max() > 2 * misses.mean():
        worst = int(means.argmax())
        sentences.append(f"It misses most {REGIONS[worst]}, by {number(means[worst])} on average.")
    surface = across[:, :, 0]
    if np.ptp(surface) >= FLAT * spread:
        ends = []
        for name, index in (("highest", surface.argmax()), ("lowest", surface.argmin())):
            row, column = np.unravel_index(int(index), surface.shape)
            x = np.linspace(*dataset.domain[0], surface.shape[1])[column]
            y = np.linspace(*dataset.domain[1], surface.shape[0])[row]
            region = REGIONS[int(regions(np.array([[x, y]]), dataset.domain)[0])]
            ends.append(f"{name}, {number(float(surface[row, column]))}, {region}")
        sentences.append(f"The fitted surface is {listed(ends)}.")
    return sentences
