"""The screen opens before the engine is loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest
from textual import events

from bpengine import TASKS
from bptui.cli import UNCHECKED
from bptui.cli.screen import parser
from bptui.commands import TABS
from bptui.screen.app import BptuiApp
from bptui.screen.terminal.driver import LineIsFast
from bptui.screen.terminal.textual_internals import screen_strips
from bptui.settings.deferred_start import DeferredStart
from bptui.settings.start_settings import StartSettings
from tests.tui.support.driving import rest
from tests.tui.support.terminal import bptui


def test_launching_the_screen_does_not_import_the_engine() -> None:
    loaded = "int('numpy' in sys.modules or 'bpengine' in sys.modules)"
    modules = "bptui.screen.app, bptui.cli.launch, bptui.screen.terminal.guard"
    code = f"import sys, {modules}; sys.exit({loaded})"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_tabs_of_a_deferred_start_are_the_tasks() -> None:
    assert TABS == TASKS


@pytest.mark.parametrize("task", TASKS)
def test_arguments_that_are_not_checked_are_valid(task: str) -> None:
    together = next(free for free in UNCHECKED if task in free)
    options = parser().parse([*together, *together - {task}])
    assert options.named == task
    assert options.paused


async def test_the_first_frame_is_drawn_before_the_engine_is_loaded() -> None:
    painted: list[str] = []

    def load() -> StartSettings:
        painted.extend(strip.text for strip in screen_strips(app))
        return StartSettings(start="classification", paused=True, kernel="numpy")

    app = BptuiApp(DeferredStart("classification", ascii=False, load=load))
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert "2 Classification" in painted[0]
        assert painted[-1].startswith(" space pause "), "the footer is there from the first frame on"
        assert "? help  q quit" in painted[-1]
        assert app.view.session.config.task == "classification"


async def test_keys_pressed_before_the_engine_is_loaded_act_afterwards() -> None:
    def load() -> StartSettings:
        return StartSettings(paused=True, kernel="numpy")

    app = BptuiApp(DeferredStart("regression", ascii=False, load=load))
    app.post_message(LineIsFast())  # what the first frame tells
    for key in ("R", "2", "R", "R"):
        app.post_message(events.Key(key, key))
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert [view.session.config.seed for view in app.tabs.views.values()] == [1, 2]
        assert app.view.session.config.task == "classification"


async def test_an_app_that_ends_while_the_engine_is_loaded_mounts_nothing() -> None:
    def load() -> StartSettings:
        app.exit(7)
        return StartSettings(paused=True, kernel="numpy")

    app = BptuiApp(DeferredStart("regression", ascii=False, load=load))
    await app.run_async(headless=True, size=(80, 24))
    assert app.return_value == 7
    assert app.return_code == 0, "there was an error"


def test_keys_act_after_a_deferred_start_on_a_terminal() -> None:
    with bptui("classification", "--paused") as terminal:
        terminal.wait_for_text("2 Classification")
        terminal.send("R")
        terminal.wait_for_text("ready", "seed 1", "wrong")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
