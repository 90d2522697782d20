"""Signals end a command in good order, and soon."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that ask a program to end."""

GRACE_SECONDS = 2.0
"""How long output may stand still after a signal; a reader that stalls would never let us end."""

IMPATIENCE_SECONDS = 0.3
"""A signal so long after the first means now; sooner it's the same one, which `timeout` sends twice."""

Handler = Callable[[int, FrameType | None], None]


class Interrupts:
    """The signal that has come, if any.

    Attributes:
        number: the first signal's; 0 if none has come.
    """

    def __init__(self) -> None:
        self.number = 0
        self._since = 0.0

    @property
    def status(self) -> int:
        """The exit status that says so."""
        return 128 + self.number

    def moved(self) -> None:
        """Output still moves: the grace begins anew."""
        if self.number:
            signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)

    def note(self, number: int, _frame: FrameType | None) -> None:
        """Take in a signal: the first for whoever looks, a later one to end at once."""
        if not self.number:
            self.number = number
            self._since = time.monotonic()
            self.moved()
        elif number == signal.SIGALRM or time.monotonic() > self._since + IMPATIENCE_SECONDS:
            os._exit(self.status)  # anything gentler would wait for the output once more


@contextlib.contextmanager
def noted() -> Iterator[Interrupts]:
    """Collect signals instead of being ended by them in the middle of something."""
    interrupts = Interrupts()
    with _handled(interrupts.note, *ENDING, signal.SIGALRM):
        try:
            yield interrupts
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def ending() -> Iterator[None]:
    """Let signals end the process at once, wherever it is: for work that leaves nothing behind."""

    def end(number: int, _frame: FrameType | None) -> None:
        os._exit(128 + number)  # an exception would have to find its way through Textual's tasks

    with _handled(end, *ENDING):
        yield


@contextlib.contextmanager
def unwinding() -> Iterator[None]:
    """Let signals end the process as an exception does, so that what was begun is cleaned up."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    with _handled(end, *ENDING):
        yield


@contextlib.contextmanager
def _handled(handler: Handler, *numbers: signal.Signals) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in numbers}
    # What was ignored from the start stays so: nohup and a shell's background jobs rely on it.
    taken = [number for number in numbers if before[number] is not signal.SIG_IGN]
    for number in taken:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, before[number])
