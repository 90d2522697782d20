"""Visits show a run as it was, to the bit, and leave its later course as it is."""

from __future__ import annotations

import contextlib
import copy
import functools
import math
import random

import numpy as np
import pytest

from bpengine import DivergedError, Trainer, TrainingConfig
from bpengine.training.engine import Engine
from bpengine.training.timeline import Keyframes, PassedStates
from tests.engine.each_kernel import EVERY_KERNEL
from tests.engine.runs import assert_same


@functools.cache
def _trained(kernel: str, epochs: int) -> Trainer:
    """A run with changes of settings and weights on the way, after so many of its epochs."""
    config = TrainingConfig(samples=9, epochs=400, report_interval=7, optimizer="adam")
    trainer = Trainer(config, kernel=kernel)
    for epoch, change in ((30, 0.2), (57, 0.0), (57, 0.4), (71, 0.3)):
        if epoch <= epochs:
            advance(trainer, epoch)
            # The last change is that of the weights, so that rewinding to its epoch keeps it.
            if change:
                trainer.reconfigure(trainer.config.replace(learning_rate=change))
            else:
                trainer.set_weights(np.full(len(trainer.network.parameters), 0.25))
    advance(trainer, epochs)
    return trainer


def trained(kernel: str, epochs: int) -> Trainer:
    """A run as by `_trained`, of its own."""
    return copy.copy(_trained(kernel, epochs))


def advance(trainer: Trainer, epoch: int) -> None:
    trainer.run_for(math.inf, max_samples=trainer.samples_to(epoch))


class Visits:
    """Takes a run to its earlier epochs, and back to the bookmark of its latest state."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer, self._latest = trainer, trainer.bookmark()
        self._passed = PassedStates(trainer.config.report_interval)

    def back(self) -> None:
        self._trainer.return_to(self._latest)

    def visit(self, epoch: int) -> None:
        self.back()
        for _ in self._trainer.rewinding(epoch, math.inf, passed=self._passed):
            raise AssertionError("there was time enough")


@EVERY_KERNEL
def test_every_epoch_is_shown_as_it_was_and_the_run_goes_on_as_if_nothing_had_been(kernel_name: str) -> None:
    trainer = trained(kernel_name, 100)
    trainer.step()
    visits = Visits(trainer)
    generator = random.Random(1)
    for epoch in [57, 100, 99, 92, 85, 78, 71, 64, 58, 57, 56, 0, *generator.sample(range(101), 25)]:
        visits.visit(epoch)
        same = trained(kernel_name, 100)
        same.rewind(epoch)
        assert_same(trainer, same)
        if generator.random() < 0.2:  # another course, which the next visit forgets
            trainer.set_weights(np.zeros(len(trainer.network.parameters)))
            advance(trainer, epoch + 3)
    visits.back()
    untouched = trained(kernel_name, 100)
    untouched.step()
    assert_same(trainer, untouched)
    advance(trainer, 120)
    advance(untouched, 120)
    assert_same(trainer, untouched)
    trainer.rewind(31)
    assert_same(trainer, trained(kernel_name, 31))


def test_a_visit_in_pieces_can_be_given_up() -> None:
    trainer = trained("numpy", 100)
    visits = Visits(trainer)
    ticks = iter(range(1_000_000))
    pieces = trainer.rewinding(41, 0.0, clock=lambda: float(next(ticks)))
    assert next(pieces, "done") is None
    visits.back()
    assert_same(trainer, trained("numpy", 100))


def test_a_diverged_run_can_be_visited() -> None:
    trainer = Trainer(TrainingConfig(learning_rate=1000.0))
    with contextlib.suppress(DivergedError):
        trainer.fit()
    visits, epoch = Visits(trainer), trainer.epochs_done
    visits.visit(0)
    assert trainer.divergence is None
    assert_same(trainer, Trainer(trainer.config))
    visits.back()
    assert trainer.divergence is not None
    assert trainer.epochs_done == epoch


def test_neighbors_of_a_visited_epoch_are_reached_without_training(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(TrainingConfig(samples=5, epochs=2000, report_interval=1))
    advance(trainer, 2000)
    visits = Visits(trainer)
    visits.visit(1023)
    monkeypatch.setattr(Engine, "advance", None)
    for epoch in range(1022, 1010, -1):
        visits.visit(epoch)
        assert trainer.epochs_done == epoch


def test_a_plain_rewind_to_a_stored_state_copies_none(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, reference = (trained("numpy", epochs) for epochs in (8, 6))
    monkeypatch.setattr(Engine, "state", None)
    trainer.rewind(6)
    monkeypatch.undo()
    assert_same(trainer, reference)


@pytest.mark.parametrize("most", [1, 3])
def test_the_passed_states_are_few_and_those_near(most: int) -> None:
    trainer = Trainer(TrainingConfig(samples=5))
    start = trainer.run_state()
    passed = PassedStates(1)
    passed.CAPACITY = most
    for _ in range(8):
        trainer.run_epoch()
        passed.add(trainer.run_state(), toward=6)
    assert len(passed.states) == most
    assert Keyframes.beginning_with(start).nearest(6, passed.states).epochs_done == 6
