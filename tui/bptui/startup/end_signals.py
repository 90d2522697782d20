"""The signals that end a program, on the screen and in the dialogue."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterable, Iterator
from types import FrameType

END_SIGNALS = (
    *(signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGABRT, signal.SIGUSR1, signal.SIGUSR2),
    *(signal.SIGTERM, signal.SIGXCPU),
)
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
