"""Launching the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptui.app import BptuiApp
from bptui.cli.streams import print_error
from bptui.restricted_app import RestrictedApp
from bptui.startup.deferred_start import DeferredStart
from bptui.terminal.signals import TerminalGuard

if TYPE_CHECKING:
    from bptui.startup.restrictions import Restrictions
    from bptui.startup.start_settings import StartSettings


def launch(
    start: StartSettings | DeferredStart, theme: str | None = None, restrictions: Restrictions | None = None
) -> int:
    """Run the screen until it is left; return the exit status."""
    with TerminalGuard() as guard:
        app = _make_app(start, guard, restrictions)
        if theme is not None:
            app.theme = theme
        status = app.run() or app.return_code or 0
    if isinstance(app, RestrictedApp) and app.farewell:
        print_error(f"bptui: {app.farewell}")
    return status


def _make_app(
    start: StartSettings | DeferredStart, guard: TerminalGuard, restrictions: Restrictions | None
) -> BptuiApp:
    if restrictions is None or isinstance(start, DeferredStart):
        return BptuiApp(start, guard=guard)
    return RestrictedApp(start, restrictions, guard=guard)
