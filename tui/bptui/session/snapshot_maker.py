"""`Snapshots`: makes the snapshots that the session hands to the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from bpengine import Sharpness, Trainer
from bpengine.training.run import RunState
from bptui.experiments.beside import Rates, Reference
from bptui.experiments.seeds.cloud_snapshot import CloudSnapshot
from bptui.session.activity import Activity, in_progress, stage_of
from bptui.session.document import Document
from bptui.session.observation import Observer
from bptui.session.sentences import notices
from bptui.session.sentences.comparisons import all_changes_in_words, cloud_sentence, compare
from bptui.session.sentences.problems import advice, problem_of
from bptui.session.snapshot import (
    ComparedRun,
    Comparison,
    Curve,
    Mark,
    MarkKind,
    RunProgress,
    Snapshot,
    Stage,
    Status,
    TimelineSnapshot,
)
from bptui.session.speed import SpeedControl

_MAX_COMPARED = 64
"""How many epochs of a pin are searched for in a curve; long curves are thinned and lack some."""


class Moment(NamedTuple):
    """What a snapshot shows of a session."""

    trainer: Trainer
    """The live run, possibly on the way to another epoch."""
    document: Document
    activity: Activity | None
    stop: int | None
    """The stop that the user looks at, or will; None for the latest epoch."""
    notice: str
    """The answer to the last command."""
    is_new: bool
    """Whether the run has paused since that answer, or has trained only for a moment."""
    speed: SpeedControl
    cloud: CloudSnapshot | None
    """The other starts; None if they are not shown."""
    cloud_is_on: bool
    sharpness: Sharpness | None
    """The sharpness of the live run; None if it is not known."""
    rates: Rates | None
    """The learning rates of the live run; None if they are not shown."""
    references: tuple[Reference, ...] = ()
    """What the network of a table has to be better than."""

    @property
    def stage(self) -> Stage:
        """What the run is doing."""
        return stage_of(self.trainer, self.activity, is_viewed=self.document.view is not None)


class Snapshots:
    """Makes the snapshots of one session, and remembers what can be used again."""

    def __init__(self) -> None:
        self._observer: Observer | None = None
        self._of_runs: WeakKeyDictionary[RunState, Snapshot] = WeakKeyDictionary()

    def of(self, moment: Moment) -> Snapshot:
        """The snapshot of this moment."""
        trainer, document = moment.trainer, moment.document
        if self._observer is None or self._observer.trainer is not trainer:
            self._observer = Observer(trainer)
        run, network = self._observer.observe()
        run = run._replace(references=moment.references) if moment.references else run
        if moment.sharpness is not None:
            network = network._replace(sharpness=moment.sharpness)
        comparison = self._comparison(moment)
        latest = (trainer.epochs_done, run)
        if moment.stop is not None:
            latest = (document.run.epochs_done, self.of_run(document.run).run)
        timeline = _timeline(*latest, comparison, moment.stop)
        snapshot = Snapshot(run, network, comparison, _status(moment), timeline, moment.rates)
        return _with_sentence(snapshot, moment)

    def of_run(self, run: RunState) -> Snapshot:
        """A run that is compared with others, as it is shown. It is observed only once."""
        snapshot = self._of_runs.get(run)
        if snapshot is None:
            observed = Observer(Trainer.continuing(run, kernel="numpy")).observe()
            state = stage_of(run, None, is_viewed=False)
            snapshot = Snapshot(*observed, Comparison(), Status(state, "", None, ""))
            self._of_runs[run] = snapshot
        return snapshot

    def _comparison(self, moment: Moment) -> Comparison:
        document, cloud, baseline = moment.document, moment.cloud, moment.document.baseline
        return Comparison(
            pins=tuple(self._compared(pin.label, pin.run, moment) for pin in document.pins.runs),
            baseline=None if baseline is None else self._compared("", baseline.run, moment, baseline.shared),
            previous_curve=document.previous,
            what_if=document.what_if,
            cloud=cloud,
            spread=None if cloud is None or cloud.band is None else cloud.band.spread,
            is_pinned=document.pins.label_of(moment.trainer) is not None,
            not_repeated=document.lacking,
        )

    def _compared(
        self, label: str, run: RunState, moment: Moment, branched_at: int | None = None
    ) -> ComparedRun:
        snapshot, trainer = self.of_run(run), moment.trainer
        changes = all_changes_in_words(snapshot.run, trainer.edits, trainer.config)
        return ComparedRun(label, snapshot, tuple(changes), branched_at)


def _status(moment: Moment) -> Status:
    """The status without a sentence about what is in progress or compared."""
    state, speed, notice = moment.stage, moment.speed, moment.notice
    if notice:
        advised = without_arrows = ""
    else:
        advised, without_arrows = advice(moment.trainer, state)
    return Status(
        stage=state,
        speed=speed.chosen.label,
        epochs_per_second=speed.epochs_per_second if state is Stage.RUNNING else None,
        advice=notice or advised,
        advice_without_arrows=without_arrows,
    )


def _with_sentence(snapshot: Snapshot, moment: Moment) -> Snapshot:
    """The snapshot with the sentence about what is in progress or compared, if there is no notice."""
    status, comparison = snapshot.status, snapshot.comparison
    sentence = "" if moment.notice else _progress(moment)
    # What a what-if, a branch or a change of the cloud has led to answers a key as well.
    has_result = comparison.baseline is not None or (
        comparison.cloud is not None and comparison.cloud.compared is not None
    )
    is_answer = moment.is_new if moment.notice else bool(sentence) or has_result
    problem = problem_of(snapshot.run, snapshot.network, moment.trainer.source)
    status = replace(status, problem=problem, is_answer=is_answer)
    if moment.notice or status.stage is Stage.DIVERGED:
        return replace(snapshot, status=status)
    if not sentence and comparison.cloud is not None:
        sentence = cloud_sentence(comparison.cloud)
        if comparison.cloud.band is not None:
            status = replace(status, advice=sentence, what_next=status.advice)
            return replace(snapshot, status=status)
    elif not sentence and comparison.baseline and comparison.baseline.branched_at is not None:
        sentence = notices.branch_sentence(comparison.baseline, snapshot)
    elif not sentence and comparison.reference is not None:
        sentence = compare(comparison.reference, snapshot)
    if not sentence:
        return replace(snapshot, status=status)
    return replace(snapshot, status=replace(status, advice=sentence, advice_without_arrows=""))


def _progress(moment: Moment) -> str:
    """The progress of what is in progress, or the epoch that the user looks at; empty without either."""
    document, activity = moment.document, moment.activity
    if activity is not None and in_progress(document, activity):
        return activity.progress(moment.trainer, document)
    if document.view is not None:
        done = document.run.epochs_done
        return notices.viewing_sentence(document.view.stop, done, cloud=moment.cloud_is_on)
    if document.goal is not None:
        return notices.RETRAINING_PAUSED(epoch=moment.trainer.epochs_done, end=document.goal.epoch)
    return ""


def _timeline(done: int, run: RunProgress, comparison: Comparison, stop: int | None) -> TimelineSnapshot:
    """The timeline of the run.

    Args:
        done: the completed epochs of the run.
        run: the run.
        comparison: what it is compared with.
        stop: the stop that the user looks at; None for the latest epoch.
    """
    latest = done - 1
    if stop is None:
        viewed, ahead = None, None
    else:
        viewed = stop - 1
        later = run.curve[0] >= viewed
        ahead = run.curve[0][later], run.curve[1][later]
    marks = [
        Mark(epoch - 1, MarkKind.EDIT if epoch in run.weight_change_epochs else MarkKind.SETTING)
        for epoch in dict.fromkeys(run.change_epochs)
    ]
    branch = None if comparison.baseline is None else comparison.baseline.branched_at
    if branch is not None:
        marks.append(Mark(branch, MarkKind.BRANCH))
    last = max(latest, run.config.epochs - 1)
    return TimelineSnapshot(latest, viewed, (*marks, *_pin_marks(comparison, run.curve)), ahead, last)


def _pin_marks(comparison: Comparison, curve: Curve) -> Iterator[Mark]:
    """The marks of the pins of this run, which are recognized by equal errors."""
    for pin in comparison.pins:
        epochs, errors = pin.snapshot.run.curve
        recent = epochs[-_MAX_COMPARED:]
        places = np.searchsorted(curve[0], recent)
        known = places < len(curve[0])
        known[known] = curve[0][places[known]] == recent[known]
        if known.any():
            last = int(np.flatnonzero(known)[-1])
            if curve[1][places[last]] == errors[-_MAX_COMPARED:][last]:
                yield Mark(int(epochs[-1]), MarkKind.PIN, pin.label)
