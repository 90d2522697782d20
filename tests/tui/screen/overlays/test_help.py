"""The help explains everything on the screen, from the panel in focus."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.console import Console
from textual.pilot import Pilot

from bpengine import FIELDS, TASKS, Task
from bptui.commands import COMMANDS, TOPICS
from bptui.screen.app import BptuiApp
from bptui.screen.drawing import ROLES
from bptui.screen.overlays.help import HelpScreen, HelpText
from bptui.screen.overlays.help_pages import ESSENTIAL, PAGES
from bptui.screen.tabs.panels import NAMES, PANELS
from tests.tui.support.apps import lines, make_app
from tests.tui.support.driving import press


def page_of(app: BptuiApp) -> str:
    """The text of the page that is shown, in a wide terminal."""
    console = Console(width=118, file=io.StringIO())
    with console.capture() as capture:
        console.print(app.screen.query_one(HelpText).render())
    return capture.get()


async def pages_of(app: BptuiApp, pilot: Pilot[Any]) -> dict[str, str]:
    """The text of each page, none of which scrolls; the first one is shown at the end."""
    found = {}
    for name in PAGES:
        assert f"‹{name}›" in str(app.screen.query_one("#help").border_title)
        assert app.screen.query_one("#help").max_scroll_y == 0, f"{name}: more than a page"
        found[name] = page_of(app)
        await press(pilot, "right")
    return found


@pytest.mark.parametrize("task", TASKS)
async def test_the_help_opens_with_the_focused_panel_and_ten_keys_and_has_a_page_for_each_topic(
    task: Task,
) -> None:
    app = make_app(task)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "tab", "f1")
        help = app.screen.query_one("#help")
        assert lines(app)[help.content_region.y].startswith("│plot  The network's outputs")
        pages = await pages_of(app, pilot)
        for _, purpose in ESSENTIAL:
            assert purpose in pages["start"]
        assert len(ESSENTIAL) == 10
        for command in COMMANDS:
            assert command.topic in TOPICS
            assert command.help in pages[command.topic]
            assert all(key in pages[command.topic] for key in command.shown.split())
            assert len(command.label) <= 17
        everything = "".join(pages.values())
        for name in (*NAMES, "status", "training", "timeline"):
            assert f"\n{name}  " in f"\n{everything}", name
        for role in ROLES.values():
            assert bool(role.sign) == bool(role.meaning)
            if role.task in (None, task):
                assert role.meaning in everything


def test_every_panel_is_explained_in_two_sentences() -> None:
    for panel in PANELS:
        assert len(re.findall(r"\.(?: |$)", panel.help.about)) == 2, panel.name
        assert panel.help.signs
        assert panel.help.topic in TOPICS


async def test_the_keys_that_open_the_help_close_it_and_so_does_q() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        for key in ("?", "f1", "q"):
            await press(pilot, "?", key)
            assert not isinstance(app.screen, HelpScreen), key


async def test_typing_searches_the_help_and_escape_goes_back_and_then_closes() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "?", *"lr")
        assert page_of(app).splitlines()[0].startswith("settings")
        assert FIELDS[2].help in page_of(app)
        await press(pilot, "backspace", "backspace", *"knock out")
        assert "the chosen unit, which then counts as 0" in page_of(app)
        assert "Restart" not in page_of(app)
        await press(pilot, *"zq")
        assert page_of(app) == "Nothing in the help has these words.\n"
        await press(pilot, "escape")
        assert "‹start›" in str(app.screen.query_one("#help").border_title)
        await press(pilot, "left")
        assert "‹screen›" in str(app.screen.query_one("#help").border_title)
        await press(pilot, "escape")
        assert not isinstance(app.screen, HelpScreen)
        assert app.view.session.epochs_done == 0


async def test_space_reads_the_help_page_by_page_in_a_small_terminal() -> None:
    app = make_app(ascii=True)
    async with app.run_test(size=(60, 18)) as pilot:
        await press(pilot, "question_mark")
        help = app.screen.query_one("#help")
        assert "[start] training settings compare plots inside screen" in lines(app)[0]
        await press(pilot, "space")
        assert 0 < help.scroll_y <= help.max_scroll_y
        for _ in range(9):
            if "‹training›" not in str(help.border_title):
                await press(pilot, "space")
        assert "‹training›" in str(help.border_title)
        assert help.scroll_y == 0
        await press(pilot, "down", "pagedown")
        assert help.scroll_y > 1
        await press(pilot, "pageup", "home")
        assert "‹start›" in str(help.border_title)
