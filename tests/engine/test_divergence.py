"""Divergence is found at the update that is not finite, whichever method trains the run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bpengine import DivergedError, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from tests.engine.runs import baseline_of

# For each learning rate, the epoch and the sample within it at which the baseline's loss overflows.
EXPECTED = {5.0: (4, 3), 10.0: (2, 3), 100.0: (1, 15), 1000.0: (0, 52)}
WAYS: dict[str, Callable[[Trainer], object]] = {
    "steps": Trainer.step,
    "epochs": Trainer.run_epoch,
    "slices of 1": lambda trainer: trainer.run_for(0, max_samples=1),
    "slices of 7": lambda trainer: trainer.run_for(1e9, max_samples=7, clock=lambda: 0.0),
    "slices of 100": lambda trainer: trainer.run_for(1e9, max_samples=100, clock=lambda: 0.0),
    "a slice": lambda trainer: trainer.run_for(1e9, clock=lambda: 0.0),
    "reports": lambda trainer: list(trainer.reports()),
}
RATES = pytest.mark.parametrize("learning_rate", EXPECTED)


def diverged(learning_rate: float, way: str = "epochs") -> tuple[Trainer, DivergedError]:
    """Train a run until it diverges; return the run and the error."""
    trainer = Trainer(TrainingConfig(learning_rate=learning_rate))
    with np.errstate(all="raise"), pytest.raises(DivergedError) as caught:
        while not trainer.finished:
            WAYS[way](trainer)
    return trainer, caught.value


def last_finite(learning_rate: float) -> tuple[int, int, Array]:
    """Return the epoch and sample of the baseline's first step that is not finite, and its weights before."""
    baseline = baseline_of(TrainingConfig(learning_rate=learning_rate))
    with np.errstate(all="ignore"):
        for epoch in range(10):
            for sample, index in enumerate(baseline.shuffled()):
                before = baseline.parameters
                loss = baseline.step(index)
                if not np.isfinite([loss, *baseline.parameters]).all():
                    return epoch, sample, before
    raise AssertionError("the baseline did not diverge")


@RATES
def test_the_run_stops_at_the_same_step_as_the_baseline(learning_rate: float) -> None:
    trainer, error = diverged(learning_rate)
    epoch, sample, weights = last_finite(learning_rate)
    assert (error.epoch, error.sample) == (epoch, sample) == EXPECTED[learning_rate]
    assert (trainer.epochs_done, trainer.samples_done) == (epoch, sample)
    assert np.isfinite(trainer.network.parameters).all()
    np.testing.assert_allclose(trainer.network.parameters, weights, rtol=1e-6)


@RATES
@pytest.mark.parametrize("way", WAYS)
def test_the_divergence_is_the_same_for_every_method_of_training(learning_rate: float, way: str) -> None:
    trainer, error = diverged(learning_rate, way)
    other, _ = diverged(learning_rate)
    assert (error.epoch, error.sample) == EXPECTED[learning_rate]
    assert np.array_equal(trainer.network.parameters, other.network.parameters)
    for values, other_values in zip(trainer.history.curve(), other.history.curve(), strict=True):
        assert np.array_equal(values, other_values)


@RATES
def test_the_history_has_the_epochs_before_the_divergence(learning_rate: float) -> None:
    trainer, error = diverged(learning_rate)
    epochs, errors = trainer.history.curve()
    assert epochs.tolist() == list(range(error.epoch))
    assert np.isfinite(errors).all()


@pytest.mark.parametrize("way", WAYS)
def test_a_diverged_run_stays_diverged(way: str) -> None:
    trainer, error = diverged(10)
    weights = trainer.network.parameters.copy()
    trainer.reconfigure(trainer.config.replace(learning_rate=0.1))
    for _ in range(2):
        with pytest.raises(DivergedError) as caught:
            WAYS[way](trainer)
        assert (caught.value.epoch, caught.value.sample) == (error.epoch, error.sample)
    assert trainer.divergence is error
    assert not trainer.finished
    assert np.array_equal(trainer.network.parameters, weights)


def test_the_message_names_epoch_and_sample_in_one_line() -> None:
    _, error = diverged(100)
    assert "epoch 1" in str(error)
    assert "sample 15" in str(error)
    assert len(str(error).splitlines()) == 1
