"""What if: a change trains anew to the same epoch, beside the run as it was."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from bpengine import FIELD, Edit, Task, Trainer, TrainingConfig
from bpengine.edits import BIAS, setting_all
from bptui.describe import describe
from bptui.session.session import Session
from bptui.session.snapshot import State
from bptui.session.speed import SPEEDS
from tests.tui.support.apps import lines, make_app
from tests.tui.support.sessions import NEW, RATE, assert_same, make_session, run_to_the_end, state_of, step


@pytest.mark.parametrize("task", ["regression", "classification"])
@pytest.mark.parametrize(
    "name, value",
    [("learning_rate", 0.3), ("hidden_units", (5, 4)), ("optimizer", "adam"), ("seed", 7), ("batch_size", 8)],
)
def test_a_change_trains_anew_to_the_same_epoch(task: Task, name: str, value: object) -> None:
    session = make_session(task)
    session.advance_to(4)
    before = session.snapshot()
    session.toggle_what_if()
    session.change(FIELD[name], value)
    assert state_of(session) is State.PAUSED
    assert_same(session, before.run.config.replace(**{name: value}), 5)
    pin = session.snapshot().comparison.reference
    assert pin is not None
    assert (pin.run.config, pin.run.epoch, pin.run.error) == (before.run.config, 4, before.run.error)
    assert "error in epoch 4 " in session.snapshot().status.advice


def test_the_defaults_are_a_change_as_well() -> None:
    session = make_session(learning_rate=0.3, hidden_units=(5,))
    session.advance_to(19)
    session.toggle_what_if()
    session.defaults()
    assert_same(session, TrainingConfig.defaults("regression"), 20)
    assert "error in epoch 19 " in session.snapshot().status.advice
    session.defaults()
    assert session.snapshot().status.advice == "All hyperparameters are at their defaults."


def edited_session() -> Session:
    """A run with edits between and within epochs, the last one in the epoch in progress."""
    session = make_session(samples=12, epochs=60)
    session.edit(Edit("set", 0, 0, BIAS, 0.5))
    session.advance_to(2)
    session.toggle_frozen(0, 1)
    session.step_samples(5)
    session.toggle_knocked_out(0, 2)
    session.edit(Edit("set", 0, 0, 0, -1.5))
    session.advance_to(6)
    session.toggle_knocked_out(0, 2)
    session.step_samples(3)
    session.toggle_frozen(0, 1)
    return session


def with_edits(config: TrainingConfig, edits: Sequence[Edit]) -> Trainer:
    """Another run with the same edits at the same places."""
    trainer = Trainer(config)
    for edit in edits:
        while left := trainer.samples_to(edit.epoch, edit.sample):
            trainer.run_for(1000, max_samples=left)
        trainer.edit(edit)
    return trainer


def test_the_edits_are_repeated_at_their_places() -> None:
    session = edited_session()
    edits = session._trainer.edits
    assert [(edit.epoch, edit.sample) for edit in edits] == [(0, 0), (3, 0), (3, 5), (3, 5), (7, 0), (7, 3)]
    session.toggle_what_if()
    session.change(RATE, 0.2)
    expected = with_edits(session.config, edits)
    assert session.config.learning_rate == 0.2
    assert session._trainer.edits == expected.edits, "with the outgoing weights that the unit had here"
    assert (session._trainer.network.parameters == expected.network.parameters).all()
    assert (session._trainer.epochs_done, session._trainer.samples_done) == (7, 3)
    assert state_of(session) is State.PAUSED
    assert session.snapshot().status.advice.startswith("η 0.1 → 0.2: error in epoch 6"), "the same edits"


def slow_what_if() -> tuple[Session, tuple[Edit, ...]]:
    """An edited run in a what-if, of which each piece of training takes a slice of time, and its edits."""
    session = edited_session()
    edits = session._trainer.edits
    session.toggle_what_if()
    session._clock = iter(range(10**9)).__next__
    session.change(RATE, 0.2)
    return session, edits


def test_edits_are_repeated_after_steps_in_a_later_session_and_after_divergence() -> None:
    session, edits = slow_what_if()
    step(session)
    session.toggle()
    while session.epochs_done < 5:
        session.tick()
    kept = session.state_to_keep()
    assert kept is not None
    later = make_session()
    later.take_state(kept, paused=False)
    later.run_to_rest()
    expected = with_edits(session.config, edits)
    assert later._trainer.edits == expected.edits
    assert (later._trainer.network.parameters == expected.network.parameters).all()

    diverged = make_session(learning_rate=10.0, samples=12)
    diverged.advance_to(100)
    assert state_of(diverged) is State.DIVERGED
    for layer in (0, 1):
        diverged.toggle_frozen(layer, 0)
    for weight in range(3):
        diverged.edit(Edit("set", 1, 0, weight, 0.0))
    end = diverged._trainer.bookmark().state
    diverged.toggle_what_if()
    diverged.change(FIELD["decay"], 0.5)  # which this optimizer does not use
    again = diverged._trainer.run_state()
    assert (again.edits, again.parameters.tobytes()) == (end.edits, end.parameters.tobytes())
    assert again.divergence is None


def test_edits_without_a_place_in_the_network_are_left_out_and_the_screen_says_so() -> None:
    third_unit = "unit 3 of layer 1 knocked out and 1 more"
    for units, words in (((2,), third_unit), ((3, 3), "W2[1,1] set to 0.5")):
        session = edited_session()
        session.edit(Edit("set", 1, 0, 0, 0.5))
        session.edit(Edit("freeze", 1, 0, BIAS))
        edits = session._trainer.edits
        session.toggle_what_if()
        session.change(FIELD["hidden_units"], units)
        assert session.snapshot().status.advice == f"Not repeated: {words} (not in this network)."
        assert "were not repeated: " in describe(session.snapshot())
        if units == (2,):
            made = [edit for edit in edits if edit.unit != 2]
        else:  # the outputs correspond, but not what leads to them
            made = [*edits[:6], Edit("freeze", 2, 0, BIAS, epoch=7, sample=3)]
        expected = with_edits(session.config, made)
        assert (session._trainer.network.parameters == expected.network.parameters).all()
        assert session._trainer.edits == expected.edits
        session.undo()
        assert "were not repeated" not in describe(session.snapshot())
        session.redo()
        told = [words for words in describe(session.snapshot()).split(". ") if "not repeated: " in words]
        assert len(told) == 1
        later = make_session()
        kept = session.state_to_keep()
        assert kept is not None
        later.take_state(kept, paused=True)
        assert told[0] in describe(later.snapshot()), "in a later session, too"
        session.view(5)
        session.toggle_frozen(0, 0)
        assert "not repeated" not in describe(session.snapshot()), "the run before is the one that was left"


def test_weights_that_were_all_set_are_repeated_in_the_same_network_only() -> None:
    for name, value, is_repeated in (("learning_rate", 0.2, True), ("hidden_units", (3, 3), False)):
        session = make_session(samples=12)
        session.advance_to(2)
        session.edit(setting_all(2 * session._trainer.network.parameters))
        session.advance_to(6)
        session.toggle_what_if()
        session.change(FIELD[name], value)
        assert bool(session._trainer.edits) is is_repeated
        told = "Not repeated: all weights and biases set (not in this network)."
        assert (session.snapshot().status.advice == told) is not is_repeated


def test_a_what_if_that_is_stopped_says_which_edits_it_lacks() -> None:
    session, edits = slow_what_if()
    while session.epochs_done < 5:
        session.tick()
    session.stop()
    told = "Stopped. Not repeated: 2 edits. Space continues, u undoes it."
    assert session.snapshot().status.advice == told
    words = f"{edits[4].words} in epoch 7 and {edits[5].words} in epoch 7."
    assert f"Of the edits of the previous run, some were not repeated: {words}" in describe(
        session.snapshot()
    )
    session.toggle()
    session.run_to_rest()
    assert len(session._trainer.edits) == 4
    session.undo()
    assert "not repeated" not in describe(session.snapshot())


def test_a_what_if_that_undo_ends_and_redo_returns_to_says_which_edits_it_lacks() -> None:
    session, _ = slow_what_if()
    while session.epochs_done < 5:
        session.tick()
    session.undo()
    session.redo()
    assert len(session._trainer.edits) == 4
    assert "were not repeated: " in describe(session.snapshot())


def test_a_branch_has_another_run_before_it_whose_edits_it_does_not_lack() -> None:
    session = edited_session()
    session.toggle_what_if()
    session.change(FIELD["hidden_units"], (2,))
    assert "were not repeated: " in describe(session.snapshot())
    session.view(2)
    session.step_epoch()
    assert "not repeated" not in describe(session.snapshot())
    session.undo()
    assert "were not repeated: " in describe(session.snapshot())


def test_data_of_another_size_are_trained_on_for_as_many_epochs() -> None:
    session = make_session()
    session.advance_to(9)
    session.toggle_what_if()
    session.change(FIELD["samples"], 20)
    assert_same(session, TrainingConfig.defaults("regression", samples=20), 10)


def test_a_run_goes_on_running_and_a_paused_one_stays_paused() -> None:
    session = make_session()
    session.advance_to(9)
    session.toggle_what_if()
    session.toggle()
    session.change(RATE, 0.2)
    assert state_of(session) is State.RUNNING
    assert_same(session, TrainingConfig.defaults("regression", learning_rate=0.2), 10)
    session.tick()
    assert session.snapshot().run.epoch > 9
    epochs = session.snapshot().run.epoch
    session.toggle()
    session.change(RATE, 0.3)
    assert state_of(session) is State.PAUSED
    session.tick()
    assert session.snapshot().run.epoch <= epochs


def test_an_epoch_in_progress_is_left_out() -> None:
    session = make_session()
    session.advance_to(4)
    while session.snapshot().status.speed != SPEEDS[0].label:
        session.change_speed(-1)
    session.toggle()
    session.tick()
    session.toggle()
    assert session.snapshot().run.sample == 1
    session.toggle_what_if()
    session.change(RATE, 0.2)
    assert_same(session, TrainingConfig.defaults("regression", learning_rate=0.2), 5)


@pytest.mark.parametrize("name, value", [("epochs", 300), ("report_interval", 5)])
def test_what_changes_no_trained_epoch_is_not_asked(name: str, value: object) -> None:
    session = make_session()
    session.advance_to(9)
    session.toggle_what_if()
    before = session.snapshot()
    session.change(FIELD[name], value)
    after = session.snapshot()
    assert getattr(after.run.config, name) == value
    assert after.comparison.reference is None
    assert (after.run.epoch, after.run.error) == (before.run.epoch, before.run.error)
    assert len(after.run.curve[0]) == 10


@pytest.mark.parametrize("slow", [True, False])
@pytest.mark.parametrize("running", [True, False])
def test_divergence_on_the_way(slow: bool, running: bool) -> None:
    session = make_session(slow=slow)
    session.advance_to(9)
    before = session.snapshot()
    session.toggle_what_if()
    if running:
        session.toggle()
    session.change(RATE, 10.0)
    run_to_the_end(session)
    snapshot = session.snapshot()
    assert snapshot.status.state is State.DIVERGED
    assert snapshot.status.advice.startswith("Diverged in epoch 2")
    assert snapshot.comparison.reference is not None
    assert snapshot.comparison.reference.run.config == before.run.config
    session.change(RATE, 0.2)  # to where it came to grief, and no further
    run_to_the_end(session)
    assert_same(session, NEW, 2)


def test_a_finished_run_is_asked_to_its_end() -> None:
    session = make_session(epochs=8)
    session.advance_to(7)
    assert state_of(session) is State.FINISHED
    session.toggle_what_if()
    session.change(RATE, 0.2)
    assert state_of(session) is State.FINISHED
    assert_same(session, NEW.replace(epochs=8), 8)
    assert session.snapshot().status.advice.startswith("η 0.1 → 0.2: error in epoch 7 ")


def test_one_that_stops_early_finishes_there() -> None:
    session = make_session()
    session.advance_to(9)
    session.toggle_what_if()
    session.change(FIELD["target_error"], 0.3)
    assert state_of(session) is State.FINISHED
    assert session.snapshot().run.epoch == 0
    assert session.snapshot().status.advice.startswith("E off → 0.3: error in epoch 0 ")


def test_before_the_first_epoch_there_is_nothing_to_catch_up_with() -> None:
    session = make_session()
    session.toggle_what_if()
    session.change(RATE, 0.2)
    assert state_of(session) is State.READY
    assert session.snapshot().status.advice == "Pinned: η 0.1 → 0.2 before its first epoch."
    session.toggle()
    session.change(RATE, 0.3)
    assert state_of(session) is State.RUNNING


def test_what_does_not_go_together_changes_nothing() -> None:
    session = make_session(hidden_units=(3, 3))
    session.advance_to(9)
    session.toggle_what_if()
    before = session.snapshot()
    session.change(FIELD["activation"], ("tanh", "relu", "sin"))
    after = session.snapshot()
    assert (after.run.config, after.run.epoch, after.run.error) == (
        before.run.config,
        before.run.epoch,
        before.run.error,
    )
    assert after.comparison.reference is None
    assert "activation" in after.status.advice


def test_data_that_do_not_go_with_the_settings_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from bpengine import DataError

    session = make_session()
    session.advance_to(9)
    session.toggle_what_if()

    def refuse(*_: object, **__: object) -> Trainer:
        raise DataError("too few")

    monkeypatch.setattr("bptui.session.live_run.Trainer", refuse)
    session.change(FIELD["test_share"], 0.5)
    snapshot = session.snapshot()
    assert (snapshot.status.advice, snapshot.comparison.reference, snapshot.run.epoch) == (
        "too few.",
        None,
        9,
    )


def test_what_if_off_is_as_ever() -> None:
    session = make_session()
    session.advance_to(9)
    session.toggle_what_if()
    assert session.snapshot().comparison.what_if
    session.change(RATE, 0.2)
    assert session.snapshot().comparison.reference is not None
    session.toggle_what_if()
    snapshot = session.snapshot()
    assert (snapshot.comparison.what_if, snapshot.comparison.reference) == (False, None)
    error = snapshot.run.error
    session.change(RATE, 0.3)
    after = session.snapshot()
    assert (after.run.epoch, after.run.error, after.comparison.reference) == (9, error, None)
    assert "takes effect when training continues (space)." in after.status.advice
    assert after.run.change_epochs == (10,)


async def test_by_keys() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["s"] * 5, "i")
        await pilot.pause()
        assert re.search("seed 0 +what if", "\n".join(lines(app)))
        await pilot.press("right")
        await pilot.pause()
        text = "\n".join(lines(app))
        assert "0.1 → ‹0.2›" in text
        assert "η 0.1 → 0.2: error in epoch 4 " in text
        assert_same(app.view.session, NEW, 5)
        await pilot.press("enter", *"0.3", "enter")
        assert_same(app.view.session, NEW.replace(learning_rate=0.3), 5)
        await pilot.press("i")
        await pilot.pause()
        text = "\n".join(lines(app))
        assert "seed 0 what if" not in text
        assert "→ ‹" not in text


def test_a_run_of_a_map_is_run_without_a_comparison() -> None:
    session = make_session(samples=9, epochs=60)
    session.advance_to(20)
    session.toggle_what_if()
    session.open_run({"learning_rate": 0.5, "seed": 3}, "a cell")
    assert session.snapshot().comparison.baseline is None
    assert state_of(session) is State.RUNNING
    assert session.epochs_done == 0
