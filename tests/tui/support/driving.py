"""Pressing keys, clicking and resizing, each of which waits until the app is at rest.

Textual's pilot waits until the process uses little processor time. That never happens while a run trains, and
on a busy machine it also happens in the middle of the work.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.events import Key, MouseScrollDown, MouseScrollUp
from textual.keys import KEY_NAME_REPLACEMENTS, REPLACED_KEYS, key_to_character
from textual.pilot import Pilot
from textual.widget import Widget

from bptui.experiments.runner import Runner
from bptui.screen.app import BptuiApp
from bptui.screen.terminal.textual_internals import until_idle
from bptui.session.snapshot import Stage
from tests.tui.support.terminal import DEADLINE

HANGING = 300.0
"""Seconds after which the app never comes to rest."""
GAP_SECONDS = 0.1
"""How long to wait for a gap between two slices of a run that trains. On a busy machine there may be none."""


async def rest(pilot: Pilot[Any]) -> None:
    """Wait until all messages are answered, the screen is laid out, and what a key began has come to its end.

    A step, a rewind or a what-if takes more than one slice of time on a busy machine.
    """
    app = pilot.app
    async with asyncio.timeout(HANGING):
        await settle(pilot)
        await app.animator.wait_until_complete()
        while isinstance(app, BptuiApp) and app.view.session.in_progress:
            await asyncio.sleep(0.001)
        await settle(pilot)


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until only timers remain or, if a run trains without a gap, until all widgets have answered."""
    app = pilot.app
    idle = asyncio.create_task(until_idle(app))
    while not (await asyncio.wait([idle], timeout=GAP_SECONDS))[0]:
        if isinstance(app, BptuiApp) and app.view.session.stage is Stage.RUNNING:
            idle.cancel()
            for _ in range(3):  # from the app to the screen, to the panel, and to what that sends
                await pilot.pause(0)
            return
    idle.result()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, such as `x`, `?` or `ctrl+u`, each when the one before has been answered."""
    for key in keys:
        await press_at_once(pilot, key)


async def press_at_once(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys that come together, and wait until all of them are answered."""
    post_keys(pilot.app, *keys)
    await rest(pilot)


def post_keys(app: App[Any], *keys: str) -> None:
    """Press keys without waiting for what they do."""
    for key in keys:
        if len(key) == 1 and not key.isalnum():
            name = unicodedata.name(key).lower().replace("-", "_").replace(" ", "_")
            app.post_message(Key(KEY_NAME_REPLACEMENTS.get(name, name), key))
        else:
            app.post_message(Key(key, key_to_character(REPLACED_KEYS.get(key, key))))


async def click(
    pilot: Pilot[Any],
    widget: Widget | type[Widget] | str | None = None,
    *,
    offset: tuple[int, int] = (0, 0),
    times: int = 1,
) -> None:
    """Click on a widget, or on the screen; see `Pilot.click`."""
    await pilot.click(widget, offset=offset, times=times)
    await rest(pilot)


async def turn_wheel(pilot: Pilot[Any], widget: Widget, event: type[MouseScrollDown | MouseScrollUp]) -> None:
    """Turn the mouse wheel over a widget by a notch."""
    x, y = widget.content_region.offset
    pilot.app.post_message(event(None, x, y, 0, 0, 0, shift=False, meta=False, ctrl=False))
    await rest(pilot)


async def resize(pilot: Pilot[Any], width: int, height: int) -> None:
    """Resize the terminal, and wait until all is drawn for it."""
    await pilot.resize_terminal(width, height)
    await rest(pilot)


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Let the app go on until something holds."""
    async with asyncio.timeout(2 * DEADLINE):
        while not holds():
            await asyncio.sleep(0.002)
            await settle(pilot)


def is_at_work(runner: Runner) -> bool:
    """Whether jobs wait for their turn."""
    return any(not task.has_ended for task, _ in [*runner._ready])
