"""Moments of a run kept along its way, thinned so that memory stays flat: what `rewind` starts from."""

from __future__ import annotations

from bpengine.run_state import RunState


class Keyframes:
    """At most so many moments, about evenly spaced over the run, the first one always among them."""

    STRIDE = 16
    """Epochs between two of them, until there are too many."""
    CAPACITY = 64
    MAX_BYTES = 64_000_000

    def __init__(self) -> None:
        self._states: list[RunState] = []
        self._stride = self.STRIDE

    def wants(self, epochs_done: int) -> bool:
        """Whether it is time for another one."""
        return not self._states or epochs_done >= self._states[-1].epochs_done + self._stride

    def add(self, state: RunState) -> None:
        """Take in the newest one; where that is one too many, keep every second."""
        self._states.append(state)
        most = max(2, min(self.CAPACITY, self.MAX_BYTES // state.size))
        if len(self._states) > most:
            self._states = self._states[::2]
            self._stride *= 2

    @property
    def first(self) -> int:
        """The first epoch whose beginning can be reached from here."""
        state = self._states[0]
        return state.epochs_done + (1 if state.samples_done else 0)

    def nearest(self, epoch: int) -> RunState:
        """The last one that is not after this epoch."""
        return next(state for state in reversed(self._states) if state.epochs_done <= epoch)

    def forget_after(self, epoch: int) -> None:
        """Drop those after this epoch: another future begins."""
        self._states = [state for state in self._states if state.epochs_done <= epoch]
