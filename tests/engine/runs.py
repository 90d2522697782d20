"""What several tests need of a run: the plain baseline of a config, and what makes two runs the same."""

from __future__ import annotations

import numpy as np

from bpengine import Trainer, TrainingConfig
from tests.benchmarks.baseline import Baseline


def baseline_of(config: TrainingConfig) -> Baseline:
    """The plain run with the same settings."""
    return Baseline(
        config.task,
        hidden_units=config.hidden_units,
        learning_rate=config.learning_rate,
        init_scale=config.init_scale,
        seed=config.seed,
    )


def finished(config: TrainingConfig) -> Trainer:
    """The run after all its epochs, one call for each."""
    trainer = Trainer(config)
    while trainer.run_epoch() is not None:
        pass
    return trainer


def assert_same(one: Trainer, other: Trainer) -> None:
    """Both stand at the same sample of the same run, to the last bit."""
    assert (one.epochs_done, one.samples_done) == (other.epochs_done, other.samples_done)
    assert np.array_equal(one.network.parameters, other.network.parameters)
    assert one.history.last == other.history.last
    assert list(one.history.reports) == list(other.history.reports)
    for mine, theirs in zip(one.history.curve(), other.history.curve(), strict=True):
        assert np.array_equal(mine, theirs)
