"""What a session with limits may still use of the processor and of the time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from bptui.process.restrictions import UNRESTRICTED, Restrictions
from bpwords import Sentence

_LONG = Sentence("the session ended after {minutes} minutes, the most that is allowed here")
_IDLE = Sentence("the session ended after {minutes} minutes without a key")

Clock = Callable[[], float]
MAX_DIVISOR = 128.0
"""The largest divisor of the processor share on a busy machine, which many sessions share."""
MAX_REST_SECONDS = 5.0
"""The longest rest between two slices of training: every run still makes progress."""
FIRST_DIVISOR = 4.0
"""The divisor at the start, before it is known how busy the machine is."""
BUSY = 0.35
"""The machine is busy if a slice of training had the processor for less than this part of its time."""
RESERVE_SECONDS = 1.0
"""The most processor time that accumulates for keys, and the most that they may owe: a few quick keys are
answered at once, and none waits longer than it takes to earn this time."""
SHARE_SECONDS = 0.05
"""The most seconds between two checks whether some of the processor share is left for a key."""
SHRINKING, GROWTH = 0.25, 0.01
"""The smallest factor for the share after a slice on a busy machine, and the increase after any other slice
as a fraction of the largest share."""


class ProcessorShare:
    """Limits a session to a share of one processor, and its training to a smaller share of a busy one.

    All processor time of the process counts. Training rests as soon as the share is used up. Keys have a
    reserve, so that only keys that need more than the share by themselves have to wait. Training owes nothing
    for the start of the process and for keys, as long as some of the reserve is left: on a busy machine, its
    share is so small that it would rest for seconds after each key, just when the user looks at the effect.

    The training itself measures how busy the processor is: if other processes, such as other sessions, want
    the processor too, a slice takes longer than the processor time that it uses. Then the share of training
    shrinks by a factor, which is the smaller, the busier the processor; otherwise it grows by a constant.
    Therefore all sessions settle at about the same share, however many there are, and leave some of the
    processor for keys (additive increase, multiplicative decrease, as in TCP).

    Args:
        share: the largest share of one processor; infinity for no limit.
        clock: returns the time in seconds.
        used: returns the seconds of processor time that the process has used.
    """

    def __init__(self, share: float, clock: Clock = time.monotonic, used: Clock = time.process_time) -> None:
        self._most, self._least, self._share = share, share / MAX_DIVISOR, share / FIRST_DIVISOR
        self._clock, self._used = clock, used
        self._at, self._used_at = self._slice_at, self._slice_used_at = clock(), used()
        self._credit, self._reserve = 0.0, RESERVE_SECONDS  # seconds of processor time
        self._forgives = True  # at the next slice, what was used for something else

    def training_delay(self) -> float:
        """The seconds until some of the share is left for training; 0 if there is some now.

        At most one second's share can accumulate.
        """
        self._settle()
        if self._forgives:
            self._credit, self._forgives = max(self._credit, min(self._reserve, 0.0)), False
        self._slice_at, self._slice_used_at = self._at, self._used_at
        return max(0.0, -self._credit / self._share)

    def input_delay(self) -> float:
        """The seconds until some of the share is left for a key; 0 if there is some now."""
        self._settle()
        self._forgives = True
        return max(0.0, -self._reserve / self._most)

    def end_slice(self) -> None:
        """Adapt the share after a slice of training, which began with the call of `training_delay`."""
        seconds, used = self._clock() - self._slice_at, self._used() - self._slice_used_at
        if used < BUSY * seconds:
            self._share = max(self._least, self._share * max(SHRINKING, used / (BUSY * seconds)))
        else:
            self._share = min(self._most, self._share + GROWTH * self._most)

    def _settle(self) -> None:
        """Add the share of the time since the last call, and subtract what the process has used."""
        if self._most == math.inf:
            return
        now, used = self._clock(), self._used()
        seconds, spent = now - self._at, used - self._used_at
        self._at, self._used_at = now, used
        credit = self._credit + self._share * seconds - spent
        self._credit = min(self._share, max(-MAX_REST_SECONDS * self._share, credit))
        reserve = self._reserve + self._most * seconds - spent
        self._reserve = min(RESERVE_SECONDS, max(-RESERVE_SECONDS, reserve))


class Allowance:
    """What a session may still use of the processor and of the time.

    Args:
        restrictions: the limits.
        clock: returns seconds since any fixed point in time.
        used: returns the seconds of processor time that the process has used.

    Attributes:
        restrictions: the argument.
        share: the share of the processor.
        farewell: why the session ended by itself; empty if it did not.
    """

    def __init__(
        self,
        restrictions: Restrictions = UNRESTRICTED,
        *,
        clock: Clock = time.monotonic,
        used: Clock = time.process_time,
    ) -> None:
        self.restrictions, self.farewell = restrictions, ""
        self.share = ProcessorShare(restrictions.processor_share, clock, used)
        self._clock = clock
        self._started = self._last_input = clock()

    def training_delay(self) -> float:
        """The seconds until the next slice of training, which lasts until the event loop's next turn, may
        begin; 0 if it begins now.
        """
        import asyncio  # which a dialogue does without

        if not (delay := self.share.training_delay()):
            asyncio.get_running_loop().call_soon(self.share.end_slice)
        return delay

    async def rest(self, has_to_end: Callable[[], object]) -> None:
        """Wait until some of the processor share is left for a key, or the session has to end."""
        import asyncio

        while (delay := self.share.input_delay()) and not has_to_end():
            await asyncio.sleep(min(delay, SHARE_SECONDS))

    def note_input(self) -> None:
        """Note the time of a key or a click."""
        self._last_input = self._clock()

    def seconds_left(self) -> float:
        """How long the session lasts without a key; 0 once it is over, and then `farewell` says why."""
        limits, now = self.restrictions, self._clock()
        idle = 60 * limits.idle_minutes - (now - self._last_input)
        total = 60 * limits.max_minutes - (now - self._started)
        if total <= 0:
            self.farewell = _LONG(minutes=f"{limits.max_minutes:g}")
        elif idle <= 0:
            self.farewell = _IDLE(minutes=f"{limits.idle_minutes:g}")
        return max(min(idle, total), 0.0)
