"""What if, while a slow network catches up: keys act, and it ends at the epoch all the same."""

from __future__ import annotations

import pytest

from bpengine import FIELD
from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from tests.tui.support.sessions import (
    INTERVAL,
    NEW,
    RATE,
    assert_same,
    make_session,
    stage_of,
)

FEW = 15
"""Samples, and ticks of an epoch of a slow session."""


@pytest.mark.parametrize("was_running", [True, False])
def test_a_slow_what_if_catches_up_over_ticks_and_ends_at_the_epoch(was_running: bool) -> None:
    session = make_session(slow=True, samples=FEW)
    session.advance_to(1)
    session.do(commands.toggle_what_if)
    if was_running:
        session.do(commands.toggle)
    session.do(commands.change, RATE, 0.2)
    ticks = 0
    while session.snapshot().status.advice.startswith("What if: retraining"):
        assert stage_of(session) is Stage.RUNNING
        assert session.snapshot().run.epoch <= 1
        session.tick()
        ticks += 1
    assert ticks > 20
    assert stage_of(session) is (Stage.RUNNING if was_running else Stage.PAUSED)
    assert_same(session, NEW.replace(samples=FEW), 2)


@pytest.mark.parametrize("was_running", [True, False])
def test_a_second_change_before_a_what_if_has_caught_up_replaces_it(was_running: bool) -> None:
    session = make_session(slow=True, samples=FEW)
    session.advance_to(1)
    before = session.snapshot()
    session.do(commands.toggle_what_if)
    if was_running:
        session.do(commands.toggle)
    session.do(commands.change, RATE, 0.2)
    session.tick()
    session.do(commands.change, FIELD["hidden_units"], (4,))
    assert session.snapshot().status.advice.startswith("What if: retraining, epoch 0 of 2")
    while session.snapshot().status.advice.startswith("What if"):
        session.tick()
    assert stage_of(session) is (Stage.RUNNING if was_running else Stage.PAUSED)
    assert_same(session, before.run.config.replace(learning_rate=0.2, hidden_units=(4,)), 2)
    pin = session.snapshot().comparison.reference
    assert pin is not None
    assert (pin.run.config, pin.run.epoch) == (before.run.config, 1), "half a run is no match"


def on_its_way(*, running: bool = False) -> Session:
    """A what-if that has some way to go to epoch 5."""
    session = make_session(slow=True, samples=FEW)
    session.advance_to(5)
    session.do(commands.toggle_what_if)
    if running:
        session.do(commands.toggle)
    session.do(commands.change, RATE, 0.2)
    for _ in range(3):
        session.tick()
    assert stage_of(session) is Stage.RUNNING
    assert "epoch 0 of 6" in session.snapshot().status.advice
    return session


@pytest.mark.parametrize("running", [True, False])
def test_space_pauses_a_what_if_on_the_way_and_continues_it(running: bool) -> None:
    session = on_its_way(running=running)
    session.do(commands.toggle)
    before = session.snapshot()
    assert before.status.stage is Stage.PAUSED
    assert before.status.advice.endswith("Space continues.")
    session.tick()
    assert session.snapshot().run.sample == before.run.sample
    session.do(commands.toggle)
    assert session.snapshot().status.advice.endswith("Space pauses.")
    while "What if" in session.snapshot().status.advice:
        session.tick()
    assert stage_of(session) is (Stage.RUNNING if running else Stage.PAUSED)
    assert_same(session, NEW.replace(samples=FEW), 6)


def test_keys_are_answered_while_a_what_if_catches_up() -> None:
    session = on_its_way()
    session.do(commands.change_speed, 1)
    assert session.snapshot().status.advice.startswith("Full speed")
    session.do(commands.say, RATE.help)
    assert session.snapshot().status.advice == RATE.help
    session.do(commands.change, INTERVAL, 7)
    assert session.snapshot().status.advice.startswith("report every 200 → 7")
    assert stage_of(session) is Stage.RUNNING
    while session.stage is Stage.RUNNING:
        session.tick()
    assert session.snapshot().run.epoch == 5


def test_a_short_what_if_trains_before_it_is_shown() -> None:
    session = make_session()
    session.advance_to(1)
    session.do(commands.toggle_what_if)
    session.do(commands.change, RATE, 0.2)
    assert session.epochs_done == 2
    assert not session.in_progress
