"""`Experiment`: tries changes of the settings on many starts."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from statistics import median

from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.explain.diagnostics.verdict import NO_ERROR
from bpengine.hyperparameters import FIELD, MAX_EPOCHS
from bpengine.kernels import may_compile
from bpengine.many.advice.changes import TriedChange, changes_worth_trying
from bpengine.many.advice.trials import UNDECIDED, Advice, Trial, compare, ranked
from bpengine.many.group import Outcome
from bpengine.many.jobs import Job, Stopped, divided, trained
from bpengine.network.losses import LOSSES, constant_error
from bpengine.network.network import is_small_enough
from bpengine.numbers import check_whole
from bpengine.training.training_data import make_dataset

STARTS, STARTS_ALONE = 8, 6
"""The default numbers of starts: with machine code, and with NumPy, which takes hundreds of times as long."""
MIN_STARTS, MAX_STARTS = 6, 64
"""The limits for the number of starts. With fewer than six, even equal results in all are not significant."""
MAX_RUNS = 32
"""The most runs of a job: enough for the widest vectors, and few enough that results come soon."""


class Experiment:
    """Tries changes of given settings on the same starts, to the same epoch, and finds out which help.

    Each change is trained with `starts` seeds, from the seed of the settings on, and compared with the
    current settings seed by seed. The best or worst of thirty changes may be so by luck. Therefore changes
    that seem better or worse are trained again with twice as many fresh seeds. Only those that are so there
    as well count as helpful or worse, with the figures of the fresh seeds.

    The advice depends only on the arguments: the same ones give the same figures with any number of threads.

    Args:
        config: the current settings.
        source: the user's own samples; None for the data set that the settings name.
        epoch: how many epochs to train, at most those of the settings; 0 for all of them.
        starts: the number of starts, from `MIN_STARTS` to `MAX_STARTS`; 0 for the usual number.
        kernel: auto, numpy or numba; see `Job.train`. The usual number of starts is smaller with NumPy alone.
        allows: whether given settings may be tried; networks that are too large never are.

    Attributes:
        changes: the changes to try.
        epoch, starts: the numbers of epochs and starts.
        has_test: whether there are test samples; then their error decides.
        constant_error: the error of the best constant output for the samples whose error decides; infinite if
            their targets are all equal, since nothing can be learned from its being 0.

    Raises:
        ConfigError: the epoch or the number of starts is out of range.
        DataError: the data can't be used with these settings.
    """

    def __init__(
        self,
        config: TrainingConfig,
        source: Dataset | None = None,
        *,
        epoch: int = 0,
        starts: int = 0,
        kernel: str = "auto",
        allows: Callable[[TrainingConfig], bool] = lambda _config: True,
    ) -> None:
        if epoch:
            check_whole("epoch", epoch, 1, config.epochs)
        if starts:
            check_whole("starts", starts, MIN_STARTS, MAX_STARTS)
        dataset = make_dataset(config, source)
        self.config = config
        self.epoch = epoch or config.epochs
        compiled = may_compile(kernel)
        self.starts = starts or (STARTS if compiled else STARTS_ALONE)
        self.has_test = dataset.test is not None
        targets = (dataset if dataset.test is None else dataset.test).targets
        error = constant_error(LOSSES[config.task], targets)
        self.constant_error = error if error > NO_ERROR else math.inf
        ends = dataset.inputs.shape[1], dataset.targets.shape[1]
        self.changes = changes_worth_trying(
            config,
            samples=len(dataset),
            epoch=self.epoch,
            suited=config.unsuited(source),
            has_test=self.has_test,
            allows=lambda changed: is_small_enough(*ends, changed.hidden_units) and allows(changed),
        )
        self._source = source
        self._kernel = kernel
        # NumPy trains run by run; the starts of a change stay together.
        self._max_runs = MAX_RUNS if compiled else self.starts
        self._errors: dict[TrainingConfig, float] = {}
        self._trials: dict[TriedChange, Trial] = {}
        self._seeds = range(self.starts)  # of the round
        self._waiting: dict[
            TriedChange, tuple[TrainingConfig, ...]
        ] = {}  # the runs of changes without a trial
        self._has_begun = False

    def jobs(self) -> list[Job]:
        """The jobs of the next round: all changes, then the undecided ones; empty once nothing is left.

        Call it again when the outcomes of all these jobs have been taken.
        """
        fresh = range(self.starts, 3 * self.starts)
        runs: list[tuple[TrainingConfig, int]] = []
        if not self._has_begun:
            self._has_begun, changes = True, self.changes
            # The current settings, on all starts, come first.
            runs += [
                (config, self.epoch) for seeds in (self._seeds, fresh) for config in self._present(seeds)
            ]
        else:
            self._seeds = fresh
            changes = tuple(trial.change for trial in self.advice.trials if trial.verdict in UNDECIDED)
        self._waiting = {change: self._starts(change.after, self._seeds) for change in changes}
        runs += [(config, self._until(change)) for change in changes for config in self._waiting[change]]
        return divided(
            [config for config, _ in runs],
            self._source,
            kernel=self._kernel,
            until=[until for _, until in runs],
            max_runs=self._max_runs,
        )

    def take(self, job: Job, outcomes: Sequence[Outcome | None]) -> None:
        """Take the outcomes of a job, all of whose runs have ended, and compare the changes they complete."""
        errors = [error_of(outcome) for outcome in outcomes if outcome is not None]
        self._errors.update(zip(job.configs, errors, strict=True))
        before = self._known(self._present(self._seeds))
        if before is None:
            return
        constant, fresh = self.constant_error, self._seeds.start > 0
        for change, runs in [*self._waiting.items()]:
            after = self._known(runs)
            if after is not None:
                self._trials[change] = compare(change, before, after, constant=constant, fresh=fresh)
                del self._waiting[change]

    @property
    def advice(self) -> Advice:
        """What is known so far."""
        trials = ranked([self._trials[change] for change in self.changes if change in self._trials])
        before = self._known(self._present(range(self.starts)))
        is_complete = before is not None and len(trials) == len(self.changes)
        return Advice(
            config=self.config,
            epoch=self.epoch,
            starts=self.starts,
            has_test=self.has_test,
            changes=len(self.changes),
            before=None if before is None else median(before),
            trials=trials,
            done=is_complete and not any(trial.verdict in UNDECIDED for trial in trials),
        )

    def results(self, stopped: Stopped = lambda: False) -> Generator[Advice]:
        """Train, and yield the advice each time that more is known; the last one is `done`.

        Closing the iterator ends the training within some milliseconds.

        Args:
            stopped: returns whether to give up; called often, in the threads that train.
        """
        while jobs := self.jobs():
            for job, outcomes in trained(jobs, stopped=stopped):
                if None in outcomes:  # it was stopped
                    break
                self.take(job, outcomes)
                if not self.advice.done:
                    yield self.advice
            if self._waiting:  # it was stopped between two jobs
                break
        yield self.advice

    def _known(self, runs: Sequence[TrainingConfig]) -> list[float] | None:
        """The errors of these runs, if all are trained."""
        errors = [self._errors[run] for run in runs if run in self._errors]
        return errors if len(errors) == len(runs) else None

    def _present(self, seeds: range) -> tuple[TrainingConfig, ...]:
        return self._starts(self.config, seeds)

    def _starts(self, config: TrainingConfig, starts: range) -> tuple[TrainingConfig, ...]:
        """The settings with each of these seeds, which count from the seed of the current settings."""
        seeds = int(FIELD["seed"].maximum) + 1  # type: ignore[attr-defined]  # a number field
        return tuple(config.replace(seed=(self.config.seed + number) % seeds) for number in starts)

    def _until(self, change: TriedChange) -> int:
        """The number of epochs to train a change; a longer run is trained to its end."""
        return min(change.after.epochs if "epochs" in change.values else self.epoch, MAX_EPOCHS)


def error_of(outcome: Outcome) -> float:
    """The error that decides: that of the test samples if there are any; infinite if the run diverged."""
    error = outcome.error if outcome.test_error is None else outcome.test_error
    return math.inf if error is None or outcome.stop_reason == "diverged" else error
