"""The history of a run in a file: one table of records."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.checkpoint.codec import fits
from bpengine.checkpoint.container import damaged
from bpengine.history import History
from bpengine.hyperparameters import MAX_EPOCHS
from bpengine.records import EpochRecord


@dataclass(frozen=True, slots=True, eq=False)
class SavedHistory:
    """The records of a `History`, in columns."""

    counts: tuple[int, int, int, int]
    """How many of the records are in `kept`, `reports`, `best` and `last`; they come in this order."""
    epoch: IntArray
    epochs: IntArray
    error: Array
    test_error: Array
    """Empty without test samples."""

    @staticmethod
    def of(history: History) -> SavedHistory:
        """The whole history."""
        best, last = ([record] if record else [] for record in (history.best, history.last))
        parts = (history.kept, history.reports, best, last)
        records = [record for part in parts for record in part]
        tests = [record.test_error for record in records if record.test_error is not None]
        return SavedHistory(
            (len(history.kept), len(history.reports), len(best), len(last)),
            np.array([record.epoch for record in records], dtype=np.int64),
            np.array([record.epochs for record in records], dtype=np.int64),
            np.array([record.error for record in records], dtype=np.float64),
            np.array(tests, dtype=np.float64),
        )

    def history(self, where: str, *, epochs_done: int, epochs: int, tests: bool) -> History:
        """The history.

        Args:
            where: its place in messages.
            epochs_done: the number of epochs so far.
            epochs: the number of epochs in the settings.
            tests: whether there are test samples.

        Raises:
            DamagedError: no run with these settings has such a history.
        """
        total, whole = sum(self.counts), (self.epoch, self.epochs)
        most = (History.CAPACITY - 1, History.REPORTS, 1, 1)
        if not all(0 <= count <= limit for count, limit in zip(self.counts, most, strict=True)):
            raise damaged(where, "has more records than a run keeps")
        if not all(fits(column, total) for column in (*whole, self.error)):
            raise damaged(where, "has columns of other lengths than its records")
        if total and (np.min(whole) < 0 or np.max(whole) > MAX_EPOCHS):
            raise damaged(where, "has an epoch that no run has")
        if self.test_error.shape != (total if tests else 0,) or not (self.test_error > -np.inf).all():
            raise damaged(where, "has test errors without test samples, or no test errors with them")
        test_errors = self.test_error.tolist() if tests else [None] * total
        columns = (self.epoch.tolist(), self.epochs.tolist(), self.error.tolist(), test_errors)
        records = map(EpochRecord, *columns)
        kept, reports, best, last = ([next(records) for _ in range(count)] for count in self.counts)
        history = History()
        if not epochs_done and not total:
            return history
        ends = [(record.epoch, record.epochs) for record in last]
        if ends != [(epochs_done - 1, epochs)] or len(best) != 1 or best[0].epoch >= epochs_done:
            raise damaged(where, "does not have as many epochs as the run")
        if not _is_regular([record.epoch for record in kept], epochs_done):
            raise damaged(where, "does not have evenly spaced epochs")
        if not all(one.epoch < other.epoch for one, other in pairwise(reports)):
            raise damaged(where, "has reports that are not in order")
        _check_agreement(best[0], [*kept, *reports, *last], where)
        history.last, history.best, history.kept = last[0], best[0], kept
        history.reports.extend(reports)
        return history


def _is_regular(kept: list[int], epochs_done: int) -> bool:
    """Whether these are the epochs 0, stride, 2 stride, ... with a stride that is a power of 2."""
    stride = kept[1] if len(kept) > 1 else 1
    if stride < 1 or len(kept) != len(every := range(0, epochs_done, stride)):
        return False
    # Thinning happens when the list is full, and leaves at least half of it.
    least = History.CAPACITY // 2 if stride > 1 else 0
    return not stride & (stride - 1) and kept == list(every) and least <= len(kept)


def _check_agreement(best: EpochRecord, others: list[EpochRecord], where: str) -> None:
    """Check that an epoch has one error only, and that no error is lower than the best."""
    errors = {best.epoch: (best.error, best.test_error)}
    for record in others:
        own = (record.error, record.test_error)
        if errors.setdefault(record.epoch, own) != own:
            raise damaged(where, f"has two errors for epoch {record.epoch}")
        better = record.error <= best.error if record.epoch < best.epoch else record.error < best.error
        if record.epoch > others[-1].epoch or better:
            raise damaged(where, f"has epoch {record.epoch}, which is not done or better than the best")
