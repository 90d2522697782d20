"""The screen of a training that runs elsewhere: its keys, and what it shows when something goes wrong."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

from rich.text import Text
from textual.pilot import Pilot

import bpsteer
from bptui.screen.overlays.choice import ChoiceScreen
from bptui.screen.overlays.dialog import Confirmation
from bptui.screen.overlays.questions import AskScreen
from bptui.screen.overlays.reading import WordsScreen
from bptui.screen.terminal.textual_internals import screen_strips
from bptui.screen.widgets.error_table import ErrorTable
from bptui.steering.app import SteerApp
from bptui.steering.client import Client
from bptui.steering.commands import COMMANDS, TOPICS
from bptui.steering.runs import find, run_of_record
from bptui.steering.shown import CurveOptions, metric_figure
from bptui.steering.steering import Steering, SteerSnapshot
from tests.tui.support.driving import press, press_at_once, until
from tests.tui.support.steered import program, socket_of, started, training
from tests.tui.support.terminal import DEADLINE, Terminal, bptui, wait_until


def shown(app: SteerApp) -> SteerSnapshot:
    assert app.view.snapshot is not None
    return app.view.snapshot


def text(app: SteerApp) -> str:
    return "\n".join(strip.text for strip in screen_strips(app))


@contextlib.asynccontextmanager
async def attached(
    name: str = "digits", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[SteerApp, Pilot[int]]]:
    """A screen. Keys that are pressed before there is a connection wait for it."""
    app = SteerApp(find(name))
    async with app.run_test(size=size) as pilot:
        yield app, pilot


async def test_a_note_that_has_no_room_says_what_is_true_now() -> None:
    with training() as trained:
        async with attached() as (app, pilot):

            def scheduled(weight: float) -> dict[str, float]:
                trained.rate = 0.0123456
                return {"loss": weight}

            trained.measure = scheduled
            trained.ask("set", name="learning rate", value=0.0234567)
            trained.ask("step", count=1)
            note = "learning rate: the program set it to 0.0123456 at step 1."
            await until(pilot, lambda: note in text(app))


async def test_keys_steer_the_training_and_everybody_sees_it() -> None:
    with training() as trained:
        async with attached() as (app, pilot), attached() as (other, other_pilot):
            go_on = threading.Event()
            trained.measure = lambda weight: {"loss": weight if go_on.wait(DEADLINE) else -1.0}
            await press(pilot, "s")
            await until(pilot, lambda: shown(app).status.state == "running")
            await press(pilot, "space")  # during the step, it pauses
            go_on.set()
            await until(pilot, lambda: (shown(app).status.step, shown(app).status.state) == (1, "paused"))
            await press(pilot, "s", "s")
            await until(pilot, lambda: shown(app).status.step == 3)
            await press_at_once(pilot, "right", "right")
            await until(pilot, lambda: trained.rate == 1.0)
            await until(pilot, lambda: "‹1›" in text(app))
            await until(pilot, lambda: "learning rate from 0.7 to 1, from step 3 on." in text(other))
            await press(pilot, "u", "u", "u")
            await until(pilot, lambda: "There is nothing to undo." in text(app))
            assert trained.rate == 0.5
            await press(pilot, "U")
            await until(pilot, lambda: trained.rate == 0.7)
            await press(pilot, "enter", *"7", "enter")
            await until(pilot, lambda: "RuntimeError: seven is unlucky." in text(app))
            assert trained.rate == 0.7
            await press(pilot, "S", "s", "s")
            await until(pilot, lambda: shown(app).status.step == 5)
            await press(pilot, "S")
            await until(pilot, lambda: [state.step for state in shown(app).status.states] == [0, 3, 5])
            await press(pilot, "b")
            await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
            await press(pilot, "enter")  # the newest earlier one
            await until(pilot, lambda: shown(app).status.branch == 1)
            assert (shown(app).status.step, shown(app).status.state) == (3, "paused")
            await until(pilot, lambda: "loss" in shown(app).past.left)  # the status may come first
            assert shown(app).past.left["loss"][0].tolist() == [3, 4]
            await press(pilot, "q")
            assert not app.is_running
            assert trained.thread.is_alive()
            await until(other_pilot, lambda: shown(other).status.branch == 1)
            await press(other_pilot, "space")
            await until(other_pilot, lambda: shown(other).status.is_over and shown(other).status.step == 1000)


async def test_a_choice_opens_at_its_present_value() -> None:
    taken = ["adam"]
    optimizer = bpsteer.choice("optimizer", ("sgd", "adam", "nag"), lambda: taken[-1], taken.append)
    with training(further=[optimizer]):
        async with attached() as (app, pilot):
            await until(pilot, lambda: app.view.setting is not None)
            await press(pilot, "down", "enter")
            assert isinstance(app.screen, ChoiceScreen)
            await press(pilot, "down", "enter")
            await until(pilot, lambda: taken == ["adam", "nag"])


async def test_the_drawn_metrics_can_be_chosen() -> None:
    with training(
        measure=lambda weight: {"loss": 1 / (1 + weight), "score": -weight, "third": weight}
    ) as trained:
        trained.ask("step", count=30)
        async with attached() as (app, pilot):
            await until(pilot, lambda: len(app.view.metrics) == 3)
            assert "loss, log (L)" in text(app) and "score, linear (L)" in text(app)
            assert "m: third" in text(app)
            await press(pilot, "m", "L", "e")
            assert "mean score, linear (L)" in text(app), "it is below 0"
            assert "mean third, linear (L)" in text(app)
            await press(pilot, "tab", "left", "left", "z")
            assert "step 28: score -14.5" in text(app)
            assert "settings" not in text(app)
            await press(pilot, "escape", "escape", "t")
            assert isinstance(app.screen, WordsScreen)
            assert "third is 15 at step 29. It was 0.5 at step 0." in text(app)
            await press(pilot, "escape", "?", "right")
            assert "Train one step, and pause." in text(app)
            await press(pilot, "escape", "ctrl+p", *"learn", "enter")
            await until(pilot, lambda: isinstance(app.screen, AskScreen))


async def test_stopping_asks_and_the_next_run_of_the_name_can_be_opened() -> None:
    with training() as trained:
        async with attached() as (app, pilot):
            await press(pilot, "Q")
            assert isinstance(app.screen, Confirmation)
            await press(pilot, "escape", "s")
            assert not trained.run.stopped
            await press(pilot, "Q", "enter")
            await until(pilot, lambda: shown(app).status.is_over)
            assert trained.run.stopped
            await press(pilot, "space", "b", "right")
            with training() as another:
                await until(pilot, lambda: "r next run" in text(app))
                await press(pilot, "r")
                await press(pilot, "right")
                await until(pilot, lambda: another.rate == 0.7)


async def test_the_table_shows_whole_names_and_the_last_value_of_each() -> None:
    def measure(weight: float) -> dict[str, float]:
        seldom = {"validation/accuracy_of_all": weight} if weight in (1.0, 2.0) else {}
        return {"train/loss": 1 / weight, **seldom}

    with training(measure=measure) as trained:
        trained.ask("step", count=5)
        async with attached() as (app, pilot):
            await until(pilot, lambda: len(app.view.metrics) == 2)
            _, losses, accuracies, *_ = app.query_one(ErrorTable).render().columns
            headings = [
                str(column.header).replace("\n", "").replace(" ", "") for column in (losses, accuracies)
            ]
            assert headings == ["train/loss", "validation/accuracy_of_all"]
            cells = [cell for cell in accuracies.cells if isinstance(cell, Text)]
            assert [cell.plain.strip() for cell in cells] == ["–", "1.00", "1.00", "2.00", "2.00"]
            assert ["dim" in str(cell.style) for cell in cells] == [True, False, True, False, True]


def test_the_axes_follow_the_data() -> None:
    with training(measure=lambda weight: {"loss": 3 + 4 / (1 + weight)}) as trained:
        trained.ask("step", count=30)
    snapshot = Steering(run_of_record(trained.run.record), lambda: None).snapshot()
    for switched in (frozenset[str](), frozenset({"loss"})):
        axis = metric_figure(snapshot, "loss", CurveOptions(switched))[0].y
        assert axis.log is not bool(switched)
        assert 2.5 < axis.low < 3.25 and 5.66 < axis.high < 6.5
        assert len([tick for tick, _ in axis.ticks if axis.low <= tick <= axis.high]) >= 3


def groups(count: int) -> list[bpsteer.Setting]:
    """The settings of an optimizer with groups of parameters."""
    optimizer = SimpleNamespace(param_groups=[{"lr": 0.1, "momentum": 0.9} for _ in range(count)])
    return bpsteer.torch_settings(optimizer)


async def test_settings_of_groups_keep_their_numbers_and_are_found_by_initials() -> None:
    with bpsteer.start("groups", groups(3)):
        async with attached("groups") as (app, pilot):
            await until(pilot, lambda: re.search("learn.*….*group 3 ", text(app)) is not None)
            await press(pilot, "/", *"lr 2", "enter")
            assert app.view.setting is not None
            assert app.view.setting.name == "learning rate of group 2"
            await press(pilot, "ctrl+p", *"lr3", "enter")
            await until(pilot, lambda: isinstance(app.screen, AskScreen))
            assert app.view.setting.name == "learning rate of group 3"


async def test_an_ended_run_is_not_taken_for_the_next_one_of_its_name() -> None:
    with training() as trained:
        trained.ask("step", count=7)
        found = find("digits")
    with training():  # before the screen has connected
        app = SteerApp(found)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: shown(app).status.is_over and shown(app).has_successor)
            assert shown(app).status.step == 7
            await press(pilot, "r")
            await until(pilot, lambda: (shown(app).status.state, shown(app).status.step) == ("paused", 0))
            await until(pilot, lambda: [list(run) for run in shown(app).earlier] == [["loss"]])


async def test_updates_that_come_after_the_end_of_the_screen_are_not_drawn() -> None:
    with training():
        async with attached() as (app, pilot):
            await press(pilot, "s")
            await until(pilot, lambda: shown(app).status.step == 1)
        app.view.zoomed = True


async def test_the_screen_answers_keys_while_a_setter_or_the_whole_process_hangs(tmp_path: Path) -> None:
    with program(tmp_path) as process:
        started(process)
        async with attached() as (app, pilot):
            await until(pilot, lambda: shown(app).status.step > 5)
            await press(pilot, "enter", "2", "enter")
            waits = re.compile(r"The change of learning rate waits for the training, \d+ s\.")
            await until(pilot, lambda: waits.search(text(app)) is not None)
            assert "0.1 → ‹2›" in text(app)
            await press(pilot, "t", "escape", "tab")  # other keys act meanwhile
            assert app.view.focused == "curve-0"
            (tmp_path / "go").touch()
            await until(pilot, lambda: "learning rate from 0.1 to 2" in text(app))
            process.send_signal(signal.SIGSTOP)
            await until(pilot, lambda: "silent" in text(app))
            await press(pilot, "space")
            pauses = re.compile(r"The request to pause waits for the training, \d+ s\.")
            await until(pilot, lambda: pauses.search(text(app)) is not None)
            process.send_signal(signal.SIGCONT)
            await until(pilot, lambda: "paused" in text(app))
            await press(pilot, "space")
            await until(pilot, lambda: "running" in text(app))
            process.kill()
            await until(pilot, lambda: re.search("digits (has )?died", text(app)) is not None)


def test_a_screen_that_is_killed_or_whose_line_drops_changes_nothing(tmp_path: Path) -> None:
    variables = {name: os.environ[name] for name in ("XDG_STATE_HOME", "XDG_RUNTIME_DIR")}

    def screen() -> Terminal:
        return bptui("attach", "digits", variables=variables)

    def is_paused() -> bool:
        return find("digits").status.state == "paused"

    with program(tmp_path) as process, screen() as killed, screen() as dropped, screen() as left:
        started(process)
        for terminal in (killed, dropped, left):
            terminal.wait_for_text("▸learning rate", "running", "q leave")
        killed.send(" ")
        wait_until(is_paused, "the pause")
        left.wait_for_text("is paused at step")
        killed.process.kill()
        dropped.close_window()
        left.send("q")
        assert left.wait_for_exit() == 0
        assert left.left_on() == set()
        dropped.process.wait()
        assert is_paused()
        with Client(socket_of("digits")) as client:
            assert client.ask("run", DEADLINE).succeeded


async def test_every_command_calls_something() -> None:
    with training():
        assert SteerApp(find("digits")).actions_of_commands.keys() == {command.name for command in COMMANDS}


def test_the_page_names_keys_that_there_are() -> None:
    page = (Path(__file__).parents[3] / "docs" / "steering.md").read_text("utf-8")
    table = page.partition("| key | what it does |")[2].partition("\n\n")[0]
    named = {key for row in table.splitlines()[2:] for key in re.findall("`(.+?)`", row.split("|")[1])}
    keys = {key for command in COMMANDS for key in command.shown.split()}
    assert named <= keys
    assert len(named) > 20
    assert all(command.topic in TOPICS and len(command.label) <= 17 for command in COMMANDS)
