"""Waiting until an app without a terminal has nothing left to do, with no guess about time."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App


async def until_idle(app: App[Any]) -> None:
    """Let the event loop turn until all messages are handled and the screen is laid out.

    Only timers may be left then. Textual's own pilot returns once the process uses little processor time,
    which on a busy machine can happen in the middle of the work.
    """
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(0)
        if loop._ready:  # type: ignore[attr-defined]  # the callbacks that are due
            continue
        screen = app.screen if app.screen_stack else None
        # Textual leaves these two to timers; nothing is gained by waiting for them.
        if app._resize_timer is not None:
            app._check_resize()
        elif screen is not None and screen._update_timer._active.is_set():
            screen._on_timer_update()
        else:
            return
