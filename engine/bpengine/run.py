"""`RunState`: everything that a run is at one moment, from which it continues with identical results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.generators import GeneratorState
from bpengine.config import TrainingConfig
from bpengine.edits import Edit
from bpengine.errors import DivergedError
from bpengine.history import History


class Change(NamedTuple):
    """A change during a run, which copies of the run share."""

    position: tuple[int, int]
    """The epoch in which it was made, and the number of samples of that epoch that had been trained on."""
    value: TrainingConfig | Edit
    """The new settings, or the edit."""

    def __deepcopy__(self, memo: Mapping[int, object]) -> Change:
        return self


def edits_among(changes: Iterable[Change]) -> tuple[Edit, ...]:
    """The changes that are edits of weights, units and layers."""
    return tuple(change.value for change in changes if isinstance(change.value, Edit))


@dataclass(frozen=True, slots=True)
class Origin:
    """Everything except the data that determines a run's numbers, which is enough to repeat the run."""

    config: TrainingConfig
    """The settings that the run began with."""
    changes: tuple[Change, ...] = ()
    """The changes since then, oldest first."""


@dataclass(frozen=True, slots=True, eq=False)
class RunState:
    """A run at one moment: what training has made of it, its settings, and its changes. Immutable.

    The arrays are read-only, so that states share them, and copying a state returns the state itself.
    """

    config: TrainingConfig
    """The settings now."""
    began: TrainingConfig | None
    """The settings that the run began with; None if they are unknown."""
    changes: tuple[Change, ...]
    """The changes since the beginning, oldest first. If `began` is None, those of the settings may be
    missing."""
    parameters: Array
    """All weights and biases; shape (parameters,)."""
    buffers: Array
    """What the optimizer keeps; shape (buffers, parameters), in the order of `Optimizer.buffers`."""
    updates: int
    """The number of updates so far."""
    generator: GeneratorState
    """The state of the random generator."""
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

    def __post_init__(self) -> None:
        for array in (self.parameters, self.buffers, self.order, self.losses):
            array.setflags(write=False)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Mapping[int, object]) -> Self:
        return self

    @property
    def position(self) -> tuple[int, int]:
        """The epoch in progress, and how many of its samples have been trained on."""
        return self.epochs_done, self.samples_done

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of weights, units and layers among the changes, oldest first."""
        return edits_among(self.changes)

    @property
    def size(self) -> int:
        """The approximate size in memory, in bytes."""
        order = self.order.nbytes if self.samples_done else 0  # between epochs, all states share one
        arrays = self.parameters.nbytes + self.buffers.nbytes + order + self.losses.nbytes
        return arrays + 3000 + 100 * len(self.history.kept)
