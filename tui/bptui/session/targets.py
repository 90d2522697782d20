"""The tasks that a session trains toward by itself: a what-if, a step or a rewind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from bpengine import Edit, Trainer
from bpengine.checkpoint import SavedRun
from bpengine.edits import carried_over
from bpengine.timeline import Bookmark
from bptui.commands import key_first
from bptui.session.pins import Baseline
from bptui.session.snapshot import Snapshot


class Repeat(NamedTuple):
    """An edit that a what-if repeats."""

    number: int
    """The number of the edit in the previous run, counted from 0."""
    edit: Edit
    """The edit for the new network."""


@dataclass(frozen=True, slots=True, eq=False)
class Retraining:
    """A what-if in progress: a new run that trains to the epoch that another run has reached."""

    target_epoch: int
    """How many epochs the new run trains until it is compared."""
    run_afterwards: bool
    """Whether the run continues from there, as the previous run did."""
    baseline: Baseline
    """The previous run, to compare with."""
    repeats: tuple[Repeat, ...] = ()
    """The edits of the previous run that are still to be repeated, the oldest first."""

    def due(self, trainer: Trainer) -> tuple[Repeat, ...]:
        """The edits whose position the new run has reached, or passed as with another batch size."""
        return tuple(takewhile(lambda repeat: _samples_to(repeat.edit, trainer) <= 0, self.repeats))

    def samples_to_stop(self, trainer: Trainer) -> int:
        """How many samples are left to the next edit or, without one, to the target epoch."""
        if self.repeats:
            return _samples_to(self.repeats[0].edit, trainer)
        return trainer.samples_to(self.target_epoch)

    def is_done(self, trainer: Trainer) -> bool:
        """Whether the new run has reached the target epoch and all edits, some of which may come after it."""
        return trainer.epochs_done >= self.target_epoch and not self.repeats

    def progress(self, trainer: Trainer, *, running: bool) -> str:
        """The progress of the new run, in a sentence."""
        does = "pauses" if running else "continues"
        where = f"epoch {trainer.epochs_done} of {self.target_epoch}"
        return f"What if: retraining, {where}. {key_first('toggle_run')} {does}."


def edits_to_repeat(
    run: SavedRun, snapshot: Snapshot, trainer: Trainer
) -> tuple[tuple[Repeat, ...], tuple[int, ...]]:
    """The edits of a run for another one, and the numbers of the edits whose unit the other one lacks.

    Args:
        run: the run.
        snapshot: the run as it is shown.
        trainer: the other run.
    """
    layers = snapshot.network.layers
    before = (len(layers[0]) - 1, *(layer.shape[1] for layer in layers))
    repeats, left_out = [], []
    for number, edit in enumerate(run.state.edits):
        moved = carried_over(edit, before, trainer.sizes)
        if moved is None:
            left_out.append(number)
        else:
            repeats.append(Repeat(number, moved))
    return tuple(repeats), tuple(left_out)


def _samples_to(edit: Edit, trainer: Trainer) -> int:
    """How many samples are left to an edit, or to the end of its epoch if the epoch is too short."""
    return trainer.samples_to(edit.epoch, min(edit.sample, len(trainer.dataset)))


@dataclass(frozen=True, slots=True, eq=False)
class Stepping:
    """Steps of one epoch each that are in progress."""

    target_epoch: int
    """The completed epochs of the run at the end of the steps."""

    def progress(self, trainer: Trainer) -> str:
        """How far the run is, in a sentence."""
        left = self.target_epoch - trainer.epochs_done
        what = "one epoch" if left == 1 else f"{left} epochs"
        where = f"sample {trainer.samples_processed} of {len(trainer.dataset)}"
        return f"Training {what}: {where}. {key_first('to_settings')} stops."


@dataclass(frozen=True, slots=True, eq=False)
class Rewinding:
    """A rewind in progress: the run trains from a stored state to an earlier epoch."""

    target_epoch: int
    """The completed epochs of the run at the end of the rewind."""
    pieces: Iterator[None]
    """From `Trainer.rewinding`."""
    bookmark: Bookmark
    """What was on the screen before: the run to return to if the rewind is stopped."""

    def progress(self, trainer: Trainer) -> str:
        """How far the run is, in a sentence."""
        where = f"epoch {trainer.epochs_done} of {self.target_epoch}"
        return f"Rewinding: {where}. {key_first('to_settings')} stops."


def last_report(trainer: Trainer) -> int:
    """The end of the last reported epoch, or of the one before it if the run is exactly there."""
    interval = trainer.config.report_interval
    begun = trainer.epochs_done + (trainer.samples_processed > 0)
    return max((begun - 2) // interval * interval + 1 if begun > 1 else 0, trainer.earliest)
