"""A run that makes the snapshots for the screen, with the runs that it is compared with."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from weakref import WeakKeyDictionary

from bpengine import FIELDS
from bpengine.checkpoint import SavedRun
from bptui.session.advice import advice
from bptui.session.cloud_wording import cloud_sentence
from bptui.session.comparison import all_changes_in_words, compare
from bptui.session.live_run import LiveRun
from bptui.session.pins import Baseline, Pins
from bptui.session.snapshot import ComparedRun, Comparison, Curve, Snapshot, State, Status
from bptui.session.targets import Rewinding
from bptui.session.timeline import wording
from bptui.session.timeline.original import OriginalRun
from bptui.session.timeline.timeline import timeline_of
from bptui.session.timeline.viewing import Visiting
from bptui.starts.cloud.snapshot import CloudSnapshot


class ObservedRun(LiveRun):
    """A run that hands out snapshots. See `LiveRun` for the arguments."""

    _what_if = False
    _pins: Pins = Pins()
    _baseline: Baseline | None = None
    _previous_curve: Curve | None = None
    _original: OriginalRun | None = None

    @cached_property
    def _snapshots(self) -> WeakKeyDictionary[SavedRun, Snapshot]:
        """The runs that were observed, as they are shown."""
        return WeakKeyDictionary()

    @property
    def what_if(self) -> bool:
        """Whether each change retrains to the current epoch."""
        return self._what_if

    def unused(self) -> frozenset[str]:
        """Names of the settings that have no effect with the current values of the others."""
        own_data = self.source is not None
        return frozenset(
            field.name
            for field in FIELDS
            if not self.config.uses(field) or (own_data and field.describes_named_data)
        )

    def snapshot(self) -> Snapshot:
        """The run as it is now."""
        self._has_moved = False
        cloud = None
        # The cloud does not follow a rewind, which goes through epochs that nobody asked for. It does not
        # follow an earlier epoch on view either: after the view, its starts must be as they were.
        if self._viewing is None and not isinstance(self._task, Rewinding):
            toward = 0 if self._retraining is None else self._retraining.target_epoch
            cloud = self._cloud.snapshot(self._trainer, toward)
        return self._observed(self._comparison(cloud))

    def _comparison(self, cloud: CloudSnapshot | None) -> Comparison:
        pins = tuple(self._compared(pin.label, pin.run) for pin in self._pins.runs)
        baseline = None if self._baseline is None else self._compared_with_baseline(self._baseline)
        spread = None if cloud is None or cloud.band is None else cloud.band.spread
        lacking = () if self._baseline is None else self._baseline.edits(self._not_repeated)
        return Comparison(pins, baseline, self._previous_curve, self._what_if, cloud, spread, lacking)

    def _compared(self, label: str, run: SavedRun) -> ComparedRun:
        snapshot = self._snapshot_of(run)
        changes = all_changes_in_words(snapshot.run, self._trainer.edits, self.config)
        return ComparedRun(label, snapshot, tuple(changes))

    def _compared_with_baseline(self, baseline: Baseline) -> ComparedRun:
        compared, branch = self._compared("", baseline.run), baseline.branch
        if branch is None:
            return compared
        if self._original is None or self._original.run is not baseline.run:
            self._original = OriginalRun(baseline.run, compared.snapshot, branch, self._kernel)
        snapshot = self._original.at(self._trainer.epochs_done, running=self.state is State.RUNNING)
        return replace(compared, snapshot=snapshot, branched_at=branch.epoch)

    def _shown(self) -> SavedRun:
        """The run on the screen. On the way to another epoch, that is the run before it set out."""
        task = self._task
        bookmark = task.bookmark if isinstance(task, (Rewinding, Visiting)) else None
        return SavedRun.of(self._trainer, bookmark)

    def _current(self) -> SavedRun:
        """The run on the screen, to compare others with."""
        run = self._shown()
        if not isinstance(self._task, (Rewinding, Visiting)):
            self._snapshots[run] = self._observed()  # most of it is remembered
        return run

    def _snapshot_of(self, run: SavedRun) -> Snapshot:
        """The run as it is shown. It is observed only once."""
        snapshot = self._snapshots.get(run)
        if snapshot is None:
            other = ObservedRun(run.state.config, restored=run.trainer(kernel="numpy"), clock=self._clock)
            snapshot = self._snapshots[run] = other.snapshot()
        return snapshot

    def _observed(self, comparison: Comparison = Comparison()) -> Snapshot:  # noqa: B008  frozen
        run, network = self._observer.observe(self.unused())
        state, speed = self.state, self._speed_control
        advised, without_arrows = (advice(self._trainer, state, arrows=arrows) for arrows in (True, False))
        status = Status(
            state=state,
            speed=speed.speed.label,
            epochs_per_second=speed.epochs_per_second if state is State.RUNNING else None,
            advice=self._notice.text if self._notice is not None else advised,
            advice_without_arrows="" if self._notice is not None else without_arrows,
        )
        latest = run if self._viewing is None else self._snapshot_of(self._viewing.kept).run
        timeline = timeline_of(self._trainer.epochs_done, latest, comparison, self._viewing)
        snapshot = Snapshot(run, network, comparison, status, timeline)
        if self._notice is not None or state is State.DIVERGED:
            return snapshot
        sentence = self._progress()
        if not sentence and comparison.cloud is not None:
            sentence = cloud_sentence(comparison.cloud)
            if comparison.cloud.band is not None:
                return replace(snapshot, status=replace(status, advice=sentence, what_next=advised))
        elif not sentence and comparison.baseline and comparison.baseline.branched_at is not None:
            sentence = wording.branch_sentence(comparison.baseline, snapshot)
        elif not sentence and comparison.reference is not None:
            sentence = compare(comparison.reference, snapshot)
        if not sentence:
            return snapshot
        return replace(snapshot, status=replace(status, advice=sentence, advice_without_arrows=""))

    def _progress(self) -> str:
        """The progress of a step, rewind, visit or what-if, or the epoch on view; empty without one."""
        if self._task is not None:
            return self._task.progress(self._trainer)
        if self._viewing is not None:
            return wording.viewing_sentence(self._viewing, cloud=self._cloud.is_on)
        if self._retraining is not None:
            return self._retraining.progress(self._trainer, running=self.state is State.RUNNING)
        return ""
