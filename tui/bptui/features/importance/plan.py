"""Starts of a run, of which the columns are shuffled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.random import RandomState

from bpengine import DataError, Trainer
from bpengine.arithmetic.arrays import Array
from bpengine.explain.importance import (
    STARTS,
    Dependence,
    Importance,
    check_test_samples,
    measuring_importance,
    partial_dependence,
)
from bpengine.kernels.choice import load_lanes_for
from bpengine.training.edits import edited_at
from bpengine.training.sharpness import Pieces
from bptui.experiments.runner import (
    EndingPlan,
    PiecesJob,
    SlicedJob,
    WorkLimits,
    problem_of,
)
from bptui.experiments.seeds.groups import OneByOne, SideBySide, Starts
from bptui.experiments.seeds.run_setup import setup_of
from bpwords import word


class ImportanceJob(PiecesJob):
    """Trains starts of a run to its epoch, and measures the importance of each group of columns.

    The result is in the order of the table.

    Args:
        trainer: the run, with test samples and an epoch; no reference to it is stored.
    """

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(self._measuring())
        self._setup, self._until = setup_of(trainer), trainer.epochs_done
        self._dataset, self._rng = trainer.dataset, RandomState(trainer.config.data_seed)
        self._starts: Starts | None = None

    def _measuring(self) -> Pieces[tuple[Importance, ...]]:
        """Train, and measure.

        Raises:
            DataError: all starts have diverged, or a feature has no value for shuffled columns.
        """
        setup = self._setup
        first = setup.config.seed // STARTS * STARTS
        kind = SideBySide if setup.in_lanes and load_lanes_for("auto") else OneByOne
        self._starts = kind(setup, range(first, first + STARTS), None)
        self._starts.until = self._until
        while self._starts.advance():
            yield
        if not len(self.outputs(self._dataset.inputs[:1])):
            raise DataError(word("all starts have diverged"))
        return (yield from measuring_importance(self._dataset, self.outputs, self._rng))

    @property
    def epochs_done(self) -> int:
        """How many epochs the starts have on average been trained so far."""
        return 0 if self._starts is None else round(self._starts.share_done * self._until)

    def outputs(self, inputs: Array) -> Array:
        """The outputs of the starts, once they are trained; see `Starts.outputs`."""
        assert self._starts is not None
        return self._starts.outputs(inputs)


class MeasuringImportance(EndingPlan):
    """The importance of the columns of a run's table, from `STARTS` starts that are trained to its epoch.

    The starts repeat the run's changes of settings, but no edit of its weights.

    Args:
        trainer: the run.
        limits: what the experiment may use.

    Attributes:
        dataset: the samples of the run.
        epochs: how many epochs the starts are trained.
        edited: when the run was edited, in words; empty if it was not.
        runner: what carries the experiment out.
        found: the importance of each group of columns, the largest first; empty until it is known.
        problem: why it can't be measured, without a period; empty if it can.
    """

    def __init__(self, trainer: Trainer, limits: WorkLimits) -> None:
        self.dataset, self.epochs, self.runner = trainer.dataset, trainer.epochs_done, limits.runner
        self.edited = edited_at(trainer.edits) if trainer.edits else ""
        self.found: tuple[Importance, ...] = ()
        self._job: ImportanceJob | None = None
        try:
            check_test_samples(trainer.dataset)
            if not self.epochs:
                raise DataError(word("no epoch is trained yet"))
            self._job = ImportanceJob(trainer)
        except DataError as error:
            self.problem = problem_of(error)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be found."""
        return bool(self.found or self.problem)

    @property
    def epochs_done(self) -> int:
        """How many epochs the starts have on average been trained so far."""
        return 0 if self._job is None else self._job.epochs_done

    def jobs(self) -> Sequence[SlicedJob]:
        """See `Plan.jobs`."""
        return () if self._job is None or self.has_ended else [self._job]

    def take(self, _job: SlicedJob, result: Any) -> None:
        """See `Plan.take`."""
        self.found = tuple(sorted(result, key=lambda importance: -importance.mean))

    def dependence(self, column: int, output: int) -> Dependence:
        """How the answers of the starts depend on a column, once the importance is known.

        Args:
            column: the number of the column of the table.
            output: the number of the output: the class, or the target.
        """
        assert self._job is not None
        return partial_dependence(self.dataset, self._job.outputs, column, output)
