"""What if: a change trains anew to the same epoch, beside the run as it was."""

from __future__ import annotations

import re

import pytest

from bpengine import FIELD, Task, Trainer, TrainingConfig
from bptui.session import commands
from bptui.session.snapshot import Stage
from tests.tui.support.apps import lines, make_app
from tests.tui.support.driving import press
from tests.tui.support.sessions import NEW, RATE, assert_same, make_session, run_to_the_end, stage_of


@pytest.mark.parametrize(
    ("task", "name", "value"),
    [
        *(("regression", "learning_rate", 0.3), ("classification", "hidden_units", (5, 4))),
        *(("regression", "optimizer", "adam"), ("classification", "seed", 7)),
    ],
)
def test_a_what_if_trains_again_to_the_same_epoch(task: Task, name: str, value: object) -> None:
    session = make_session(task)
    session.advance_to(4)
    before = session.snapshot()
    session.do(commands.toggle_what_if)
    session.do(commands.change, FIELD[name], value)
    assert stage_of(session) is Stage.PAUSED
    assert_same(session, before.run.config.replace(**{name: value}), 5)
    pin = session.snapshot().comparison.reference
    assert pin is not None
    assert (pin.run.config, pin.run.epoch, pin.run.error) == (before.run.config, 4, before.run.error)
    assert session.snapshot().status.advice.endswith(" in epoch 4")


def test_the_defaults_can_be_a_what_if() -> None:
    session = make_session(learning_rate=0.3, hidden_units=(5,))
    session.advance_to(19)
    session.do(commands.toggle_what_if)
    session.do(commands.defaults)
    assert_same(session, TrainingConfig.defaults("regression"), 20)
    assert session.snapshot().status.advice.endswith(" in epoch 19")
    session.do(commands.defaults)
    assert session.snapshot().status.advice == "All hyperparameters are at their defaults."


@pytest.mark.parametrize("slow", [True, False])
@pytest.mark.parametrize("running", [True, False])
def test_a_what_if_may_diverge_on_the_way(slow: bool, running: bool) -> None:
    session = make_session(slow=slow)
    session.advance_to(9)
    before = session.snapshot()
    session.do(commands.toggle_what_if)
    if running:
        session.do(commands.toggle)
    session.do(commands.change, RATE, 10.0)
    run_to_the_end(session)
    snapshot = session.snapshot()
    assert snapshot.status.stage is Stage.DIVERGED
    assert snapshot.status.advice.startswith("Diverged in epoch 2")
    assert snapshot.comparison.reference is not None
    assert snapshot.comparison.reference.run.config == before.run.config
    session.do(commands.change, RATE, 0.2)  # to where it came to grief, and no further
    run_to_the_end(session)
    assert_same(session, NEW, 2)


def test_a_what_if_that_stops_early_finishes_there() -> None:
    session = make_session()
    session.advance_to(9)
    session.do(commands.toggle_what_if)
    session.do(commands.change, FIELD["target_error"], 0.3)
    assert stage_of(session) is Stage.FINISHED
    assert session.snapshot().run.epoch == 0
    assert session.snapshot().status.advice.startswith("E off → 0.3: epoch error ")


def test_a_what_if_with_settings_that_do_not_go_together_changes_nothing() -> None:
    session = make_session(hidden_units=(3, 3))
    session.advance_to(9)
    session.do(commands.toggle_what_if)
    before = session.snapshot()
    session.do(commands.change, FIELD["activation"], ("tanh", "relu", "sin"))
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
    session.do(commands.toggle_what_if)

    def refuse(*_: object, **__: object) -> Trainer:
        raise DataError("too few")

    monkeypatch.setattr("bptui.session.session.Trainer", refuse)
    session.do(commands.change, FIELD["test_share"], 0.5)
    snapshot = session.snapshot()
    assert (snapshot.status.advice, snapshot.comparison.reference, snapshot.run.epoch) == (
        "too few.",
        None,
        9,
    )


async def test_keys_make_a_what_if_and_its_comparison() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, *["s"] * 5, "i")
        assert re.search("seed 0 +what if", "\n".join(lines(app)))
        await press(pilot, "right")
        text = "\n".join(lines(app))
        assert "0.1 → ‹0.2›" in text
        assert "η 0.1 → 0.2: epoch error " in text
        assert_same(app.view.session, NEW, 5)
        await press(pilot, "enter", *"0.3", "enter")
        assert_same(app.view.session, NEW.replace(learning_rate=0.3), 5)
        await press(pilot, "i")
        text = "\n".join(lines(app))
        assert "seed 0 what if" not in text
        assert "→ ‹" not in text


def test_a_run_of_a_map_is_run_without_a_comparison() -> None:
    session = make_session(samples=9, epochs=60)
    session.advance_to(20)
    session.do(commands.toggle_what_if)
    session.do(commands.open_map_run, {"learning_rate": 0.5, "seed": 3}, "a cell")
    assert session.snapshot().comparison.baseline is None
    assert stage_of(session) is Stage.RUNNING
    assert session.epochs_done == 0


def test_a_what_if_before_the_first_epoch_trains_nothing_within_the_key_press() -> None:
    session = make_session()
    session.do(commands.toggle_what_if)
    session.do(commands.change, RATE, 0.3)
    assert (session.stage, session.run.position) == (Stage.READY, (0, 0))
    session.do(commands.toggle)
    session.do(commands.change, RATE, 0.2)
    assert (session.stage, session.run.position) == (Stage.RUNNING, (0, 0))


def test_a_rewind_to_an_epoch_to_come_goes_to_the_latest_one() -> None:
    session = make_session(samples=5)
    session.advance_to(1)
    session.do(commands.rewind, 7)
    assert session.run.position == (2, 0)
    assert session.stage is Stage.PAUSED
