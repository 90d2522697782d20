"""Signals during a dialogue: ctrl+c pauses the training; a signal to end ends the dialogue."""

from __future__ import annotations

import contextlib
import math
import signal
import time
from collections.abc import Iterator
from types import FrameType

from bptui.process.signals import END_SIGNALS, handled_signals

TICK_SECONDS = 0.2
"""How often a waiting read or write is interrupted. A signal that comes just before the wait does not
interrupt it, and readline would notice the signal only at the next key."""

SOON_SECONDS = 0.001
"""The time from a signal to the next tick."""


class EndedError(Exception):
    """A signal has ended the dialogue.

    Attributes:
        status: the exit status for the signal; 0 if the time was over.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Signals:
    """The requests that signals have made.

    A signal never interrupts a computation, since that would leave a run half changed. It interrupts only the
    reading of a line and the writing of an answer. Training checks for requests after each slice.

    Attributes:
        deadline: the time at which the dialogue ends by itself, on the clock of `time.monotonic`.
    """

    def __init__(self) -> None:
        self._pausing = self._pause_is_new = False
        self._status: int | None = None
        self.deadline = math.inf
        self._busy = False
        self._interruptible = False

    def pause_requested(self) -> bool:
        """Whether the training in progress must pause."""
        return self._pausing or self._ends()

    def pause_is_new(self) -> bool:
        """Whether ctrl+c has requested a pause since the last call."""
        is_new, self._pause_is_new = self._pause_is_new, False
        return is_new

    @contextlib.contextmanager
    def handled(self) -> Iterator[None]:
        """Handle the signals, and the ticks."""
        before = signal.signal(signal.SIGALRM, self._handle)
        try:
            with handled_signals(self._handle, END_SIGNALS):
                yield
        finally:
            signal.signal(signal.SIGALRM, before)

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """During a command: the first ctrl+c pauses the training, and a second one ends the dialogue."""
        self._busy, self._pausing, self._pause_is_new = True, False, False
        try:
            yield
        finally:
            self._busy = False

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """During the reading or writing of a line.

        Raises:
            EndedError: a signal has requested the end, now or before.
        """
        try:
            self._interruptible = True
            signal.setitimer(signal.ITIMER_REAL, TICK_SECONDS, TICK_SECONDS)
            self._end_if_asked()
            yield
        finally:
            self._interruptible = False
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and self._busy and not self._pausing:
            self._pausing = self._pause_is_new = True
            return
        if self._status is None and number != signal.SIGALRM:
            self._status = 128 + number
        if not self._interruptible:
            return
        if number == signal.SIGALRM:
            self._end_if_asked()
        else:  # only ticks raise: Python's readline fails if a second signal comes with one that raises
            signal.setitimer(signal.ITIMER_REAL, SOON_SECONDS, TICK_SECONDS)

    def _end_if_asked(self) -> None:
        if self._ends():
            self._interruptible = False  # one exception is enough
            raise EndedError(self._status or 0)

    def _ends(self) -> bool:
        if self._status is None and time.monotonic() >= self.deadline:
            self._status = 0
        return self._status is not None
