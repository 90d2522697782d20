"""The state of a session, which is kept when the screen ends and taken up by a later one."""

from __future__ import annotations

from dataclasses import dataclass

from bpengine.checkpoint import SavedRun
from bptui.session.snapshot import Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Pinned:
    """A pinned run."""

    snapshot: Snapshot
    """The run as it is shown."""
    run: SavedRun
    """The run itself, from which the snapshot can be made again."""


@dataclass(frozen=True, slots=True, eq=False)
class SessionState:
    """Everything of a session that a later one continues with."""

    run: SavedRun
    pinned: SavedRun | None
    retraining: tuple[int, bool] | None
    """The epoch that a what-if in progress trains to, and whether the run continues from there."""
    running: bool
    """Whether the run was running, or would have been on the open tab."""
    what_if: bool
    speed: int
    """The index of the chosen speed into SPEEDS."""
