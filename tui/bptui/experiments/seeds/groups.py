"""Groups of starts of a cloud, trained side by side in lanes or, where that is not possible, one by one."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bpengine import Dataset, DivergedError, Trainer
from bpengine.arithmetic.arrays import Array
from bpengine.many.group import Group
from bpengine.network.losses import LOSSES, means_or_infinity
from bpengine.training.history import History, stride_for
from bpengine.training.predictions import network_outputs
from bptui.experiments.runner import SlicedJob
from bptui.experiments.seeds.run_setup import RunSetup

MILLISECONDS = 2.0
"""About how long a call of `advance` trains one by one."""
ANSWERED_AT_ONCE = 1024
"""The samples that the starts answer at once, so that the answers of many starts need little memory."""
MAX_POINTS = 256
"""The most points of the error curves."""


class Reached(NamedTuple):
    """The results of some starts at an epoch."""

    seeds: tuple[int, ...]
    errors: Array
    """The epoch error of each start, or its test error if there are test samples; infinite if it has
    diverged. A start that has ended before the epoch has its last error. Shape (starts,)."""
    diverged: NDArray[np.bool_]
    """Shape (starts,)."""
    curves: Array
    """The errors of the epochs of `grid`, infinite after a divergence; shape (points, starts)."""
    outputs: Array
    """The network outputs for the given inputs of the starts that have not diverged; shape (starts, inputs,
    outputs)."""
    answers: tuple[Answers, ...]
    """Those for the training samples and for test samples, if there are any; empty if all have diverged."""


class Answers(NamedTuple):
    """What some starts that have not diverged answer on some samples."""

    total: Array
    """The sum of their outputs; shape (samples, outputs)."""
    errors: Array
    """The error of each; shape (starts,)."""

    @classmethod
    def of(cls, predict: Callable[[Array], Array], samples: Dataset) -> Answers:
        """Ask for the answers.

        Args:
            predict: returns the outputs of each start for inputs; shape (starts, samples, outputs).
            samples: the samples.
        """
        loss, totals, losses = LOSSES[samples.task], list[Array](), list[Array]()
        for first in range(0, len(samples), ANSWERED_AT_ONCE):
            rows = slice(first, first + ANSWERED_AT_ONCE)
            with np.errstate(all="ignore"):
                outputs = predict(samples.inputs[rows])
                totals.append(outputs.sum(axis=0))
                losses.append(np.stack([loss.value(each, samples.targets[rows]) for each in outputs]))
        return cls(np.concatenate(totals), means_or_infinity(np.concatenate(losses, axis=1)))


class Starts(SlicedJob):
    """A part of the starts of a cloud, which can be trained on after each result.

    Args:
        setup: what they have in common.
        seeds: the seed of each.
        inputs: the inputs for `Reached.outputs`; None for no outputs.

    Attributes:
        until: to which epoch to train; 0 to give up.
    """

    def __init__(self, setup: RunSetup, seeds: Sequence[int], inputs: Array | None) -> None:
        self._setup, self._seeds, self._inputs = setup, tuple(seeds), inputs
        self.until = 0

    def result(self) -> Reached | None:
        """What they have reached at the end of epoch `until`; None if they were given up."""
        until = self.until
        return self.reached(until) if until else None

    def _answers(self, dataset: Dataset, diverged: NDArray[np.bool_]) -> tuple[Answers, ...]:
        """See `Reached.answers`."""
        samples = (dataset,) if dataset.test is None else (dataset, dataset.test)
        return () if diverged.all() else tuple(Answers.of(self.outputs, each) for each in samples)

    @abstractmethod
    def reached(self, epochs: int) -> Reached:
        """The results after `epochs` epochs, to which the starts have just been advanced."""

    @property
    @abstractmethod
    def share_done(self) -> float:
        """How much of the training to `until` is done, from 0 to 1."""

    @abstractmethod
    def outputs(self, inputs: Array) -> Array:
        """The outputs of the starts that have not diverged, once they are trained.

        Args:
            inputs: the network's inputs; shape (n, inputs).

        Returns:
            Shape (starts, n, outputs); (0, 0, 0) if all have diverged.
        """


def grid(epochs: int) -> Array:
    """The epochs of the curves: every one, or every second, fourth, ..., and the last of `epochs`."""
    known = np.arange(0, epochs, stride_for(epochs, MAX_POINTS), dtype=np.float64)
    return known if not epochs or known[-1] == epochs - 1 else np.append(known, epochs - 1.0)


class SideBySide(Starts):
    """Starts in the lanes of a group; no settings were changed on the way."""

    def advance(self) -> bool:
        """See `SlicedJob.advance`."""
        return self.until > 0 and self._group.advance(self.until)

    @cached_property
    def _group(self) -> Group:
        """The group. It is created when it is first trained, since that takes time."""
        setup = self._setup
        return Group([setup.config.replace(seed=seed) for seed in self._seeds], setup.source)

    def reached(self, epochs: int) -> Reached:
        """See `Starts.reached`."""
        group, wanted, inputs = self._group, grid(epochs), self._inputs
        outcomes = group.outcomes()
        known, errors = group.curves()
        # The group ends with its last run, whose curve is replaced as those of all runs that have ended.
        curves = errors[np.minimum(np.searchsorted(known, wanted), len(known) - 1)]
        for lane, outcome in enumerate(outcomes):
            if outcome.stop_reason:
                diverged = outcome.stop_reason == "diverged"
                curves[:, lane] = _at(wanted, group.history(lane), diverged=diverged)
        ended = np.array([outcome.stop_reason == "diverged" for outcome in outcomes])
        outputs = np.empty((0, 0, 0)) if inputs is None else self.outputs(inputs)
        last = [_judged(outcome.error, outcome.test_error) for outcome in outcomes]
        answers = self._answers(group.dataset, ended)
        return Reached(self._seeds, np.where(ended, np.inf, np.array(last)), ended, curves, outputs, answers)

    @property
    def share_done(self) -> float:
        """See `Starts.share_done`."""
        return self._group.epochs_done / self.until

    def outputs(self, inputs: Array) -> Array:
        """See `Starts.outputs`."""
        group = self._group
        has_outputs = [outcome.stop_reason != "diverged" for outcome in group.outcomes()]
        return group.predict(inputs)[has_outputs] if any(has_outputs) else np.empty((0, 0, 0))


class OneByOne(Starts):
    """Starts that are trained one after the other, with the run's changes of settings."""

    def __init__(self, setup: RunSetup, seeds: Sequence[int], inputs: Array | None) -> None:
        super().__init__(setup, seeds, inputs)
        self._runs: list[Trainer] = []
        self._made = [0] * len(self._seeds)

    def advance(self) -> bool:
        """See `SlicedJob.advance`."""
        if not self.until:
            return False
        if len(self._runs) < len(self._seeds):  # in calls of their own: a large network takes long to create
            self._runs.append(self._run(self._seeds[len(self._runs)]))
            return True
        number = next((number for number in range(len(self._runs)) if self._left(number)), None)
        if number is not None:
            run = self._runs[number]
            with contextlib.suppress(DivergedError):
                run.run_for(MILLISECONDS, max_samples=self._left(number))
        return any(self._left(number) for number in range(len(self._runs)))

    def _run(self, seed: int) -> Trainer:
        setup = self._setup
        kernel = "auto" if setup.compiled else "numpy"
        return Trainer(setup.config.replace(seed=seed), setup.source, kernel=kernel)

    def _left(self, number: int) -> int:
        """Make the changes that are due; return how many samples are left to the next one or to `until`."""
        run, changes = self._runs[number], self._setup.changes
        while self._made[number] < len(changes):
            position, config = changes[self._made[number]]
            if run.divergence is not None or run.samples_to(*position) > 0:
                break
            run.reconfigure(config.replace(seed=run.config.seed))
            self._made[number] += 1
        if run.divergence is not None or run.finished:
            return 0
        following = changes[self._made[number] :][:1]
        stops = ((self.until, 0), *(stop for stop, _ in following))
        return max(0, min(run.samples_to(*where) for where in stops))

    def reached(self, epochs: int) -> Reached:
        """See `Starts.reached`."""
        wanted, inputs = grid(epochs), self._inputs
        diverged = np.array([run.divergence is not None for run in self._runs])
        last = [run.history.last for run in self._runs]
        errors = [np.nan if record is None else _judged(record.error, record.test_error) for record in last]
        curves = [_at(wanted, run.history, diverged=run.divergence is not None) for run in self._runs]
        return Reached(
            self._seeds,
            np.where(diverged, np.inf, np.array(errors)),
            diverged,
            np.stack(curves, axis=-1),
            np.empty((0, 0, 0)) if inputs is None else self.outputs(inputs),
            self._answers(self._runs[0].dataset, diverged),
        )

    @property
    def share_done(self) -> float:
        """See `Starts.share_done`."""
        return sum(run.epochs_done for run in self._runs) / (len(self._seeds) * self.until)

    def outputs(self, inputs: Array) -> Array:
        """See `Starts.outputs`."""
        networks = [run.network for run in self._runs if run.divergence is None]
        outputs = [network_outputs(network, inputs) for network in networks]
        return np.stack(outputs) if outputs else np.empty((0, 0, 0))


def _judged(error: float | None, test_error: float | None) -> float:
    """The error by which starts are compared."""
    judged = error if test_error is None else test_error
    return np.nan if judged is None else judged


def _at(epochs: Array, history: History, *, diverged: bool) -> Array:
    """The errors of these epochs; after the end of a run, its last error, or infinity if it diverged."""
    if history.last is None:
        return np.full(len(epochs), np.inf)
    known, errors = history.curve()
    reached = errors[np.maximum(np.searchsorted(known, epochs, side="right") - 1, 0)]
    return np.where(epochs > known[-1], np.inf, reached) if diverged else reached
