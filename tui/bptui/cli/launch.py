"""Launching the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptui.app import BptuiApp
from bptui.terminal.signals import TerminalGuard

if TYPE_CHECKING:
    from bptui.startup.deferred_start import DeferredStart
    from bptui.startup.start_settings import StartSettings


def launch(start: StartSettings | DeferredStart, theme: str | None = None) -> int:
    """Run the screen until it is left; return the exit status."""
    with TerminalGuard() as guard:
        app = BptuiApp(start, guard=guard)
        if theme is not None:
            app.theme = theme
        return app.run() or app.return_code or 0
