"""`SessionNow`: what a command may read of a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bpengine import Dataset, Trainer, TrainingConfig
from bptui.session.activity import Activity, Transition, in_progress, stage_of
from bptui.session.document import Document, UndoStack
from bptui.session.snapshot import Stage
from bptui.session.speed import Speed
from bpwords import word


@dataclass(frozen=True, slots=True, eq=False)
class SessionNow:
    """A session at the moment of a command, which changes nothing: its transition says what is to be done.

    During a rewind, or on the way to an earlier epoch, the document is that of the run before it set out.
    """

    document: Document
    activity: Activity | None
    """What happens by itself."""
    new_trainer: Callable[[TrainingConfig, Dataset | None], Trainer]
    """(settings, the user's own data) -> a trainer of another run, which shares the samples if it can."""
    speed: Speed
    cloud_is_on: bool
    undo_stack: UndoStack

    @property
    def config(self) -> TrainingConfig:
        """The settings of the run that is shown."""
        return self.document.shown.config

    @property
    def source(self) -> Dataset | None:
        """The user's own samples; None for a named data set."""
        return self.document.run.source

    @property
    def training(self) -> Activity | None:
        """The activity, if it takes the run forward. A change of the run leaves only such an activity."""
        return self.activity if self.activity is not None and self.activity.trains else None

    @property
    def stage(self) -> Stage:
        """What the run is doing, apart from a rewind or a visit, which a change of the run stops."""
        document = self.document
        return stage_of(document.shown, self.training, is_viewed=document.view is not None)

    @property
    def runs_on(self) -> bool:
        """Whether the run is running and, if it is a what-if, continues to run at its goal."""
        goal, activity = self.document.goal, self.training
        return activity is not None and activity.is_open_ended and (goal is None or goal.runs_on)

    @property
    def has_ended(self) -> bool:
        """Whether the run has finished or diverged."""
        return self.stage in (Stage.FINISHED, Stage.DIVERGED)

    @property
    def waits(self) -> bool:
        """Whether the run waits for a key to continue."""
        return self.stage in (Stage.READY, Stage.PAUSED)

    @property
    def in_progress(self) -> bool:
        """Whether something is in progress that has an end of its own."""
        return in_progress(self.document, self.activity)

    def unchanged(self, notice: str | None = "") -> Transition:
        """The transition that leaves everything as it is."""
        return Transition(self.document, self.activity, notice)

    def branching(self, activity: Activity | None) -> Transition:
        """Continue from the earlier epoch that the user looks at, if there is one, with an activity.

        Undo returns to the original run.
        """
        what = word("a branch at an earlier epoch", "undo") if self.document.view is not None else ""
        return Transition(self.document.branched(), activity, undo=what)
