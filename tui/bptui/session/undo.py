"""Undo and redo: the documents before each change, in bounded memory."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from bpengine.run import RunState
from bptui.session.document import Document

MAX_CHANGES = 50
"""The most changes that can be undone."""
MAX_BYTES = 200_000_000
"""The most memory for the runs of all changes. The newest change is always kept."""


class Entry(NamedTuple):
    """A document, and the change between it and the next one."""

    what: str
    """The change, in words."""
    document: Document
    of_pins: bool
    """Whether only the pins have changed."""

    def restored(self, now: Document) -> Document:
        """What undo and redo return to. What was arranged around the run stays as it is now."""
        if self.of_pins:
            return replace(now, pins=self.document.pins)
        return replace(self.document, view=None, pins=now.pins, what_if=now.what_if)


class UndoStack:
    """The documents for undo and redo."""

    def __init__(self) -> None:
        self._before: list[Entry] = []
        self._after: list[Entry] = []

    def push(self, entry: Entry) -> None:
        """Store the document before a change. Changes that were undone can't be redone any more."""
        self._after.clear()
        self._before.append(entry)
        while len(self._before) > 1 and (len(self._before) > MAX_CHANGES or self._size() > MAX_BYTES):
            del self._before[0]

    def undo(self, now: Document) -> Entry | None:
        """Return the entry of the last change, and store the current document; None if there is none."""
        return _move(self._before, self._after, now)

    def redo(self, now: Document) -> Entry | None:
        """Return the entry of the change that was undone last; None if there is none."""
        return _move(self._after, self._before, now)

    def _size(self) -> int:
        """The bytes of all states and of the user's own data; documents share most of them."""
        states = {id(state): state for entry in self._before for state in _states(entry.document)}
        sources = {id(state.source): state.source for state in states.values() if state.source is not None}
        data = sum(source.inputs.nbytes + source.targets.nbytes for source in sources.values())
        return data + sum(state.size for state in states.values())


def _move(source: list[Entry], target: list[Entry], now: Document) -> Entry | None:
    if not source:
        return None
    entry = source.pop()
    target.append(entry._replace(document=now))
    return entry


def _states(document: Document) -> tuple[RunState, ...]:
    baseline = document.baseline
    of_baseline = () if baseline is None else (baseline.run, *baseline.past.states)
    return (document.run, *document.past.states, *of_baseline)
