"""Apps for tests: paused, so that they train only when told to; and what they show."""

from __future__ import annotations

import contextlib
import copy
import functools
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from unittest import mock

from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from bpengine import TASKS, DivergedError, Task, Trainer, TrainingConfig
from bptui.screen.app import BptuiApp
from bptui.screen.terminal.guard import TerminalGuard
from bptui.screen.terminal.textual_internals import screen_strips
from bptui.session.snapshot import Snapshot
from bptui.settings.start_settings import StartSettings

W = TypeVar("W", bound=Widget)

EPOCHS = 100_000_000
"""More than a test lets pass."""


def make_app(
    task: Task = "regression",
    *,
    paused: bool = True,
    ascii: bool = False,
    restored: Trainer | None = None,
    threads: bool = False,
    clock: Callable[[], float] = time.perf_counter,
    **settings: Any,
) -> BptuiApp:
    """An app open on the task's tab, with settings for it, which trains in threads if told so."""
    guard = mock.Mock(spec=TerminalGuard) if threads else None  # as in a terminal
    configs = {each: TrainingConfig.defaults(each) for each in TASKS}
    configs[task] = TrainingConfig.defaults(task, **settings)
    return BptuiApp(
        StartSettings(
            configs=configs,
            start=task,
            paused=paused,
            kernel="numpy",
            ascii=ascii,
            restored=restored,
            clock=clock,
        ),
        guard=guard,
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


class WidgetApp(App[None], Generic[W]):
    """Shows one widget on the whole screen."""

    def __init__(self, widget: W) -> None:
        super().__init__()
        self.widget = widget
        widget.styles.height = "100%"

    def compose(self) -> ComposeResult:
        yield self.widget


def shown(app: BptuiApp) -> Snapshot:
    """What the open tab shows."""
    assert app.view.snapshot is not None
    return app.view.snapshot


def dialog_text(app: BptuiApp, part: str) -> str:
    """The text of a part of the dialog."""
    return str(app.screen.query_one(part, Static).render())


def lines(app: BptuiApp) -> list[str]:
    """The screen's text."""
    return [strip.text for strip in screen_strips(app)]


def notes(app: BptuiApp) -> list[str]:
    """The notes that cover a part of the screen, each with its title. The app must run with notifications."""
    return [str(toast.render()) for toast in app.screen.query("Toast")]
