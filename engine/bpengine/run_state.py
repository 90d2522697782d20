"""The complete state of a run, from which training continues with identical results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bpengine.arrays import Array, IntArray
from bpengine.config import TrainingConfig
from bpengine.edits import Edit
from bpengine.errors import DivergedError
from bpengine.history import History


@dataclass(frozen=True, slots=True, eq=False)
class RunState:
    """Copies of everything that training changes, and the settings at that point."""

    config: TrainingConfig
    parameters: Array
    """All weights and biases; shape (parameters,)."""
    first_moment: Array
    """The optimizer's first buffer; shape (parameters,)."""
    second_moment: Array
    """The optimizer's second buffer; shape (parameters,)."""
    updates: int
    """The number of updates so far."""
    generator: dict[str, Any]
    """The state of the random generator, from `RandomState.get_state(legacy=False)`."""
    epochs_done: int
    """The number of completed epochs."""
    samples_done: int
    """The number of samples of the epoch in progress that have been trained on; 0 between epochs."""
    order: IntArray
    """The order of the samples in the epoch in progress; shape (samples,). Between epochs, 0, 1, 2, ..."""
    losses: Array
    """The losses so far in the epoch in progress; shape (samples_done,)."""
    history: History
    divergence: DivergedError | None
    """How the run diverged, or None."""
    edits: tuple[Edit, ...] = ()
    """The edits of weights and units so far, oldest first."""

    @property
    def size(self) -> int:
        """The approximate size in memory, in bytes."""
        order = self.order.nbytes if self.samples_done else 0  # between epochs, all states share one
        return 3 * self.parameters.nbytes + order + self.losses.nbytes + 3000 + 100 * len(self.history.kept)
