"""What if of a run with edits: they are repeated at their places, or the screen says which ones are not."""

from __future__ import annotations

from collections.abc import Sequence

from bpengine import FIELD, Edit, Trainer, TrainingConfig
from bpengine.training.edits import BIAS, setting_all
from bptui.session import commands
from bptui.session.description import describe
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from tests.tui.support.clock import Clock
from tests.tui.support.sessions import RATE, make_session, stage_of, step


def edited_session(clock: Clock | None = None) -> Session:
    """A run with edits between and within epochs, the last one in the epoch in progress."""
    config = TrainingConfig.defaults("regression", samples=12, epochs=60)
    session = Session(config, clock=clock or Clock())
    session.do(commands.edit, Edit("set", 0, 0, BIAS, 0.5))
    session.advance_to(2)
    session.do(commands.toggle_edit, "freeze", (0, 1))
    session.do(commands.step_samples, 5)
    session.do(commands.toggle_edit, "knock_out", (0, 2))
    session.do(commands.edit, Edit("set", 0, 0, 0, -1.5))
    session.advance_to(6)
    session.do(commands.toggle_edit, "knock_out", (0, 2))
    session.do(commands.step_samples, 3)
    session.do(commands.toggle_edit, "freeze", (0, 1))
    return session


def with_edits(config: TrainingConfig, edits: Sequence[Edit]) -> Trainer:
    """Another run with the same edits at the same places."""
    trainer = Trainer(config)
    for edit in edits:
        while left := trainer.samples_to(edit.epoch, edit.sample):
            trainer.run_for(1000, max_samples=left)
        trainer.edit(edit)
    return trainer


def test_a_what_if_repeats_edits_at_their_places() -> None:
    session = edited_session()
    edits = session.run.edits
    assert [(edit.epoch, edit.sample) for edit in edits] == [(0, 0), (3, 0), (3, 5), (3, 5), (7, 0), (7, 3)]
    session.do(commands.toggle_what_if)
    session.do(commands.change, RATE, 0.2)
    expected = with_edits(session.config, edits)
    assert session.config.learning_rate == 0.2
    assert session.run.edits == expected.edits, "with the outgoing weights that the unit had here"
    assert (session.run.parameters == expected.network.parameters).all()
    assert (session.run.epochs_done, session.run.samples_done) == (7, 3)
    assert stage_of(session) is Stage.PAUSED
    assert session.snapshot().status.advice.startswith("η 0.1 → 0.2: epoch error "), "the same edits"


def slow_what_if() -> tuple[Session, tuple[Edit, ...]]:
    """An edited run in a what-if, of which each piece of training takes a slice of time, and its edits."""
    clock = Clock()
    session = edited_session(clock)
    edits = session.run.edits
    session.do(commands.toggle_what_if)
    clock.step = 1.0
    session.do(commands.change, RATE, 0.2)
    return session, edits


def test_edits_are_repeated_after_steps_in_a_later_session_and_after_divergence() -> None:
    session, edits = slow_what_if()
    step(session)
    session.do(commands.toggle)
    while session.epochs_done < 5:
        session.tick()
    kept = session.state_to_keep()
    assert kept is not None
    later = make_session()
    later.take_state(kept, paused=False)
    later.run_until_idle()
    expected = with_edits(session.config, edits)
    assert later.run.edits == expected.edits
    assert (later.run.parameters == expected.network.parameters).all()

    diverged = make_session(learning_rate=10.0, samples=12)
    diverged.advance_to(100)
    assert stage_of(diverged) is Stage.DIVERGED
    for layer in (0, 1):
        diverged.do(commands.toggle_edit, "freeze", (layer, 0))
    for weight in range(3):
        diverged.do(commands.edit, Edit("set", 1, 0, weight, 0.0))
    end = diverged.run
    diverged.do(commands.toggle_what_if)
    diverged.do(commands.change, FIELD["decay"], 0.5)  # which this optimizer does not use
    again = diverged.run
    assert (again.edits, again.parameters.tobytes()) == (end.edits, end.parameters.tobytes())
    assert again.divergence is None


def test_edits_without_a_place_in_the_network_are_left_out_and_the_screen_says_so() -> None:
    third_unit = "unit 3 of layer 1 knocked out and 1 more"
    for units, words in (((2,), third_unit), ((3, 3), "W2[1,1] set to 0.5")):
        session = edited_session()
        session.do(commands.edit, Edit("set", 1, 0, 0, 0.5))
        session.do(commands.edit, Edit("freeze", 1, 0, BIAS))
        edits = session.run.edits
        session.do(commands.toggle_what_if)
        session.do(commands.change, FIELD["hidden_units"], units)
        assert session.snapshot().status.advice == f"Not repeated: {words} (not in this network)."
        assert "were not repeated: " in describe(session.snapshot())
        if units == (2,):
            made = [edit for edit in edits if edit.unit != 2]
        else:  # the outputs correspond, but not what leads to them
            made = [*edits[:6], Edit("freeze", 2, 0, BIAS, epoch=7, sample=3)]
        expected = with_edits(session.config, made)
        assert (session.run.parameters == expected.network.parameters).all()
        assert session.run.edits == expected.edits
        session.do(commands.undo)
        assert "were not repeated" not in describe(session.snapshot())
        session.do(commands.redo)
        told = [words for words in describe(session.snapshot()).split(". ") if "not repeated: " in words]
        assert len(told) == 1
        later = make_session()
        kept = session.state_to_keep()
        assert kept is not None
        later.take_state(kept, paused=True)
        assert told[0] in describe(later.snapshot()), "in a later session, too"
        session.do(commands.view, 5)
        session.do(commands.toggle_edit, "freeze", (0, 0))
        assert "not repeated" not in describe(session.snapshot()), "the run before is the one that was left"


def test_weights_that_were_all_set_are_repeated_in_the_same_network_only() -> None:
    for name, value, is_repeated in (("learning_rate", 0.2, True), ("hidden_units", (3, 3), False)):
        session = make_session(samples=12)
        session.advance_to(2)
        parameters = session.run.parameters
        session.do(commands.edit, setting_all(2 * parameters, len(parameters)))
        session.advance_to(6)
        session.do(commands.toggle_what_if)
        session.do(commands.change, FIELD[name], value)
        assert bool(session.run.edits) is is_repeated
        told = "Not repeated: all weights and biases set (not in this network)."
        assert (session.snapshot().status.advice == told) is not is_repeated


def test_a_what_if_that_is_stopped_says_which_edits_it_lacks() -> None:
    session, edits = slow_what_if()
    while session.epochs_done < 5:
        session.tick()
    session.do(commands.stop)
    told = "Stopped. Not repeated: 2 edits. Space continues, u undoes it."
    assert session.snapshot().status.advice == told
    words = f"{edits[4].words} in epoch 7 and {edits[5].words} in epoch 7."
    assert f"Of the edits of the previous run, some were not repeated: {words}" in describe(
        session.snapshot()
    )
    session.do(commands.toggle)
    session.run_until_idle()
    assert len(session.run.edits) == 4
    session.do(commands.undo)
    assert "not repeated" not in describe(session.snapshot())


def test_a_what_if_that_undo_ends_and_redo_returns_to_continues_with_the_edits_it_lacks() -> None:
    session, edits = slow_what_if()
    while session.epochs_done < 5:
        session.tick()
    session.do(commands.undo)
    session.do(commands.redo)
    assert len(session.run.edits) == 4
    assert not session.in_progress
    session.do(commands.toggle)
    session.run_until_idle()
    assert len(session.run.edits) == len(edits)
    assert "not repeated" not in describe(session.snapshot())


def test_a_branch_has_another_run_before_it_whose_edits_it_does_not_lack() -> None:
    session = edited_session()
    session.do(commands.toggle_what_if)
    session.do(commands.change, FIELD["hidden_units"], (2,))
    assert "were not repeated: " in describe(session.snapshot())
    session.do(commands.view, 2)
    session.do(commands.step_epoch)
    assert "not repeated" not in describe(session.snapshot())
    session.do(commands.undo)
    assert "were not repeated: " in describe(session.snapshot())
