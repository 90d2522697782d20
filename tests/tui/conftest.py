"""What every test of the screen needs: an environment that changes no drawing, and answers without a wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual._context import active_app
from textual.app import App
from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot
from textual.screen import Screen

from bpengine.many.advice import Change, changes_worth_trying
from bptui.app import BptuiApp
from bptui.commands import spell_arrows
from bptui.terminal.textual_internals import screen_strips, until_idle
from tests.tui.support.fork_server import end_fork_servers

HANGING = 300.0
"""Seconds after which the app never comes to rest. A run that trains on a busy machine leaves few gaps."""


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual draws differently under these."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TEXTUAL_THEME", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    spell_arrows(on=False)  # which an earlier app in ASCII turned on


@pytest.fixture(autouse=True, scope="session")
def no_fork_servers_left() -> Iterator[None]:
    """End the processes from which tests have forked others."""
    yield
    end_fork_servers()


@pytest.fixture(autouse=True, scope="session")
def parsed_once() -> Iterator[None]:
    """Parse each style sheet once for all apps of this process with the same colors.

    Textual parses them anew for each app, which takes a fifth of the time until it is on the screen.
    """
    start, set_variables = Stylesheet.__init__, Stylesheet.set_variables
    parsed: dict[tuple[tuple[str, str], ...], LRUCache[tuple[Any, ...], list[RuleSet]]] = {}

    def share(sheet: Stylesheet) -> None:
        sheet._parse_cache = parsed.setdefault(tuple(sheet._variables.items()), LRUCache(1000))

    def start_sharing(sheet: Stylesheet, *, variables: dict[str, str] | None = None) -> None:
        start(sheet, variables=variables)
        share(sheet)

    def set_and_share(sheet: Stylesheet, variables: dict[str, str]) -> None:
        sheet._parse_cache = LRUCache(1)  # which is cleared now
        set_variables(sheet, variables)
        share(sheet)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(Stylesheet, "__init__", start_sharing)
        monkeypatch.setattr(Stylesheet, "set_variables", set_and_share)
        yield


@pytest.fixture
def few_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try a fifth of the changes: an experiment with NumPy trains hundreds of runs."""

    def some_changes(*arguments: Any, **options: Any) -> tuple[Change, ...]:
        return changes_worth_trying(*arguments, **options)[2::5]  # with one of the hidden units

    monkeypatch.setattr("bpengine.many.advice.experiment.changes_worth_trying", some_changes)


def is_working(app: App[Any]) -> bool:
    """Whether what a key began goes on by itself: time does not stand still."""
    if not isinstance(app, BptuiApp) or app.view.frames._timer._interval > HANGING:
        return False
    return app.view.session.in_progress


async def until_all_is_answered(*_seconds: float) -> None:
    """Let the event loop turn until nobody but timers has anything to do and the screen has been laid out.

    A step, a rewind or a what-if that a key began is done, too: on a machine that stands still for a moment,
    it takes more than one slice of time.
    """
    app = active_app.get()
    async with asyncio.timeout(HANGING):
        await until_idle(app)
        while is_working(app):
            await asyncio.sleep(0.001)
            await until_idle(app)


@pytest.fixture(autouse=True)
def prompt_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know that a key has been answered, where Textual guesses.

    Its pilot sleeps until the process has used little processor time, twice 20 ms a key; while a run trains
    that never comes, and each key waits for a second or two. Before that, it sends every widget a message,
    and waits until all of them are read.
    """

    async def wait_for_screen(pilot: Pilot[Any]) -> bool:
        await until_idle(pilot.app)
        return True

    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", until_all_is_answered)
    monkeypatch.setattr(Pilot, "_wait_for_screen", wait_for_screen)


@pytest.fixture(autouse=True)
def painted_at_the_end(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paint the screen when a test of an app without a terminal ends, instead of after each change.

    Without a terminal, Textual throws away what it has painted, which takes a third of all time. A test whose
    subject is painting is marked `every_frame`.
    """
    if request.node.get_closest_marker("every_frame"):
        return
    refresh, run_test = Screen._compositor_refresh, App.run_test

    def without_painting(screen: Screen[Any]) -> None:
        if screen is screen.app.screen and screen.app.is_headless:
            screen._dirty_widgets.clear()
            screen._compositor._dirty_regions.clear()
            screen.app._update_mouse_over(screen)
        else:
            refresh(screen)

    @asynccontextmanager
    async def then_paint(app: App[Any], **options: Any) -> AsyncIterator[Pilot[Any]]:
        async with run_test(app, **options) as pilot:
            yield pilot
            if app.is_running:
                screen_strips(app)

    monkeypatch.setattr(Screen, "_compositor_refresh", without_painting)
    monkeypatch.setattr(App, "run_test", then_paint)
