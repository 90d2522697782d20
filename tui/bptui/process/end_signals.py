"""The signals that end a program, and what handles them where they end it at once."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import NoReturn

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that ask a command without a screen to stop."""
END_SIGNALS = (*STOP_SIGNALS, signal.SIGQUIT, signal.SIGABRT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGXCPU)
"""Signals that end a program which does not handle them. SIGALRM is another one; the dialogue uses it."""


@contextlib.contextmanager
def handled_signals(
    numbers: Iterable[int], handler: Callable[[int, FrameType | None], None]
) -> Iterator[None]:
    """Handle these signals, except for those that were ignored: nohup and background jobs rely on it."""
    before = {number: signal.getsignal(number) for number in numbers}
    handled = [number for number in before if before[number] is not signal.SIG_IGN]
    for number in handled:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number in handled:
            signal.signal(number, before[number])


def end_process(number: int, _frame: FrameType | None) -> NoReturn:
    """End the process at once, for work that leaves nothing to clean up."""
    os._exit(128 + number)  # an exception would have to pass through Textual's tasks


def raise_exit(number: int, _frame: FrameType | None) -> NoReturn:
    """Raise SystemExit, so that unfinished work is cleaned up."""
    raise SystemExit(128 + number)
