"""Two runs beside each other: one that is pinned, and what a change would have made of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bpengine import FIELD, Task, Trainer, TrainingConfig
from bpengine.history import History
from bptui.kernels import KernelChoice
from bptui.pace import SPEEDS
from bptui.pin import LONGEST, Pin
from bptui.plotting import Figure
from bptui.session import Session
from bptui.snapshot import Snapshot, State
from bptui.views.classification import classification_figure
from bptui.views.error_curve import error_figure
from bptui.views.regression import regression_figure
from tests.tui.apps import make_app
from tests.tui.test_layout import lines

RATE, INTERVAL = FIELD["learning_rate"], FIELD["report_interval"]


class Clock:
    """Goes on by so many seconds at each look."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def make_session(task: Task = "regression", *, slow: bool = False, **changes: Any) -> Session:
    """A session for which a tick is long enough for anything or, if slow, for a batch only."""
    config = TrainingConfig.defaults(task, **changes)
    return Session(config, kernels=KernelChoice("numpy"), clock=Clock(1.0 if slow else 0.0))


def trained(config: TrainingConfig, epochs: int) -> Trainer:
    """A run of its own after so many epochs."""
    trainer = Trainer(config, kernel="numpy")
    for _ in range(epochs):
        trainer.run_epoch()
    return trainer


def assert_same(session: Session, config: TrainingConfig, epochs: int) -> None:
    """To the last bit, and all that can be seen of it."""
    alone, snapshot = trained(config, epochs), session.snapshot()
    assert snapshot.config == config
    assert (snapshot.epoch, snapshot.sample) == (epochs - 1, 0)
    for seen, layer in zip(snapshot.layers, alone.network.layers, strict=True):
        assert (seen == layer.parameters).all()
    assert snapshot.reports == tuple(alone.history.reports)
    epochs_of, errors = alone.history.curve()
    assert (snapshot.curve[0] == epochs_of).all()
    assert (snapshot.curve[1] == errors).all()
    assert snapshot.kernel == alone.kernel.name


def ghosts(figure: Figure) -> int:
    """How many points of a pinned run are drawn."""
    return sum(len(series.x) for series in figure.series if series.role == "ghost")


def figure_of(snapshot: Snapshot) -> tuple[Figure, str]:
    """The task's own plot, and its legend."""
    make = regression_figure if snapshot.config.task == "regression" else classification_figure
    return make(snapshot, detail=False)


def state_of(session: Session) -> State:
    """Where it stands now."""
    return session.state


def run_to_the_end(session: Session, ticks: int = 100_000) -> None:
    """Let time pass until nothing runs."""
    for _ in range(ticks):
        if session.state is not State.RUNNING:
            return
        session.tick()
    raise AssertionError("it runs on")


# Pinning.


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_the_pinned_run_stays_in_the_plots_as_it_was(task: Task) -> None:
    session = make_session(task)
    session.advance_to(30)
    before = session.snapshot()
    assert "pinned" not in figure_of(before)[1]
    session.toggle_pin()
    session.advance_to(60)
    snapshot = session.snapshot()
    assert snapshot.pin is not None
    assert before.across is not None
    assert snapshot.pin.across is not None
    assert (snapshot.pin.across == before.across).all()
    assert (snapshot.pin.curve[1] == before.curve[1]).all()
    assert (snapshot.pin.epoch, snapshot.pin.error, snapshot.pin.config) == (30, before.error, before.config)
    figure, legend = figure_of(snapshot)
    assert ghosts(figure)
    assert "pinned" in legend
    assert ghosts(error_figure(snapshot, log=True)) == 31
    session.toggle_pin()
    snapshot = session.snapshot()
    assert snapshot.pin is None
    assert snapshot.advice == "Unpinned."
    assert ghosts(figure_of(snapshot)[0]) == 0
    assert ghosts(error_figure(snapshot, log=True)) == 0


@pytest.mark.parametrize("task, other", [("regression", "sinc"), ("classification", "blobs")])
def test_answers_to_other_data_are_not_drawn(task: Task, other: str) -> None:
    session = make_session(task)
    session.advance_to(5)
    session.toggle_pin()
    session.change(FIELD["dataset"], other)
    session.advance_to(5)
    snapshot = session.snapshot()
    assert snapshot.pin is not None
    figure, legend = figure_of(snapshot)
    assert ghosts(figure) == 0
    assert "pinned" not in legend
    session.change(FIELD["dataset"], "sine" if task == "regression" else "sine-border")
    session.advance_to(5)
    assert ghosts(figure_of(session.snapshot())[0])


def said(session: Session) -> str:
    """The advice, once the last key's answer is gone."""
    session.toggle()
    session.toggle()
    return session.snapshot().advice


def test_the_advice_names_the_difference_and_the_errors_at_the_last_common_epoch() -> None:
    session = make_session()
    session.advance_to(9)
    session.toggle_pin()
    assert session.snapshot().advice.startswith("Pinned: this run stays")
    session.restart(learning_rate=0.2)
    session.advance_to(4)
    before, after = (
        trained(TrainingConfig.defaults("regression", learning_rate=rate), 5) for rate in (0.1, 0.2)
    )
    assert before.history.last is not None
    assert after.history.last is not None
    errors = f"{before.history.last.error:.3e} → {after.history.last.error:.3e}"
    assert said(session) == f"η 0.1 → 0.2: error at epoch 4 {errors}"
    session.advance_to(20)
    before, after = (
        trained(TrainingConfig.defaults("regression", learning_rate=rate), 10) for rate in (0.1, 0.2)
    )
    assert before.history.last is not None
    assert after.history.last is not None
    errors = f"{before.history.last.error:.3e} → {after.history.last.error:.3e}"
    assert said(session) == f"η 0.1 → 0.2: error at epoch 9 {errors}"


def test_long_curves_that_were_thinned_are_compared_at_an_epoch_that_both_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(History, "CAPACITY", 64)
    session = make_session(epochs=200, samples=10, hidden_units=(1,))
    session.advance_to(144)  # every fourth is kept, and the last
    session.toggle_pin()
    session.new_seed()
    session.advance_to(74)  # every second, and the last
    snapshot = session.snapshot()
    assert snapshot.pin is not None
    assert [np.diff(each.curve[0]).max() for each in (snapshot.pin, snapshot)] == [4, 2]
    advice = said(session)
    epoch = int(advice.partition("error at epoch ")[2].split()[0])
    assert epoch == 72
    pinned, live = (trained(session.config.replace(seed=seed), epoch + 1).history.last for seed in (0, 1))
    assert pinned is not None
    assert live is not None
    assert advice == f"s 0 → 1: error at epoch 72 {pinned.error:.3e} → {live.error:.3e}"


def test_restarts_keep_the_pin() -> None:
    session = make_session()
    session.advance_to(3)
    session.toggle_pin()
    pin = session.snapshot().pin
    session.restart()
    session.toggle()
    session.toggle()
    assert session.snapshot().advice == "Pinned: the same settings. Space trains."
    session.advance_to(3)
    error = f"{pin.error:.3e}" if pin is not None else ""
    assert said(session) == f"the same settings: error at epoch 3 {error} → {error}"
    for act in (session.new_seed, session.rewind, session.step_epoch, session.defaults):
        act()
        assert session.snapshot().pin is pin


def test_a_run_pinned_before_its_first_epoch_has_nothing_to_compare() -> None:
    session = make_session()
    session.toggle_pin()
    session.advance_to(3)
    assert said(session) == "Pinned: the same settings before its first epoch."


def test_a_pin_hides_no_divergence() -> None:
    session = make_session(learning_rate=10.0)
    session.advance_to(0)
    session.toggle_pin()
    session.advance_to(10)
    assert state_of(session) is State.DIVERGED
    assert session.snapshot().advice.startswith("Diverged in epoch 2")


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden_units": (12, 12, 12, 12, 12, 12, 12, 12)},
        dict.fromkeys(("activation",), "leaky-relu") | {"optimizer": "nesterov", "learning_rate": 0.123456},
        {"seed": 4_000_000_000, "data_seed": 4_000_000_000, "l1": 0.00001, "l2": 0.1, "batch_size": 5},
    ],
)
def test_whatever_differs_the_sentence_fits_on_a_line(changes: dict[str, Any]) -> None:
    session = make_session()
    session.advance_to(99)
    pin = Pin.of(session.snapshot())
    other = make_session(**changes)
    sentences = [pin.compared(other.snapshot())]
    other.advance_to(99)
    sentences.append(pin.compared(other.snapshot()))
    sentences.append(Pin.of(make_session().snapshot()).compared(other.snapshot()))
    for sentence in sentences:
        assert len(sentence) <= LONGEST, sentence
    assert "error at epoch 99" in sentences[1]


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 36), (200, 50)])
async def test_the_settings_show_old_and_new_value(size: tuple[int, int]) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("s", "p", "right")
        await pilot.pause()
        text = "\n".join(lines(app))
        assert "0.1 → ‹0.2›" in text
        assert "…" not in text
        await pilot.press("up", "right")
        await pilot.pause()
        text = "\n".join(lines(app))
        assert "3 → ‹4›" in text
        assert "0.1 → 0.2" in text
        await pilot.press("p")
        await pilot.pause()
        assert "3 → ‹4›" not in "\n".join(lines(app))


@pytest.mark.parametrize("size", [(60, 18), (120, 36)])
async def test_long_values_are_not_cut_off(size: tuple[int, int]) -> None:
    app = make_app(hidden_units=(20, 20), activation="sigmoid", dataset="noisy-sine", schedule="constant")
    async with app.run_test(size=size) as pilot:
        await pilot.press("s", "p")
        session = app.view.session
        for name, value in (
            ("hidden_units", (10, 10)),
            ("activation", ("leaky-relu",)),
            ("dataset", "plane"),
            ("schedule_epochs", 100_000),
            ("seed", 4_000_000_000),
            ("optimizer", "nesterov"),
        ):
            session.change(FIELD[name], value)
        panel = app.view.query_one("#settings").region
        for _ in FIELD:
            await pilot.press("down")
            rows = lines(app)[panel.y : panel.bottom]
            assert "…" not in "\n".join(row[panel.x :] for row in rows)


# What if.


@pytest.mark.parametrize("task", ["regression", "classification"])
@pytest.mark.parametrize(
    "name, value",
    [("learning_rate", 0.3), ("hidden_units", (5, 4)), ("optimizer", "adam"), ("seed", 7), ("batch_size", 8)],
)
def test_a_change_trains_anew_to_the_same_epoch(task: Task, name: str, value: object) -> None:
    session = make_session(task)
    session.advance_to(19)
    before = session.snapshot()
    session.toggle_what_if()
    session.change(FIELD[name], value)
    assert state_of(session) is State.PAUSED
    assert_same(session, before.config.replace(**{name: value}), 20)
    pin = session.snapshot().pin
    assert pin is not None
    assert (pin.config, pin.epoch, pin.error) == (before.config, 19, before.error)
    assert "error at epoch 19 " in session.snapshot().advice


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
    assert session.snapshot().epoch > 9
    epochs = session.snapshot().epoch
    session.toggle()
    session.change(RATE, 0.3)
    assert state_of(session) is State.PAUSED
    session.tick()
    assert session.snapshot().epoch <= epochs


def test_an_epoch_in_progress_is_left_out() -> None:
    session = make_session()
    session.advance_to(4)
    while session.snapshot().speed != SPEEDS[0].label:
        session.change_speed(-1)
    session.toggle()
    session.tick()
    session.toggle()
    assert session.snapshot().sample == 1
    session.toggle_what_if()
    session.change(RATE, 0.2)
    assert_same(session, TrainingConfig.defaults("regression", learning_rate=0.2), 5)


@pytest.mark.parametrize("was_running", [True, False])
def test_a_slow_network_catches_up_over_ticks_and_ends_at_the_epoch(was_running: bool) -> None:
    session = make_session(slow=True)
    session.advance_to(5)
    session.toggle_what_if()
    if was_running:
        session.toggle()
    session.change(RATE, 0.2)
    ticks = 0
    while session.snapshot().advice.startswith("What if: training anew"):
        assert state_of(session) is State.RUNNING
        assert session.snapshot().epoch <= 5
        session.tick()
        ticks += 1
    assert ticks > 20
    assert state_of(session) is (State.RUNNING if was_running else State.PAUSED)
    assert_same(session, TrainingConfig.defaults("regression", learning_rate=0.2), 6)


def test_it_ends_at_the_epoch_though_a_tick_ended_within_one() -> None:
    clock = Clock(1.0)
    session = Session(TrainingConfig.defaults("regression"), kernels=KernelChoice("numpy"), clock=clock)
    session.advance_to(5)
    session.toggle_what_if()
    session.change(RATE, 0.2)
    session.tick()
    assert 0 < session.snapshot().sample < 63
    clock.step = 0.0  # from now on a tick has time for all that is left
    session.tick()
    assert_same(session, NEW, 6)


@pytest.mark.parametrize("was_running", [True, False])
def test_a_second_change_before_the_first_has_caught_up(was_running: bool) -> None:
    session = make_session(slow=True)
    session.advance_to(5)
    before = session.snapshot()
    session.toggle_what_if()
    if was_running:
        session.toggle()
    session.change(RATE, 0.2)
    session.tick()
    session.change(FIELD["hidden_units"], (4,))
    assert session.snapshot().advice.startswith("What if: training anew, epoch 0 of 6")
    while session.snapshot().advice.startswith("What if"):
        session.tick()
    assert state_of(session) is (State.RUNNING if was_running else State.PAUSED)
    assert_same(session, before.config.replace(learning_rate=0.2, hidden_units=(4,)), 6)
    pin = session.snapshot().pin
    assert pin is not None
    assert (pin.config, pin.epoch) == (before.config, 5), "half a run is no match"


def on_its_way(*, running: bool = False) -> Session:
    """A what-if that has some way to go to epoch 5."""
    session = make_session(slow=True)
    session.advance_to(5)
    session.toggle_what_if()
    if running:
        session.toggle()
    session.change(RATE, 0.2)
    for _ in range(3):
        session.tick()
    assert state_of(session) is State.RUNNING
    assert "epoch 0 of 6" in session.snapshot().advice
    return session


NEW = TrainingConfig.defaults("regression", learning_rate=0.2)


@pytest.mark.parametrize("running", [True, False])
def test_space_pauses_on_the_way_and_goes_on(running: bool) -> None:
    session = on_its_way(running=running)
    session.toggle()
    before = session.snapshot()
    assert before.state is State.PAUSED
    assert before.advice.endswith("Space goes on.")
    session.tick()
    assert session.snapshot().sample == before.sample
    session.toggle()
    assert session.snapshot().advice.endswith("Space pauses.")
    while "What if" in session.snapshot().advice:
        session.tick()
    assert state_of(session) is (State.RUNNING if running else State.PAUSED)
    assert_same(session, NEW, 6)


def test_steps_on_the_way_come_to_the_epoch_and_beyond() -> None:
    session = on_its_way()
    for epoch in range(8):
        session.step_epoch()
        snapshot = session.snapshot()
        assert (snapshot.epoch, snapshot.state) == (epoch, State.PAUSED)
        assert snapshot.advice.startswith("What if") is (epoch < 5)
    assert_same(session, NEW, 8)


@pytest.mark.parametrize("running", [True, False])
def test_a_restart_on_the_way_rests_as_the_run_before(running: bool) -> None:
    session = on_its_way(running=running)
    session.restart()
    assert state_of(session) is (State.RUNNING if running else State.READY)
    assert "What if" not in said(session)


def test_going_back_on_the_way_ends_it() -> None:
    session = on_its_way()
    session.step_epoch()
    session.rewind()
    assert state_of(session) is State.READY
    assert "What if" not in said(session)
    session.toggle()
    for _ in range(63):
        session.tick()
    assert state_of(session) is State.RUNNING


def test_fewer_epochs_on_the_way_finish_it() -> None:
    session = on_its_way()
    session.step_epoch()
    session.step_epoch()
    session.change(FIELD["epochs"], 2)
    assert state_of(session) is State.FINISHED
    session.change(FIELD["epochs"], 50)
    assert state_of(session) is State.PAUSED
    assert "What if" not in said(session)


def test_keys_are_answered_on_the_way() -> None:
    session = on_its_way()
    session.change_speed(1)
    assert session.snapshot().advice.startswith("Speed:")
    session.explain(RATE)
    assert session.snapshot().advice == RATE.help
    session.change(INTERVAL, 7)
    assert session.snapshot().advice.startswith("report every 200 → 7")
    assert state_of(session) is State.RUNNING
    while session.state is State.RUNNING:
        session.tick()
    assert session.snapshot().epoch == 5


@pytest.mark.parametrize("name, value", [("epochs", 300), ("report_interval", 5)])
def test_what_changes_no_trained_epoch_is_not_asked(name: str, value: object) -> None:
    session = make_session()
    session.advance_to(9)
    session.toggle_what_if()
    before = session.snapshot()
    session.change(FIELD[name], value)
    after = session.snapshot()
    assert getattr(after.config, name) == value
    assert after.pin is None
    assert (after.epoch, after.error) == (before.epoch, before.error)
    assert len(after.curve[0]) == 10


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
    assert snapshot.state is State.DIVERGED
    assert snapshot.advice.startswith("Diverged in epoch 2")
    assert snapshot.pin is not None
    assert snapshot.pin.config == before.config
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
    assert session.snapshot().advice.startswith("η 0.1 → 0.2: error at epoch 7 ")


def test_one_that_stops_early_finishes_there() -> None:
    session = make_session()
    session.advance_to(9)
    session.toggle_what_if()
    session.change(FIELD["target_error"], 0.3)
    assert state_of(session) is State.FINISHED
    assert session.snapshot().epoch == 0
    assert session.snapshot().advice.startswith("ε off → 0.3: error at epoch 0 ")


def test_before_the_first_epoch_there_is_nothing_to_catch_up_with() -> None:
    session = make_session()
    session.toggle_what_if()
    session.change(RATE, 0.2)
    assert state_of(session) is State.READY
    assert session.snapshot().advice == "Pinned: η 0.1 → 0.2 before its first epoch."
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
    assert (after.config, after.epoch, after.error) == (before.config, before.epoch, before.error)
    assert after.pin is None
    assert "activation" in after.advice


def test_data_that_do_not_go_with_the_settings_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from bpengine import DataError

    session = make_session()
    session.advance_to(9)
    session.toggle_what_if()

    def refuse(*_: object, **__: object) -> Trainer:
        raise DataError("too few")

    monkeypatch.setattr("bptui.session.Trainer", refuse)
    session.change(FIELD["test_share"], 0.5)
    snapshot = session.snapshot()
    assert (snapshot.advice, snapshot.pin, snapshot.epoch) == ("too few.", None, 9)


def test_what_if_off_is_as_ever() -> None:
    session = make_session()
    session.advance_to(9)
    session.toggle_what_if()
    assert session.snapshot().what_if
    session.change(RATE, 0.2)
    assert session.snapshot().pin is not None
    session.toggle_what_if()
    snapshot = session.snapshot()
    assert (snapshot.what_if, snapshot.pin) == (False, None)
    error = snapshot.error
    session.change(RATE, 0.3)
    after = session.snapshot()
    assert (after.epoch, after.error, after.pin) == (9, error, None)
    assert "goes on from where it is" in after.advice
    assert after.marks == (10,)


class ArrivingKernels(KernelChoice):
    """As long as a test wants, the compiled kernel is still on its way."""

    def __init__(self) -> None:
        super().__init__("numpy")
        self.waiting = True


def test_nothing_is_trained_while_the_kernel_is_awaited() -> None:
    kernels = ArrivingKernels()
    restored = trained(TrainingConfig.defaults("regression"), 6)
    session = Session(restored.config, kernels=kernels, restored=restored, clock=Clock())
    session.toggle_what_if()
    session.change(RATE, 0.2)
    session.tick()
    assert session.snapshot().sample == session.snapshot().epoch == 0
    kernels.name, kernels.waiting = "auto", False
    session.take_kernel()
    assert "of 6" in session.snapshot().advice
    run_to_the_end(session)
    assert session.snapshot().epoch == 5


async def test_by_keys() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["s"] * 5, "i")
        await pilot.pause()
        assert "what if" in "\n".join(lines(app))
        await pilot.press("right")
        await pilot.pause()
        text = "\n".join(lines(app))
        assert "0.1 → ‹0.2›" in text
        assert "η 0.1 → 0.2: error at epoch 4 " in text
        assert_same(app.view.session, NEW, 5)
        await pilot.press("enter", *"0.3", "enter")
        assert_same(app.view.session, NEW.replace(learning_rate=0.3), 5)
        await pilot.press("i")
        await pilot.pause()
        text = "\n".join(lines(app))
        assert "what if" not in text
        assert "→ ‹" not in text
