"""Flow control: counts the frames that were sent to the terminal and are not drawn yet.

Between the app and the terminal lie the driver's queue, the buffer of the pseudo-terminal and, over ssh, the
buffers of two programs and of the network. They hold megabytes, which take minutes on a slow connection, and
none of them reports how full it is. Therefore each frame is followed by a request for the cursor position.
The terminal answers after it has drawn everything that came before the request. While answers are due, no
more frames are drawn; the next one then shows the newest state. The first request is sent before the first
frame, so that even on a slow connection it is soon known whether the terminal answers at all.

The cursor is in another row at each request, so that an answer tells which frame was drawn. An answer that
comes after its timeout is therefore not mistaken for one to a newer frame, and a lost answer does not delay
the frames after it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

POSITION_REQUEST = "\x1b7\x1b[{row};1H\x1b[6n\x1b8"
"""Saves the cursor, moves it to a row, asks for its position (DSR 6), and restores it. Terminals have known
these sequences since the VT100."""
ROWS = range(2, 10)
"""The rows for the requests, in turn, counted from 1. Not row 1: some terminals send its position for a
function key."""
MIN_FRAME_LENGTH = 256
"""The fewest characters after which a request is sent."""
ANSWER_TIMEOUT = 5.0
"""Seconds without an answer after which the next frame is sent anyway. Each further timeout takes twice as
long, since frames that were sent in the meantime delay the answer further."""
FIRST_ANSWER_TIMEOUT = 1.0
"""The timeout for a terminal that has not answered yet, and may never answer."""
MAX_TIMEOUTS = 3
"""After this many timeouts in a row, the terminal counts as one that does not answer."""
FAST_SECONDS = 0.25
"""A line is fast if the first frame, of about 8 kB, is drawn within this time."""
MAX_FRAMES_IN_FLIGHT = 2
"""The most frames in flight at the same time: one from the running training, and one in response to a key."""


class FlowControl:
    """Counts requests and answers.

    Args:
        clock: returns the time in seconds; only differences between times matter.

    Attributes:
        is_fast: whether the line is fast; None until the first frame is drawn. It never changes later.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.is_fast: bool | None = None
        self._timeout = FIRST_ANSWER_TIMEOUT
        self._timeouts = 0
        self.reset()

    def reset(self) -> None:
        """Start again with nothing in flight."""
        self._characters = 0
        self._requests = 0
        self._due: list[int] = []  # the rows of the requests without an answer, oldest first
        self._given_up = 0  # how many of the oldest requests are no longer waited for
        self._waiting_since = self._first_sent = 0.0

    def begin(self) -> str:
        """Return the first request. No frame waits for its answer."""
        self._due, self._given_up = [ROWS[-1]], 1
        return POSITION_REQUEST.format(row=ROWS[-1])

    def add_output(self, text: str) -> None:
        """Count output that is sent to the terminal."""
        self._characters += len(text)

    def end_frame(self) -> str:
        """Return the request to send after a frame; empty if too little was sent since the last request."""
        if self._characters < MIN_FRAME_LENGTH:
            return ""
        self._characters = 0
        if not self._requests:
            self._first_sent = self._clock()
        row = ROWS[self._requests % len(ROWS)]
        self._requests += 1
        if self._timeouts >= MAX_TIMEOUTS:  # no answer is expected: remember only a few
            self._due = self._due[-len(ROWS) + 1 :]
            self._given_up = len(self._due)
        self._due.append(row)
        self._waiting_since = self._clock()
        return POSITION_REQUEST.format(row=row)

    def add_answer(self, row: int) -> None:
        """Count an answer of the terminal: it has drawn everything before a request.

        Args:
            row: the row of the cursor, counted from 1. If no request had this row, for example because the
                window has fewer rows, this is the answer to the oldest request.
        """
        if self.is_fast is None and row == ROWS[0]:
            self.is_fast = self._clock() - self._first_sent <= FAST_SECONDS
        self._timeout, self._timeouts = ANSWER_TIMEOUT, 0
        answered = self._due.index(row) + 1 if row in self._due else min(1, len(self._due))
        del self._due[:answered]
        self._given_up = max(0, self._given_up - answered)
        self._waiting_since = self._clock()

    @property
    def answers_due(self) -> int:
        """The number of answers that may still arrive; 0 for a terminal that does not answer."""
        return len(self._due) if self._timeouts < MAX_TIMEOUTS else 0

    @property
    def frames_in_flight(self) -> int:
        """The number of frames to wait for; 0 after a timeout."""
        in_flight = len(self._due) - self._given_up
        if in_flight and self._clock() - self._waiting_since > self._timeout * 2**self._timeouts:
            self._given_up, in_flight = len(self._due), 0
            self._timeouts += 1
        return in_flight if self._timeouts < MAX_TIMEOUTS else 0
