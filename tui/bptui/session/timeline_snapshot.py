"""The timeline as the screen gets it: how far the run is, what happened when, and which epoch is viewed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bpengine.arrays import Array


class MarkKind(StrEnum):
    """What a mark on the timeline stands for; of several at one place, the last of these is drawn."""

    SETTING = "setting"
    EDIT = "edit"
    BRANCH = "branch"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened in the course of the run."""

    epoch: int
    """The last epoch that was completed before; -1 before the first one."""
    kind: MarkKind
    label: str = ""
    """The letter of a pin."""


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The course of the run in time."""

    latest: int = -1
    """The last completed epoch; -1 before the first one."""
    viewed: int | None = None
    """The epoch after which the run is shown, -1 for its start; None if it is shown as it is now."""
    marks: tuple[Mark, ...] = ()
    ahead: tuple[Array, Array] | None = None
    """While an earlier epoch is viewed: the later epochs of the error curve, and their errors."""
