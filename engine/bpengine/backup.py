"""A copy of what training changes, to undo updates that are not finite."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array
from bpengine.optimizers import State


class Backup:
    """A copy of the arrays that training with an optimizer changes.

    Args:
        state: the state of the run.
        optimizer: the name of the optimizer.
    """

    def __init__(self, state: State, optimizer: str) -> None:
        self._state = state
        self._changing = state.changed_by(optimizer)
        self.arrays = tuple(np.empty(len(array)) for array in self._changing)
        self._updates = state.updates

    def take(self) -> None:
        """Copy the arrays."""
        self._updates = self._state.updates
        for backup, array in zip(self.arrays, self._changing, strict=True):
            backup[:] = array

    def restore(self) -> None:
        """Undo all training since `take`."""
        self._state.updates = self._updates
        for backup, array in zip(self.arrays, self._changing, strict=True):
            array[:] = backup

    def is_finite(self, losses: Array) -> bool:
        """Whether the losses of the training since then and the arrays are finite."""
        return all(bool(np.isfinite(array).all()) for array in (losses, *self._changing))
