"""Earlier epochs are viewed as they were, to the bit; going on from one branches, and undo returns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bpengine import FIELD, Trainer, TrainingConfig
from bpengine.training.timeline import Keyframes
from bptui.session import commands
from bptui.session.description import describe
from bptui.session.session import Session
from bptui.session.snapshot import Mark, MarkKind, Stage
from bpwords.numbers import error_text
from tests.tui.session.test_undo import same
from tests.tui.support.clock import Clock
from tests.tui.support.sessions import (
    RATE,
    assert_same,
    make_session,
    run_to_the_end,
    said,
    stage_of,
)

CONFIG = TrainingConfig.defaults("regression", samples=9, epochs=60, report_interval=10)


def at(epoch: int, *, slow: bool = False) -> Session:
    """A session that has completed this epoch."""
    session = make_session(samples=9, epochs=60, report_interval=10, slow=slow)
    session.advance_to(epoch)
    return session


def viewing(epoch: int, *, of: int = 42) -> Session:
    session = at(of)
    session.do(commands.view, epoch)
    assert session.is_viewing
    return session


def advice(session: Session) -> str:
    return session.snapshot().status.advice


def test_scrubbing_shows_each_reported_epoch_as_it_was_and_comes_back_to_the_run_as_it_is() -> None:
    session = at(42)
    session.do(commands.step_samples, 4)
    before = session.snapshot()
    for epoch in (42, 40, 30, 20, 10, 0):
        if epoch != 42:
            session.do(commands.scrub, -1)
            assert_same(session, CONFIG, epoch + 1)
            timeline = session.snapshot().timeline
            assert (timeline.latest, timeline.viewed) == (42, epoch)
            assert timeline.ahead is not None
            assert timeline.ahead[0].tolist() == list(range(epoch, 43))
            assert advice(session) == f"Viewing epoch {epoch} of 42, paused: space branches here."
            assert stage_of(session) is Stage.PAUSED
    session.do(commands.scrub, -1)
    assert advice(session) == "Viewing the start of 43 epochs, paused: space branches here."
    session.do(commands.scrub, -1)
    assert advice(session) == "This is the start of the run: there is no earlier epoch."
    session.do(commands.scrub, 1, far=True)
    session.do(commands.scrub, 1)
    assert_same(session, CONFIG, 11)
    session.do(commands.leave_view)
    assert same(session.snapshot(), before)
    assert advice(session) == "Back at epoch 42, the latest: the run is unchanged."
    session.do(commands.scrub, 1)
    assert advice(session) == "This is the latest epoch: space continues the training."
    ended = make_session(epochs=2)
    ended.advance_to(2)
    ended.do(commands.scrub, 1)
    assert advice(ended) == "This is the latest epoch: the run has ended."
    session.do(commands.undo)
    assert advice(session) == "Nothing to undo."
    session.advance_to(59)
    assert_same(session, CONFIG, 60)


def run_on(session: Session) -> None:
    session.do(commands.toggle)
    run_to_the_end(session)


def step_batches(session: Session) -> None:
    for _ in range(9):
        session.do(commands.step_batch)


BRANCHES: dict[str, tuple[Callable[[Session], object], int]] = {
    "run": (run_on, 60),
    "step": (lambda session: session.do(commands.step_epoch), 22),
    "step of a batch": (step_batches, 22),
    "rewind": (lambda session: session.do(commands.rewind), 21),
}


@pytest.mark.parametrize("name", BRANCHES)
def test_continuing_from_an_earlier_epoch_branches_and_undo_returns_to_the_run_before(name: str) -> None:
    session = at(42)
    before = session.snapshot()
    session.do(commands.view, 20)
    go_on, epochs = BRANCHES[name]
    go_on(session)
    assert_same(session, CONFIG, epochs)
    assert not session.is_viewing
    original = session.snapshot().comparison.baseline
    assert original is not None
    assert original.branched_at == 20
    assert same(original.snapshot, before)
    branch = session.snapshot()
    session.do(commands.undo)
    assert same(session.snapshot(), before)
    assert session.snapshot().comparison.baseline is None
    session.do(commands.redo)
    assert same(session.snapshot(), branch)


def test_a_step_that_is_not_possible_begins_no_branch() -> None:
    session = viewing(-1)
    session.do(commands.step_back)
    assert session.is_viewing
    assert session.kept.is_worth_keeping


def test_within_the_first_epoch_no_epoch_is_named() -> None:
    session = make_session(samples=9, epochs=60, report_interval=10)
    session.do(commands.step_samples, 4)
    session.do(commands.scrub, -1)
    assert advice(session).startswith("Viewing the start of the first epoch, paused")
    assert "a run in its first epoch." in describe(session.snapshot())
    session.do(commands.leave_view)
    assert advice(session) == "Back in the first epoch: the run is unchanged."


def test_a_setting_changed_at_an_earlier_epoch_is_compared_with_what_really_happened_then() -> None:
    session = viewing(20)
    session.do(commands.change, RATE, 0.5)
    assert advice(session) == "learning rate 0.1 → 0.5: space continues with it."
    assert said(session) == "A branch of an earlier run. u returns to the original run."
    session.advance_to(30)
    run = session.snapshot().run
    alone = Trainer(CONFIG)
    alone.run_for(1e9, max_samples=alone.samples_to(31))
    assert run.error is not None and alone.history.last is not None
    errors = f"{error_text(run.error)} in epoch 30, without it {error_text(alone.history.last.error)}"
    assert said(session) == f"η 0.1 → 0.5 at epoch 20: epoch error {errors}"
    session.advance_to(50)
    assert "in epoch 42" in said(session)  # the last one that both have
    session.do(commands.change, RATE, 0.2)
    session.do(commands.say, "")
    assert advice(session).startswith("η 0.1 → 0.2 since epoch 20")
    session.do(commands.restart)
    assert session.snapshot().comparison.baseline is None


def test_changes_on_the_way_are_shown_and_marked_and_pins_and_branches_too() -> None:
    session = at(14)
    session.do(commands.change, RATE, 0.3)
    session.advance_to(24)
    session.do(commands.toggle_pin)
    session.advance_to(42)
    session.do(commands.scrub, -1)
    marks = session.snapshot().timeline.marks
    assert marks == (Mark(14, MarkKind.SETTING), Mark(24, MarkKind.PIN, "A"))
    session.do(commands.view, 10)
    assert session.config.learning_rate == 0.1
    session.do(commands.view, 20)
    assert session.config.learning_rate == 0.3
    session.do(commands.rewind)
    session.do(commands.change, RATE, 0.5)
    assert Mark(20, MarkKind.BRANCH) in session.snapshot().timeline.marks
    session.advance_to(30)
    marks = session.snapshot().timeline.marks
    assert MarkKind.PIN not in [mark.kind for mark in marks]  # the pin is of the original run


def restart(session: Session) -> None:
    session.do(commands.restart)


def change_units(session: Session) -> None:
    session.do(commands.change, FIELD["hidden_units"], (2,))


def change_as_what_if(session: Session) -> None:
    session.do(commands.toggle_what_if)
    session.do(commands.change, RATE, 0.4)


def test_another_run_in_place_of_a_viewed_one_can_be_undone_to_the_latest_epoch() -> None:
    for change in (restart, change_units, change_as_what_if):
        session = at(42)
        before = session.snapshot()
        session.do(commands.view, 20)
        change(session)
        run_to_the_end(session)
        assert not session.is_viewing
        session.do(commands.undo)
        assert same(session.snapshot(), before)


def test_epochs_before_a_resume_are_not_reachable() -> None:
    first = at(25)
    restored = Trainer(CONFIG)
    restored.restore(first.run)
    session = Session(CONFIG, restored=restored, clock=Clock(0.0))
    session.advance_to(42)
    for epoch in (40, 30, 25):
        session.do(commands.scrub, -1)
        assert_same(session, CONFIG, epoch + 1)
    session.do(commands.scrub, -1)
    assert advice(session) == "The run was resumed after epoch 25: earlier epochs were not saved."


def test_a_long_way_to_an_earlier_epoch_shows_its_progress_and_can_be_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Keyframes, "STRIDE", 16)
    session = at(42, slow=True)
    before = session.snapshot()
    session.do(commands.scrub, -1)
    session.do(commands.scrub, -1)
    assert session.in_progress
    assert advice(session).startswith("Going to an earlier epoch: epoch ")
    kept = session.state_to_keep()
    assert kept.document.run.epochs_done == 43
    session.do(commands.stop)
    assert same(session.snapshot(), before)
    session.do(commands.scrub, -1)
    run_to_the_end(session)
    assert_same(session, CONFIG, 41)
    session.do(commands.scrub, -1)
    session.do(commands.stop)
    assert_same(session, CONFIG, 41)
    session.do(commands.step_epoch)
    run_to_the_end(session)
    assert_same(session, CONFIG, 42)


def test_the_cloud_waits_while_an_earlier_epoch_is_shown() -> None:
    session = at(4)
    session.do(commands.toggle_cloud)
    session.run_until_idle()
    before = session.snapshot().comparison.cloud
    assert before is not None
    session.do(commands.view, 2)
    session.run_until_idle()
    assert session.snapshot().comparison.cloud is None
    assert advice(session) == "Viewing epoch 2 of 4, without the cloud: esc shows it, space branches."
    session.do(commands.leave_view)
    after = session.snapshot().comparison.cloud
    assert after is not None
    assert after.band is before.band
    assert not after.is_working, "no start was trained anew"
    session.do(commands.view, 2)
    session.do(commands.toggle_cloud)
    session.do(commands.toggle_cloud)
    assert advice(session) == "The cloud is on, but only drawn at the latest epoch: esc goes there."
    session.do(commands.leave_view)
    session.run_until_idle()
    cloud = session.snapshot().comparison.cloud
    assert cloud is not None and cloud.band is not None
    assert cloud.band.epochs_done == session.epochs_done
