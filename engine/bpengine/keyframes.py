"""Run states stored at intervals, from which `Trainer.rewind` starts."""

from __future__ import annotations

from bpengine.run_state import RunState


class Keyframes:
    """A limited number of run states, spread about evenly over the run and always including the first.

    At first a state is stored every `STRIDE` epochs, so that no epoch of a short run is far from one. When
    there are more than `CAPACITY` states, every second one is dropped and the stride doubles. Those of the
    largest network take 80 MB.
    """

    STRIDE = 1
    CAPACITY = 64

    def __init__(self) -> None:
        self._states: list[RunState] = []
        self._stride = self.STRIDE

    def copy(self) -> Keyframes:
        """Return an independent collection of the same states."""
        other = Keyframes()
        other._states, other._stride = self._states[:], self._stride
        return other

    @property
    def states(self) -> tuple[RunState, ...]:
        """The stored states, oldest first."""
        return tuple(self._states)

    def is_due(self, epochs_done: int) -> bool:
        """Whether a state should be stored after this number of epochs."""
        return not self._states or epochs_done >= self._states[-1].epochs_done + self._stride

    def add(self, state: RunState) -> None:
        """Store the newest state, and drop every second one if there are then too many."""
        self._states.append(state)
        if len(self._states) > self.CAPACITY:
            self._states = self._states[::2]
            self._stride *= 2

    @property
    def first(self) -> int:
        """The first epoch whose beginning can be reached from a stored state."""
        state = self._states[0]
        return state.epochs_done + (1 if state.samples_done else 0)

    def nearest(self, epoch: int) -> RunState:
        """Return the latest state that is not after the beginning of this epoch."""
        return next(state for state in reversed(self._states) if state.epochs_done <= epoch)

    def drop_after(self, epoch: int) -> None:
        """Drop the states after this epoch, which no longer belong to the run once it has been rewound."""
        self._states = [state for state in self._states if state.epochs_done <= epoch]
