"""Recording the signals that ask a command to stop, so that it stops when its results are complete."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType

from bptui.cli.streams import redirect_to_null
from bptui.process.end_signals import STOP_SIGNALS, handled_signals

SAME_SIGNAL_SECONDS = 0.3
"""A signal that follows the first one within this time counts as the same, since `timeout` sends its signal
twice. A later signal ends the process at once, even if its reader has stopped reading."""


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
    with handled_signals(STOP_SIGNALS, request.handle):
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
