"""What happens by itself in a session: running, stepping, rewinding, and going to an earlier epoch."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bpengine import DivergedError, Trainer
from bpengine.training.run import RunState
from bpengine.training.timeline import Bookmark
from bptui.session.document import Document, Goal, UndoStack, View
from bptui.session.sentences import notices
from bptui.session.snapshot import Stage
from bptui.session.speed import TICK_SECONDS, Clock, Speed, SpeedControl
from bpwords import word

SLICE_MILLISECONDS = 12.0
"""How long a tick may train: short enough that no key waits noticeably."""


@dataclass(frozen=True, slots=True, eq=False)
class Transition:
    """What a command, or a slice of an activity, makes of a session. The session does it."""

    document: Document
    activity: Activity | None
    """What happens by itself from now on."""
    notice: str | None = ""
    """A sentence for the status line; None leaves the last one there."""
    undo: str = ""
    """What can be undone, in words; empty if nothing can be."""
    of_pins: bool = False
    """Whether undo restores only the pins."""
    begins_what_if: bool = False
    """Whether the run was changed for a what-if."""
    undo_stack: UndoStack | None = None
    """What can be undone and redone from now on, after either."""
    speed: Speed | None = None
    """The speed from now on; None for the same."""
    cloud: bool | None = None
    """Whether the cloud is on from now on; None if nothing changes."""


class Activity(ABC):
    """One thing that happens by itself, in slices of time."""

    trains: bool = True
    """Whether it takes the run forward. If not, it passes over epochs that the run knows, and the document
    stays as it is until the end."""
    is_open_ended: bool = False
    """Whether it lasts until the run ends or the user stops it."""
    view: View | None = None
    """The look at an earlier epoch that it is on the way to."""
    is_flat_out: bool = False
    """Whether the last slice was too short for the work of a tick, so that training needs no pauses."""

    @abstractmethod
    def advance(self, trainer: Trainer, document: Document, speed: SpeedControl) -> Transition:
        """Train for a slice of time. The transition has this activity until it is done.

        Args:
            trainer: the run.
            document: what belongs to it.
            speed: the chosen speed, which a running run measures, and its clock.
        """

    @abstractmethod
    def stop(self, document: Document) -> Transition:
        """Stop at the user's wish. The trainer then continues with what the transition's document shows."""

    @abstractmethod
    def progress(self, trainer: Trainer, document: Document) -> str:
        """How far it is, in a sentence; empty for a run that just runs."""

    def last_epoch(self, run: RunState) -> int:
        """The completed epochs after which a further step of an epoch begins."""
        return run.epochs_done

    def train(self, trainer: Trainer, document: Document, samples: int | None, clock: Clock) -> Document:
        """Train for a slice of time. The edits that a what-if repeats are made on the way.

        This is the only way in which an activity takes a run forward.

        Args:
            trainer: the run.
            document: what belongs to it.
            samples: the most samples; None for as many as the time allows.
            clock: measures the time.
        """
        document = document.repeated(trainer)
        if document.goal is not None and document.goal.repeats:
            left = document.goal.samples_to_stop(trainer)
            samples = left if samples is None else min(samples, left)
        done = 0
        if not _has_ended(trainer):
            with contextlib.suppress(DivergedError):
                done = trainer.run_for(SLICE_MILLISECONDS, max_samples=samples, clock=clock)
        self.is_flat_out = samples is None or done < samples * SLICE_MILLISECONDS / (1000 * TICK_SECONDS)
        document = document.repeated(trainer)
        goal = document.goal
        is_over = _has_ended(trainer) or (goal is not None and goal.is_reached(trainer))
        return document.without_goal() if is_over else document


class Running(Activity):
    """The run trains until it ends or is paused: at the chosen speed or, toward a goal, at full speed."""

    is_open_ended = True

    def advance(self, trainer: Trainer, document: Document, speed: SpeedControl) -> Transition:
        """Train for a slice of time. At the goal, pause unless its baseline was running."""
        goal = document.goal
        if goal is not None:
            document = self._toward(goal, trainer, document, speed.clock)
            if document.goal is None and not goal.runs_on:
                return Transition(document, None, _notice_at_end(trainer))
        else:
            limit = speed.chosen.limit(len(trainer.dataset), trainer.config.epochs)
            speed.measure(_epochs(trainer))
            document = self.train(trainer, document, limit, speed.clock)
            speed.measure(_epochs(trainer))
        ended = _has_ended(trainer)
        return Transition(document, None if ended else self, _notice_at_end(trainer))

    def _toward(self, goal: Goal, trainer: Trainer, document: Document, clock: Clock) -> Document:
        """Train toward a goal. A repeated edit ends no slice."""
        deadline, here = clock() + SLICE_MILLISECONDS / 1000, goal
        while True:
            document = self.train(trainer, document, here.samples_to_stop(trainer), clock)
            if document.goal is None or document.goal is here or clock() >= deadline:
                return document
            here = document.goal

    def stop(self, document: Document) -> Transition:
        """Pause, and give up the goal if there is one."""
        if document.goal is None:
            return Transition(document, None, None)
        stopped, baseline = document.without_goal(), document.goal.baseline
        return Transition(stopped, None, notices.what_if_stopped(baseline.edits(stopped.missing)))

    def progress(self, trainer: Trainer, document: Document) -> str:
        """How far the run is on the way to its goal; empty without one."""
        goal = document.goal
        return "" if goal is None else notices.RETRAINING(epoch=trainer.epochs_done, end=goal.epoch)


class Stepping(Activity):
    """The run trains to a position, and pauses there.

    Args:
        epoch: the completed epochs at the end.
        sample: the samples of the next epoch that it has been trained on at the end.
    """

    def __init__(self, epoch: int, sample: int = 0) -> None:
        self._end = epoch, sample

    def advance(self, trainer: Trainer, document: Document, speed: SpeedControl) -> Transition:
        """Train for a slice of time."""
        document = self.train(trainer, document, trainer.samples_to(*self._end), speed.clock)
        is_done = _has_ended(trainer) or trainer.samples_to(*self._end) <= 0
        return Transition(document, None if is_done else self, _notice_at_end(trainer))

    def stop(self, document: Document) -> Transition:
        """Pause where the run is."""
        return Transition(document, None, notices.STEP_STOPPED())

    def progress(self, trainer: Trainer, _document: Document) -> str:
        """How far the run is, in a sentence."""
        left = self._end[0] - trainer.epochs_done + (self._end[1] > 0)
        return notices.stepping(left, trainer.samples_processed, len(trainer.dataset))

    def last_epoch(self, _run: RunState) -> int:
        """The completed epochs at the end: a further step is added to this one."""
        return self._end[0]


class Rewinding(Activity):
    """The run goes back to an earlier epoch.

    Args:
        epoch: the completed epochs at the end.
    """

    trains = False
    is_flat_out = True

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch
        self._pieces: Iterator[None] | None = None

    def advance(self, trainer: Trainer, document: Document, speed: SpeedControl) -> Transition:
        """Train for a slice of time from a stored state."""
        if self._pieces is None:
            self._pieces = trainer.rewinding(self._epoch, SLICE_MILLISECONDS, clock=speed.clock)
        for _ in self._pieces:
            return Transition(document, self, None)
        there, baseline = trainer.bookmark(), document.baseline
        if baseline is not None and baseline.shared is not None:
            baseline = replace(baseline, shared=min(baseline.shared, self._epoch - 1))
        same = there.state.config == document.run.config
        notice = notices.rewound(self._epoch, same_settings=same, finished=there.state.finished)
        document = replace(document, run=there.state, past=there.keyframes, baseline=baseline)
        return Transition(document, None, notice, undo=word("rewind", "undo"))

    def stop(self, document: Document) -> Transition:
        """Return to the run as it was before."""
        return Transition(document, None, notices.REWIND_STOPPED())

    def progress(self, trainer: Trainer, _document: Document) -> str:
        """How far the run is, in a sentence."""
        return notices.REWINDING(epoch=trainer.epochs_done, end=self._epoch)


class Visiting(Activity):
    """The run goes to an earlier epoch only to show it.

    Args:
        view: the look at the epoch, except for the run, which is not there yet.
    """

    trains = False
    is_flat_out = True

    def __init__(self, view: View) -> None:
        self.view: View = view
        self._pieces: Iterator[None] | None = None

    def advance(self, trainer: Trainer, document: Document, speed: SpeedControl) -> Transition:
        """Train for a slice of time from a stored state."""
        if self._pieces is None:
            trainer.return_to(Bookmark(document.run, document.past))
            stop, passed = self.view.stop, self.view.passed
            self._pieces = trainer.rewinding(stop, SLICE_MILLISECONDS, clock=speed.clock, passed=passed)
        for _ in self._pieces:
            return Transition(document, self, None)
        view = replace(self.view, run=trainer.run_state())
        return Transition(replace(document, view=view), None, None)

    def stop(self, document: Document) -> Transition:
        """Return to what was shown before."""
        return Transition(document, None, notices.VISIT_STOPPED())

    def progress(self, trainer: Trainer, _document: Document) -> str:
        """How far the run is, in a sentence."""
        return notices.VISITING(epoch=trainer.epochs_done, end=self.view.stop)


def stage_of(run: RunState | Trainer, activity: Activity | None, *, is_viewed: bool) -> Stage:
    """What a run is doing.

    Args:
        run: the run that is shown.
        activity: what happens by itself.
        is_viewed: whether the user looks at an earlier epoch.
    """
    if activity is not None and not activity.trains:
        return Stage.RUNNING
    if run.divergence is not None:
        return Stage.DIVERGED
    if run.finished:
        return Stage.FINISHED
    if activity is not None:
        return Stage.RUNNING
    has_begun = run.epochs_done > 0 or run.samples_processed > 0
    return Stage.PAUSED if has_begun or is_viewed else Stage.READY


def in_progress(document: Document, activity: Activity | None) -> bool:
    """Whether something is in progress that has an end of its own: a step, a rewind, a visit or a what-if."""
    return activity is not None and (not activity.is_open_ended or document.goal is not None)


def view_ahead(document: Document, activity: Activity | None) -> View | None:
    """The look at an earlier epoch that is on its way, or that the user has; None for the latest epoch."""
    on_its_way = None if activity is None else activity.view
    return on_its_way or document.view


def _has_ended(trainer: Trainer) -> bool:
    return trainer.finished or trainer.divergence is not None


def _notice_at_end(trainer: Trainer) -> str | None:
    """At the end of a run, its state says what happened, instead of the last answer."""
    return "" if _has_ended(trainer) else None


def _epochs(trainer: Trainer) -> float:
    """The epochs that the run was trained, with the part of the one in progress."""
    return trainer.epochs_done + trainer.samples_processed / len(trainer.dataset)
