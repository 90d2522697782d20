"""What several tests need of a run: the plain baseline of a config, and what makes two runs the same."""

from __future__ import annotations

import numpy as np

from bpengine import Trainer, TrainingConfig
from bpengine.run_state import RunState
from tests.benchmarks.baseline import Baseline


def baseline_of(config: TrainingConfig) -> Baseline:
    """The plain run with the same settings; it has one hidden layer and no others than these."""
    (hidden_units,) = config.hidden_units
    return Baseline(
        config.task,
        hidden_units=hidden_units,
        learning_rate=config.learning_rate,
        init_scale=config.init_scale,
        seed=config.seed,
    )


def to_the_end(trainer: Trainer) -> Trainer:
    """The trainer after all its epochs, one call for each."""
    while trainer.run_epoch() is not None:
        pass
    return trainer


def finished(config: TrainingConfig) -> Trainer:
    """The run after all its epochs, one call for each."""
    return to_the_end(Trainer(config))


def assert_same(one: Trainer, other: Trainer) -> None:
    """Both stand at the same sample of the same run, to the last bit, and will go on in the same way."""
    mine, theirs = one.run_state(), other.run_state()
    assert _plain(mine) == _plain(theirs)
    for name in ("parameters", "first_moment", "second_moment"):
        np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name))
    assert _generator(mine) == _generator(theirs)
    if mine.samples_done:  # between epochs the order is that of some epoch before
        np.testing.assert_array_equal(mine.order, theirs.order)
        np.testing.assert_array_equal(mine.losses, theirs.losses)
    for name in ("last", "best", "reports", "kept"):
        assert getattr(mine.history, name) == getattr(theirs.history, name), name


def _plain(state: RunState) -> tuple[object, ...]:
    divergence = state.divergence
    where = None if divergence is None else (divergence.epoch, divergence.sample)
    return state.config, state.epochs_done, state.samples_done, state.updates, where


def _generator(state: RunState) -> tuple[object, ...]:
    generator = state.generator
    inner = generator["state"]
    return inner["key"].tolist(), inner["pos"], generator["has_gauss"], generator["gauss"]
