"""Launching the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptui.app import BptuiApp
from bptui.cli.restricted_app import RestrictedApp
from bptui.cli.streams import print_error
from bptui.startup.deferred_start import DeferredStart
from bptui.terminal.signals import TerminalGuard

if TYPE_CHECKING:
    from bpengine import Task
    from bptui.startup.restrictions import Restrictions
    from bptui.startup.start_settings import StartSettings, TargetChoice


def _open_file(name: str, open_task: Task) -> StartSettings | TargetChoice | str:
    """The content of the file, the columns from which to choose the target, or why it can't be opened."""
    from bptui.cli.opening import try_open

    return try_open(name, open_task)


def launch(
    start: StartSettings | DeferredStart, theme: str | None = None, restrictions: Restrictions | None = None
) -> int:
    """Run the screen until it is left, and keep its state; return the exit status."""
    with TerminalGuard() as guard:
        app = _make_app(start, guard, restrictions)
        if theme is not None:
            app.theme = theme
        try:
            status = app.run() or app.return_code or 0
            status = guard.status or status  # without memory, the app fails while it ends
        finally:
            app.keep()
    if app.keep_problem:
        print_error(f"bptui: nothing was kept: {app.keep_problem}")
        status = status or 1
    if isinstance(app, RestrictedApp) and app.farewell:
        print_error(f"bptui: {app.farewell}")
    return status


def _make_app(
    start: StartSettings | DeferredStart, guard: TerminalGuard, restrictions: Restrictions | None
) -> BptuiApp:
    if restrictions is None or isinstance(start, DeferredStart):
        return BptuiApp(start, guard=guard, open_file=_open_file)
    return RestrictedApp(start, restrictions, guard=guard)
