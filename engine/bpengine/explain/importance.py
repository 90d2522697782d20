"""What matters: how far the error on the test samples rises when a column's values are shuffled, and how
the answers depend on a column.

L. Breiman, Random Forests, Machine Learning 45, 2001, section 10. The columns of the user's table are
shuffled, not the network's inputs: the inputs of a category move together, and features are computed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.random import RandomState

from bpengine.arithmetic.arrays import Array
from bpengine.data import Dataset
from bpengine.data.features import NO_VALUE
from bpengine.data.raw_columns import RawColumn
from bpengine.errors import DataError
from bpengine.network.losses import LOSSES
from bpengine.training.sharpness import Pieces
from bpwords import Sentence, word

PERMUTATIONS = 20
"""How often each column is shuffled."""
STARTS = 8
"""How many networks, each from its own random start, tell how sure an importance is."""
CONNECTED = 0.9
"""Columns that correlate more than this are shuffled together: alone, each stands in for the other."""
STANDARD_ERRORS = 2.0
"""How many standard errors over the test samples a rise must be above 0 to be decided."""
_MAX_NUMBERS = 2**18
"""About the most inputs that are computed at once: some milliseconds for each network."""

Outputs = Callable[[Array], Array]
"""From the network's inputs, shape (n, inputs), to the outputs of every start, shape (starts, n, outputs)."""


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Columns of the user's table that are shuffled together: one, or some that are connected."""

    columns: tuple[str, ...]
    """Their names, in the table's order."""
    coordinates: tuple[int, ...]
    """The numbers of their coordinates."""


@dataclass(frozen=True, slots=True, eq=False)
class Importance:
    """How far the test error rises when the values of a group of columns are shuffled."""

    columns: tuple[str, ...]
    """The names of the columns."""
    errors: Array
    """Each start's test error before anything is shuffled; shape (starts,)."""
    rises: Array
    """The mean rise of each start's test error, in the unit of the error; shape (starts,)."""
    standard_error: float
    """The standard error, over the test samples, of their rises averaged over starts and shuffles."""

    @property
    def mean(self) -> float:
        """The mean rise over the starts."""
        return float(self.rises.mean())

    @property
    def is_decided(self) -> bool:
        """Whether the error surely rises: in every start, and by more than two standard errors."""
        return bool((self.rises > 0).all()) and self.mean > STANDARD_ERRORS * self.standard_error


def column_groups(dataset: Dataset) -> tuple[ColumnGroup, ...]:
    """Return the columns of a data set, those together that are connected.

    Two columns are connected if each coordinate of either that is not constant correlates with one of the
    other by more than `CONNECTED`, up or down; and so are columns that are connected to the same one.

    Args:
        dataset: the training samples.
    """
    columns, every = dataset.raw_columns, range(dataset.coordinates.shape[1])
    parts = [every[places] for places in dataset.column_places]
    values = dataset.coordinates - dataset.coordinates.mean(axis=0)
    norms = np.sqrt(np.square(values).sum(axis=0))
    values = np.where(norms > 0, values / np.where(norms > 0, norms, 1.0), 0.0)  # a constant has no relation
    is_connected, varies = np.abs(values.T @ values) > CONNECTED, norms > 0
    group_of = [*range(len(columns))]
    for one, ones in enumerate(parts):
        for other, others in enumerate(parts[:one]):
            between = is_connected[np.ix_([k for k in ones if varies[k]], [k for k in others if varies[k]])]
            if between.size and between.any(axis=0).all() and between.any(axis=1).all():
                joined, left = group_of[one], group_of[other]
                group_of = [left if group == joined else group for group in group_of]
    members: dict[int, list[int]] = {}
    for number, group in enumerate(group_of):
        members.setdefault(group, []).append(number)
    return tuple(
        ColumnGroup(
            tuple(columns[number].name for number in numbers),
            tuple(place for number in numbers for place in parts[number]),
        )
        for numbers in members.values()
    )


def check_test_samples(dataset: Dataset, least: int = 2) -> Dataset:
    """Return the test samples of a data set.

    Args:
        dataset: the training samples, with the test samples in `dataset.test`.
        least: the fewest test samples that will do.

    Raises:
        DataError: there are too few, or all of them are of one class.
    """
    test = dataset.test
    got = 0 if test is None else len(test)
    if test is None or got < least:
        rows = len(dataset) + got
        share = max(0.25, ceil(100 * least / rows) / 100)
        needs = Sentence(
            "needs {least} test samples or more, got {got}: --test-share {share} holds those out"
        )
        if share > 0.9:  # the largest share that can be held out
            needs = Sentence("needs {least} test samples or more, got {got}: {rows} samples are too few")
        raise DataError(needs(least=least, got=got, share=share, rows=rows))
    if dataset.task == "classification" and (one := test.targets.any(axis=0)).sum() == 1:
        only = Sentence(
            "needs test samples of two classes, got {name} only: another --data-seed holds out others"
        )
        raise DataError(only(name=dataset.classes[int(one.argmax())]))
    return test


def measuring_importance(
    dataset: Dataset, outputs: Outputs, rng: RandomState, permutations: int = PERMUTATIONS
) -> Pieces[tuple[Importance, ...]]:
    """Measure the importance of each group of columns, in pieces of some milliseconds.

    The value is an `Importance` for each of `column_groups`, in the same order.

    Args:
        dataset: the training samples, with the test samples in `dataset.test`.
        outputs: the outputs of the starts for inputs of the network.
        rng: the generator of the shuffles.
        permutations: how often each group is shuffled.

    Raises:
        DataError: there are no test samples, or a feature has no finite value for shuffled columns.
    """
    test = check_test_samples(dataset)
    loss, samples = LOSSES[dataset.task].value, len(test)
    most = max(1, _MAX_NUMBERS // test.inputs.size)
    before = np.stack([loss(answers, test.targets) for answers in outputs(test.inputs)])
    errors, found = before.mean(axis=1), list[Importance]()
    for group in column_groups(dataset):
        rises = np.zeros_like(before)
        for count in _counts(permutations, most):
            orders = np.concatenate([rng.permutation(samples) for _ in range(count)])
            coordinates = np.tile(test.coordinates, (count, 1))
            coordinates[:, group.coordinates] = test.coordinates[orders][:, group.coordinates]
            inputs = dataset.inputs_at(coordinates)
            if np.isnan(inputs).any():
                shuffled = Sentence("with shuffled values of {name}, {reason}")
                raise DataError(shuffled(name=group.columns[0], reason=word(NO_VALUE)))
            targets = np.tile(test.targets, (count, 1))
            losses = np.stack([loss(answers, targets) for answers in outputs(inputs)])
            rises += (losses.reshape(-1, count, samples) - before[:, np.newaxis]).sum(axis=1)
            yield
        rises /= permutations
        of_samples = rises.mean(axis=0)
        error = float(of_samples.std(ddof=1)) / samples**0.5
        found.append(Importance(group.columns, errors, rises.mean(axis=1), error))
    return tuple(found)


def _counts(total: int, most: int) -> Iterator[int]:
    """The sizes of the parts of a whole number, each at most `most`."""
    while total > 0:
        yield min(total, most)
        total -= most


STEPS = 40
"""The most values of a column that are tried, from its lowest to its highest: all of them if they are few."""
ROWS = 200
"""The most samples whose answers are averaged."""


@dataclass(frozen=True, slots=True, eq=False)
class Dependence:
    """The answers of some networks for values of one column, the other columns as they are in the samples.

    Answers are in the units of the target or, for classes, probabilities of the chosen class, from 0 to 1.
    They are NaN where a feature has no finite value.
    """

    column: RawColumn
    values: Array
    """The values of the column, in the units of the file, ascending; the numbers of the categories for a
    text. Shape (steps,)."""
    means: Array
    """The mean over the samples for each start; shape (starts, steps)."""
    rows: Array
    """The mean over the starts for each sample; shape (samples, steps)."""


def partial_dependence(dataset: Dataset, outputs: Outputs, column: int, output: int = 0) -> Dependence:
    """Return how the answers depend on one column.

    Args:
        dataset: the training samples. The test samples are used if there are any; at most `ROWS`, evenly.
        outputs: the outputs of the starts for inputs of the network.
        column: the number of the column, of `dataset.raw_columns`.
        output: the number of the output: the chosen class, or the target.
    """
    columns, samples = dataset.raw_columns, dataset.test or dataset
    chosen, places = columns[column], dataset.column_places[column]
    every = samples.coordinates[np.linspace(0, len(samples) - 1, min(ROWS, len(samples))).round().astype(int)]
    known = np.concatenate([dataset.coordinates, samples.coordinates])[:, places]
    if chosen.kind == "text":
        settings, values = np.eye(chosen.width), np.arange(float(chosen.width))
    else:
        different = np.unique(known)
        is_few = len(different) <= STEPS
        values = different if is_few else np.linspace(different[0], different[-1], STEPS)
        settings = values[:, np.newaxis]
    steps, rows = len(values), len(every)
    coordinates = np.repeat(every[np.newaxis], steps, axis=0)
    coordinates[:, :, places] = settings[:, np.newaxis]
    inputs = dataset.inputs_at(coordinates.reshape(steps * rows, -1))
    undefined = np.isnan(inputs[:, 0])  # then all inputs are
    all_outputs = outputs(np.where(undefined[:, np.newaxis], 0.0, inputs))
    if dataset.task == "regression":
        all_outputs = np.stack([dataset.target_scaling.undo(answers) for answers in all_outputs])
    answers = np.where(undefined, np.nan, all_outputs[:, :, output]).reshape(-1, steps, rows)
    return Dependence(chosen, values + chosen.origin, answers.mean(axis=2), answers.mean(axis=0).T)
