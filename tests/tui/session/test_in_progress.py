"""Steps and rewinds that take longer than a slice: their progress, keys meanwhile, and stopping them."""

from __future__ import annotations

from typing import Any

import pytest

from bpengine import TrainingConfig
from bpengine.training.timeline import Keyframes
from bptui.experiments.runner import WorkLimits
from bptui.features.advice.plan import advising_for
from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from tests.tui.support.apps import make_app, shown
from tests.tui.support.driving import press
from tests.tui.support.sessions import RATE, assert_same, make_session, run_to_the_end, stage_of

FEW: dict[str, Any] = {"samples": 15, "report_interval": 10}
DEFAULTS = TrainingConfig.defaults("regression", **FEW)


@pytest.fixture(autouse=True)
def few_keyframes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rewind has to train: there is no stored state beside its target."""
    monkeypatch.setattr(Keyframes, "STRIDE", 16)


def rewinding(*, epochs: int = 20) -> Session:
    """A session on its way from the epoch after this number of epochs to epoch 11."""
    session = make_session(slow=True, **FEW)
    session.advance_to(epochs - 1)
    session.do(commands.rewind)
    assert session.in_progress
    return session


def advice(session: Session) -> str:
    """The sentence in the status line."""
    return session.snapshot().status.advice


def test_a_long_rewind_shows_its_progress_and_ends_exactly_there() -> None:
    session = rewinding()
    assert advice(session) == "Rewinding: epoch 0 of 11. Esc stops."
    seen = set()
    while session.in_progress:
        assert stage_of(session) is Stage.RUNNING
        seen.add(advice(session))
        session.tick()
    assert "Rewinding: epoch 6 of 11. Esc stops." in seen
    assert stage_of(session) is Stage.PAUSED
    assert advice(session).startswith("Back after epoch 10, exactly as it was.")
    assert_same(session, DEFAULTS, 11)
    session.do(commands.undo)
    assert_same(session, DEFAULTS, 20)


def test_a_long_step_is_a_target_that_ticks_work_toward() -> None:
    session = make_session(slow=True)
    session.do(commands.step_epoch)
    assert stage_of(session) is Stage.RUNNING
    sample = session.snapshot().run.sample
    assert 0 < sample < 63
    assert advice(session) == f"Training one epoch: sample {sample} of 63. Esc stops."
    session.do(commands.step_epoch)
    session.tick()
    assert advice(session).startswith("Training 2 epochs: ")
    run_to_the_end(session)
    assert stage_of(session) is Stage.PAUSED
    assert_same(session, TrainingConfig.defaults("regression"), 2)


def test_advice_and_maps_are_about_the_run_before_a_rewind_in_progress() -> None:
    session = make_session(slow=True, **FEW)
    session.advance_to(29)
    session.do(commands.toggle_edit, "freeze", (0, 0))
    session.do(commands.change, RATE, 0.2)
    edited = advising_for(session, WorkLimits()).edited
    session.do(commands.rewind, 11)
    assert session.in_progress
    assert session.config.learning_rate == 0.1
    assert advising_for(session, WorkLimits()).edited == edited != ""
    assert session.map_base(WorkLimits())[0].config.learning_rate == 0.2


async def test_escape_stops_what_is_in_progress_before_it_moves_the_focus() -> None:
    app = make_app(samples=50_000)  # an epoch takes many slices, which nothing but a key asks for
    async with app.run_test() as pilot:
        session, view = app.view.session, app.view
        await press(pilot, "tab")
        focused = view.panel_layout.focused
        session.do(commands.step_epoch)
        assert session.in_progress
        await press(pilot, "escape")
        assert shown(app).status.stage is Stage.PAUSED
        assert shown(app).status.advice.startswith("The step was stopped.")
        assert view.panel_layout.focused == focused
        await press(pilot, "escape")
        assert view.panel_layout.focused != focused
