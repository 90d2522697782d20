"""Dividing a run into steps, epochs or time slices, or training others beside it, never changes the run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import accumulate, cycle
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine import TASKS, Task, Trainer, TrainingConfig
from tests.engine.runs import assert_same, finished

SHORT = {
    "regression": TrainingConfig.defaults("regression", epochs=4, report_interval=2, seed=4),
    "classification": TrainingConfig.defaults("classification", epochs=2, report_interval=1, seed=4),
}


class Steps(NamedTuple):
    """A number of calls of `step`."""

    calls: int

    def advance(self, trainer: Trainer) -> None:
        for _ in range(self.calls):
            trainer.step()


class Epoch(NamedTuple):
    """One call of `run_epoch`."""

    def advance(self, trainer: Trainer) -> None:
        trainer.run_epoch()


class Slice(NamedTuple):
    """One call of `run_for` with a clock that each reading advances by the next of `ticks`, in seconds."""

    milliseconds: float
    max_samples: int | None
    ticks: tuple[float, ...]

    def advance(self, trainer: Trainer) -> None:
        clock: Iterator[float] = accumulate(cycle(self.ticks))
        before, was_finished = position(trainer), trainer.finished
        done = trainer.run_for(self.milliseconds, max_samples=self.max_samples, clock=clock.__next__)
        assert done == position(trainer) - before
        assert done >= 1 or was_finished
        assert self.max_samples is None or done <= self.max_samples


def position(trainer: Trainer) -> int:
    """Return the number of samples that the run has been trained on."""
    return trainer.epochs_done * len(trainer.dataset) + trainer.samples_done


@cache
def whole(task: Task) -> Trainer:
    """Return the short run of a task, trained epoch by epoch."""
    return finished(SHORT[task])


PIECES = st.lists(
    st.one_of(
        st.builds(Steps, st.integers(1, 80)),
        st.just(Epoch()),
        st.builds(
            Slice,
            milliseconds=st.floats(0, 100),
            max_samples=st.none() | st.integers(1, 200),
            ticks=st.lists(st.floats(0, 0.05), min_size=1, max_size=5).map(tuple),
        ),
    ),
    max_size=12,
)


@pytest.mark.parametrize("task", TASKS)
@settings(max_examples=40)
@given(pieces=PIECES)
def test_any_mixture_of_steps_epochs_and_slices_gives_the_same_run(
    task: Task, pieces: list[Steps | Epoch | Slice]
) -> None:
    trainer = Trainer(SHORT[task])
    for piece in pieces:
        piece.advance(trainer)
    while trainer.run_epoch() is not None:
        pass
    assert_same(trainer, whole(task))


@pytest.mark.parametrize("task", TASKS)
def test_the_seed_determines_the_run(task: Task) -> None:
    assert_same(finished(SHORT[task]), whole(task))
    other = finished(SHORT[task].replace(seed=5))
    assert not np.isclose(other.network.parameters, whole(task).network.parameters).any()


@pytest.mark.parametrize("task", TASKS)
def test_runs_that_take_turns_do_not_affect_each_other(task: Task) -> None:
    configs = [SHORT[task], SHORT[task], SHORT[task].replace(seed=5), SHORT["regression"].replace(seed=6)]
    trainers = [Trainer(config) for config in configs]
    while not all(trainer.finished for trainer in trainers):
        for number, trainer in enumerate(trainers):
            trainer.run_for(0, max_samples=1 + 10 * number)
    for config, trainer in zip(configs, trainers, strict=True):
        assert_same(trainer, finished(config))


@pytest.mark.parametrize("task", TASKS)
def test_the_global_generator_is_neither_read_nor_advanced(task: Task) -> None:
    np.random.seed(1)
    trainer = Trainer(SHORT[task])
    trainer.run_epoch()
    assert np.array_equal(np.random.random_sample(8), np.random.RandomState(1).random_sample(8))
    while trainer.run_epoch() is not None:
        np.random.seed(1)
    assert_same(trainer, whole(task))
