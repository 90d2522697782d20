"""What a session may still use, measured against its restrictions."""

from __future__ import annotations

import time
from collections.abc import Callable

from bptui.process.restrictions import UNRESTRICTED, ProcessorShare, Restrictions

SHARE_SECONDS = 0.05
"""The most seconds between two checks whether some of the processor share is left for a key."""


class Allowance:
    """What a session may still use of the processor and of the time.

    Args:
        restrictions: the limits.
        clock: returns seconds since any fixed point in time.
        used: returns the seconds of processor time that the process has used.

    Attributes:
        restrictions: the argument.
        farewell: why the session ended by itself; empty if it did not.
    """

    def __init__(
        self,
        restrictions: Restrictions = UNRESTRICTED,
        *,
        clock: Callable[[], float] = time.monotonic,
        used: Callable[[], float] = time.process_time,
    ) -> None:
        self.restrictions, self.farewell = restrictions, ""
        self._share = ProcessorShare(restrictions.processor_share, clock, used)
        self._clock = clock
        self._started = self._last_input = clock()

    def training_delay(self) -> float:
        """The seconds until the next slice of training, which lasts until the event loop's next turn, may
        begin; 0 if it begins now.
        """
        import asyncio  # which a dialogue does without

        delay = self._share.training_delay()
        if not delay:
            asyncio.get_running_loop().call_soon(self._share.end_slice)
        return delay

    async def rest(self, has_to_end: Callable[[], object]) -> None:
        """Wait until some of the processor share is left for a key, or the session has to end."""
        import asyncio

        while (delay := self._share.input_delay()) and not has_to_end():
            await asyncio.sleep(min(delay, SHARE_SECONDS))

    def note_input(self) -> None:
        """Note the time of a key or a click."""
        self._last_input = self._clock()

    def seconds_left(self) -> float:
        """How long the session lasts without a key; 0 once it is over, and then `farewell` says why."""
        restrictions, now = self.restrictions, self._clock()
        idle, total = now - self._last_input, now - self._started
        self.farewell = restrictions.time_out(idle, total)
        left = min(60 * restrictions.idle_minutes - idle, 60 * restrictions.max_minutes - total)
        return 0.0 if self.farewell else left
