"""Commands within a batch that takes several slices of time: the samples that were processed so far count."""

from __future__ import annotations

import pytest

from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from tests.tui.support.sessions import make_session, run_to_the_end, said


def large(epochs: int = 0) -> Session:
    """A session whose epochs are one batch each, after so many of them."""
    session = make_session(
        batch_size=0, samples=2000, hidden_units=(64, 64, 64), report_interval=1, epochs=50
    )
    if epochs:
        session.advance_to(epochs - 1)
    return session


def processed(session: Session) -> int:
    return session.snapshot().run.sample


def test_steps_of_one_sample_advance_the_run() -> None:
    session, seen = large(), [0]
    for _ in range(3):
        session.do(commands.step_samples, 1)
        run_to_the_end(session)
        seen.append(processed(session))
    assert seen == sorted(set(seen))


def test_a_run_in_its_first_batch_is_paused_and_not_ready() -> None:
    session = large()
    session.do(commands.step_samples, 1)
    assert session.stage is Stage.PAUSED


def test_the_way_back_begins_at_the_last_completed_epoch() -> None:
    session = large(2)
    session.do(commands.step_samples, 1)
    session.do(commands.scrub, -1)
    run_to_the_end(session)
    assert "Viewing epoch 1 of 1" in session.snapshot().status.advice
    session = large(2)
    session.do(commands.step_samples, 1)
    session.do(commands.rewind)
    run_to_the_end(session)
    assert session.run.position == (2, 0)


def test_the_hint_of_the_pin_agrees_with_its_key() -> None:
    session = large(1)
    session.do(commands.step_samples, 1)
    session.do(commands.toggle_pin)
    assert session.snapshot().comparison.is_pinned
    session.do(commands.toggle_pin)
    assert not session.snapshot().comparison.is_pinned
    assert "Paused" in said(session)


@pytest.mark.parametrize(("batch_size", "at_once"), [(1, True), (0, False)])
def test_only_a_step_with_little_work_is_traced_within_a_key_press(batch_size: int, at_once: bool) -> None:
    session = make_session(samples=1000, hidden_units=(64, 64), batch_size=batch_size)
    assert session.traces_at_once == at_once
