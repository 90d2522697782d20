"""Keyframes are few, evenly spread over the run, and include the first state."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.training.timeline import Keyframes

STATE = Trainer(TrainingConfig(samples=2)).run_state()


def filled(epochs: int, start: int = 0) -> Keyframes:
    """Return the keyframes of a run from epoch `start` to epoch `epochs`."""
    keyframes = Keyframes.beginning_with(replace(STATE, epochs_done=start))
    for epoch in range(start + 1, epochs + 1):
        if keyframes.is_due(epoch):
            keyframes = keyframes.adding(replace(STATE, epochs_done=epoch))
    return keyframes


def stored_epochs(keyframes: Keyframes) -> list[int]:
    """Return the epochs of all stored states."""
    return [state.epochs_done for state in keyframes.states]


def test_every_epoch_is_stored_at_first_and_then_every_second_one() -> None:
    assert stored_epochs(filled(40)) == list(range(41))
    assert stored_epochs(filled(100)) == list(range(0, 101, 2))


@pytest.mark.parametrize("epochs", [0, 1, 1000, 1024, 1040, 5000, 30_000])
def test_the_number_of_keyframes_is_bounded_and_they_are_evenly_spread(epochs: int) -> None:
    found = stored_epochs(filled(epochs))
    assert found[0] == 0
    assert len(found) <= Keyframes.CAPACITY
    gaps = {after - before for before, after in pairwise([*found, epochs])}
    # No gap is longer than 1/31 of the run, or an epoch.
    assert max(gaps) <= max(epochs / (Keyframes.CAPACITY / 2 - 1), 1)


def test_nearest_is_the_latest_state_that_is_not_after_the_epoch() -> None:
    keyframes = filled(5000)
    found = stored_epochs(keyframes)
    for epoch in (0, 1, found[1] - 1, found[1], found[1] + 1, 4999, 5000):
        assert keyframes.nearest(epoch).epochs_done == max(earlier for earlier in found if earlier <= epoch)


def test_drop_after_drops_later_states() -> None:
    keyframes = filled(1000)
    keyframes = keyframes.until(40)
    assert stored_epochs(keyframes) == [0, 16, 32]
    assert not keyframes.is_due(47)
    assert keyframes.is_due(48)
    keyframes = keyframes.until(0)
    assert stored_epochs(keyframes) == [0]


def test_a_run_that_was_restored_starts_at_its_first_state() -> None:
    assert stored_epochs(filled(100, start=50)) == list(range(50, 101))
    trainer = Trainer(TrainingConfig(samples=2))
    trainer.restore(replace(trainer.run_state(), epochs_done=50))
    assert trainer.earliest == 50
    trainer.step()
    trainer.restore(trainer.run_state())
    assert trainer.earliest == 51
