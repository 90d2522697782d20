"""The samples of a run, created from its settings: data set, noise, and the split into training and test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import RandomState

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.config import TrainingConfig
from bpengine.data import DATASETS
from bpengine.data.checks import check_table
from bpengine.data.dataset import Dataset, Scaling
from bpengine.data.features import FeatureMap, operations_of
from bpengine.data.formulas import parse
from bpengine.data.formulas.language import VARIABLES
from bpengine.data.function import function_dataset
from bpengine.data.sampling import Request, with_noise
from bpengine.errors import DataError
from bpengine.hyperparameters import FIELDS
from bpwords import Sentence, word

DATA_SETTINGS = tuple(field.name for field in FIELDS if field.subject == "data set")
"""The settings on which the samples depend."""


def same_data(one: TrainingConfig, other: TrainingConfig) -> bool:
    """Whether `make_dataset` returns the same samples for both settings."""
    return one.task == other.task and one.differences(other).keys().isdisjoint(DATA_SETTINGS)


def make_dataset(config: TrainingConfig, source: Dataset | None = None) -> Dataset:
    """Return the training samples of a run, with the test samples in `test`.

    Everything random comes from `RandomState(config.data_seed)`: first the named data set or the positions at
    which the function is evaluated, then the noise, the split and wrong labels. The values of a function that
    leaves the range from -1 to 1 are standardized over the training samples, so that they can be learned at
    any size.

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
    rng, is_large = RandomState(config.data_seed), source is not None
    if source is None:
        dataset = _generated(config, rng)
        is_large = config.function != "" and bool(np.abs(dataset.targets).max() > 1)
        dataset = with_noise(dataset, config.noise, rng) if config.noise > 0 else dataset
    elif source.task != config.task:
        other = Sentence("{name}: the data is for {task}, but the run's task is {other}")
        raise DataError(
            other(name=source.name, task=word(source.task, "tab"), other=word(config.task, "tab"))
        )
    else:
        check_table(source.targets, "targets")
        dataset = source
    if dataset.test is None:
        training, test = split(dataset, config.test_share, rng)
    else:
        training, test = dataset, dataset.test
    if config.wrong_labels > 0 and training.task == "classification":
        training = with_wrong_labels(training, config.wrong_labels, rng)
    scaling, target_scaling = training.scaling, training.target_scaling
    feature_map, inputs = None, training.coordinates
    test_inputs = inputs if test is None else test.coordinates
    if config.features:
        feature_map = FeatureMap.of(config.features, training.features, training.columns)
        inputs, test_inputs = feature_map.checked(inputs, None if test is None else test_inputs)
    if source is not None or feature_map is not None:
        scaling = Scaling.standardizing(inputs)
    if training.task == "regression" and is_large:
        target_scaling = Scaling.standardizing(training.targets)
    test = None if test is None else _converted(test, test_inputs, scaling, target_scaling, feature_map)
    training = replace(training, test=None)
    return replace(_converted(training, inputs, scaling, target_scaling, feature_map), test=test)


def data_of(config: TrainingConfig, source: Dataset | None) -> tuple[object, ...]:
    """Return what two runs with the same samples have in common, and no others."""
    return id(source), config.task, *(getattr(config, name) for name in DATA_SETTINGS)


def data_work(config: TrainingConfig, source: Dataset | None) -> int:
    """Return how many additions take about as long as `make_dataset`, at most.

    Raises:
        DataError: a feature can't be computed from the samples.
    """
    if source is None:
        samples, operations, names = config.samples or 500, 100, VARIABLES["classification"]
        operations += parse(config.function, config.task).operations if config.function else 0
    else:
        samples, operations, names = len(source) + len(source.test or ()), 25, source.features
    parts = FeatureMap.of(config.features, names, () if source is None else source.columns).parts
    return (samples + 5000) * (operations + sum(map(operations_of, parts)))


def _generated(config: TrainingConfig, rng: RandomState) -> Dataset:
    """The samples of the function or of the named data set."""
    if config.function:
        x_range, samples = config.x_range, config.samples
        return function_dataset(config.function, x_range, task=config.task, samples=samples, rng=rng)
    named = DATASETS[config.dataset]
    return named.make(Request(named.name, config.samples or named.samples, config.frequency, rng))


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
    return subset(dataset, np.flatnonzero(~is_test)), subset(dataset, np.flatnonzero(is_test))


def with_wrong_labels(dataset: Dataset, share: float, rng: RandomState) -> Dataset:
    """Return the data set with new classes for round(share n) of its samples, drawn from all classes.

    So a part of them keep their class. C. Zhang et al., Understanding deep learning requires rethinking
    generalization (2017), learn such labels by heart.

    Args:
        dataset: n samples of a classification.
        share: the fraction of labels to draw, from 0 to 1.
        rng: the generator that chooses the samples and their classes.
    """
    samples, classes = dataset.targets.shape
    chosen = rng.permutation(samples)[: round(share * samples)]
    targets = dataset.targets.copy()
    targets[chosen] = np.eye(classes)[(rng.random_sample(len(chosen)) * classes).astype(np.int64)]
    differ = np.flatnonzero((targets != dataset.targets).any(axis=1))
    return replace(dataset, targets=targets, mislabeled=differ)


def _reserved(dataset: Dataset, order: IntArray) -> IntArray:
    """Return the indices that stay in the training set: the first two in `order`, or one of each class."""
    if dataset.task == "regression":
        return order[:2]
    labels = dataset.targets.argmax(axis=1)[order]
    first_of_class = np.unique(labels, return_index=True)[1]
    return order[first_of_class] if len(first_of_class) > 1 else order[:2]


def subset(dataset: Dataset, indices: IntArray) -> Dataset:
    """Return some of the samples, with the same test samples."""
    return replace(
        dataset,
        inputs=dataset.inputs[indices],
        targets=dataset.targets[indices],
        coordinates=dataset.coordinates[indices],
    )


def _converted(
    source: Dataset, inputs: Array, scaling: Scaling, target_scaling: Scaling, feature_map: FeatureMap | None
) -> Dataset:
    """The samples with their inputs and targets in the network's units."""
    return replace(
        source,
        inputs=scaling.apply(inputs),
        targets=target_scaling.apply(source.targets),
        scaling=scaling,
        target_scaling=target_scaling,
        feature_map=feature_map,
    )
