"""The errors of a run so far, in bounded memory however long it gets."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np

from bpengine.arrays import Array
from bpengine.records import EpochRecord


class History:
    """Every epoch's error at first; once there are too many, of every second, fourth, eighth, ... epoch.

    Attributes:
        last: the newest epoch, always kept.
        best: the first epoch with the lowest error so far.
        reports: the epochs that fell on the report interval, the newest thousand of them.
        kept: the epochs behind the curve.
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
        """Kept are the epochs 0, stride, 2 stride, ..."""
        return self.kept[1].epoch if len(self.kept) > 1 else 1

    def append(self, record: EpochRecord, *, report: bool) -> None:
        """Take in the next epoch."""
        self.last = record
        if self.best is None or record.error < self.best.error:
            self.best = record
        if report:
            self.reports.append(record)
        if record.epoch % self._stride == 0:
            self.kept.append(record)
            self._thin()

    def extend(self, first: int, epochs: int, errors: list[float], *, interval: int) -> None:
        """Take in the next epochs, none with a test error: what `append` does for each, but sooner done.

        Args:
            first: the number of the first of them.
            epochs: how many the run is to have.
            errors: theirs; at least one.
            interval: of how many epochs one is reported.
        """

        def record(epoch: int) -> EpochRecord:
            return EpochRecord(epoch, epochs, errors[epoch - first])

        end, lowest = first + len(errors), min(errors)
        self.last = record(end - 1)
        if self.best is None or lowest < self.best.error:
            self.best = record(first + errors.index(lowest))
        self.reports.extend(map(record, range(first + -first % interval, end, interval)))
        epoch = first
        while epoch < end:
            stride, room = self._stride, self.CAPACITY - len(self.kept)
            due = range(epoch + -epoch % stride, end, stride)[:room]
            self.kept.extend(map(record, due))
            epoch = due[-1] + 1 if len(due) == room else end
            self._thin()

    def copy(self) -> History:
        """One that goes its own way."""
        other = History()
        other.last, other.best = self.last, self.best
        other.reports.extend(self.reports)
        other.kept = self.kept[:]
        return other

    def set_epochs(self, epochs: int) -> None:
        """Have the newest record tell a new length of the run."""
        if self.last is not None:
            self.last = replace(self.last, epochs=epochs)

    def curve(self) -> tuple[Array, Array]:
        """Epochs and their errors, thinned but with the newest at the end; two arrays of one length."""
        records = self._drawn()
        return _array([record.epoch for record in records]), _array([record.error for record in records])

    def test_curve(self) -> Array:
        """The test errors of the same epochs; NaN where there are no test samples."""
        return _array(
            [np.nan if record.test_error is None else record.test_error for record in self._drawn()]
        )

    def _thin(self) -> None:
        if len(self.kept) >= self.CAPACITY:
            self.kept = self.kept[::2]  # every second one has an even multiple of the stride

    def _drawn(self) -> list[EpochRecord]:
        if self.last is not None and self.kept[-1].epoch != self.last.epoch:
            return [*self.kept, self.last]
        return self.kept


def _array(values: list[float] | list[int]) -> Array:
    return np.array(values, dtype=np.float64)
