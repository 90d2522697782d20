"""What a run began with and what was changed on the way: enough to repeat the run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bpengine.config import TrainingConfig
from bpengine.edits import Edit


@dataclass(frozen=True, slots=True)
class OriginChange:
    """A change during a run."""

    position: tuple[int, int]
    """The epoch in which it was made, and the sample within it; both counted from 0."""
    value: TrainingConfig | str | Edit | None
    """The settings or the kernel from there on, or what was edited; None for weights that were all set where
    an earlier version recorded no more than that."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Everything but the data that a run's numbers follow from."""

    config: TrainingConfig
    """The settings that it began with."""
    kernel: str
    """The kernel that it began with: numpy or numba."""
    changes: tuple[OriginChange, ...] = ()
    """The changes since then, oldest first."""

    def then(self, *changes: OriginChange) -> Origin:
        """The same beginning with further changes."""
        return replace(self, changes=(*self.changes, *changes))

    def continued(self, kernel: str, position: tuple[int, int]) -> Origin:
        """The origin of the same run continued with this kernel from this position."""
        kernels = [self.kernel, *(change.value for change in self.changes if isinstance(change.value, str))]
        return self if kernels[-1] == kernel else self.then(OriginChange(position, kernel))
