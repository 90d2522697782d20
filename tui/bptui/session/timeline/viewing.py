"""Viewing an earlier epoch of the run without changing the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpengine import Trainer
from bpengine.checkpoint import SavedRun
from bpengine.timeline import Bookmark
from bpengine.visits import Visits
from bptui.commands import key_first
from bptui.session.pins import Branch
from bptui.session.timeline.reports import Reports


class Viewing:
    """Takes the run to an earlier epoch and back.

    Args:
        trainer: the run.
        kept: the run before the view, to compare with if a branch begins at the epoch on view.

    Attributes:
        reports: the stops of the run.
        stop: the stop on view.
        visits: moves the trainer.
    """

    def __init__(self, trainer: Trainer, kept: SavedRun) -> None:
        self.kept = kept
        self.reports = Reports.of(trainer)
        self.stop = self.reports.latest
        self.visits = Visits(trainer)

    @property
    def latest(self) -> Bookmark:
        """The run as it was before the view."""
        return self.visits.latest

    def branch(self) -> Branch:
        """The branch point, if the live run now continues from the epoch on view."""
        return Branch(self.stop - 1, self.latest)


@dataclass(frozen=True, slots=True, eq=False)
class Visiting:
    """A visit in progress: the trainer moves to an earlier epoch, which will be viewed."""

    target_epoch: int
    """The completed epochs of the run at the end of the visit."""
    pieces: Iterator[None]
    """From `Visits.going`."""
    before: int
    """The stop to return to if the visit is stopped."""
    bookmark: Bookmark
    """What was on the screen before: the state at that stop."""

    def progress(self, trainer: Trainer) -> str:
        """How far the visit is, in a sentence."""
        where = f"epoch {trainer.epochs_done} of {self.target_epoch}"
        return f"Going to an earlier epoch: {where}. {key_first('to_settings')} stops."
