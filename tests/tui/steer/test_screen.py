"""The screen of a training that runs elsewhere: its keys, and what it shows when something goes wrong."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
from collections.abc import AsyncIterator
from pathlib import Path

from textual.pilot import Pilot

from bptui.attach.app import SteerApp
from bptui.attach.client import Client
from bptui.attach.commands import COMMANDS, TOPICS
from bptui.attach.picture import Picture
from bptui.attach.runs import find
from bptui.screens.question import Question
from bptui.screens.reading import WordsScreen
from bptui.screens.value import ChoiceScreen, ValueScreen
from bptui.terminal.textual_internals import screen_strips
from tests.tui.support.driving import press, press_at_once, until
from tests.tui.support.steered import program, socket_of, started, training
from tests.tui.support.terminal import DEADLINE, Terminal, bptui, wait_until


def shown(app: SteerApp) -> Picture:
    assert app.view.picture is not None
    return app.view.picture


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
            await press(pilot, "b")
            await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
            await press(pilot, "enter")
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


async def test_what_is_drawn_can_be_chosen() -> None:
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
            await until(pilot, lambda: isinstance(app.screen, ValueScreen))


async def test_stopping_asks_and_the_next_run_of_the_name_can_be_opened() -> None:
    with training() as trained:
        async with attached() as (app, pilot):
            await press(pilot, "Q")
            assert isinstance(app.screen, Question)
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


async def test_news_that_come_after_the_end_of_the_screen_are_not_drawn() -> None:
    with training():
        async with attached() as (app, pilot):
            await press(pilot, "s")
            await until(pilot, lambda: shown(app).status.step == 1)
        app.view.zoomed = True


async def test_the_screen_stays_alive_while_a_setter_hangs_and_while_the_process_does(tmp_path: Path) -> None:
    with program(tmp_path) as process:
        started(process)
        async with attached() as (app, pilot):
            await until(pilot, lambda: shown(app).status.step > 5)
            await press(pilot, "enter", "2", "enter")
            await until(pilot, lambda: "has not taken the change of learning rate yet" in text(app))
            assert "0.1 → ‹2›" in text(app)
            await press(pilot, "t", "escape", "tab")  # other keys act meanwhile
            assert app.view.focused == "curve-0"
            (tmp_path / "go").touch()
            await until(pilot, lambda: "learning rate from 0.1 to 2" in text(app))
            process.send_signal(signal.SIGSTOP)
            await until(pilot, lambda: "silent" in text(app))
            process.send_signal(signal.SIGCONT)
            await until(pilot, lambda: "running" in text(app))
            process.kill()
            await until(pilot, lambda: "digits died at step" in text(app))


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
            assert client.ask("run", 5.0).succeeded


def test_the_page_names_keys_that_there_are() -> None:
    page = (Path(__file__).parents[3] / "docs" / "steering.md").read_text("utf-8")
    table = page.partition("| key | what it does |")[2].partition("\n\n")[0]
    named = {key for row in table.splitlines()[2:] for key in re.findall("`(.+?)`", row.split("|")[1])}
    keys = {key for command in COMMANDS for key in command.shown.split()}
    assert named <= keys
    assert len(named) > 20
    assert all(command.topic in TOPICS and len(command.label) <= 17 for command in COMMANDS)
