"""Helpers for tests of runs: the baseline with the same settings, and the comparison of two runs."""

from __future__ import annotations

import numpy as np

from benchmarks.baseline import Baseline
from bpengine import Trainer, TrainingConfig
from bpengine.training.run import RunState


def baseline_of(config: TrainingConfig) -> Baseline:
    """Return the baseline with the same settings. It supports one hidden layer and only these settings."""
    (hidden_units,) = config.hidden_units
    return Baseline(
        config.task,
        hidden_units=hidden_units,
        learning_rate=config.learning_rate,
        init_scale=config.init_scale,
        seed=config.seed,
    )


def to_the_end(trainer: Trainer) -> Trainer:
    """Train to the end of the run, epoch by epoch, and return the trainer."""
    while trainer.run_epoch() is not None:
        pass
    return trainer


def finished(config: TrainingConfig) -> Trainer:
    """Return a new run that has been trained to its end, epoch by epoch."""
    return to_the_end(Trainer(config))


def assert_same(one: Trainer, other: Trainer) -> None:
    """Check that two runs are in exactly the same state, so that they will continue in the same way."""
    state, other_state = one.run_state(), other.run_state()
    assert _scalars(state) == _scalars(other_state)
    for name in ("parameters", "buffers"):
        np.testing.assert_array_equal(getattr(state, name), getattr(other_state, name))
    assert _generator(state) == _generator(other_state)
    if state.samples_done:  # between epochs, the order is left over from an earlier epoch
        np.testing.assert_array_equal(state.order, other_state.order)
        np.testing.assert_array_equal(state.losses, other_state.losses)
    for name in ("last", "best", "reports", "kept"):
        assert getattr(state.history, name) == getattr(other_state.history, name), name


def _scalars(state: RunState) -> tuple[object, ...]:
    divergence = state.divergence
    where = None if divergence is None else (divergence.epoch, divergence.sample)
    return state.config, state.epochs_done, state.samples_done, state.updates, where, state.edits


def _generator(state: RunState) -> tuple[object, ...]:
    generator = state.generator
    inner = generator["state"]
    return inner["key"].tolist(), inner["pos"], generator["has_gauss"], generator["gauss"]
