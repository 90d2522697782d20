"""The runs of a lesson's claims and measured numbers, from the author's starts and from fresh ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from itertools import accumulate, chain
from random import Random
from threading import Event

import numpy as np

from bpengine import ConfigError, Dataset, TrainingConfig
from bpengine.many.group import Outcome
from bpengine.many.jobs import Job, Outcomes, divided, processors
from bpengine.network.losses import LOSSES
from bpengine.network.network import Network, network_sizes
from bpengine.training.predictions import measure
from bpengine.training.training_data import make_dataset
from bptui.cli.grading.judging import too_much, work_of
from bptui.lessons.goals import Facts, facts, facts_of_pictures
from bptui.lessons.lesson import Lesson, LessonExperiment, run_of

BLOCKS, OTHER_STARTS = 4, 64
"""How many blocks of seeds in a row are drawn, and how many starts these have together."""
MAX_WORK = 5 * 10**10
"""The most work of the runs of a lesson: a few minutes of a processor."""
_SEEDS = 2**32

Start = tuple[int, int]
"""The seed and the data seed of a run."""


def drawn_starts(seed: int) -> list[Start]:
    """Draw starts that no author has seen: blocks of seeds in a row, and of data seeds.

    Args:
        seed: what they are drawn from; the same starts for the same seed.
    """
    random = Random(seed)
    firsts = [(random.getrandbits(32), random.getrandbits(32)) for _ in range(BLOCKS)]
    return [start for first in firsts for start in _in_a_row(first, OTHER_STARTS // BLOCKS)]


def _in_a_row(first: Start, count: int) -> list[Start]:
    return [((first[0] + number) % _SEEDS, (first[1] + number) % _SEEDS) for number in range(count)]


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of an experiment, from the starts of the author or from fresh ones."""

    starts: tuple[Start, ...]
    facts: tuple[Facts, ...]
    """Those of each run."""
    drawn_from: int | None = None
    """The seed from which the starts were drawn; None for those of the author."""

    def __str__(self) -> str:
        if self.drawn_from is not None:
            return f"drawn from --seed {self.drawn_from}"
        first, last = self.starts[0][0], self.starts[-1][0]
        return f"seeds {first} to {last}" if last != first else f"seed {first}"

    def fewest(self, share: float, level: float) -> int:
        """The fewest of the starts for which a condition must hold so that the claim is not refuted.

        The author's starts must have the share. Fresh starts may have a lower one, as a sample of all starts
        does by chance: if the claim is true, fewer of them than this are drawn with a probability of at most
        the level.

        Args:
            share: the share of all starts for which the condition is said to hold.
            level: the most probability with which a true claim may be refuted.
        """
        count = len(self.starts)
        if self.drawn_from is None:
            return math.ceil(round(share * count, 9))
        odds = (math.comb(count, n) * share**n * (1 - share) ** (count - n) for n in range(count))
        return sum(below <= level for below in accumulate(odds))


class LessonExperiments:
    """Trains the experiments of a lesson in threads, each once.

    Args:
        lesson: the lesson.
        executor: the threads.
        seed: what the fresh starts are drawn from.

    Attributes:
        lesson: the lesson.
    """

    def __init__(self, lesson: Lesson, executor: Executor, seed: int) -> None:
        self.lesson, self._executor, self._seed = lesson, executor, seed
        self._begun: dict[str, list[tuple[Job, Future[Outcomes]]]] = {}
        self._work, self._stopped = 0, Event()
        for measured in lesson.measured:
            self._begin(measured.experiment)
        for claim in lesson.claims:
            self._begin(claim.experiment)
            if claim.compared is not None:
                self._begin(claim.compared)

    def _begin(self, experiment: LessonExperiment) -> None:
        config, source = run_of(self.lesson, experiment.settings)
        self._work += work_of(config, source, experiment.epochs) * (experiment.starts + OTHER_STARTS)
        if self._work > MAX_WORK:
            self.stop()
            raise ConfigError("measured and claims", f"train too much: {too_much(self._work, MAX_WORK)}")
        key = repr(experiment)
        if key not in self._begun:
            config = config.replace(epochs=experiment.epochs)
            starts = [
                *_in_a_row((config.seed, config.data_seed), experiment.starts),
                *drawn_starts(self._seed),
            ]
            if not _has_random_data(config, source):  # runs with the same data are trained side by side
                starts = [(seed, config.data_seed) for seed, _ in starts]
            configs = [config.replace(seed=seed, data_seed=data_seed) for seed, data_seed in starts]
            jobs = divided(configs, source, workers=processors(), keeps_weights=True)
            self._begun[key] = [(job, self._executor.submit(job.train, self._stopped.is_set)) for job in jobs]

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

    def results(self, experiment: LessonExperiment) -> tuple[Runs, Runs]:
        """The runs from the author's starts, and those from fresh ones; waits until they are trained."""
        results: dict[int, tuple[Start, Facts]] = {}
        for job, future in self._begun[repr(experiment)]:
            dataset = make_dataset(job.configs[0], job.source)
            for position, outcome in zip(job.positions, future.result(), strict=True):
                assert outcome is not None, "nobody waits for runs that were given up"
                start = outcome.config.seed, outcome.config.data_seed
                results[position] = start, _facts(outcome, dataset)
        starts, facts = zip(*(results[position] for position in sorted(results)), strict=True)
        own = experiment.starts
        return Runs(starts[:own], facts[:own]), Runs(starts[own:], facts[own:], self._seed)


def _has_random_data(config: TrainingConfig, source: Dataset | None) -> bool:
    """Whether the samples, or which of them are trained on, depend on the data seed."""
    one, other = (make_dataset(config.replace(data_seed=seed), source) for seed in range(2))
    return not (np.array_equal(one.inputs, other.inputs) and np.array_equal(one.targets, other.targets))


def _facts(outcome: Outcome, dataset: Dataset) -> Facts:
    config: TrainingConfig = outcome.config
    sizes = network_sizes(dataset.inputs.shape[1], config.hidden_units, dataset.targets.shape[1])
    network = Network(sizes, config.activations, LOSSES[config.task])
    network.parameters[:] = outcome.weights
    return facts(
        config,
        measure(network, dataset),
        None if dataset.test is None else measure(network, dataset.test),
        facts_of_pictures(network, dataset),
        error=outcome.error,
        test_error=outcome.test_error,
        epoch=max(outcome.epochs_done - 1, 0),
        diverged=outcome.stop_reason == "diverged",
    )
