"""What every test of the screen needs: an environment that doesn't change what is drawn, and an app that is
waited for no longer than it works."""

from __future__ import annotations

import asyncio

import pytest
from textual._context import active_app

TURNS = 100_000
"""Of the event loop; more than any answer takes."""


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual draws differently under these."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TEXTUAL_THEME", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


async def until_all_is_answered(*_seconds: float) -> None:
    """Let the event loop turn until nobody but timers has anything to do and the screen has been drawn."""
    app, loop = active_app.get(), asyncio.get_running_loop()
    for _ in range(TURNS):
        await asyncio.sleep(0)
        if loop._ready:  # type: ignore[attr-defined]
            continue
        screen = app.screen if app.screen_stack else None
        if screen is None or not screen._update_timer._active.is_set():
            return
        screen._on_timer_update()  # the next frame is due; no need to wait for its time
    raise AssertionError("the app never comes to rest")


@pytest.fixture(autouse=True)
def prompt_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know that a key has been answered, where Textual guesses.

    Its pilot sleeps until the process has used little processor time, twice 20 ms a key; while a run trains
    that never comes, and each key waits for a second or two.
    """
    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", until_all_is_answered)
