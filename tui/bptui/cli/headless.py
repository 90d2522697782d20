"""The app without a terminal, for a picture: its screen comes to rest after each key."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual._compositor import LayoutUpdate
from textual.strip import Strip

from bptui.terminal.idle import until_idle

if TYPE_CHECKING:
    from bptui.app import BptuiApp


KERNEL_POLL_SECONDS = 0.01
"""How often to look whether the thread that loads numba is done."""


async def draw(app: BptuiApp, size: tuple[int, int], keys: Iterable[str]) -> list[Strip]:
    """Return the rows of the screen after these keys, whatever the load of the machine.

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
        return _rows(app)


async def _rest(app: BptuiApp) -> None:
    """Wait until every message is handled, the kernel is loaded, and the run stands still."""
    await until_idle(app)
    session = app.view.session
    while session.waiting:
        await asyncio.sleep(KERNEL_POLL_SECONDS)
    await until_idle(app)
    session.run_to_rest()
    app.view.show_now()
    await until_idle(app)


def _rows(app: BptuiApp) -> list[Strip]:
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)  # a full one
    return [Strip.join(list(row)) for row in update.strips]
