"""Undo and redo: the documents before each change, in bounded memory."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from bpengine.training.run import RunState
from bptui.session.document import Document

MAX_UNDO = 50
"""The most changes that can be undone."""
MAX_BYTES = 200_000_000
"""The most memory for the runs of all changes. The newest change is always kept."""


class UndoEntry(NamedTuple):
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


class UndoStack(NamedTuple):
    """The documents for undo and redo, the next one last."""

    before: tuple[UndoEntry, ...] = ()
    after: tuple[UndoEntry, ...] = ()
    size: int = 0
    """The most bytes that the documents for undo may take."""

    def pushed(self, entry: UndoEntry) -> UndoStack:
        """With the document before a change. Changes that were undone can't be redone any more."""
        before = (*self.before, entry)[-MAX_UNDO:]
        # Measuring all is slow: what the last document shares with the one before it is enough for a limit.
        size = self.size + _size(before[-2:]) - _size(before[-2:-1])
        if size > MAX_BYTES:
            size = _size(before)
        while len(before) > 1 and size > MAX_BYTES:
            before = before[1:]
            size = _size(before)
        return UndoStack(before, size=size)

    def undone(self, now: Document) -> UndoStack:
        """The stack after the last change was undone from the current document."""
        after = (*self.after, self.before[-1]._replace(document=now))
        return self._replace(before=self.before[:-1], after=after)

    def redone(self, now: Document) -> UndoStack:
        """The stack after the change that was undone last was made again from the current document."""
        *after, entry = self.after
        return self.pushed(entry._replace(document=now))._replace(after=tuple(after))


def _size(entries: tuple[UndoEntry, ...]) -> int:
    """The bytes of all states and of the user's own data; documents share most of them."""
    states = {id(state): state for entry in entries for state in _states(entry.document)}
    sources = {id(state.source): state.source for state in states.values() if state.source is not None}
    data = sum(source.inputs.nbytes + source.targets.nbytes for source in sources.values())
    return data + sum(state.size for state in states.values())


def _states(document: Document) -> tuple[RunState, ...]:
    baseline = document.baseline
    of_baseline = () if baseline is None else (baseline.run, *baseline.past.states)
    return (document.run, *document.past.states, *of_baseline)
