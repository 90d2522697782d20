"""The terminal's other end: signals, hang-ups and slow links."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
import termios
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

GRACE_SECONDS = 2.0
"""How long an orderly exit may take after a signal; a stalled or vanished terminal may never let it end."""

_LEAVE_SCREEN = b"\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[<u"
"""Back to the normal screen; cursor shown; mouse, focus and paste reports and the extended keyboard off."""


def writer_is_busy(app: App[int]) -> bool:
    """Whether earlier frames are still on their way out, so that another would only queue up behind them."""
    # Private to Textual, so reached with care: without it, frames are simply never skipped.
    thread = getattr(app._driver, "_writer_thread", None)
    queue = getattr(thread, "_queue", None)
    return queue is not None and queue.qsize() > 0


class TerminalKeeper:
    """Sees to it that the app ends, and leaves the terminal as it was, whatever happens to either.

    To be made before the app starts, while the terminal still has its modes.
    """

    def __init__(self) -> None:
        self._input = sys.__stdin__.fileno() if sys.__stdin__ else 0
        self._output = sys.__stderr__.fileno() if sys.__stderr__ else 2  # where Textual writes
        self._modes = termios.tcgetattr(self._input)

    def watch(self, app: App[int]) -> None:
        """End the app in good order on SIGTERM, SIGINT, SIGHUP and when the terminal goes away.

        Textual handles none of the signals, which would leave the terminal raw; and at the end of its input
        it would spin.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._leave, app, number)
        threading.Thread(target=self._wait_for_hang_up, args=(loop, app), daemon=True).start()

    def _leave(self, app: App[int], number: signal.Signals) -> None:
        status = 128 + number
        timer = threading.Timer(GRACE_SECONDS, self._end_at_once, (status,))
        timer.daemon = True
        timer.start()
        app.exit(status, return_code=status)

    def _end_at_once(self, status: int) -> None:
        """What an orderly exit would have done, without waiting for anything."""
        with contextlib.suppress(OSError, termios.error):
            termios.tcflush(self._output, termios.TCOFLUSH)  # what a stalled reader never took
            termios.tcsetattr(self._input, termios.TCSANOW, self._modes)
            os.set_blocking(self._output, False)
            try:
                os.write(self._output, _LEAVE_SCREEN)
            finally:
                os.set_blocking(self._output, True)
        os._exit(status)

    def _wait_for_hang_up(self, loop: asyncio.AbstractEventLoop, app: App[int]) -> None:
        poll = select.poll()
        poll.register(self._input, 0)  # a hang-up is reported without asking for it
        poll.poll()
        with contextlib.suppress(RuntimeError):  # the loop has ended, and so has the app
            loop.call_soon_threadsafe(self._leave, app, signal.SIGHUP)
