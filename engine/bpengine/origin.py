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
    value: TrainingConfig | Edit
    """The new settings, or the edit."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Everything except the data that determines a run's numbers."""

    config: TrainingConfig
    """The settings that the run began with."""
    changes: tuple[OriginChange, ...] = ()
    """The changes since then, oldest first."""

    def then(self, *changes: OriginChange) -> Origin:
        """The same origin with further changes."""
        return replace(self, changes=(*self.changes, *changes))
