"""`run_for` trains for the time given, measured by a simulated clock."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from bpengine import Trainer, TrainingConfig

SAMPLES = 63


class Clock:
    """A clock that advances by the time that the samples trained on would take at a given speed."""

    def __init__(self, trainer: Trainer, samples_per_second: Callable[[], float]) -> None:
        self.trainer = trainer
        self.samples_per_second = samples_per_second
        self.seconds = 1234.5
        self.seen = self.looks = 0

    def __call__(self) -> float:
        self.looks += 1
        done = self.trainer.epochs_done * SAMPLES + self.trainer.samples_done
        self.seconds += (done - self.seen) / self.samples_per_second()
        self.seen = done
        return self.seconds


def test_a_call_lasts_about_as_long_as_asked() -> None:
    trainer = Trainer(TrainingConfig(epochs=10_000))
    clock = Clock(trainer, lambda: 50_000)
    for _ in range(20):
        before = clock.seconds
        done = trainer.run_for(10, clock=clock)
        assert 0.85 * 500 <= done <= 501  # the speed is constant, so the overrun is at most one sample
        assert clock.seconds - before == pytest.approx(done / 50_000)


def test_a_call_is_mostly_one_piece() -> None:
    """After each piece, a thread that trains beside another one waits until it may go on."""
    trainer = Trainer(TrainingConfig(epochs=10_000))
    clock = Clock(trainer, lambda: 4_000)
    trainer.run_for(10, clock=clock)
    looks_before = clock.looks
    samples = sum(trainer.run_for(10, clock=clock) for _ in range(100))
    pieces = clock.looks - looks_before - 100  # it looks at the beginning, and after each piece
    assert pieces <= 100 + samples // SAMPLES + 1  # one each, and the end of an epoch begins another


def test_a_sudden_slowdown_overruns_by_little() -> None:
    trainer = Trainer(TrainingConfig(epochs=10_000), kernel="numpy")  # machine code trains many epochs a call
    speed = 50_000.0
    clock = Clock(trainer, lambda: speed)
    trainer.run_for(10, clock=clock)
    speed /= 10
    before = clock.seconds
    trainer.run_for(10, clock=clock)
    # The first piece is at most one epoch: 63 samples at 5,000 samples per second take 12.6 ms.
    assert clock.seconds - before < 0.013


def test_every_call_trains_on_at_least_one_sample() -> None:
    trainer = Trainer(TrainingConfig())
    clock = Clock(trainer, lambda: 1e-3)
    assert trainer.run_for(0, clock=clock) == 1
    assert trainer.run_for(-5, clock=clock) == 1
    assert trainer.run_for(10, clock=clock) == 1
    assert trainer.samples_done == 3


def test_max_samples_can_span_epochs() -> None:
    trainer = Trainer(TrainingConfig())
    assert trainer.run_for(1e9, max_samples=2 * SAMPLES + 5, clock=lambda: 0.0) == 2 * SAMPLES + 5
    assert (trainer.epochs_done, trainer.samples_done) == (2, 5)


def test_a_call_stops_at_the_end_of_the_run() -> None:
    trainer = Trainer(TrainingConfig(epochs=2))
    assert trainer.run_for(1e9, max_samples=1000, clock=lambda: 0.0) == 2 * SAMPLES
    assert trainer.finished
    assert trainer.run_for(1e9) == 0
    assert trainer.step() is None
    assert trainer.run_epoch() is None


def test_the_first_call_of_a_slow_run_lasts_no_longer_than_a_sample() -> None:
    trainer = Trainer(TrainingConfig(epochs=10_000))
    clock = Clock(trainer, lambda: 100)
    assert trainer.run_for(12, clock=clock) == 2, "one of 10 ms, and one more"


def test_a_slice_of_training_may_have_no_time_limit() -> None:
    trainer = Trainer(TrainingConfig())
    assert trainer.run_for(math.inf, max_samples=100) == 100
