"""Launching the screen: before the engine is loaded, if no argument has to be checked by the engine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bptui.app import BptuiApp
from bptui.commands import TABS
from bptui.startup.deferred_start import DeferredStart
from bptui.terminal.capabilities import needs_ascii
from bptui.terminal.signals import TerminalGuard

if TYPE_CHECKING:
    from bptui.startup.start_settings import StartSettings


def launch_before_engine(arguments: list[str]) -> int:
    """Show the first frame, then load the engine and start; return the exit status."""
    task = next((task for task in TABS if task in arguments), TABS[0])
    return launch(DeferredStart(task, needs_ascii(), partial(_load, arguments)))


def _load(arguments: list[str]) -> StartSettings:
    from bptui.cli.screen import parser, start_settings

    return start_settings(parser().parse(arguments))


def launch(start: StartSettings | DeferredStart, theme: str | None = None) -> int:
    """Run the screen until it is left; return the exit status."""
    with TerminalGuard() as guard:
        app = BptuiApp(start, keeper=guard)
        if theme is not None:
            app.theme = theme
        return app.run() or app.return_code or 0
