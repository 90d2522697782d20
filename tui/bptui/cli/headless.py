"""Drawing the screen without a terminal, after each key has taken full effect."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bptui.screens.advice import AdviceScreen
from bptui.screens.map import MapScreen
from bptui.terminal.idle import until_idle
from bptui.terminal.textual_internals import screen_strips

if TYPE_CHECKING:
    from textual.strip import Strip

    from bptui.app import BptuiApp


POLL_SECONDS = 0.01
"""The time between two checks whether a thread is done."""


async def draw(app: BptuiApp, size: tuple[int, int], keys: Iterable[str]) -> list[Strip]:
    """Return the rows of the screen after these keys. The rows do not depend on the load of the machine.

    Args:
        app: an app that has not been started.
        size: the columns and rows of the screen.
        keys: the keys to press, by their names in Textual.
    """
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await _rest(app)
        for key in keys:
            await pilot.press(key)
            await _rest(app)
        return screen_strips(app)


async def _rest(app: BptuiApp) -> None:
    """Wait until all messages are handled, and train until nothing goes on."""
    await until_idle(app)
    while isinstance(app.screen, (AdviceScreen, MapScreen)) and not app.screen.is_done:
        await asyncio.sleep(POLL_SECONDS)
    session = app.view.session
    session.run_until_idle()
    app.view.show_now()
    await until_idle(app)
