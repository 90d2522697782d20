"""How far the terminal has got with what it was sent, which may be far away at the end of a slow link.

Between the app and the terminal lie the driver's queue, the pseudo-terminal's buffer and, over ssh, those of
two programs and of the network: megabytes, that take minutes to come through a slow link. None of them says
how full it is. So after each frame the terminal is asked for the cursor's position: it answers once it has
drawn all that came before the question. While answers are outstanding no more is drawn, and what is drawn
then is the newest.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

if TYPE_CHECKING:
    from textual.app import App

QUESTION = "\x1b[6n"
"""Where the cursor is. Every terminal answers, since the VT100."""
MIN_FRAME_LENGTH = 256
"""Characters from which on it is worth a question."""
ANSWER_TIMEOUT = 5.0
"""Seconds to wait for an answer before the next frame is sent all the same."""
FIRST_ANSWER_TIMEOUT = 2.0
"""The same as long as the terminal has answered nothing, and may never."""
MAX_TIMEOUTS = 3
"""So many waits in vain, one after another, are those of a terminal that doesn't answer."""
MAX_FRAMES_IN_FLIGHT = 2
"""Frames on their way at the same time: one that time has drawn, and one more for a key."""


class FlowControl:
    """Counts questions and answers.

    Args:
        clock: seconds, from anywhere.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._patience = FIRST_ANSWER_TIMEOUT
        self._in_vain = 0
        self.begin()

    def begin(self) -> None:
        """Nothing is on its way."""
        self._written = self._waits = self._owed = 0
        self._asked_at = 0.0

    def write(self, text: str) -> None:
        """Note what is sent."""
        self._written += len(text)

    def question(self) -> str:
        """What to send after a frame; empty if too little was written to ask."""
        if self._written < MIN_FRAME_LENGTH:
            return ""
        self._written = 0
        self._waits += 1
        self._owed += 1
        self._asked_at = self._clock()
        return QUESTION

    def answer(self) -> None:
        """The terminal has got as far as one more question."""
        self._patience, self._in_vain = ANSWER_TIMEOUT, 0
        self._waits = max(0, self._waits - 1)
        self._owed = max(0, self._owed - 1)

    @property
    def owed(self) -> int:
        """How many answers are still to come, if they do come."""
        return self._owed if self._in_vain < MAX_TIMEOUTS else 0

    @property
    def frames(self) -> int:
        """How many frames are on their way, and not for too long."""
        if self._waits and self._clock() - self._asked_at > self._patience:
            self._waits = 0
            self._in_vain += 1
        return self._waits if self._in_vain < MAX_TIMEOUTS else 0


def frames_in_flight(app: App[Any]) -> int:
    """Those that the terminal hasn't drawn yet."""
    link = getattr(app._driver, "link", None)
    return link.frames if isinstance(link, FlowControl) else 0


class PacedScreen(Screen[object]):
    """Draws no more while frames are on their way; what has changed meanwhile is drawn together."""

    def _on_timer_update(self) -> None:
        # Textual's own, called 60 times a second while something is to be drawn. Were it called otherwise,
        # frames would only queue up.
        if frames_in_flight(self.app) < MAX_FRAMES_IN_FLIGHT:
            super()._on_timer_update()
