"""A terminal that answers no requests, and whose output is not read, so that writing to it blocks."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import Any

from tests.tui.support.running import ENDLESS
from tests.tui.support.terminal import DOWN, Terminal, cpu_seconds

_SHORT_TIMEOUT = """
import sys
from bptui.screen.terminal import flow_control
from bptui.__main__ import main
flow_control.FIRST_ANSWER_TIMEOUT = 0.1
sys.exit(main())
"""
"""Waits tenths of a second for the terminal's answers instead of seconds."""


class SilentTerminal(Terminal):
    """The app on a terminal that answers no requests.

    Args:
        options: the options of the terminal.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(sys.executable, "-c", _SHORT_TIMEOUT, *ENDLESS, **{"answers": False} | options)

    def show(self) -> None:
        """Draw what was received; pyte may fail, since a part of a sequence may have been thrown away."""
        with contextlib.suppress(TypeError, StopIteration):
            super().show()


def stalling_terminal(**options: Any) -> Terminal:
    """Return a terminal whose output `stall` blocks soon.

    Args:
        options: the options of the terminal.
    """
    return SilentTerminal(**{"columns": 100, "rows": 30} | options)


def hold_a_key_down(terminal: Terminal) -> None:
    """Type into a stalled terminal until the app is blocked by it, or for as long as a person would.

    A key makes the app draw even if there is no room for the output.
    """
    process = terminal.process.pid
    for _ in range(30):
        before = cpu_seconds(process)
        for _ in range(5):
            terminal.send(DOWN)
            time.sleep(0.03)
        if cpu_seconds(process) == before:
            return
