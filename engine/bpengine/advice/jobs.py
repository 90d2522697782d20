"""Training the runs of an experiment: side by side where numba works, else one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from threading import Event

from bpengine.config import TrainingConfig
from bpengine.datasets import Dataset
from bpengine.errors import DivergedError
from bpengine.group import Group, shape_of
from bpengine.trainer import Trainer

MAX_LANES = 32
"""The most runs in a job: enough for the widest vectors, and few enough that results come soon."""
MAX_WORK = 50_000_000
"""Samples times parameters times runs of an epoch, between two of which a job can be told to end."""
SLICE_MILLISECONDS = 20.0
"""How long a run alone is trained before it is asked whether to go on."""

Proceed = Callable[[], bool]
"""Called between slices of training: whether to go on. It may wait."""


@dataclass(frozen=True, slots=True)
class Job:
    """Runs that are trained together to the same epoch."""

    configs: tuple[TrainingConfig, ...]
    until: int

    def errors(self, source: Dataset | None, proceed: Proceed, *, side_by_side: bool) -> list[float] | None:
        """Train, and return the last error of each run, or None if it was told not to go on.

        The error is the test error where there are test samples, and infinite if the run diverged.
        """
        if not side_by_side:
            return self._one_by_one(source, proceed)
        group = Group(self.configs, source)
        while proceed():
            if not group.advance(self.until):
                break
        else:
            return None
        return [
            math.inf if each.stop_reason == "diverged" else _error(each.error, each.test_error)
            for each in group.outcomes()
        ]

    def _one_by_one(self, source: Dataset | None, proceed: Proceed) -> list[float] | None:
        errors = []
        for config in self.configs:
            error = self._alone(config, source, proceed)
            if error is None:
                return None
            errors.append(error)
        return errors

    def _alone(self, config: TrainingConfig, source: Dataset | None, proceed: Proceed) -> float | None:
        trainer = Trainer(config, source)
        try:
            while not trainer.finished and (left := trainer.samples_to(self.until)) > 0:
                if not proceed():
                    return None
                trainer.run_for(SLICE_MILLISECONDS, max_samples=left)
        except DivergedError:
            return math.inf
        last = trainer.history.last
        return math.inf if last is None else _error(last.error, last.test_error)


def _error(error: float | None, test_error: float | None) -> float:
    """The error that decides."""
    decisive = error if test_error is None else test_error
    return math.inf if decisive is None else decisive


def jobs_for(runs: Iterable[tuple[Sequence[TrainingConfig], int]], max_runs: int) -> tuple[Job, ...]:
    """Put runs of the same shape together, in jobs of so many runs at most.

    Args:
        runs: the starts of a change, and the epoch to train them to.
        max_runs: see `max_runs_for`.
    """
    jobs: list[Job] = []
    open_jobs: dict[object, int] = {}
    for configs, until in runs:
        key = (shape_of(configs[0]), until)
        for config in configs:
            place = open_jobs.get(key)
            if place is not None and len(jobs[place].configs) < max_runs:
                jobs[place] = Job((*jobs[place].configs, config), until)
            else:
                open_jobs[key] = len(jobs)
                jobs.append(Job((config,), until))
    return tuple(jobs)


def max_runs_for(samples: int, parameters: int) -> int:
    """The most runs in a job, so that an epoch of all of them takes a fraction of a second.

    Args:
        samples: the training and the test samples.
        parameters: those of a network.
    """
    return min(max(MAX_WORK // (samples * parameters), 1), MAX_LANES)


def trained(
    jobs: Sequence[Job],
    source: Dataset | None,
    executor: Executor | None,
    proceed: Proceed,
    *,
    side_by_side: bool,
) -> Iterator[tuple[Job, list[float]]]:
    """Train the jobs and yield each with its errors as it is done; end early if told not to go on.

    Closing the iterator ends the jobs that are being trained after their slice.

    Args:
        jobs: what to train.
        source: the user's own samples; None for the named data set.
        executor: threads to train in; None trains in this one, in the order of the jobs.
        proceed: see `Proceed`; it is called in the threads.
        side_by_side: whether to use the compiled kernel's lanes.
    """
    ended = Event()

    def errors(job: Job) -> list[float] | None:
        return job.errors(source, lambda: not ended.is_set() and proceed(), side_by_side=side_by_side)

    if executor is None:
        for job in jobs:
            done = errors(job)
            if done is None:
                return
            yield job, done
        return
    if not proceed():  # an executor takes no more jobs once the interpreter exits
        return
    futures = {executor.submit(errors, job): job for job in jobs}
    try:
        for future in as_completed(futures):
            done = future.result()
            if done is None:
                return
            yield futures[future], done
    finally:
        ended.set()
        for future in futures:
            future.cancel()
