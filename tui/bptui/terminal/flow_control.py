"""Flow control: counts how many frames the terminal has been sent and has not drawn yet.

Between the app and the terminal lie the driver's queue, the buffer of the pseudo-terminal and, over ssh, the
buffers of two programs and of the network. They hold megabytes, which take minutes on a slow connection, and
none of them reports how full it is. So each frame is followed by a request for the cursor's position. The
terminal answers after it has drawn everything that came before the request. While answers are due, no more
frames are drawn; the next one then shows the newest state.
"""

from __future__ import annotations

import time
from collections.abc import Callable

POSITION_REQUEST = "\x1b[6n"
"""Asks for the cursor's position (DSR 6). Terminals have answered this request since the VT100."""
MIN_FRAME_LENGTH = 256
"""The least number of characters after which a request is sent."""
ANSWER_TIMEOUT = 5.0
"""Seconds to wait for an answer before the next frame is sent anyway."""
FIRST_ANSWER_TIMEOUT = 2.0
"""The same for a terminal that has not answered yet, and may never do so."""
MAX_TIMEOUTS = 3
"""After this many timeouts in a row, the terminal is taken to be one that does not answer."""
MAX_FRAMES_IN_FLIGHT = 2
"""The most frames in flight at the same time: one from the running training, and one in response to a key."""


class FlowControl:
    """Counts requests and answers.

    Args:
        clock: returns the time in seconds; only differences between times matter.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._timeout = FIRST_ANSWER_TIMEOUT
        self._timeouts = 0
        self.reset()

    def reset(self) -> None:
        """Start again with nothing in flight."""
        self._characters = self._in_flight = self._answers_due = 0
        self._requested_at = 0.0

    def add_output(self, text: str) -> None:
        """Count output that is sent to the terminal."""
        self._characters += len(text)

    def end_frame(self) -> str:
        """Return the request to send after a frame; empty if too little was sent since the last request."""
        if self._characters < MIN_FRAME_LENGTH:
            return ""
        self._characters = 0
        self._in_flight += 1
        self._answers_due += 1
        self._requested_at = self._clock()
        return POSITION_REQUEST

    def add_answer(self) -> None:
        """Count an answer of the terminal: it has drawn everything before one more request."""
        self._timeout, self._timeouts = ANSWER_TIMEOUT, 0
        self._in_flight = max(0, self._in_flight - 1)
        self._answers_due = max(0, self._answers_due - 1)

    @property
    def answers_due(self) -> int:
        """The number of answers that may still come; 0 for a terminal that does not answer."""
        return self._answers_due if self._timeouts < MAX_TIMEOUTS else 0

    @property
    def frames_in_flight(self) -> int:
        """The number of frames that are still to be waited for; 0 after a timeout."""
        if self._in_flight and self._clock() - self._requested_at > self._timeout:
            self._in_flight = 0
            self._timeouts += 1
        return self._in_flight if self._timeouts < MAX_TIMEOUTS else 0
