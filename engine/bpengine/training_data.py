"""The samples of a run, created from its settings: data set, noise, and the split into training and test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import RandomState

from bpengine.arithmetic.arrays import IntArray
from bpengine.config import TrainingConfig
from bpengine.data import DATASETS
from bpengine.data.checks import check_table
from bpengine.data.dataset import Dataset, Scaling
from bpengine.data.features import FeatureMap
from bpengine.data.function import function_dataset
from bpengine.data.sampling import Request, with_noise
from bpengine.errors import DataError
from bpengine.hyperparameters import FIELDS

DATA_SETTINGS = tuple(field.name for field in FIELDS if field.subject == "data set")
"""The settings on which the samples depend."""


def same_data(one: TrainingConfig, other: TrainingConfig) -> bool:
    """Whether `make_dataset` returns the same samples for both settings."""
    return one.task == other.task and one.differences(other).keys().isdisjoint(DATA_SETTINGS)


def make_dataset(config: TrainingConfig, source: Dataset | None = None) -> Dataset:
    """Return the training samples of a run, with the test samples in `test`.

    Everything random comes from `RandomState(config.data_seed)`: first the named data set or the positions at
    which the function is evaluated, then the noise, then the split. The values of a function that leaves the
    range from -1 to 1 are standardized over the training samples, so that they can be learned at any size.

    The inputs of a `source`, and its targets for regression, are standardized to mean 0 and standard
    deviation 1 over the training samples. The settings `function`, `x_range`, `samples`, `noise` and
    `frequency` do not apply to a source. A source that has test samples keeps them, and `test_share` does
    not apply to it either.

    Features are computed from the coordinates, and standardized as the inputs of a source are.

    Args:
        config: the settings; those of `DATA_SETTINGS` are used.
        source: the user's own samples, with identity scalings; by default those of the function or, if there
            is none, of the named data set.

    Raises:
        DataError: the source is for another task, the function can't be learned over its range, or a feature
            can't be computed from the samples.
    """
    rng = RandomState(config.data_seed)
    if source is None:
        dataset = _generated(config, rng)
    elif source.task != config.task:
        raise DataError(f"{source.name}: the data is for {source.task}, but the run's task is {config.task}")
    else:
        check_table(source.targets, "targets")
        dataset = source
    if dataset.test is None:
        training, test = split(dataset, config.test_share, rng)
    else:
        training, test = dataset, dataset.test
    scaling, target_scaling = training.scaling, training.target_scaling
    feature_map, inputs = None, training.coordinates
    if config.features:
        feature_map = FeatureMap.of(config.features, training.features, training.columns)
        feature_map.check(training.coordinates, None if test is None else test.coordinates)
        inputs = feature_map.apply(training.coordinates)
    if source is not None or feature_map is not None:
        scaling = Scaling.standardizing(inputs)
    if training.task == "regression" and (source is not None or (config.function and _is_large(dataset))):
        target_scaling = Scaling.standardizing(training.targets)
    test = None if test is None else _converted(test, scaling, target_scaling, feature_map)
    training = _converted(replace(training, test=None), scaling, target_scaling, feature_map)
    return replace(training, test=test)


def _generated(config: TrainingConfig, rng: RandomState) -> Dataset:
    """The samples of the function or of the named data set, with noise."""
    if config.function:
        return function_dataset(
            config.function,
            config.x_range,
            task=config.task,
            samples=config.samples,
            noise=config.noise,
            rng=rng,
        )
    named = DATASETS[config.dataset]
    dataset = named.make(Request(named.name, config.samples or named.samples, config.frequency, rng))
    return with_noise(dataset, config.noise, rng) if config.noise > 0 else dataset


def _is_large(dataset: Dataset) -> bool:
    """Whether the function without noise exceeds the range from -1 to 1."""
    return dataset.truth is not None and bool(np.abs(dataset.truth(dataset.coordinates)).max() > 1)


def split(dataset: Dataset, share: float, rng: RandomState) -> tuple[Dataset, Dataset | None]:
    """Split a data set into training samples and test samples, each in their original order.

    There are round(share n) test samples, but at least one, and the training set keeps at least two samples
    and one of each class. If that leaves no test samples, or if the share is 0, the second data set is None.

    Args:
        dataset: all n samples.
        share: the fraction of samples to hold out, from 0 to 1.
        rng: the generator that chooses the test samples.
    """
    if share == 0:
        return dataset, None
    samples = len(dataset)
    order = rng.permutation(samples)
    candidates = order[~np.isin(order, _reserved(dataset, order))]
    if len(candidates) == 0:
        return dataset, None
    is_test = np.zeros(samples, dtype=np.bool)
    is_test[candidates[: max(1, round(share * samples))]] = True
    return _subset(dataset, np.flatnonzero(~is_test)), _subset(dataset, np.flatnonzero(is_test))


def _reserved(dataset: Dataset, order: IntArray) -> IntArray:
    """Return the indices that stay in the training set: the first two in `order`, or one of each class."""
    if dataset.task == "regression":
        return order[:2]
    labels = dataset.targets.argmax(axis=1)[order]
    first_of_class = np.unique(labels, return_index=True)[1]
    return order[first_of_class] if len(first_of_class) > 1 else order[:2]


def _subset(dataset: Dataset, indices: IntArray) -> Dataset:
    return replace(
        dataset,
        inputs=dataset.inputs[indices],
        targets=dataset.targets[indices],
        coordinates=dataset.coordinates[indices],
    )


def _converted(
    source: Dataset, scaling: Scaling, target_scaling: Scaling, feature_map: FeatureMap | None
) -> Dataset:
    """The samples with their inputs and targets in the network's units."""
    inputs = source.coordinates if feature_map is None else feature_map.apply(source.coordinates)
    return replace(
        source,
        inputs=scaling.apply(inputs),
        targets=target_scaling.apply(source.targets),
        scaling=scaling,
        target_scaling=target_scaling,
        feature_map=feature_map,
    )
