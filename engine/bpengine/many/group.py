"""`Group`: several runs of the same shape, trained side by side in machine code."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.errors import ConfigError, DivergedError
from bpengine.hyperparameters import FIELDS
from bpengine.kernels import EpochArrays, KernelProblem, OptimizerState
from bpengine.kernels.numba_kernel import NumbaKernel
from bpengine.network.losses import means, means_or_infinity
from bpengine.network.network import network_sizes
from bpengine.training.history import EpochRecord, History, ThinnedRecords, epochs_until_end, stop_reason
from bpengine.training.predictions import network_outputs
from bpengine.training.random_start import draw_starts
from bpengine.training.trainer import Trainer
from bpengine.training.training_data import make_dataset


class GroupRecord(NamedTuple):
    """An epoch, the error of each run in it, and their test errors; shape (runs,)."""

    epoch: int
    errors: Array
    test_errors: Array | None


class GroupHistory(ThinnedRecords[GroupRecord]):
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


PER_RUN_SETTINGS = frozenset(
    {"seed", "initializer", "init_scale"}
    | {field.name for field in FIELDS if not field.needs_restart} - {"epochs", "report_interval"}
)
"""The settings in which the runs of a group may differ. All others decide the data, the shape of the arrays,
which instructions are executed, or when."""
SLICE_MILLISECONDS = 20.0
"""How long a run alone is trained between two checks whether to stop."""


def shape_of(config: TrainingConfig) -> tuple[object, ...]:
    """Return a key that is the same for configs whose runs can be in one group."""
    return (
        config.task,
        *(getattr(config, field.name) for field in FIELDS if field.name not in PER_RUN_SETTINGS),
    )


def _schedule_of(config: TrainingConfig) -> tuple[object, ...]:
    """The settings that decide the learning rates of a run."""
    return config.learning_rate, config.schedule, config.schedule_epochs, config.schedule_factor


class Outcome(NamedTuple):
    """The progress of a run, and how it ended."""

    config: TrainingConfig
    epochs_done: int
    """The number of completed epochs."""
    error: float | None
    """The error of the last completed epoch; None before the first one."""
    test_error: float | None
    """Its test error; None before the first epoch, or without test samples."""
    stop_reason: str
    """Why the run has ended: "epochs", "target error", "patience" or "diverged"; empty if it has not."""
    weights: Array | None = None
    """Its weights and biases, if they were asked for."""

    @classmethod
    def of(cls, trainer: Trainer) -> Outcome:
        """The outcome of a run that is trained alone."""
        last = trainer.history.last
        return cls(
            config=trainer.config,
            epochs_done=trainer.epochs_done,
            error=None if last is None else last.error,
            test_error=None if last is None else last.test_error,
            stop_reason="diverged" if trainer.divergence is not None else trainer.stop_reason,
        )


class Group:
    """Runs that differ only in `PER_RUN_SETTINGS`, each with exactly the numbers that it has alone.

    A run that ends before the others, since it diverges or meets a stop condition, is trained again alone to
    get its result.

    Args:
        configs: the settings of each run, at least one.
        source: the samples to learn from; by default those of the data set that the configs name.

    Attributes:
        configs: the settings of each run.
        dataset: the training samples, with the test samples in `dataset.test`.
        epochs_done: the number of epochs that the runs that have not ended have completed.

    Raises:
        ConfigError: the configs differ in other settings, or the network is too large.
        DataError: the data can't be used with these settings.
        NumbaError: numba is missing or does not work.
    """

    def __init__(self, configs: Sequence[TrainingConfig], source: Dataset | None = None) -> None:
        first = configs[0]
        shape = shape_of(first)
        for config in configs:
            if shape_of(config) != shape:
                raise ConfigError("group", "the runs may differ only in their start and in rates")
        self.configs = tuple(configs)
        self._source = source
        self.dataset = dataset = make_dataset(first, source)
        lanes = len(configs)
        self.sizes = network_sizes(dataset.inputs.shape[1], first.hidden_units, dataset.targets.shape[1])
        problem = KernelProblem.of(first, self.sizes, dataset)
        self._kernel = NumbaKernel(problem, lanes)
        starts, generators = draw_starts(configs, self.sizes)
        parameters = np.ascontiguousarray(starts.T)
        self._state = OptimizerState.fresh(parameters, first.optimizer)
        scheduled = {_schedule_of(config): config for config in configs}
        numbers = {key: number for number, key in enumerate(scheduled)}
        self._scheduled = tuple(scheduled.values())  # usually one for all runs
        self._schedule_numbers = [numbers[_schedule_of(config)] for config in configs]
        self._generator = self._kernel.make_generators(generators)
        self.epochs_done = 0
        self._history = GroupHistory(lanes)
        self._may_stop = [
            (lane, config)
            for lane, config in enumerate(configs)
            if config.target_error > 0 or config.patience > 0
        ]
        self._ended: dict[int, Trainer] = {}
        self._repeated: list[Trainer] = []  # those of the ended runs that are still in training
        self._arrays = EpochArrays.of(problem, self._kernel.epochs_a_call, lanes)

    def advance(self, until: int) -> bool:
        """Train for some milliseconds, at most until this number of epochs is completed.

        With large networks, a call takes as long as one epoch of all runs.

        Returns:
            Whether there is something left to do.
        """
        until = min(until, self.configs[0].epochs)
        if self._repeated:
            self._repeat()
        elif self._may_train(until):
            self._train(until)
        return bool(self._repeated) or self._may_train(until)

    def _may_train(self, until: int) -> bool:
        """Whether there are runs side by side that have not reached this epoch."""
        return self.epochs_done < until and len(self._ended) < len(self.configs)

    def _train(self, until: int) -> None:
        """Train all runs for a call of the kernel."""
        epochs = min(until - self.epochs_done, self._kernel.epochs_a_call)
        arrays = self._arrays.first(epochs)
        schedules = [config.learning_rates(self.epochs_done, epochs) for config in self._scheduled]
        rates = np.take(np.stack(schedules, axis=-1), self._schedule_numbers, axis=1)
        self._generator.shuffle(arrays.orders)
        whole = (0, len(self.dataset))
        self._kernel.train(self._state, self.configs, rates, arrays, whole, self.epochs_done)
        self._record(arrays.losses, arrays.test_losses)

    def _record(self, losses: Array, test_losses: Array) -> None:
        """Record the epochs that have just been trained, and end runs.

        Args:
            losses, test_losses: shapes (epochs, samples, lanes) and (epochs, test samples, lanes).
        """
        epochs, config = len(losses), self.configs[0]
        with np.errstate(invalid="ignore"):  # runs that have diverged
            errors = means(losses)
            test_errors = None if self.dataset.test is None else means_or_infinity(test_losses)
        finite: NDArray[np.bool_] = np.asarray(np.isfinite(errors).all(axis=0))  # if all losses are
        for array in self._state.arrays:
            finite &= np.isfinite(array).all(axis=0)
        for lane in np.flatnonzero(~finite).tolist():
            if lane not in self._ended:
                self._end(lane)
        for lane, own_config in self._may_stop:
            if lane not in self._ended:
                best = self._history.best(lane, own_config.epochs)
                if epochs_until_end(own_config, best, self.epochs_done, errors[:, lane]) < epochs:
                    self._end(lane)
        self._history.extend(self.epochs_done, errors, test_errors, interval=config.report_interval)
        self.epochs_done += epochs
        for lane, own_config in self._may_stop:
            if lane not in self._ended:
                outcome = self._outcome(lane)
                last = EpochRecord(self.epochs_done - 1, own_config.epochs, outcome.error or 0.0)
                best = self._history.best(lane, own_config.epochs)
                if stop_reason(own_config, last, best, self.epochs_done):
                    self._end(lane)

    def _end(self, lane: int) -> None:
        """Let a run be trained again alone, to its end."""
        trainer = Trainer(self.configs[lane], self._source, kernel="numba")
        self._ended[lane] = trainer
        self._repeated.append(trainer)

    def _repeat(self) -> None:
        """Train an ended run alone for some milliseconds."""
        trainer = self._repeated[-1]
        with contextlib.suppress(DivergedError):
            trainer.run_for(SLICE_MILLISECONDS)
        if trainer.finished or trainer.divergence is not None:
            self._repeated.pop()

    def outcomes(self) -> list[Outcome]:
        """The outcome of each run so far."""
        return [self._outcome(lane) for lane in range(len(self.configs))]

    def _outcome(self, lane: int) -> Outcome:
        config, trainer = self.configs[lane], self._ended.get(lane)
        if trainer is not None:
            return Outcome.of(trainer)
        row = self._history.last
        return Outcome(
            config=config,
            epochs_done=self.epochs_done,
            error=None if row is None else float(row.errors[lane]),
            test_error=None if row is None or row.test_errors is None else float(row.test_errors[lane]),
            stop_reason="epochs" if self.epochs_done >= config.epochs else "",
        )

    def history(self, lane: int) -> History:
        """The errors of a run so far."""
        if lane in self._ended:
            return self._ended[lane].history
        return self._history.of_run(lane, self.configs[lane].epochs)

    def curves(self) -> tuple[Array, Array]:
        """The epochs of the thinned error curves and the errors of all runs; the newest epoch is the last.

        Returns:
            Shapes (points,) and (points, runs). Values after the end of a run are meaningless: see `history`.
        """
        return self._history.curves()

    def parameters(self, lane: int) -> Array:
        """A copy of the weights and biases of a run, in the order of `Network.parameters`."""
        if lane in self._ended:
            return self._ended[lane].network.parameters.copy()
        return self._state.parameters[:, lane].copy()

    def predict(self, inputs: Array) -> Array:
        """The outputs of every run.

        Args:
            inputs: x as the network receives it; shape (samples, inputs).

        Returns:
            Shape (runs, samples, outputs).
        """
        outputs = self._kernel.predict_lanes(self._state.parameters, inputs)
        for lane, trainer in self._ended.items():
            outputs[lane] = network_outputs(trainer.network, inputs)
        return outputs
