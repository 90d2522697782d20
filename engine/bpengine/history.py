"""The errors of a run, stored in bounded memory for a run of any length."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.records import EpochRecord


class History:
    """The records of past epochs, thinned as the run grows.

    At first every epoch is kept. Each time there are `CAPACITY` records, every second one is dropped, so that
    every second, fourth, eighth, ... epoch remains.

    Attributes:
        last: the record of the newest epoch, which is never dropped.
        best: the record of the first epoch with the lowest error so far.
        reports: the newest `REPORTS` records of epochs on the report interval.
        kept: the records that remain after thinning, which make up the error curve.
    """

    CAPACITY = 4096
    REPORTS = 1000

    def __init__(self) -> None:
        self.last: EpochRecord | None = None
        self.best: EpochRecord | None = None
        self.reports: deque[EpochRecord] = deque(maxlen=self.REPORTS)
        self.kept: list[EpochRecord] = []

    @property
    def _stride(self) -> int:
        """The number of epochs from one kept record to the next."""
        return self.kept[1].epoch if len(self.kept) > 1 else 1

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

        end, lowest = first + len(errors), min(errors)
        self.last = record(end - 1)
        if self.best is None or lowest < self.best.error:
            self.best = record(first + errors.index(lowest))
        self.reports.extend(map(record, range(first + -first % interval, end, interval)))
        epoch = first
        while epoch < end:
            stride, room = self._stride, self.CAPACITY - len(self.kept)
            added = range(epoch + -epoch % stride, end, stride)[:room]
            self.kept.extend(map(record, added))
            epoch = added[-1] + 1 if len(added) == room else end
            self._thin()

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
        records = self._curve_records()
        return _array([record.epoch for record in records]), _array([record.error for record in records])

    def test_curve(self) -> Array:
        """Return the test errors of the epochs in `curve`, with NaN for epochs without one."""
        return _array(
            [np.nan if record.test_error is None else record.test_error for record in self._curve_records()]
        )

    def _thin(self) -> None:
        if len(self.kept) >= self.CAPACITY:
            self.kept = self.kept[::2]  # keeps the even multiples of the stride

    def _curve_records(self) -> list[EpochRecord]:
        if self.last is not None and self.kept[-1].epoch != self.last.epoch:
            return [*self.kept, self.last]
        return self.kept


def _array(values: list[float] | list[int]) -> Array:
    return np.array(values, dtype=np.float64)
