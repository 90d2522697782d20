"""Opening the screen: at once where nothing was asked for that the engine would have to check."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from bptui.app import BptuiApp
from bptui.commands import TABS
from bptui.startup.deferred_start import DeferredStart
from bptui.terminal.driver import TerminalGuard

if TYPE_CHECKING:
    from bptui.startup.start_settings import StartSettings


def open_at_once(arguments: list[str]) -> int:
    """Show the first frame, then load the engine and begin; return the exit status."""
    task = next((task for task in TABS if task in arguments), TABS[0])
    return open_screen(DeferredStart(task, has_only_ascii(), partial(_load, arguments)))


def _load(arguments: list[str]) -> StartSettings:
    from bptui.cli.screen import parser, start_settings

    return start_settings(parser().parse(arguments))


def open_screen(start: StartSettings | DeferredStart, theme: str | None = None) -> int:
    """Run the screen; return the exit status."""
    with TerminalGuard() as guard:
        app = BptuiApp(start, guard=guard)
        if theme is not None:
            app.theme = theme
        return app.run() or app.return_code or 0


def has_only_ascii() -> bool:
    """Whether the terminal can't show what the screen is made of.

    Its text's encoding may have no such characters, and the fonts of Linux's own console have no braille.
    """
    encoding = getattr(sys.__stderr__, "encoding", "")  # where Textual writes
    try:
        "─⠿⊕η".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return True
    return os.environ.get("TERM") == "linux"
