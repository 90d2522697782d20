"""The state of a session, which is kept when the screen ends and taken up by a later one."""

from __future__ import annotations

from dataclasses import dataclass

from bpengine import TrainingConfig
from bpengine.checkpoint import SavedRun


@dataclass(frozen=True, slots=True, eq=False)
class SavedPin:
    """A pinned run, as it is kept."""

    label: str
    """The letter that stands for it."""
    run: SavedRun


@dataclass(frozen=True, slots=True, eq=False)
class SessionState:
    """Everything of a session that a later one continues with."""

    run: SavedRun
    pins: tuple[SavedPin, ...]
    """The pinned runs, the oldest first."""
    baseline: SavedRun | None
    """The run before the last what-if."""
    retraining: tuple[int, bool] | None
    """The epoch that a what-if in progress trains to, and whether the run continues from there."""
    running: bool
    """Whether the run was running, or would have been on the open tab."""
    what_if: bool
    cloud: bool
    """Whether the other starts are shown, which are computed again."""
    opened_with: TrainingConfig
    """The settings that the run was opened with, which a key returns to."""
    speed: int
    """The index of the chosen speed into SPEEDS."""
    not_repeated: tuple[int, ...] = ()
    """The numbers of those edits of the baseline that the run lacks."""

    @property
    def runs(self) -> tuple[SavedRun, ...]:
        """The run and all that it is compared with."""
        baseline = () if self.baseline is None else (self.baseline,)
        return (self.run, *baseline, *(pin.run for pin in self.pins))
