"""`Snapshots`: makes the snapshots that the session hands to the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np

from bpengine import Dataset, Trainer
from bpengine.training.run import RunState
from bptui.experiments.beside import References, Stability
from bptui.experiments.seeds.cloud import Cloud
from bptui.experiments.seeds.cloud_snapshot import CloudSnapshot
from bptui.session.activity import Activity, in_progress, stage_of, view_ahead
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


class Snapshots:
    """Makes the snapshots of one session, and remembers what can be used again.

    Args:
        speed: how fast the run trains.
        cloud, stability, references: what is computed beside it; see `Session`.
    """

    def __init__(
        self, speed: SpeedControl, cloud: Cloud, stability: Stability, references: References
    ) -> None:
        self._speed, self._cloud = speed, cloud
        self._stability, self._references = stability, references
        self._observer: Observer | None = None
        self._of_runs: WeakKeyDictionary[RunState, Snapshot] = WeakKeyDictionary()

    def of(
        self,
        trainer: Trainer,
        document: Document,
        activity: Activity | None,
        notice: str,
        *,
        is_new: bool,
        is_away: bool,
        measures: int = 0,
    ) -> Snapshot:
        """The snapshot of a session.

        Args:
            trainer: the live run.
            document, activity: those of the session.
            notice: the answer to the last command.
            is_new: whether the run has paused since that answer, or has trained only for a moment.
            is_away: whether the live run is on the way to another epoch.
            measures: the most work that is done at once to measure the sharpness; see `Stability.measure`.
        """
        if self._observer is None or self._observer.trainer is not trainer:
            self._observer = Observer(trainer)
        run, network = self._observer.observe()
        stage = stage_of(trainer, activity, is_viewed=document.view is not None)
        view, goal = view_ahead(document, activity), document.goal
        cloud, sharpness, rates = None, None, None
        # The cloud does not follow a rewind, which goes through epochs that nobody asked for. It does not
        # follow a look at an earlier epoch either: after it, its starts must be as they were.
        if view is None and not is_away:
            cloud = self._cloud.snapshot(trainer, 0 if goal is None else goal.epoch)
        if not is_away:
            sharpness, rates = self._stability.snapshot(trainer, running=stage is Stage.RUNNING)
            if measures:
                sharpness = self._stability.measure(trainer, measures) or sharpness
        if references := self._references.snapshot(trainer):
            run = run._replace(references=references)
        if sharpness is not None:
            network = network._replace(sharpness=sharpness)
        comparison = self._comparison(trainer, document, cloud)
        stop, latest = None, (trainer.epochs_done, run)
        if view is not None:
            stop, latest = view.stop, (document.run.epochs_done, self.of_run(document.run).run)
        timeline = _timeline(*latest, comparison, stop)
        snapshot = Snapshot(run, network, comparison, self._status(trainer, stage, notice), timeline, rates)
        sentence = "" if notice else self._progress(trainer, document, activity)
        return _with_sentence(snapshot, trainer.source, sentence, notice=bool(notice), is_new=is_new)

    def of_run(self, run: RunState) -> Snapshot:
        """A run that is compared with others, as it is shown. It is observed only once."""
        snapshot = self._of_runs.get(run)
        if snapshot is None:
            observed = Observer(Trainer.continuing(run, kernel="numpy")).observe()
            state = stage_of(run, None, is_viewed=False)
            snapshot = Snapshot(*observed, Comparison(), Status(state, "", None, ""))
            self._of_runs[run] = snapshot
        return snapshot

    def _comparison(self, trainer: Trainer, document: Document, cloud: CloudSnapshot | None) -> Comparison:
        baseline = document.baseline

        def compared(label: str, run: RunState, branched_at: int | None = None) -> ComparedRun:
            snapshot = self.of_run(run)
            changes = all_changes_in_words(snapshot.run, trainer.edits, trainer.config)
            return ComparedRun(label, snapshot, tuple(changes), branched_at)

        return Comparison(
            pins=tuple(compared(pin.label, pin.run) for pin in document.pins.runs),
            baseline=None if baseline is None else compared("", baseline.run, baseline.shared),
            previous_curve=document.previous,
            what_if=document.what_if,
            cloud=cloud,
            spread=None if cloud is None or cloud.band is None else cloud.band.spread,
            is_pinned=document.pins.label_of(trainer) is not None,
            not_repeated=document.lacking,
        )

    def _status(self, trainer: Trainer, stage: Stage, notice: str) -> Status:
        """The status without a sentence about what is in progress or compared."""
        advised, without_arrows = ("", "") if notice else advice(trainer, stage)
        return Status(
            stage=stage,
            speed=self._speed.chosen.label,
            epochs_per_second=self._speed.epochs_per_second if stage is Stage.RUNNING else None,
            advice=notice or advised,
            advice_without_arrows=without_arrows,
        )

    def _progress(self, trainer: Trainer, document: Document, activity: Activity | None) -> str:
        """The progress of what is in progress, or the epoch that the user looks at; empty without either."""
        if activity is not None and in_progress(document, activity):
            return activity.progress(trainer, document)
        if document.view is not None:
            done = document.run.epochs_done
            return notices.viewing_sentence(document.view.stop, done, cloud=self._cloud.is_on)
        if document.goal is not None:
            return notices.RETRAINING_PAUSED(epoch=trainer.epochs_done, end=document.goal.epoch)
        return ""


def _with_sentence(
    snapshot: Snapshot, source: Dataset | None, sentence: str, *, notice: bool, is_new: bool
) -> Snapshot:
    """The snapshot with the sentence about what is in progress or compared, if there is no notice."""
    status, comparison = snapshot.status, snapshot.comparison
    # What a what-if, a branch or a change of the cloud has led to answers a key as well.
    has_result = comparison.baseline is not None or (
        comparison.cloud is not None and comparison.cloud.compared is not None
    )
    is_answer = is_new if notice else bool(sentence) or has_result
    problem = problem_of(snapshot.run, snapshot.network, source)
    status = replace(status, problem=problem, is_answer=is_answer)
    if notice or status.stage is Stage.DIVERGED:
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
