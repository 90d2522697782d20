"""Points of a run to return to."""

from __future__ import annotations

from dataclasses import dataclass

from bpengine.config import TrainingConfig
from bpengine.edits import Edit
from bpengine.keyframes import Keyframes
from bpengine.run_state import RunState

Change = tuple[tuple[int, int], TrainingConfig | Edit]
"""A change of settings or weights: its epoch and the sample within it, and the new settings or the edit."""


@dataclass(frozen=True, slots=True, eq=False)
class Bookmark:
    """A point of a run to return to, with everything that `Trainer.rewind` needs there."""

    state: RunState
    keyframes: Keyframes
    changes: tuple[Change, ...]

    @property
    def states(self) -> tuple[RunState, ...]:
        """The run states that the bookmark holds; bookmarks of one run share most of them."""
        return (self.state, *self.keyframes.states)
