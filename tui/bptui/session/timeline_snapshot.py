"""The frozen timeline, a part of the snapshot: the progress, the marks, and the epoch on view."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bpengine.arithmetic.arrays import Array


class MarkKind(StrEnum):
    """The kinds of marks on the timeline. Of several marks at one place, the last kind here is drawn."""

    SETTING = "setting"
    EDIT = "edit"
    BRANCH = "branch"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Mark:
    """An event in the run."""

    epoch: int
    """The last epoch completed before the event; -1 before the first one."""
    kind: MarkKind
    label: str = ""
    """The letter of a pin."""


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The timeline of a run."""

    latest: int = -1
    """The last completed epoch; -1 before the first one."""
    viewed: int | None = None
    """The epoch after which the run is shown, -1 for its start; None if it is shown as it is now."""
    marks: tuple[Mark, ...] = ()
    ahead: tuple[Array, Array] | None = None
    """While an earlier epoch is viewed: the later epochs of the error curve, and their errors."""
