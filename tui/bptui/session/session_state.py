"""The state of a session that is kept when the screen ends and restored by a later session."""

from __future__ import annotations

from dataclasses import dataclass

from bpengine import TrainingConfig
from bpengine.checkpoint import SavedRun


@dataclass(frozen=True, slots=True, eq=False)
class SavedPin:
    """A pinned run in a session state."""

    label: str
    """The letter of the pin."""
    run: SavedRun


@dataclass(frozen=True, slots=True, eq=False)
class SessionState:
    """Everything that a later session needs to continue."""

    run: SavedRun
    pins: tuple[SavedPin, ...]
    """The pinned runs, the oldest first."""
    baseline: SavedRun | None
    """The run before the last what-if."""
    retraining: tuple[int, bool] | None
    """The epoch that a what-if in progress trains to, and whether the run continues from there."""
    running: bool
    """Whether the run was running, or would have been if its tab had been open."""
    what_if: bool
    cloud: bool
    """Whether the cloud is shown. Its starts are computed again."""
    opened_with: TrainingConfig
    """The settings that the run was opened with, to which a key returns."""
    speed: str
    """The label of the chosen speed."""
    not_repeated: tuple[int, ...] = ()
    """The numbers of the baseline's edits that the run lacks."""

    @property
    def runs(self) -> tuple[SavedRun, ...]:
        """The run, its pins and its baseline."""
        baseline = () if self.baseline is None else (self.baseline,)
        return (self.run, *baseline, *(pin.run for pin in self.pins))
