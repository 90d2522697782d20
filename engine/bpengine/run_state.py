"""A run at one moment: all that it takes to go on from there to the last bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bpengine.arrays import Array, IntArray
from bpengine.config import TrainingConfig
from bpengine.errors import DivergedError
from bpengine.history import History


@dataclass(frozen=True, slots=True, eq=False)
class RunState:
    """Copies of what changes in training, and the settings in force."""

    config: TrainingConfig
    parameters: Array
    """Weights and biases; shape (parameters,), as `first_moment` and `second_moment`."""
    first_moment: Array
    """The optimizer's first vector of memory."""
    second_moment: Array
    """Its second one."""
    updates: int
    """How many updates so far."""
    generator: dict[str, Any]
    """The generator's state, as `RandomState.get_state(legacy=False)` gives it."""
    epochs_done: int
    samples_done: int
    order: IntArray
    """The order of samples in the epoch in progress; shape (samples,)."""
    losses: Array
    """The losses of that epoch's samples so far; shape (samples_done,)."""
    history: History
    divergence: DivergedError | None

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return 3 * self.parameters.nbytes + 2 * self.order.nbytes + 3000 + 100 * len(self.history.kept)
