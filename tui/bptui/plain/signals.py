"""Signals during a dialogue: ctrl+c pauses what trains, and everything else that asks for an end gets one."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

_END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)


class EndedError(Exception):
    """A signal has ended the dialogue.

    Attributes:
        status: the exit status that names the signal; 0 if the time was over.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Signals:
    """What signals have asked for.

    A signal never interrupts a computation, which would leave a run half changed. It interrupts the reading
    of a line and the writing of an answer, and everything else asks after each slice of training.
    """

    def __init__(self) -> None:
        self._pausing = self._pause_is_new = False
        self._status: int | None = None
        self._busy = False
        self._interruptible = False

    def pause_requested(self) -> bool:
        """Whether the training in progress is to pause."""
        return self._pausing or self._status is not None

    def pause_is_new(self) -> bool:
        """Whether ctrl+c has asked for a pause since this was asked the last time."""
        is_new, self._pause_is_new = self._pause_is_new, False
        return is_new

    @contextlib.contextmanager
    def handled(self) -> Iterator[None]:
        """Handle the signals, except those that were ignored: nohup and background jobs rely on that."""
        before = {number: signal.getsignal(number) for number in _END_SIGNALS}
        handled = [number for number in _END_SIGNALS if before[number] is not signal.SIG_IGN]
        for number in handled:
            signal.signal(number, self._handle)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number in handled:
                signal.signal(number, before[number])

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """While a command is done: the first ctrl+c pauses the training, a second one ends the dialogue."""
        self._busy, self._pausing, self._pause_is_new = True, False, False
        try:
            yield
        finally:
            self._busy = False

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """While a line is read or written.

        Raises:
            EndedError: a signal asks for the end, now or before.
        """
        try:
            self._interruptible = True
            if self._status is not None:
                raise EndedError(self._status)
            yield
        finally:
            self._interruptible = False

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and self._busy and not self._pausing:
            self._pausing = self._pause_is_new = True
            return
        if self._status is None:
            self._status = 0 if number == signal.SIGALRM else 128 + number
        if self._interruptible:
            self._interruptible = False  # one exception is enough
            raise EndedError(self._status)
