"""Stored run states near an earlier epoch, from which neighboring epochs are reached quickly."""

from __future__ import annotations

from bpengine.run_state import RunState


class PassedStates:
    """At most `CAPACITY` states of one run at the beginning of epochs that follow a report.

    Args:
        interval: the report interval, in epochs.
    """

    CAPACITY = 64

    def __init__(self, interval: int) -> None:
        self._interval = interval
        self._states: dict[int, RunState] = {}

    def nearest(self, epoch: int, other: RunState) -> RunState:
        """Return the latest state that is not after the beginning of this epoch; it can be `other`."""
        stored = (state for begun, state in self._states.items() if begun <= epoch)
        return max((other, *stored), key=lambda state: (state.epochs_done, state.samples_done))

    def stops(self, start: tuple[int, int], epoch: int) -> list[int]:
        """Return the epochs before `epoch` at which to store states: those after reports, and `epoch` itself.

        Args:
            start: the epoch and the sample at which training begins.
            epoch: the epoch at whose beginning training ends.
        """
        last = (epoch - 1) // self._interval * self._interval + 1
        first = max(last - (self.CAPACITY // 2 - 1) * self._interval, 1)
        after_reports = [stop for stop in range(first, last + 1, self._interval) if (stop, 0) > start]
        return after_reports if after_reports[-1:] == [epoch] else [*after_reports, epoch]

    def add(self, state: RunState, *, toward: int) -> None:
        """Store a state reached on the way to an epoch; drop those that are farthest from this epoch."""
        self._states[state.epochs_done] = state
        if len(self._states) > self.CAPACITY:
            del self._states[max(self._states, key=lambda begun: abs(begun - toward))]
