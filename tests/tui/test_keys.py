"""Every key does what its sentence says."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from textual.events import Key
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from bpengine import Task, TrainingConfig
from bptui.app import BptuiApp
from bptui.commands import COMMANDS
from bptui.describe import describe
from bptui.pace import FIRST_SPEED, SPEEDS
from bptui.screens.help import HelpScreen
from bptui.screens.tell import TellScreen
from bptui.screens.value import ValueScreen
from bptui.session import Session
from bptui.snapshot import Snapshot, State
from bptui.views.layout import Layout
from bptui.views.run_view import FIGURES
from bptui.widgets.error_table import ErrorTable
from bptui.widgets.metrics import MetricsPanel
from bptui.widgets.plot import Plot
from tests.tui.apps import make_app
from tests.tui.test_monkey import check_snapshot

EPOCHS = 100_000_000
"""More than a test lets pass."""


def shown(app: BptuiApp) -> Snapshot:
    """What the open tab shows."""
    assert app.view.snapshot is not None
    return app.view.snapshot


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Let the app go on until something holds."""
    for _ in range(5000):
        if holds():
            return
        await pilot.pause(0.002)
    raise AssertionError("it never came to hold")


def test_every_command_has_its_action_and_no_key_serves_two() -> None:
    keys = [key for command in COMMANDS for key in command.keys.split(",")]
    assert len(keys) == len(set(keys))
    for command in COMMANDS:
        name = command.action.partition("(")[0]
        assert hasattr(BptuiApp, f"action_{name}"), command


async def test_space_runs_and_pauses() -> None:
    app = make_app(epochs=EPOCHS)
    async with app.run_test() as pilot:
        assert shown(app).state is State.READY
        await pilot.press("space")
        assert shown(app).state is State.RUNNING
        await until(pilot, lambda: shown(app).epoch > 3)
        await pilot.press("space")
        assert shown(app).state is State.PAUSED
        epoch, sample = shown(app).epoch, shown(app).sample
        await pilot.pause(0.1)
        assert (shown(app).epoch, shown(app).sample) == (epoch, sample)


async def test_it_trains_by_itself_unless_paused_and_the_hidden_tab_holds_still() -> None:
    app = make_app(paused=False, epochs=EPOCHS)
    async with app.run_test() as pilot:
        await until(pilot, lambda: shown(app).epoch > 3)
        regression = app.view
        await pilot.press("2")
        assert app.view is not regression
        await until(pilot, lambda: shown(app).state in (State.RUNNING, State.FINISHED))
        held = regression.session.snapshot()
        await until(pilot, lambda: shown(app).epoch > 1)
        now = regression.session.snapshot()
        assert (now.epoch, now.sample) == (held.epoch, held.sample)
        await pilot.press("1")
        await until(pilot, lambda: shown(app).epoch > held.epoch)


async def test_s_pauses_and_trains_one_epoch() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("s")
        assert (shown(app).epoch, shown(app).sample, shown(app).state) == (0, 0, State.PAUSED)
        await pilot.press("s", "s")
        assert shown(app).epoch == 2
        assert shown(app).reports[0].error == pytest.approx(0.2609309239916259, rel=1e-9)


async def test_r_restarts_with_the_same_seed_and_gives_the_same_run() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("s", "s", "s")
        first = shown(app).error
        await pilot.press("r")
        assert shown(app).state is State.READY
        assert shown(app).error is None
        await pilot.press("s", "s", "s")
        assert shown(app).error == first
        assert shown(app).config.seed == 0


async def test_capital_r_takes_a_new_seed() -> None:
    app = make_app(seed=2**32 - 1)
    async with app.run_test() as pilot:
        await pilot.press("R")
        assert shown(app).config.seed == 0
        await pilot.press("R")
        assert shown(app).config.seed == 1
        assert "seed 1" in shown(app).advice


async def test_a_restart_goes_on_running_where_it_ran() -> None:
    app = make_app(epochs=EPOCHS)
    async with app.run_test() as pilot:
        await pilot.press("space", "R")
        assert shown(app).state is State.RUNNING
        await pilot.press("space")


async def test_up_and_down_choose_and_explain() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        assert app.view.field.name == "learning_rate"
        await pilot.press("up")
        assert app.view.field.name == "hidden_units"
        assert shown(app).advice == app.view.field.help
        await pilot.press("up")
        assert app.view.field.name == "data_seed"
        await pilot.press("down", "down", "down")
        assert app.view.field.name == "init_scale"


async def test_left_and_right_change_the_running_network() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("s", "s", "right")
        assert shown(app).config.learning_rate == 0.2
        assert shown(app).epoch == 1, "it goes on from where it is"
        await pilot.press("left", "left")
        assert shown(app).config.learning_rate == 0.07
        await pilot.press("shift+left")
        assert shown(app).config.learning_rate == 0.007
        await pilot.press(">")
        assert shown(app).config.learning_rate == 0.07
        assert "goes on" in shown(app).advice


@pytest.mark.parametrize("downs, name", [(-1, "hidden_units"), (1, "init_scale"), (4, "seed")])
async def test_what_needs_a_restart_restarts_and_says_so(downs: int, name: str) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("s", "s", *(["down"] * downs if downs > 0 else ["up"]))
        before = getattr(shown(app).config, name)
        await pilot.press("right")
        assert getattr(shown(app).config, name) > before
        assert shown(app).error is None
        assert "starts again" in shown(app).advice


async def test_the_interval_acts_at_once() -> None:
    app = make_app(report_interval=1)
    async with app.run_test() as pilot:
        await pilot.press("s", "s", "s")
        assert [record.epoch for record in shown(app).reports] == [0, 1, 2]
        await pilot.press("down", "down", "down", "right")
        assert shown(app).config.report_interval == 11
        await pilot.press(*["s"] * 12)
        assert [record.epoch for record in shown(app).reports] == [0, 1, 2, 11]


async def test_more_epochs_let_a_finished_run_go_on() -> None:
    app = make_app(epochs=2)
    async with app.run_test() as pilot:
        await pilot.press("s", "s")
        assert shown(app).state is State.FINISHED
        await pilot.press("space")
        assert shown(app).state is State.FINISHED
        await pilot.press("down", "down", "right")
        assert shown(app).config.epochs == 102
        assert shown(app).state is State.PAUSED
        await pilot.press("s")
        assert shown(app).epoch == 2
        await pilot.press("shift+left")
        assert shown(app).config.epochs == 1
        assert shown(app).state is State.FINISHED


async def test_enter_takes_a_typed_value() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert isinstance(app.screen, ValueScreen)
        await pilot.press(*"0.25", "enter")
        assert shown(app).config.learning_rate == 0.25


async def test_a_wrong_value_is_refused_with_what_is_allowed() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("enter", *"[/x]", "enter")
        assert isinstance(app.screen, ValueScreen)
        assert "from 0 to 1000" in str(app.screen.query_one("#allowed").render())
        assert app.screen.query_one(Input).value == "[/x]"
        await pilot.press("escape")
        assert shown(app).config == TrainingConfig.defaults("regression")


async def test_d_goes_back_to_the_defaults() -> None:
    app = make_app(learning_rate=0.5)
    async with app.run_test() as pilot:
        await pilot.press("s", "d")
        assert shown(app).config == TrainingConfig.defaults("regression")
        assert shown(app).epoch == 0
        assert shown(app).error is not None, "a learning rate needs no restart"
        await pilot.press("up", "right", "d")
        assert shown(app).config == TrainingConfig.defaults("regression")
        assert shown(app).error is None
        await pilot.press("d")
        assert "at their defaults" in shown(app).advice


async def test_plus_and_minus_change_the_speed() -> None:
    app = make_app(epochs=EPOCHS)
    async with app.run_test() as pilot:
        assert shown(app).speed == SPEEDS[FIRST_SPEED].label
        await pilot.press(*["-"] * 10)
        assert shown(app).speed == SPEEDS[0].label
        app.view.session.toggle()
        app.view.session.tick()
        assert app.view.session.snapshot().sample == 1
        app.view.session.toggle()
        await pilot.press(*["+"] * 10)
        assert shown(app).speed == SPEEDS[-1].label
        await pilot.press("minus", "equals_sign")
        assert shown(app).speed == SPEEDS[-1].label


async def test_the_speed_changes_no_number() -> None:
    slow, fast = (make_app(epochs=3, samples=4, report_interval=1) for _ in range(2))
    for app, presses in ((slow, 3), (fast, 0)):
        async with app.run_test() as pilot:
            await pilot.press(*["-"] * presses, "space")
            await until(pilot, lambda app=app: shown(app).state is State.FINISHED)  # type: ignore[misc]
    assert shown(slow).reports == shown(fast).reports


async def test_l_switches_the_axis_of_the_error_curve() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("s")
        curve = app.view.query_one("#error")
        assert "log" in str(curve.border_title)
        await pilot.press("l")
        assert "linear" in str(curve.border_title)


async def test_m_shows_the_metrics_in_the_tables_place() -> None:
    app = make_app("classification")
    async with app.run_test(size=(80, 24)) as pilot:
        table, metrics = app.view.query_one(ErrorTable), app.view.query_one(MetricsPanel)
        assert (table.display, metrics.display) == (True, False)
        await pilot.press("m")
        assert (table.display, metrics.display) == (False, True)
        await pilot.press("m")
        assert (table.display, metrics.display) == (True, False)
        await pilot.resize_terminal(140, 44)
        await pilot.press("m")
        assert table.display and metrics.display, "there is room for both"


async def test_b_goes_back_to_the_last_reported_epoch_exactly() -> None:
    app, alone = make_app(report_interval=5), make_app(report_interval=5)
    async with app.run_test() as pilot:
        await pilot.press(*["s"] * 9, "right", "s", "s", "s")
        assert shown(app).epoch == 11
        for epoch in (10, 5, 0):
            await pilot.press("b")
            assert (shown(app).epoch, shown(app).state) == (epoch, State.PAUSED)
        assert shown(app).config.learning_rate == 0.1, "as it was then"
        await pilot.press("b", "b")
        assert shown(app).state is State.READY
        await pilot.press("s", "s", "s")
        session = alone.view.session
        session.advance_to(2)
        assert (shown(app).outputs == session.snapshot().outputs).all()
        assert shown(app).reports == session.snapshot().reports


async def test_help_opens_and_closes() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("?")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("?")
        assert not isinstance(app.screen, HelpScreen)
        await pilot.press("?", "escape", "?", "q")
        assert not isinstance(app.screen, HelpScreen)


@pytest.mark.parametrize("key, status", [("q", 0), ("ctrl+q", 0), ("ctrl+c", 130)])
async def test_quitting(key: str, status: int) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press(key)
    assert app.return_code == status


async def test_ctrl_c_quits_from_a_dialog_too() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("enter", "ctrl+c")
    assert app.return_code == 130


async def test_the_palette_has_every_command() -> None:
    app = make_app()
    async with app.run_test():
        titles = [command.title for command in app.get_system_commands(app.screen)]
        for command in COMMANDS:
            assert command.help.rstrip(".") in titles


async def test_divergence_is_a_state_with_advice() -> None:
    app = make_app(learning_rate=10)
    async with app.run_test() as pilot:
        await pilot.press(*["s"] * 5)
        assert shown(app).state is State.DIVERGED
        assert "Diverged in epoch 2" in shown(app).advice
        await pilot.press("space", "s")
        assert shown(app).state is State.DIVERGED
        await pilot.press("shift+left", "shift+left", "r")
        assert shown(app).state is State.RUNNING


@pytest.mark.parametrize(
    "keys", [("enter", "escape"), ("enter", "enter"), ("escape", "enter"), ("escape", "escape")]
)
async def test_a_dialog_is_closed_by_two_keys_that_come_together(keys: tuple[str, str]) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("enter")
        for key in keys:
            app.post_message(Key(key, None))
        await until(pilot, lambda: not isinstance(app.screen, ValueScreen) or keys == ("escape", "enter"))
        await pilot.pause()
        assert app._exception is None
        assert shown(app).config == TrainingConfig.defaults("regression")


def put(session: Session, state: State) -> None:
    """A run in this state."""
    rate = 1000.0 if state is State.DIVERGED else 0.1
    epochs = 2 if state is State.FINISHED else 50
    session._begin(TrainingConfig.defaults("regression", learning_rate=rate, epochs=epochs, samples=10))
    if state is State.PAUSED:
        session.step_epoch()
    elif state is State.RUNNING:
        session.step_epoch()
        session.toggle()
    elif state is not State.READY:
        session.advance_to(49)
    assert session.state is state


OF_THE_RUN = {"toggle_run", "step_epoch", "restart", "new_seed", "defaults", "rewind", "change"}
"""Actions that may change the network."""
OF_THE_NETWORK = {"choose", "change", "inspect"}
"""Actions that are others where the network panel has the focus."""


@pytest.mark.parametrize("state", State)
async def test_every_key_in_every_state(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.views.run_view.TICK_SECONDS", 1e6)  # time stands still
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        for panel in ("settings", "network"):  # the monkey goes everywhere
            for command in COMMANDS:
                name = command.action.partition("(")[0]
                if name == "quit" or (panel == "network" and name not in OF_THE_NETWORK):
                    continue
                where = (state, panel, command.action)
                await app.action_open_tab("regression")
                app._arrange(Layout(focused=panel))
                view = app.view
                put(view.session, state)
                view.show_now()
                before = shown(app)
                for key in command.keys.split(","):
                    app.post_message(Key(key, key if len(key) == 1 else None))
                await pilot.pause()
                assert app._exception is None, where
                snapshot = view.session.snapshot()
                check_snapshot(snapshot)
                if name not in OF_THE_RUN or (panel == "network" and name == "change"):
                    assert snapshot.config == before.config, where
                    assert (snapshot.epoch, snapshot.state) == (before.epoch, state), where
                    for layer, was in zip(snapshot.layers, before.layers, strict=True):
                        assert (layer == was).all(), where
                elif name == "restart":
                    assert snapshot.epoch == 0, where
                if isinstance(app.screen, ModalScreen):
                    assert name in ("inspect", "tell", "help"), where
                    await pilot.press("escape")
                assert not isinstance(app.screen, ModalScreen), where


async def test_e_smooths_the_error_curve_and_shows_every_error_again() -> None:
    app = make_app()
    app.view.session.advance_to(300)
    async with app.run_test() as pilot:
        curve = app.view.query_one("#error", Plot)
        await pilot.pause()
        whole = curve.figure
        assert "mean error" not in str(curve.border_title)
        await pilot.press("e")
        assert "mean error (e)" in str(curve.border_title)
        assert curve.figure is not None
        assert {series.role for series in curve.figure.series} >= {"raw", "error"}
        await pilot.press("e")
        assert "mean error" not in str(curve.border_title)
        assert whole is not None
        assert curve.figure is not None
        assert [series.role for series in curve.figure.series] == [series.role for series in whole.series]


@pytest.mark.parametrize("task", ["regression", "classification"])
async def test_v_shows_what_lies_behind_and_the_plot_again(task: Task) -> None:
    app = make_app(task)
    app.view.session.advance_to(300)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        plot = app.view.query_one("#plot", Plot)
        before, title = plot.figure, plot.border_title
        await pilot.press("v")
        await pilot.pause()
        assert plot.figure != before
        assert plot.border_title != title
        figure, legend = FIGURES[task](shown(app), detail=True)
        assert str(plot.border_title) == legend
        assert plot.figure is not None
        assert [each.role for each in plot.figure.series] == [each.role for each in figure.series]
        await pilot.press("v")
        assert plot.border_title == title


async def test_t_tells_the_state_in_words_and_closes() -> None:
    app = make_app()
    app.view.session.advance_to(20)
    async with app.run_test() as pilot:
        for close in ("t", "escape", "q", "space", "enter"):
            await pilot.press("t")
            assert isinstance(app.screen, TellScreen)
            said = str(app.screen.query_one(Static).render())
            assert said == describe(shown(app))
            await pilot.press(close)
            assert not isinstance(app.screen, TellScreen)
        assert shown(app).state is State.PAUSED, "space closed and did not run"


@pytest.mark.parametrize("size", [(80, 24), (145, 1), (1, 24)])
async def test_the_palette_ends_nothing(size: tuple[int, int]) -> None:
    app = make_app()
    pairs = [("enter", "enter"), ("enter", "escape"), ("escape", "escape"), ("x", "pageup")]
    before, after = (size, (80, 24)), ((80, 24), size)  # it opens
    async with app.run_test(size=(80, 24)) as pilot:
        for keys, sizes in product(pairs, (before, after)):
            await pilot.resize_terminal(*sizes[0])
            app.post_message(Key("ctrl+p", None))
            await pilot.pause()
            await pilot.resize_terminal(*sizes[1])
            for key in ("down", *keys):
                app.post_message(Key(key, key if len(key) == 1 else None))
            await pilot.pause()
            assert app._exception is None
            await pilot.resize_terminal(80, 24)
            for _ in range(3):
                app.post_message(Key("escape", None))
                await pilot.pause()
            assert not isinstance(app.screen, ModalScreen)
