"""Undo and redo: the runs as they were before each change, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bpengine import Trainer
from bpengine.bookmark import Bookmark
from bptui.session.session_state import Pinned
from bptui.session.snapshot import Curve

MAX_CHANGES = 50
"""The most changes that can be undone."""
MAX_BYTES = 200_000_000
"""The most memory for the run states of all changes together; the newest change is always kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """The run at one point in time, with what the screen shows besides it."""

    what: str
    """The change between this version and the other one, in words."""
    trainer: Trainer
    bookmark: Bookmark
    previous_curve: Curve | None
    pinned: Pinned | None


class UndoStack:
    """The versions before the last changes, and those after the changes that were undone."""

    def __init__(self) -> None:
        self._before: list[Version] = []
        self._after: list[Version] = []

    def push(self, version: Version) -> None:
        """Store the version before a change. Changes that were undone can't be redone any more."""
        self._after.clear()
        self._before.append(version)
        while len(self._before) > 1 and (len(self._before) > MAX_CHANGES or self._size() > MAX_BYTES):
            del self._before[0]

    def undo(self, current: Version) -> Version | None:
        """Return the version before the last change, and store the current one; None if there is none."""
        return _move(self._before, self._after, current)

    def redo(self, current: Version) -> Version | None:
        """Return the version after the last change that was undone; None if there is none."""
        return _move(self._after, self._before, current)

    def _size(self) -> int:
        states = {id(state): state.size for version in self._before for state in version.bookmark.states}
        return sum(states.values())


def _move(source: list[Version], target: list[Version], current: Version) -> Version | None:
    if not source:
        return None
    version = source.pop()
    target.append(replace(current, what=version.what))
    return version
