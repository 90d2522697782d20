"""What every test of the screen needs: an environment that changes no drawing, and answers without a wait."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest
from textual._context import active_app

TURNS = 100_000
"""Of the event loop; more than any answer takes."""
DRAWINGS = 100
"""Of a screen on which nothing happens; more than settle any layout."""


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual draws differently under these."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TEXTUAL_THEME", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def rare_collection_of_garbage() -> Iterator[None]:
    """An app is tens of thousands of objects: a sixth of the time would go into looking for garbage."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 10, 10)
    yield
    gc.set_threshold(*before)


async def until_all_is_answered(*_seconds: float) -> None:
    """Let the event loop turn until nobody but timers has anything to do and the screen has been drawn."""
    app, loop, drawings = active_app.get(), asyncio.get_running_loop(), 0
    for _ in range(TURNS):
        await asyncio.sleep(0)
        if loop._ready:  # type: ignore[attr-defined]
            continue
        screen = app.screen if app.screen_stack else None
        # What Textual does a frame later, it may do at once.
        if app._resize_timer is not None:
            app._check_resize()
        elif screen is not None and screen._update_timer._active.is_set() and drawings < DRAWINGS:
            drawings += 1
            screen._on_timer_update()
        else:
            assert drawings < DRAWINGS, f"{screen} is drawn anew for ever"
            return
    raise AssertionError("the app never comes to rest")


@pytest.fixture(autouse=True)
def prompt_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know that a key has been answered, where Textual guesses.

    Its pilot sleeps until the process has used little processor time, twice 20 ms a key; while a run trains
    that never comes, and each key waits for a second or two.
    """
    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", until_all_is_answered)
