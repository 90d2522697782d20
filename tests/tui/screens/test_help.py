"""The help explains everything on the screen, from the panel in focus."""

from __future__ import annotations

import io
import re
from itertools import product

from rich.console import Console

from bpengine import TASKS
from bptui.commands import COMMANDS
from bptui.drawing import ROLES
from bptui.screens.help import HelpScreen, HelpText
from bptui.views.panel_layout import PanelLayout
from bptui.views.panels import NAMES, PANELS
from tests.tui.support.apps import lines, make_app
from tests.tui.support.driving import press


async def test_it_opens_with_the_focused_panel_and_is_one_page_at_120x36() -> None:
    app = make_app()
    console = Console(width=118, file=io.StringIO())
    explained = ""
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "tab", "question_mark")
        page = app.screen.query_one("#help")
        assert lines(app)[page.content_region.y].startswith("│plot  The network's outputs")
        assert page.max_scroll_y == 0
        await press(pilot, "escape")
        for task, name in product(TASKS, NAMES):
            app.view.panel_layout = PanelLayout(focused=name)
            text = HelpText(app.view.help(), task).render()
            with console.capture() as capture:
                console.print(text)
            explained += capture.get()
            rows = capture.get().splitlines()
            assert rows[0].startswith(f"{name}  ")
            assert len(rows) <= 34, f"{name}: more than a page"
            for each in (*NAMES, "keys", "status", "training"):
                assert any(row.startswith(f"{each}  ") for row in rows), each
    words = set(explained.split())
    for role in ROLES.values():
        assert bool(role.sign) == bool(role.meaning)
        assert {*role.sign.split(), *role.meaning.split()} <= {*words, *(word.rstrip(";") for word in words)}
    for command in COMMANDS:
        assert set(command.label.split()) <= words
        assert len(command.label) <= 17


def test_every_panel_is_explained_in_two_sentences() -> None:
    for panel in PANELS:
        assert len(re.findall(r"\.(?: |$)", panel.help.about)) == 2, panel.name
        assert panel.help.signs


async def test_space_and_page_keys_scroll_it_in_a_small_terminal() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "question_mark")
        assert isinstance(app.screen, HelpScreen)
        scroll = app.screen.query_one("#help")
        places = [scroll.scroll_y]
        for key in ("space", "pagedown", "space", "space", "space"):
            await press(pilot, key)
            places.append(scroll.scroll_y)
        assert places[0] < places[1] < places[2]
        assert places[-1] == scroll.max_scroll_y
        await press(pilot, "pageup")
        assert scroll.scroll_y < places[-1]
        assert app.screen.query_one(HelpText)
