"""Undo and redo: the run and the pins before each change, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bpengine import Trainer, TrainingConfig
from bpengine.timeline import Bookmark
from bptui.session.pins import Baseline, Pins
from bptui.session.snapshot import Curve
from bptui.session.targets import Retraining

MAX_CHANGES = 50
"""The most changes that can be undone."""
MAX_BYTES = 200_000_000
"""The most memory for the runs of all changes. The newest change is always kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """The run at one point in time, with the runs that the screen compares it with."""

    what: str
    """The change between this version and the next one, in words."""
    trainer: Trainer
    bookmark: Bookmark
    opened_with: TrainingConfig
    """The settings that the run was opened with, to which a key returns."""
    previous_curve: Curve | None
    baseline: Baseline | None
    """The run before the last what-if."""
    retraining: Retraining | None
    """The what-if that was in progress."""
    not_repeated: tuple[int, ...]
    """The numbers of the baseline's edits that this run lacks."""


@dataclass(frozen=True, slots=True, eq=False)
class PinsBefore:
    """The pins at one point in time. They are separate from `Version`: undoing another change keeps the
    pins, so that the runs can be compared.
    """

    what: str
    """The change of the pins, in words."""
    pins: Pins


class UndoStack:
    """The versions for undo and redo."""

    def __init__(self) -> None:
        self._before: list[Version | PinsBefore] = []
        self._after: list[Version | PinsBefore] = []

    def push(self, version: Version | PinsBefore) -> None:
        """Store the version before a change. Changes that were undone can't be redone any more."""
        self._after.clear()
        self._before.append(version)
        while len(self._before) > 1 and (len(self._before) > MAX_CHANGES or self._size() > MAX_BYTES):
            del self._before[0]

    def undo(self, current: Version, pins: Pins) -> Version | PinsBefore | None:
        """Return the version before the last change, and store the current one; None if there is none."""
        return _move(self._before, self._after, current, pins)

    def redo(self, current: Version, pins: Pins) -> Version | PinsBefore | None:
        """Return the version after the change that was undone last; None if there is none."""
        return _move(self._after, self._before, current, pins)

    def _size(self) -> int:
        versions = [version for version in self._before if isinstance(version, Version)]
        states = {id(state): state.size for version in versions for state in version.bookmark.states}
        trainers = {id(version.trainer): version.trainer.memory for version in versions}
        return sum(states.values()) + sum(trainers.values())


def _move(
    source: list[Version | PinsBefore],
    target: list[Version | PinsBefore],
    current: Version,
    pins: Pins,
) -> Version | PinsBefore | None:
    if not source:
        return None
    version = source.pop()
    is_run = isinstance(version, Version)
    target.append(replace(current, what=version.what) if is_run else PinsBefore(version.what, pins))
    return version
