"""From a run's settings to the samples it learns from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import RandomState

from bpengine.arrays import IntArray
from bpengine.datasets.dataset import Dataset, Scaling
from bpengine.datasets.noise import with_noise
from bpengine.datasets.registry import DATASETS
from bpengine.datasets.request import Request
from bpengine.errors import DataError

if TYPE_CHECKING:
    from bpengine.config import TrainingConfig


def make_dataset(config: TrainingConfig, source: Dataset | None = None) -> Dataset:
    """The named set that the settings ask for, or the user's own `source`, with its test samples held out.

    All that is random comes from `RandomState(config.data_seed)`: first the set, then noise, then the split.

    A source is standardized by its training samples: inputs, and a regression's targets, to mean 0 and
    standard deviation 1. It stays as it is in number and noise, whatever the settings say.

    Args:
        config: says what to make, by `dataset`, `samples`, `noise`, `frequency`, `test_share`, `data_seed`.
        source: samples as they came, with identity scalings.

    Raises:
        DataError: the source is for another task.
    """
    rng = RandomState(config.data_seed)
    if source is None:
        named = DATASETS[config.dataset]
        dataset = named.make(Request(config.samples or named.samples, config.frequency, rng))
        if config.noise > 0:
            dataset = with_noise(dataset, config.noise, rng)
    elif source.task != config.task:
        raise DataError(f"{source.name}: the data are for {source.task}, the run is for {config.task}")
    else:
        dataset = source
    training, held_out = split(dataset, config.test_share, rng)
    if source is not None:
        scaling = Scaling.standardizing(training.coordinates)
        target_scaling = training.target_scaling
        if training.task == "regression":
            target_scaling = Scaling.standardizing(training.targets)
        training = _scaled(training, scaling, target_scaling)
        held_out = None if held_out is None else _scaled(held_out, scaling, target_scaling)
    return replace(training, test=held_out)


def split(dataset: Dataset, share: float, rng: RandomState) -> tuple[Dataset, Dataset | None]:
    """Training samples and, if the share isn't 0, test samples, each in the order they had.

    The test gets round(share n) samples, but at least one; training keeps at least two, and at least one of
    each class. Where that leaves none, there is no test.
    """
    if share == 0:
        return dataset, None
    samples = len(dataset)
    order = rng.permutation(samples)
    free = order[~np.isin(order, _kept(dataset, order))]
    if len(free) == 0:
        return dataset, None
    chosen = np.zeros(samples, dtype=np.bool)
    chosen[free[: max(1, round(share * samples))]] = True
    return _part(dataset, np.flatnonzero(~chosen)), _part(dataset, np.flatnonzero(chosen))


def _kept(dataset: Dataset, order: IntArray) -> IntArray:
    """Indices that stay in the training: the first two in this order, or the first of each class."""
    if dataset.task == "regression":
        return order[:2]
    labels = dataset.targets.argmax(axis=1)[order]
    firsts = np.unique(labels, return_index=True)[1]
    return order[firsts] if len(firsts) > 1 else order[:2]


def _part(dataset: Dataset, indices: IntArray) -> Dataset:
    return replace(
        dataset,
        inputs=dataset.inputs[indices],
        targets=dataset.targets[indices],
        coordinates=dataset.coordinates[indices],
    )


def _scaled(raw: Dataset, scaling: Scaling, target_scaling: Scaling) -> Dataset:
    return replace(
        raw,
        inputs=scaling.apply(raw.coordinates),
        targets=target_scaling.apply(raw.targets),
        scaling=scaling,
        target_scaling=target_scaling,
    )
