"""A run ends after its epochs, at its target error, or when the error has not improved for too long."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from bpengine import EpochRecord, Trainer, TrainingConfig
from tests.engine.each_kernel import EVERY_KERNEL
from tests.engine.runs import assert_same, finished, to_the_end

CONFIG = TrainingConfig(samples=20, epochs=400, learning_rate=0.2, init_scale=1, seed=1)
WAYS: dict[str, Callable[[Trainer], object]] = {
    "steps": Trainer.step,
    "epochs": Trainer.run_epoch,
    "a slice": lambda trainer: trainer.run_for(1e9, clock=lambda: 0.0),
    "slices of 100": lambda trainer: trainer.run_for(1e9, max_samples=100, clock=lambda: 0.0),
    "reports": lambda trainer: list(trainer.reports()),
}
EVERY_WAY = pytest.mark.parametrize("way", WAYS)


@functools.cache
def all_errors(kernel: str = "numpy") -> list[float]:
    """Return the error of every epoch of the whole run."""
    trainer = Trainer(CONFIG, kernel=kernel)
    errors = []
    while (record := trainer.run_epoch()) is not None:
        errors.append(record.error)
    return errors


def ended(kernel: str, way: str, **changes: Any) -> Trainer:
    trainer = Trainer(CONFIG.replace(**changes), kernel=kernel)
    while not trainer.finished:
        WAYS[way](trainer)
    return trainer


@EVERY_KERNEL
@EVERY_WAY
def test_a_run_ends_after_its_epochs(kernel_name: str, way: str) -> None:
    trainer = ended(kernel_name, way, epochs=7)
    assert (trainer.epochs_done, trainer.samples_done, trainer.stop_reason) == (7, 0, "epochs")


@EVERY_KERNEL
@EVERY_WAY
def test_a_run_ends_at_its_target_error(kernel_name: str, way: str) -> None:
    whole = all_errors(kernel_name)
    target = min(whole[:60])
    first = whole.index(target)  # the error only has to reach the target, not go below it
    assert 0 < first < 60
    trainer = ended(kernel_name, way, target_error=target)
    assert (trainer.epochs_done, trainer.samples_done) == (first + 1, 0)
    assert trainer.stop_reason == "target error"
    assert trainer.history.last is not None
    assert trainer.history.last.error <= target


@EVERY_KERNEL
@EVERY_WAY
def test_a_run_ends_when_its_patience_is_exhausted(kernel_name: str, way: str) -> None:
    # With a large penalty, the error rises again after some epochs.
    changes = {"l2": 0.3, "learning_rate": 0.02, "init_scale": 2}
    trainer = ended(kernel_name, way, patience=5, **changes)
    assert trainer.stop_reason == "patience"
    best, last = trainer.history.best, trainer.history.last
    assert best is not None
    assert last is not None
    assert last.epoch == best.epoch + 5
    errors = []
    patient = Trainer(CONFIG.replace(**changes), kernel=kernel_name)
    while patient.epochs_done < trainer.epochs_done:
        record = patient.run_epoch()
        assert record is not None
        errors.append(record.error)
    best_so_far = [errors.index(min(errors[: epoch + 1])) for epoch in range(len(errors))]
    ends = [epoch for epoch, best_epoch in enumerate(best_so_far) if epoch - best_epoch >= 5]
    assert ends == [last.epoch]


def test_an_equal_error_is_not_an_improvement() -> None:
    # With more than two samples, the sum would depend on their order because of rounding.
    trainer = finished(CONFIG.replace(samples=2, learning_rate=0, patience=3))
    assert trainer.epochs_done == 4
    assert trainer.stop_reason == "patience"


def test_a_finished_run_does_not_train() -> None:
    trainer = finished(CONFIG.replace(target_error=0.05))
    before = trainer.run_state()
    assert trainer.run_epoch() is None
    assert trainer.step() is None
    assert trainer.run_for(1e9) == 0
    assert list(trainer.reports()) == []
    other = finished(CONFIG.replace(target_error=0.05))
    other.restore(before)
    assert_same(trainer, other)


@pytest.mark.parametrize("changes", [{"target_error": 1e-9}, {"patience": 10_000}, {}], ids=str)
def test_a_condition_that_is_not_met_does_not_change_the_run(changes: dict[str, Any]) -> None:
    trainer, unconditional = finished(CONFIG.replace(**changes)), finished(CONFIG)
    trainer.reconfigure(CONFIG)
    assert_same(trainer, unconditional)
    assert trainer.stop_reason == "epochs"


@EVERY_KERNEL
@pytest.mark.parametrize("condition", [{"target_error": 0.05}, {"patience": 1, "l2": 0.3}], ids=str)
def test_a_run_continues_when_the_condition_is_removed(kernel_name: str, condition: dict[str, Any]) -> None:
    config = CONFIG.replace(l2=condition.get("l2", 0.0))
    trainer = to_the_end(Trainer(config.replace(**condition), kernel=kernel_name))
    assert trainer.epochs_done < config.epochs
    trainer.reconfigure(config)
    assert not trainer.finished
    assert trainer.stop_reason == ""
    assert_same(to_the_end(trainer), to_the_end(Trainer(config, kernel=kernel_name)))


def test_a_condition_that_is_already_met_ends_the_run_at_once() -> None:
    trainer = Trainer(CONFIG)
    for _ in range(100):
        trainer.run_epoch()
    trainer.reconfigure(CONFIG.replace(target_error=100))
    assert trainer.finished


def test_a_condition_that_is_met_during_an_epoch_ends_the_run_after_it() -> None:
    trainer = Trainer(CONFIG)
    for _ in range(100):
        trainer.run_epoch()
    trainer.step()
    trainer.reconfigure(CONFIG.replace(target_error=100))
    assert not trainer.finished
    to_the_end(trainer)
    assert (trainer.epochs_done, trainer.samples_done) == (101, 0)


def test_a_run_does_not_end_before_its_first_epoch() -> None:
    trainer = Trainer(CONFIG.replace(target_error=1000, patience=1))
    assert not trainer.finished
    assert isinstance(trainer.run_epoch(), EpochRecord)
    assert trainer.finished


def test_a_run_with_fewer_epochs_than_done_can_be_extended() -> None:
    trainer = Trainer(CONFIG)
    for _ in range(5):
        trainer.run_epoch()
    trainer.step()
    trainer.reconfigure(CONFIG.replace(epochs=3))
    assert trainer.stop_reason == "epochs"
    trainer.reconfigure(CONFIG.replace(epochs=8))
    to_the_end(trainer)
    other = finished(CONFIG.replace(epochs=8))
    assert trainer.history.last == other.history.last
    assert (trainer.network.parameters == other.network.parameters).all()
