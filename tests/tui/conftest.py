"""What every test of the screen needs: an environment that changes no drawing, and answers without a wait."""

from __future__ import annotations

import asyncio

import pytest
from textual._context import active_app

from bptui.terminal.idle import until_idle

HANGING = 300.0
"""Seconds after which the app never comes to rest. A run that trains on a busy machine leaves few gaps."""


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual draws differently under these."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TEXTUAL_THEME", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


async def until_all_is_answered(*_seconds: float) -> None:
    """Let the event loop turn until nobody but timers has anything to do and the screen has been drawn."""
    async with asyncio.timeout(HANGING):
        await until_idle(active_app.get())


@pytest.fixture(autouse=True)
def prompt_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know that a key has been answered, where Textual guesses.

    Its pilot sleeps until the process has used little processor time, twice 20 ms a key; while a run trains
    that never comes, and each key waits for a second or two.
    """
    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", until_all_is_answered)
