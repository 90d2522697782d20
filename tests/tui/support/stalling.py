"""A terminal for which much is drawn and that nobody reads, so that writing to it comes to a stop."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import Any

from tests.tui.support.terminal import DOWN, STALLING, Terminal, cpu_seconds

FLAT_OUT = ("--epochs", "100000000")
"""Trains, and so draws, as fast as it can for as long as a test may take."""
ALONE = (*FLAT_OUT, "--kernel", "numpy")
"""The same, and no process beside it gets machine code ready."""

_IMPATIENT = """
import sys
from bptui.terminal import flow_control
from bptui.__main__ import main
flow_control.FIRST_ANSWER_TIMEOUT = 0.1
sys.exit(main())
"""
"""Gives up waiting for a terminal's answers after tenths of a second in place of seconds."""


class Unanswering(Terminal):
    """The app on a terminal that answers nothing.

    Args:
        options: as a terminal's.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(sys.executable, "-c", _IMPATIENT, *FLAT_OUT, **{"answers": False} | options)

    def show(self) -> None:
        """What nobody reads may be thrown away from the middle of a sequence on, and pyte fails at such."""
        with contextlib.suppress(TypeError, StopIteration):
            super().show()


def stalling(**options: Any) -> Terminal:
    """One that is large, and has yet to be left unread."""
    return Unanswering(**STALLING | options)


def hold_a_key_down(terminal: Terminal) -> None:
    """Type into a stalled terminal until the app waits for it, or for as long as a person would.

    A key draws, whether or not there is room for it.
    """
    process = terminal.process.pid
    for _ in range(30):
        before = cpu_seconds(process)
        for _ in range(5):
            terminal.send(DOWN)
            time.sleep(0.03)
        if cpu_seconds(process) == before:
            return
