"""Noise on top of a named data set."""

from __future__ import annotations

from dataclasses import replace

from numpy.random import RandomState

from bpengine.datasets.dataset import Dataset, tidy_range


def with_noise(dataset: Dataset, deviation: float, rng: RandomState) -> Dataset:
    """The set with normal noise of this deviation: on a regression's targets, or on classes' positions.

    A class's sample keeps its label wherever the noise takes it, and the domain grows to hold it.
    """
    if dataset.task == "regression":
        return replace(
            dataset, targets=dataset.targets + deviation * rng.standard_normal(dataset.targets.shape)
        )
    coordinates = dataset.coordinates + deviation * rng.standard_normal(dataset.coordinates.shape)
    ranges = zip(coordinates.T, dataset.domain, strict=True)
    return replace(
        dataset,
        inputs=dataset.scaling.apply(coordinates),
        coordinates=coordinates,
        domain=tuple(tidy_range(values, around) for values, around in ranges),
    )
