"""The errors of the runs of a group, thinned as `History` thins those of a single run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.history import History, Thinned
from bpengine.records import EpochRecord


class GroupRecord(NamedTuple):
    """An epoch, the error of each run in it, and their test errors; shape (runs,)."""

    epoch: int
    errors: Array
    test_errors: Array | None


class GroupHistory(Thinned[GroupRecord]):
    """The histories of all runs in one array: a record for each would take longer than training.

    Args:
        runs: the number of runs.

    Attributes:
        best_errors, best_epochs: the lowest error of each run and the first epoch with it; shape (runs,).
    """

    def __init__(self, runs: int) -> None:
        super().__init__()
        self._runs = np.arange(runs)
        self.best_errors: Array = np.full(runs, np.inf)
        self.best_epochs: IntArray = np.zeros(runs, dtype=np.int64)
        self._best_tests: Array = np.full(runs, np.nan)

    def extend(self, first: int, errors: Array, test_errors: Array | None, *, interval: int) -> None:
        """Add the next epochs; at least one.

        Args:
            first: the number of the first of them.
            errors, test_errors: shape (epochs, runs).
            interval: the report interval, in epochs.
        """
        at = errors.argmin(axis=0)  # of NaN if there is one: that run has ended, and is trained again
        lowest = errors[at, self._runs]
        better = lowest < self.best_errors
        self.best_errors[better] = lowest[better]
        self.best_epochs[better] = first + at[better]
        if test_errors is not None:
            self._best_tests[better] = test_errors[at, self._runs][better]

        def row(epoch: int) -> GroupRecord:
            at = epoch - first
            return GroupRecord(epoch, errors[at], None if test_errors is None else test_errors[at])

        self.add(first, first + len(errors), row, interval)

    def of_run(self, run: int, epochs: int) -> History:
        """Return the history that the run alone would have.

        Args:
            run: the number of the run.
            epochs: the number of epochs that the run is configured to train for.
        """
        history = History()

        def record(row: GroupRecord) -> EpochRecord:
            epoch, errors, test_errors = row
            test_error = None if test_errors is None else float(test_errors[run])
            return EpochRecord(epoch, epochs, float(errors[run]), test_error)

        if self.last is not None:
            history.last = record(self.last)
            history.best = self.best(run, epochs)
            history.reports.extend(map(record, self.reports))
            history.kept = list(map(record, self.kept))
        return history

    def curves(self) -> tuple[Array, Array]:
        """The epochs of the thinned curves and the errors of all runs; shapes (points,) and (points, runs).

        The newest epoch is always the last one, as in `History.curve`.
        """
        rows = self.of_curve()
        epochs: Array = np.array([row.epoch for row in rows], dtype=np.float64)
        return epochs, np.array([row.errors for row in rows]).reshape(len(rows), len(self.best_errors))

    def best(self, run: int, epochs: int) -> EpochRecord | None:
        """The record of the first epoch with the lowest error of a run; see `of_run`."""
        if self.last is None:
            return None
        test_error = None if self.last.test_errors is None else float(self._best_tests[run])
        return EpochRecord(int(self.best_epochs[run]), epochs, float(self.best_errors[run]), test_error)
