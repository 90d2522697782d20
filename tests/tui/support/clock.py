"""A clock that moves only as a test wants."""

from __future__ import annotations


class Clock:
    """Returns a later time at each call.

    Args:
        step: seconds from one call to the next; with 0 the clock stands still until `now` is changed.
    """

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now
