"""What the runner computes beside the run when a user asks: importance, the error surface and advice."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from numpy.random import RandomState

from bpengine import DataError, Dataset, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.explain.importance import (
    STARTS,
    Dependence,
    Importance,
    check_test_samples,
    measuring_importance,
    partial_dependence,
)
from bpengine.explain.surface import Plane, measuring_errors, principal_plane, random_plane
from bpengine.kernels.choice import load_lanes_for
from bpengine.many.advice import Advice, Experiment
from bpengine.training.edits import edited_at
from bpengine.training.sharpness import Pieces
from bptui.experiments.runner import (
    CallJob,
    PiecesJob,
    Plan,
    Runner,
    RunsJob,
    SlicedJob,
    WorkLimits,
    problem_of,
    sentence_of,
)
from bptui.experiments.seeds.groups import OneByOne, SideBySide, Starts
from bptui.experiments.seeds.run_setup import setup_of
from bpwords import translatable, word


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


class MeasuringImportance(Plan):
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


SIDES = (9, 17, 33)
"""How many places are measured along either side, one picture after the other."""


class MeasuringSurface(Plan):
    """The error over a plane through the weights of a run.

    Args:
        trainer: the run, of which nothing changes.
        path: its weights at the stored states and now.
        dataset: the training samples, or a selection of them.
        seed: of random directions; None for the principal ones of the path.
        runner: what measures it.

    Attributes:
        path, dataset, seed, runner: the same.
        plane: the plane; None if there is none.
        errors: the errors at the nodes of a grid, which gets finer; shape (side, side), the lowest row first.
            None at first.
        problem: why there is no plane, without a period; empty if there is one.
    """

    def __init__(
        self, trainer: Trainer, path: Sequence[Array], dataset: Dataset, seed: int | None, runner: Runner
    ) -> None:
        self.path, self.dataset, self.seed, self.runner = path, dataset, seed, runner
        self.plane: Plane | None = None
        self.errors: Array | None = None
        self._network = copy(trainer.network)
        try:
            if seed is None:
                self.plane = principal_plane(path)
            else:
                self.plane = random_plane(path[-1], trainer.sizes, trainer.frozen, seed)
        except DataError as error:
            self.problem = problem_of(error)

    @property
    def has_ended(self) -> bool:
        """Whether the surface will not become finer."""
        return bool(self.problem) or (self.errors is not None and len(self.errors) == SIDES[-1])

    def jobs(self) -> Sequence[SlicedJob]:
        """See `Plan.jobs`."""
        if self.plane is None or self.has_ended:
            return ()
        side = SIDES[0] if self.errors is None else 2 * len(self.errors) - 1
        return [PiecesJob(measuring_errors(self.plane, side, self._network, self.dataset, self.errors))]

    def take(self, _job: SlicedJob, result: Any) -> None:
        """See `Plan.take`."""
        self.errors = result


WITH_NUMPY = translatable("Without numba: few starts, and slow.")


class Advising(Plan):
    """An experiment with changes of given settings.

    Args:
        config: the settings.
        source: the user's own samples; None for the named data set.
        epoch: how many epochs to train; 0 for all.
        compiled: whether to use machine code as soon as it is loaded.
        limits: what the experiment may use.
        edited: when the run was edited, in words; empty if it was not. The experiment repeats no edit.

    Attributes:
        edited: the argument.
        runner: what carries the experiment out.
        advice: what has been found so far; None before the first result.
        note: why the experiment takes a while or has failed; empty if neither.
        has_failed: whether the experiment has failed.
    """

    def __init__(
        self,
        config: TrainingConfig,
        source: Dataset | None,
        epoch: int,
        *,
        compiled: bool,
        limits: WorkLimits,
        edited: str = "",
    ) -> None:
        self.edited, self.runner = edited, limits.runner
        self.most_jobs = None if compiled else 1
        kernel = "auto" if compiled else "numpy"
        self._make = lambda: Experiment(config, source, epoch=epoch, kernel=kernel, allows=limits.allows)
        self._experiment: Experiment | None = None
        self.advice: Advice | None = None
        self.note, self.has_failed = "" if compiled else WITH_NUMPY, False

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be found."""
        return self.has_failed or (self.advice is not None and self.advice.done)

    def jobs(self) -> Sequence[SlicedJob]:
        """See `Plan.jobs`."""
        if self._experiment is None:
            return [CallJob(self._make)]
        return [RunsJob(job) for job in self._experiment.jobs()]

    def take(self, job: SlicedJob, result: Any) -> None:
        """See `Plan.take`."""
        if self._experiment is None:
            self._experiment = result
        elif isinstance(job, RunsJob):
            self._experiment.take(job.job, result)
            self.advice = self._experiment.advice

    def fail(self, error: Exception) -> None:
        """See `Plan.fail`."""
        self.note, self.has_failed = sentence_of(error), True
