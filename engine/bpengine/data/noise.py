"""Noise for a named data set."""

from __future__ import annotations

from dataclasses import replace

from numpy.random import RandomState

from bpengine.arithmetic.normal import standard_normal
from bpengine.data.dataset import Dataset, rounded_range


def with_noise(dataset: Dataset, deviation: float, rng: RandomState) -> Dataset:
    """Return the data set with normal noise added.

    For regression the noise is added to the targets. For classification it is added to the coordinates; every
    sample keeps its class, and the domain is extended to contain all samples.

    Args:
        dataset: the data set without this noise.
        deviation: the standard deviation of the noise, in the units of the targets or the coordinates.
        rng: the generator of the noise.
    """
    if dataset.task == "regression":
        return replace(
            dataset, targets=dataset.targets + deviation * standard_normal(rng, dataset.targets.shape)
        )
    coordinates = dataset.coordinates + deviation * standard_normal(rng, dataset.coordinates.shape)
    ranges = zip(coordinates.T, dataset.domain, strict=True)
    return replace(
        dataset,
        inputs=dataset.scaling.apply(coordinates),
        coordinates=coordinates,
        domain=tuple(rounded_range(values, domain) for values, domain in ranges),
    )
