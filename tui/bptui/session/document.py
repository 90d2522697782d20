"""`Document`: the run of a session with everything that is arranged around it, as pinned runs, frozen.

Undo and redo return to the documents before each change, in bounded memory. The stops for scrubbing are after
each reported epoch, and at both ends of the epochs a run can go back to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import NamedTuple

import numpy as np

from bpengine import ConfigError, Edit, Trainer, TrainingConfig
from bpengine.training.edits import carried_over
from bpengine.training.run import RunState
from bpengine.training.timeline import Bookmark, Keyframes, PassedStates
from bptui.session.snapshot import Curve

FAR = 10
"""A large step covers one part in this many of the run."""


class Reports(NamedTuple):
    """The stops of a run. Each is a number of completed epochs."""

    interval: int
    """The report interval, in epochs."""
    earliest: int
    """The first stop: the start of the run, or the point at which it was resumed."""
    latest: int
    """The last stop, which represents the run as it is now: one more than the completed epochs if the run
    is within an epoch."""

    @classmethod
    def of(cls, run: RunState, past: Keyframes) -> Reports:
        """The stops of a run with this past."""
        within = run.samples_processed > 0 or run.divergence is not None
        return cls(run.config.report_interval, past.earliest, run.epochs_done + within)

    def moved(self, stop: int, direction: int, *, far: bool = False) -> int:
        """The next (1) or previous (-1) stop; the same stop at an end.

        Args:
            stop: the current stop.
            direction: 1 or -1.
            far: whether to move by a tenth of the run, if that is more than one stop.
        """
        there = self._after(stop) if direction > 0 else self._before(stop)
        if far:
            target = stop + direction * max(self.latest // FAR, 1)
            way = self.nearest(target - 1)
            there = max(there, way) if direction > 0 else min(there, way)
        return min(max(there, min(self.earliest, self.latest)), self.latest)

    def nearest(self, epoch: int) -> int:
        """The stop nearest to the end of an epoch."""
        stop = epoch + 1
        choices = (self.earliest, self._before(stop), stop, self._after(stop), self.latest)
        return min(filter(self._is_stop, choices), key=lambda choice: abs(choice - stop))

    def _is_stop(self, stop: int) -> bool:
        is_end = stop in (self.earliest, self.latest)
        return is_end or (self.earliest < stop < self.latest and (stop - 1) % self.interval == 0)

    def _before(self, stop: int) -> int:
        return (stop - 2) // self.interval * self.interval + 1 if stop > 1 else 0

    def _after(self, stop: int) -> int:
        return (stop - 1) // self.interval * self.interval + self.interval + 1 if stop > 0 else 1


LABELS = "ABCD"
"""The letters of the pins. More pins could not be told apart in a small plot."""


class Pin(NamedTuple):
    """A pinned run."""

    label: str
    """Its letter."""
    run: RunState


@dataclass(frozen=True, slots=True, eq=False)
class Pins:
    """The pinned runs by their letters, the oldest first. Immutable: each change returns new pins."""

    runs: tuple[Pin, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.runs)

    def label_of(self, run: RunState | Trainer) -> str | None:
        """The letter of the pin that has the same run with the same weights; None if there is none."""
        return next((pin.label for pin in self.runs if _same_run(pin.run, run)), None)

    def adding(self, run: RunState) -> tuple[Pins, str, bool]:
        """Pin a run under the first free letter or, if there is none, in place of the oldest pin.

        Returns:
            The new pins, the letter, and whether another run had the letter before.
        """
        taken = [pin.label for pin in self.runs]
        free = [letter for letter in LABELS if letter not in taken]
        label = free[0] if free else taken[0]
        return Pins((*self.without(label).runs, Pin(label, run))), label, not free

    def without(self, label: str) -> Pins:
        """The pins without this letter."""
        return Pins(tuple(pin for pin in self.runs if pin.label != label))


def _same_run(pinned: RunState, run: RunState | Trainer) -> bool:
    parameters = run.parameters if isinstance(run, RunState) else run.parameters_now()
    return (pinned.config, *pinned.position) == (
        run.config,
        run.epochs_done,
        run.samples_done,
    ) and np.array_equal(pinned.parameters, parameters, equal_nan=True)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A look at an earlier epoch, which leaves the run as it is."""

    reports: Reports
    """The stops of the run."""
    stop: int
    """The stop that the user looks at."""
    passed: PassedStates
    """States near it, from which neighboring epochs are reached quickly: a memory that all looks at a run
    share."""
    run: RunState
    """The run at that stop."""


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """The run before a what-if or a branch, with which the live run is compared."""

    run: RunState
    past: Keyframes
    shared: int | None = None
    """The last epoch that a branch shares with this run, -1 for the start; None after a what-if."""

    def edits(self, numbers: Iterable[int]) -> tuple[Edit, ...]:
        """The run's edits with these numbers, counted from 0."""
        edits = self.run.edits
        return tuple(edits[number] for number in numbers)


class Repeat(NamedTuple):
    """An edit that a what-if repeats."""

    number: int
    """The number of the edit in the baseline, counted from 0."""
    edit: Edit
    """The edit for the new network."""


@dataclass(frozen=True, slots=True, eq=False)
class Goal:
    """What a what-if trains toward: the epoch and the edits of its baseline."""

    epoch: int
    """How many epochs the run trains until it is compared."""
    runs_on: bool
    """Whether the run continues from there, as the baseline did."""
    baseline: Baseline
    """The run to compare with. It stays the goal's when what-if is turned off."""
    repeats: tuple[Repeat, ...] = ()
    """The edits of the baseline that are still to be repeated, the oldest first."""

    def due(self, trainer: Trainer) -> tuple[Repeat, ...]:
        """The edits whose position the run has reached, or passed as with another batch size."""
        return tuple(takewhile(lambda repeat: _samples_to(repeat.edit, trainer) <= 0, self.repeats))

    def samples_to_stop(self, trainer: Trainer) -> int:
        """How many samples are left to the next edit or, without one, to the epoch."""
        if self.repeats:
            return _samples_to(self.repeats[0].edit, trainer)
        return trainer.samples_to(self.epoch)

    def is_reached(self, trainer: Trainer) -> bool:
        """Whether the run has reached the epoch and all edits, some of which may come after it."""
        return trainer.epochs_done >= self.epoch and not self.repeats


def _samples_to(edit: Edit, trainer: Trainer) -> int:
    """How many samples are left to an edit, or to the end of its epoch if the epoch is too short."""
    return trainer.samples_to(edit.epoch, min(edit.sample, len(trainer.dataset)))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Document:
    """A run, and what it is compared with. Commands make new documents, and undo returns to earlier ones."""

    run: RunState
    """The latest state of the run, also while the user looks at an earlier epoch."""
    past: Keyframes
    """Earlier states, from which the run is rewound."""
    opened_with: TrainingConfig
    """The settings that the run was opened with, to which a key returns."""
    view: View | None = None
    """The earlier epoch that the user looks at; None for the latest one."""
    baseline: Baseline | None = None
    """The run before the last what-if or branch."""
    missing: tuple[int, ...] = ()
    """The numbers of the baseline's edits that the run lacks, counted from 0."""
    goal: Goal | None = None
    """The what-if that is not there yet."""
    previous: Curve | None = None
    """The error curve of the run that the last restart ended."""
    pins: Pins = Pins()
    """The pinned runs. Undoing another change leaves them alone, so that the runs can be compared."""
    what_if: bool = False
    """Whether each change of a setting retrains to the current epoch. Undo leaves it alone, too."""

    @property
    def shown(self) -> RunState:
        """The run that is shown: it is drawn, pinned and saved, and commands act on it."""
        return self.run if self.view is None else self.view.run

    @property
    def bookmark(self) -> Bookmark:
        """The run that is shown, with its past."""
        if self.view is None:
            return Bookmark(self.run, self.past)
        return Bookmark(self.view.run, self.past.until(self.view.stop))

    @property
    def stops(self) -> Reports:
        """The stops for a look at an earlier epoch."""
        return Reports.of(self.run, self.past) if self.view is None else self.view.reports

    @property
    def lacking(self) -> tuple[Edit, ...]:
        """The edits of the baseline that the run lacks."""
        return () if self.baseline is None else self.baseline.edits(self.missing)

    def branched(self) -> Document:
        """Continue from the earlier epoch that the user looks at, if there is one.

        The original run becomes the baseline.
        """
        view = self.view
        if view is None:
            return self
        past = self.past.until(view.stop)
        original = Baseline(self.run, self.past, view.stop - 1)
        return replace(self, run=view.run, past=past, view=None, goal=None, missing=(), baseline=original)

    def without_goal(self) -> Document:
        """Give up a what-if that is not there yet, and the edits that it still had to repeat."""
        if self.goal is None:
            return self
        left = tuple(repeat.number for repeat in self.goal.repeats)
        return replace(self, goal=None, missing=self.missing + left)

    def repeated(self, trainer: Trainer) -> Document:
        """Repeat the edits of the goal's baseline that are due, on the live run."""
        goal = self.goal
        due = () if goal is None else goal.due(trainer)
        if goal is None or not due:
            return self
        missing = self.missing
        for number, edit in due:
            try:
                trainer.edit(edit)
            except ConfigError:  # for example after another edit in the meantime
                missing += (number,)
        return replace(self, missing=missing, goal=replace(goal, repeats=goal.repeats[len(due) :]))


def edits_to_repeat(before: RunState, after: RunState) -> tuple[tuple[Repeat, ...], tuple[int, ...]]:
    """The edits of a run for another one, and the numbers of the edits whose unit the other one lacks."""
    repeats, left_out = [], []
    for number, edit in enumerate(before.edits):
        moved = carried_over(edit, before.sizes, after.sizes)
        if moved is None:
            left_out.append(number)
        else:
            repeats.append(Repeat(number, moved))
    return tuple(repeats), tuple(left_out)


class SessionState(NamedTuple):
    """Everything that a later session needs to continue.

    Of the document, the past, the look at an earlier epoch and the previous error curve are not kept.
    """

    document: Document
    running: bool
    """Whether the run was running, or would have been if its tab had been open."""
    cloud: bool
    """Whether the cloud is shown. Its starts are computed again."""
    speed: str
    """The label of the chosen speed."""

    @property
    def is_worth_keeping(self) -> bool:
        """Whether anything was trained, changed, edited or pinned."""
        document, run = self.document, self.document.run
        changed = run.config != document.opened_with or bool(run.edits)
        has_begun = document.view is not None or run.position != (0, 0) or run.divergence is not None
        return has_begun or changed or bool(document.pins)

    @property
    def is_default(self) -> bool:
        """Whether the run is the one that the screen opens with by default."""
        run = self.document.run
        is_default = run.config == TrainingConfig.defaults(run.config.task) and run.source is None
        return is_default and not self.is_worth_keeping


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
