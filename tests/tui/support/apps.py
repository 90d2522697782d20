"""Apps for tests: paused, so that they train only when told to; and what they show."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
from collections.abc import Callable
from typing import Any

from textual.events import Key
from textual.pilot import Pilot

from bpengine import TASKS, DivergedError, Task, Trainer, TrainingConfig
from bptui.app import BptuiApp
from bptui.session.snapshot import Snapshot
from bptui.startup.start_settings import StartSettings
from bptui.terminal.textual_internals import until_idle

EPOCHS = 100_000_000
"""More than a test lets pass."""


def make_app(
    task: Task = "regression",
    *,
    paused: bool = True,
    ascii: bool = False,
    restored: Trainer | None = None,
    **settings: Any,
) -> BptuiApp:
    """An app open on the task's tab, with settings for it."""
    configs = {each: TrainingConfig.defaults(each) for each in TASKS}
    configs[task] = TrainingConfig.defaults(task, **settings)
    return BptuiApp(
        StartSettings(
            configs=configs, start=task, paused=paused, kernel="numpy", ascii=ascii, restored=restored
        )
    )


def make_trained_app(task: Task, epoch: int, *, ascii: bool = False, **settings: Any) -> BptuiApp:
    """An app whose run was trained until this epoch was done: once for all tests of this process."""
    config = TrainingConfig.defaults(task, **settings)
    return make_app(task, ascii=ascii, restored=copy.copy(_trained(config, epoch)), **settings)


@functools.cache
def _trained(config: TrainingConfig, epoch: int) -> Trainer:
    trainer = Trainer(config, kernel="numpy")
    with contextlib.suppress(DivergedError):
        while trainer.epochs_done <= epoch and not trainer.finished:
            trainer.run_epoch()
    return trainer


async def resize(pilot: Pilot[Any], width: int, height: int) -> None:
    """Resize the terminal, and wait until all is drawn for it: Textual takes a new size up a moment later."""
    await pilot.resize_terminal(width, height)
    while pilot.app.screen._compositor.size != pilot.app.size:
        await pilot.pause()
    await pilot.pause()


def shown(app: BptuiApp) -> Snapshot:
    """What the open tab shows."""
    assert app.view.snapshot is not None
    return app.view.snapshot


def lines(app: BptuiApp) -> list[str]:
    """The screen's text."""
    return [strip.text for strip in app.screen._compositor.render_strips(app.size)]


async def press_at_once(pilot: Pilot[int], *keys: str) -> None:
    """Press keys that come together, and wait until all of them are answered."""
    for key in keys:
        pilot.app.post_message(Key(key, None))
    await pilot.pause()


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Let the app go on until something holds."""
    for _ in range(5000):
        if holds():
            return
        await asyncio.sleep(0.002)
        await until_idle(pilot.app)  # a pause of the pilot's also sends a message to every widget
    raise AssertionError("it never came to hold")
