"""The runs of a lesson's claims and measured numbers, from the author's seeds and from others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from itertools import chain
from threading import Event
from typing import Any

import numpy as np

from bpengine import ConfigError, Dataset, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.losses import LOSSES
from bpengine.many.group import Outcome
from bpengine.many.jobs import Job, Training, divided, processors
from bpengine.metrics import measure
from bpengine.network import Network, network_sizes
from bpengine.training_data import make_dataset
from bptui.lessons.goals import Facts, facts
from bptui.lessons.lesson import Experiment, Lesson
from bptui.lessons.opening import run_of
from bptui.teaching.judging import too_much, work_of

OTHER_STARTS = 16
"""How many seeds are taken after those of the author."""
MAX_WORK = 5 * 10**10
"""The most work of the runs of a lesson: a few minutes of a processor."""
_SEEDS = 2**32

_Results = list[tuple[Outcome, Array]]
"""The outcome of each run, and its weights and biases."""


@dataclass(frozen=True, slots=True)
class Seeds:
    """The runs of an experiment from some seeds in a row."""

    first: int
    last: int
    facts: Facts
    """Arrays with a value for each start."""

    def __str__(self) -> str:
        return f"seeds {self.first} to {self.last}" if self.last > self.first else f"seed {self.first}"


class Experiments:
    """Trains the experiments of a lesson in threads, each once.

    Args:
        lesson: the lesson.
        executor: the threads.

    Attributes:
        lesson: the lesson.
    """

    def __init__(self, lesson: Lesson, executor: Executor) -> None:
        self.lesson, self._executor = lesson, executor
        self._begun: dict[str, list[tuple[Job, Future[_Results]]]] = {}
        self._work, self._stopped = 0, Event()
        for measured in lesson.measured:
            self._begin(measured.experiment)
        for claim in lesson.claims:
            self._begin(claim.experiment)

    def _begin(self, experiment: Experiment) -> None:
        work = work_of(*run_of(self.lesson, experiment.settings), experiment.epochs)
        self._work += work * (experiment.starts + OTHER_STARTS)
        if self._work > MAX_WORK:
            self.stop()
            raise ConfigError("measured and claims", f"train too much: {too_much(self._work, MAX_WORK)}")
        key = repr(experiment)
        if key not in self._begun:
            config, source = run_of(self.lesson, experiment.settings)
            count = experiment.starts + OTHER_STARTS
            configs = [
                config.replace(seed=(config.seed + number) % _SEEDS, epochs=experiment.epochs)
                for number in range(count)
            ]
            jobs = divided(configs, source, workers=processors())
            self._begun[key] = [
                (job, self._executor.submit(_train, job, source, self._stopped)) for job in jobs
            ]

    @property
    def runs(self) -> int:
        """How many runs are trained."""
        return sum(len(job.configs) for begun in self._begun.values() for job, _ in begun)

    def wait(self, show: Callable[[int], object]) -> None:
        """Wait until all runs are trained; `show` is called with the number of those that are."""
        done = 0
        for job, future in chain(*self._begun.values()):
            future.result()
            show(done := done + len(job.configs))

    def stop(self) -> None:
        """Train no more."""
        self._stopped.set()

    def results(self, experiment: Experiment) -> Iterator[Seeds]:
        """The runs from the author's seeds, and then those from others; waits until they are trained."""
        config, source = run_of(self.lesson, experiment.settings)
        by_start: dict[int, Facts] = {}
        for job, future in self._begun[repr(experiment)]:
            dataset = make_dataset(job.configs[0], source)
            for position, (outcome, weights) in zip(job.positions, future.result(), strict=True):
                by_start[position] = _facts(outcome, weights, dataset)
        for starts in (range(experiment.starts), range(experiment.starts, len(by_start))):
            first, last = ((config.seed + number) % _SEEDS for number in (starts[0], starts[-1]))
            yield Seeds(first, last, _together([by_start[number] for number in starts]))


def _train(job: Job, source: Dataset | None, stopped: Event) -> _Results:
    training = Training(job, source)
    while not stopped.is_set() and training.advance():
        pass
    outcomes = [outcome for outcome in training.outcomes if outcome is not None]
    return list(zip(outcomes, training.weights, strict=True))


def _facts(outcome: Outcome, weights: Array, dataset: Dataset) -> Facts:
    config: TrainingConfig = outcome.config
    sizes = network_sizes(dataset.inputs.shape[1], config.hidden_units, dataset.targets.shape[1])
    network = Network(sizes, config.activations, LOSSES[config.task])
    network.parameters[:] = weights
    return facts(
        config,
        measure(network, dataset),
        error=outcome.error,
        test_error=outcome.test_error,
        epoch=max(outcome.epochs_done - 1, 0),
        diverged=outcome.stop_reason == "diverged",
    )


def _together(runs: Sequence[Facts]) -> dict[str, Any]:
    return {name: np.array([run[name] for run in runs]) for name in runs[0]}
