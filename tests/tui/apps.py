"""Apps for tests: paused, so that they train only when told to."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from bpengine import TASKS, Task, TrainingConfig
from bptui.app import BptuiApp
from bptui.start import StartSettings


def make_app(
    task: Task = "regression", *, paused: bool = True, ascii: bool = False, **settings: Any
) -> BptuiApp:
    """An app open on the task's tab, with settings for it."""
    configs = {each: TrainingConfig.defaults(each) for each in TASKS}
    configs[task] = TrainingConfig.defaults(task, **settings)
    return BptuiApp(StartSettings(configs=configs, start=task, paused=paused, kernel="numpy", ascii=ascii))


async def resize(pilot: Pilot[int], width: int, height: int) -> None:
    """Resize the terminal, and wait until all is drawn for it: Textual takes a new size up a moment later."""
    await pilot.resize_terminal(width, height)
    while pilot.app.screen._compositor.size != pilot.app.size:
        await pilot.pause()
    await pilot.pause()
