"""The signals that end a program: which are handled, and how.

- A command without a screen handles STOP_SIGNALS: `end_process` ends it at once, `raise_exit` lets it clean
  up, and with `recorded_signals` its results become complete.
- The dialogue handles END_SIGNALS, in `dialogue.requests`: the first ctrl+c only pauses the training.
- The screen handles END_SIGNALS and JOB_CONTROL, in `screen.terminal.guard`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import NoReturn

from bptui.process.streams import redirect_to_null

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that ask a command without a screen to stop."""
END_SIGNALS = (*STOP_SIGNALS, signal.SIGQUIT, signal.SIGABRT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGXCPU)
"""Signals that end a program which does not handle them. SIGALRM is another one; the dialogue uses it."""
JOB_CONTROL = (signal.SIGTSTP, signal.SIGCONT)
"""The signals by which a shell stops a program and continues it."""
SAME_SIGNAL_SECONDS = 0.3
"""A signal that follows the first one within this time counts as the same, since `timeout` sends its signal
twice. A later signal ends the process at once, even if its reader has stopped reading."""


@contextlib.contextmanager
def handled_signals(
    handler: Callable[[int, FrameType | None], None], numbers: Iterable[int] = STOP_SIGNALS
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


class StopRequest:
    """A request to stop, if a signal has made one.

    Attributes:
        number: the number of the first signal; 0 if there is none.
        when_made: called at the first signal, by its handler.
    """

    def __init__(self) -> None:
        self.number = 0
        self.when_made: Callable[[], object] = lambda: None
        self._time = 0.0

    @property
    def exit_status(self) -> int:
        """The exit status for the signal."""
        return 128 + self.number

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """Record the first signal; end the process at a later one."""
        if not self.number:
            self.number = number
            self._time = time.monotonic()
            self.when_made()
        elif time.monotonic() > self._time + SAME_SIGNAL_SECONDS:
            os._exit(self.exit_status)  # an orderly exit would wait for the output again


@contextlib.contextmanager
def recorded_signals() -> Iterator[StopRequest]:
    """Record signals, so that the command can stop when its results are complete."""
    request = StopRequest()
    with handled_signals(request.handle):
        try:
            yield request
            sys.stdout.flush()
        except OSError:
            if not request.number:
                raise
            # The same event, such as a closed window, may have ended the readers of the output.
            redirect_to_null(sys.stdout)
            redirect_to_null(sys.stderr)
            raise SystemExit(request.exit_status) from None
