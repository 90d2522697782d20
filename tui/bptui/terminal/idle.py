"""Waiting until an app without a terminal is idle, without guessing how long that takes."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App

from bptui.terminal.textual_internals import do_deferred_work


async def until_idle(app: App[Any]) -> None:
    """Run the event loop until all messages are handled and the screen is laid out; only timers remain.

    Textual's own pilot returns once the process uses little processor time. On a busy machine, that can also
    happen in the middle of the work.
    """
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(0)
        nothing_is_due = not loop._ready  # type: ignore[attr-defined]
        if nothing_is_due and not do_deferred_work(app):
            return
