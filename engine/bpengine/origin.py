"""The origin of a run: what it began with and what was changed since, which is enough to repeat it."""

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
    """The new settings or kernel, or the edit. None if all weights were set and the file is from an earlier
    version, which did not record them."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Everything except the data that determines a run's numbers."""

    config: TrainingConfig
    """The settings that the run began with."""
    kernel: str
    """The kernel that the run began with: numpy or numba."""
    changes: tuple[OriginChange, ...] = ()
    """The changes since then, oldest first."""

    def then(self, *changes: OriginChange) -> Origin:
        """The same origin with further changes."""
        return replace(self, changes=(*self.changes, *changes))

    def continued(self, kernel: str, position: tuple[int, int]) -> Origin:
        """The origin of the same run continued with this kernel from this position."""
        kernels = [self.kernel, *(change.value for change in self.changes if isinstance(change.value, str))]
        return self if kernels[-1] == kernel else self.then(OriginChange(position, kernel))
