"""The records of steps and epochs, and the errors of a run in bounded memory, and which of them ends it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.config import TrainingConfig


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """The result of one epoch: one pass through all training samples."""

    epoch: int
    """The number of the epoch, counted from 0."""
    epochs: int
    """The number of epochs that the run is configured to train for."""
    error: float
    """The mean loss over the training samples, each measured just before the update of its batch."""
    test_error: float | None = None
    """The mean loss over the test samples after the epoch: infinite on overflow, None without a test set."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """The result of one training step: a forward pass, a backward pass and an update on one batch."""

    epoch: int
    """The number of the epoch, counted from 0."""
    sample: int
    """The position of the batch's first sample within the epoch, counted from 0."""
    indices: tuple[int, ...]
    """The indices in the data set of the samples in the batch."""
    outputs: tuple[tuple[float, ...], ...]
    """The network's outputs for each sample before the update."""
    targets: tuple[tuple[float, ...], ...]
    """The targets of each sample."""
    loss: float
    """The mean loss over the batch before the update."""
    losses: tuple[float, ...]
    """The loss of each sample before the update."""


def stride_for(count: int, most: int) -> int:
    """The smallest power of two by which `count` things are thinned to at most `most` of them.

    Multiples of a longer stride are multiples of a shorter one, so that a run that grows needs no new ones.
    """
    stride = 1
    while count > most * stride:
        stride *= 2
    return stride


class OfEpoch(Protocol):
    """A record of an epoch."""

    @property
    def epoch(self) -> int:
        """The number of the epoch."""


R = TypeVar("R", bound=OfEpoch)


class ThinnedRecords(Generic[R]):
    """The records of past epochs, thinned as the run grows.

    At first every epoch is kept. Each time there are `CAPACITY` records, every second one is dropped, so that
    every second, fourth, eighth, ... epoch remains.

    Attributes:
        last: the record of the newest epoch, which is never dropped.
        reports: the newest `REPORTS` records of epochs on the report interval.
        kept: the records that remain after thinning, which make up the error curve.
    """

    CAPACITY = 4096
    REPORTS = 1000

    def __init__(self) -> None:
        self.last: R | None = None
        self.reports: deque[R] = deque(maxlen=self.REPORTS)
        self.kept: list[R] = []

    def add(self, first: int, end: int, record: Callable[[int], R], interval: int) -> None:
        """Add the next epochs; at least one.

        Args:
            first, end: the numbers of the first of them and of the one after the last.
            record: returns the record of an epoch.
            interval: the report interval, in epochs.
        """
        self.last = record(end - 1)
        self.reports.extend(map(record, range(first + -first % interval, end, interval)))
        epoch = first
        while epoch < end:
            stride = self.kept[1].epoch if len(self.kept) > 1 else 1
            room = self.CAPACITY - len(self.kept)
            added = range(epoch + -epoch % stride, end, stride)[:room]
            self.kept.extend(map(record, added))
            epoch = added[-1] + 1 if len(added) == room else end
            if len(self.kept) >= self.CAPACITY:
                self.kept = self.kept[::2]  # keeps the even multiples of the stride

    def of_curve(self) -> list[R]:
        """The records of the thinned curve; the newest epoch is always the last one."""
        if self.last is not None and self.kept[-1].epoch != self.last.epoch:
            return [*self.kept, self.last]
        return self.kept


class History(ThinnedRecords[EpochRecord]):
    """The errors of a run.

    Attributes:
        best: the record of the first epoch with the lowest error so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self.best: EpochRecord | None = None

    def extend(
        self,
        first: int,
        epochs: int,
        errors: list[float],
        test_errors: list[float] | None,
        *,
        interval: int,
    ) -> None:
        """Add the next epochs.

        Args:
            first: the number of the first epoch to add.
            epochs: the number of epochs that the run is configured to train for.
            errors: the error of each added epoch; at least one.
            test_errors: the test error of each, or None if there are no test samples.
            interval: the report interval, in epochs.
        """

        def record(epoch: int) -> EpochRecord:
            test_error = None if test_errors is None else test_errors[epoch - first]
            return EpochRecord(epoch, epochs, errors[epoch - first], test_error)

        lowest = min(errors)
        if self.best is None or lowest < self.best.error:
            self.best = record(first + errors.index(lowest))
        self.add(first, first + len(errors), record, interval)

    def copy(self) -> History:
        """Return an independent copy, which shares the records."""
        other = History()
        other.last, other.best = self.last, self.best
        other.reports.extend(self.reports)
        other.kept = self.kept[:]
        return other

    def __deepcopy__(self, memo: Mapping[int, object]) -> History:
        return self.copy()

    def set_epochs(self, epochs: int) -> None:
        """Change the length of the run, in epochs, in the newest record."""
        if self.last is not None:
            self.last = replace(self.last, epochs=epochs)

    def curve(self) -> tuple[Array, Array]:
        """Return the epochs of the thinned curve and their errors; two arrays of the same length.

        The newest epoch is always the last entry.
        """
        records = self.of_curve()
        return _array([record.epoch for record in records]), _array([record.error for record in records])

    def test_curve(self) -> Array:
        """Return the test errors of the epochs in `curve`, with NaN for epochs without one."""
        errors = (record.test_error for record in self.of_curve())
        return _array([np.nan if error is None else error for error in errors])


def _array(values: list[float] | list[int]) -> Array:
    return np.array(values, dtype=np.float64)


def stop_reason(
    config: TrainingConfig,
    last: EpochRecord | None,
    best: EpochRecord | None,
    epochs_done: int,
    samples_done: int = 0,
) -> str:
    """Return why a run has ended: "epochs", "target error" or "patience"; empty if it has not ended.

    Args:
        config: the settings.
        last: the record of the last completed epoch; None before the first one.
        best: the record of the epoch with the lowest error.
        epochs_done: the number of completed epochs.
        samples_done: how many samples of the epoch in progress have been trained on.
    """
    if epochs_done >= config.epochs:
        return "epochs"
    if samples_done or last is None or best is None:  # the other conditions are checked between epochs
        return ""
    if config.target_error > 0 and last.error <= config.target_error:
        return "target error"
    return "patience" if 0 < config.patience <= last.epoch - best.epoch else ""


def epochs_until_end(config: TrainingConfig, best: EpochRecord | None, first: int, errors: Array) -> int:
    """Return how many of these epochs a run has until its target error or its patience ends it.

    Args:
        config: the settings.
        best: the record of the epoch with the lowest error before; None if there was none.
        first: the number of the first of these epochs.
        errors: their errors; shape (epochs,).

    Returns:
        A number from 1 to all of them.
    """
    ends = np.zeros(len(errors), dtype=bool)
    if config.target_error > 0:
        ends |= errors <= config.target_error
    if config.patience > 0:
        lowest, epoch = (np.inf, first) if best is None else (best.error, best.epoch)
        before = np.minimum.accumulate(np.concatenate([[lowest], errors[:-1]]))
        numbers = first + np.arange(len(errors))
        best_epochs = np.maximum.accumulate(np.where(errors < before, numbers, epoch))
        ends |= numbers - best_epochs >= config.patience
    return int(ends.argmax()) + 1 if ends.any() else len(errors)
