"""The errors of a run so far, in bounded memory however long it gets."""

from __future__ import annotations

from collections import deque

import numpy as np

from bpengine.datasets import Array
from bpengine.records import EpochRecord


class History:
    """Every epoch's error at first; once there are too many, of every second, fourth, eighth, ... epoch.

    Attributes:
        last: the newest epoch, always kept.
        reports: the epochs that fell on the report interval, the newest thousand of them.
    """

    CAPACITY = 4096
    REPORTS = 1000

    def __init__(self) -> None:
        self.last: EpochRecord | None = None
        self.reports: deque[EpochRecord] = deque(maxlen=self.REPORTS)
        self._stride = 1
        self._epochs: list[int] = []
        self._errors: list[float] = []

    def append(self, record: EpochRecord, *, report: bool) -> None:
        """Take in the next epoch."""
        self.last = record
        if report:
            self.reports.append(record)
        if record.epoch % self._stride == 0:
            self._epochs.append(record.epoch)
            self._errors.append(record.error)
            if len(self._epochs) >= self.CAPACITY:
                # The epochs kept are 0, stride, 2 stride, ...: every second one has an even multiple.
                self._stride *= 2
                self._epochs = self._epochs[::2]
                self._errors = self._errors[::2]

    def curve(self) -> tuple[Array, Array]:
        """Epochs and their errors, thinned but with the newest at the end; two arrays of one length."""
        epochs, errors = np.array(self._epochs, dtype=np.float64), np.array(self._errors, dtype=np.float64)
        if self.last is not None and self._epochs[-1] != self.last.epoch:
            epochs, errors = np.append(epochs, self.last.epoch), np.append(errors, self.last.error)
        return epochs, errors
