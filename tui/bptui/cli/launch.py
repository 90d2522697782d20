"""Launching the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptui.app import BptuiApp
from bptui.cli.streams import print_error
from bptui.terminal.signals import TerminalGuard

if TYPE_CHECKING:
    from bptui.startup.deferred_start import DeferredStart
    from bptui.startup.start_settings import StartSettings


def launch(start: StartSettings | DeferredStart, theme: str | None = None) -> int:
    """Run the screen until it is left, and keep its state; return the exit status."""
    with TerminalGuard() as guard:
        app = BptuiApp(start, guard=guard)
        if theme is not None:
            app.theme = theme
        try:
            status = app.run() or app.return_code or 0
        finally:
            app.keep()
    if app.keep_problem:
        print_error(f"bptui: nothing was kept: {app.keep_problem}")
    return status
