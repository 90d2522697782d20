"""A run whose settings can be changed: live, with a restart or as a what-if; and undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bpengine import (
    FIELD,
    FIELDS,
    ConfigError,
    DataError,
    Dataset,
    Field,
    TrainingConfig,
)
from bpengine.bookmark import Bookmark
from bpengine.checkpoint import SavedRun
from bptui.commands import key_of
from bptui.session import notices
from bptui.session.advice import advice
from bptui.session.cloud.wording import cloud_sentence
from bptui.session.comparison import changes_in_words, compare, edits_in_words
from bptui.session.live_run import SLICE_MILLISECONDS, LiveRun
from bptui.session.notices import Notice
from bptui.session.pins import KeptRun, Pins
from bptui.session.snapshot import ComparedRun, Comparison, Curve, Snapshot, State, Status
from bptui.session.targets import Retraining, Rewinding, last_report, repeatable_edits
from bptui.session.timeline import wording
from bptui.session.timeline.course import timeline_of
from bptui.session.timeline.ghost import Ghost
from bptui.session.timeline.viewing import Visiting
from bptui.session.undo import PinsBefore, Version

WITHOUT_WHAT_IF = frozenset({"epochs", "report_interval"})
"""The settings that change nothing in the epochs that were trained, so that no what-if is needed."""


class ChangeableRun(LiveRun):
    """A run that can be compared, changed and undone. See `LiveRun` for the arguments."""

    _what_if = False
    _pins: Pins = Pins()
    _baseline: KeptRun | None = None
    _previous_curve: Curve | None = None
    _ghost: Ghost | None = None

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
        pins = tuple(self._compared(label, kept) for label, kept in self._pins.runs)
        baseline = None if self._baseline is None else self._compared("", self._baseline)
        cloud = None
        # A rewind goes through epochs that nobody asked for, and after a look at an earlier epoch the starts
        # and their comparison are to be as they were.
        if self._viewing is None and not isinstance(self._task, Rewinding):
            toward = 0 if self._retraining is None else self._retraining.target_epoch
            cloud = self._cloud.snapshot(self._trainer, toward)
        spread = None if cloud is None or cloud.band is None else cloud.band.spread
        return self._observed(
            Comparison(pins, baseline, self._previous_curve, self._what_if, cloud, spread, self._not_repeated)
        )

    def _compared(self, label: str, kept: KeptRun) -> ComparedRun:
        before = kept.snapshot.run
        changes = edits_in_words(before.edits, self._trainer.edits)
        changes += changes_in_words(before.config, self.config)
        if kept.branch is None:
            return ComparedRun(label, kept.snapshot, tuple(changes))
        if self._ghost is None or self._ghost.run is not kept:
            self._ghost = Ghost(kept, kept.branch)
        snapshot = self._ghost.at(self._trainer.epochs_done, running=self.state is State.RUNNING)
        return ComparedRun(label, snapshot, tuple(changes), kept.branch.epoch)

    def _current(self, bookmark: Bookmark | None = None) -> KeptRun:
        """The run as it is now, to compare others with.

        Args:
            bookmark: one of this moment, if there is one, which saves copying a large network again.
        """
        return KeptRun(self._observed(), SavedRun.of(self._trainer, bookmark))

    def _observed(self, comparison: Comparison = Comparison()) -> Snapshot:  # noqa: B008  frozen
        run, network = self._observer.observe(self.unused())
        state, speed = self.state, self._speed_control
        advised, without_arrows = (
            advice(self._trainer, state, waiting=self.waiting, arrows=arrows) for arrows in (True, False)
        )
        status = Status(
            state=state,
            speed=speed.speed.label,
            epochs_per_second=speed.epochs_per_second if state is State.RUNNING else None,
            advice=self._notice.text if self._notice is not None else advised,
            advice_without_arrows="" if self._notice is not None else without_arrows,
        )
        timeline = timeline_of(self._trainer.epochs_done, run, comparison, self._viewing)
        snapshot = Snapshot(run, network, comparison, status, timeline)
        if self._notice is not None or state is State.DIVERGED:
            return snapshot
        sentence = self._progress()
        if not sentence and comparison.cloud is not None:
            sentence = cloud_sentence(comparison.cloud)
        elif not sentence and comparison.baseline and comparison.baseline.branched_at is not None:
            sentence = wording.branch_sentence(comparison.baseline, snapshot)
        elif not sentence and comparison.reference is not None:
            sentence = compare(comparison.reference, snapshot)
        if not sentence:
            return snapshot
        return replace(snapshot, status=replace(status, advice=sentence, advice_without_arrows=""))

    def _progress(self) -> str:
        """How far a step, a rewind, a visit or a what-if is, or what is viewed; empty if there is nothing."""
        if self._task is not None:
            return self._task.progress(self._trainer)
        if self._viewing is not None:
            return wording.viewing_sentence(self._viewing, cloud=self._cloud.is_on)
        if self._retraining is not None:
            return self._retraining.progress(self._trainer, running=self.state is State.RUNNING)
        return ""

    def _stop_rewind(self) -> None:
        """Return to the run before the rewind or the visit in progress: keys act on that."""
        task = self._task
        if isinstance(task, Rewinding):
            with self._changing:
                self._trainer.return_to(task.before.bookmark)
                self._task = None
        elif isinstance(task, Visiting):
            self._return_from(task)

    def _return_from(self, visit: Visiting) -> None:
        """Return to what was on view before the visit in progress."""
        assert self._viewing is not None
        with self._changing:
            self._viewing.stop, bookmark = visit.before
            self._trainer.return_to(bookmark)
            self._task = None
            if self._viewing.stop == self._viewing.reports.latest:
                self._viewing = None

    def _branch(self) -> None:
        """Begin another run at the epoch on view, if there is one; undo returns to the run that was."""
        if self._viewing is not None:
            self._undo.push(self._version("a branch at an earlier epoch"))
            self._leave_latest()

    def _leave_latest(self) -> None:
        """Have an epoch on view be where the run is. The run that was stays in the plots."""
        viewing = self._viewing
        if viewing is None:
            return
        with self._changing:
            self._baseline = replace(viewing.kept, branch=viewing.branch())
            self._viewing = self._retraining = None
            self._not_repeated = ()  # the run before is another one now

    def restart(self, **changes: Any) -> None:
        """Begin a new run, the same one again if there are no changes; stay paused if paused.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        self._stop_rewind()
        before = self._version("restart")
        self._restart(changes, self.source)
        self._undo.push(before)
        edited = bool(before.bookmark.state.edits)
        self._notice = None if changes else notices.restarted(self.config.seed, edited=edited)

    def new_seed(self) -> None:
        """Restart with the next seed."""
        self._stop_rewind()
        field = FIELD["seed"]
        seed = field.move(self.config.seed, 1)
        if seed == self.config.seed:  # the highest one
            seed = 0
        before = self._version(f"seed {self.config.seed} → {seed}")
        self._restart({"seed": seed}, self.source)
        self._undo.push(before)
        self._notice = notices.new_seed(seed)

    def change(self, field: Field, value: object) -> None:
        """Set a hyperparameter on the running network or, where the field needs a restart, with one.

        A notice says so if the value does not go together with the other settings.

        Raises:
            ConfigError: the value is not allowed.
        """
        self._stop_rewind()
        old = getattr(self.config, field.name)
        new = field.validate(value)
        takes_over = field.name == "dataset" and self.config.function and self.source is None
        if new == old and not takes_over:
            self._notice = notices.unchanged(field, new)
        elif self.source is not None and field.describes_named_data:
            self._notice = notices.data_from_file(field, self.source.name)
        elif takes_over:
            self._apply({"function": "", field.name: new}, f"{field.label} → {field.brief(new)}")
        else:
            self._apply({field.name: new}, f"{field.label} {field.brief(old)} → {field.brief(new)}")

    def take(self, values: Mapping[str, Any], what: str, *, compare: bool = True) -> None:
        """Set several hyperparameters at once, and train anew with them, as they were tried.

        Only a longer run continues. The new run stays paused if the present one is paused.

        Args:
            values: the new values by the names of the settings.
            what: the change in words.
            compare: whether to retrain and compare if what-if is on.
        """
        self._stop_rewind()
        self._apply(dict(values), what, anew=not WITHOUT_WHAT_IF.issuperset(values), compare=compare)

    def learn(self, function: str) -> None:
        """Restart with the samples of a function in place of the present data; stay paused if paused.

        Raises:
            ConfigError: the text is no formula for the task. The session is as before.
            DataError: the function can't be learned over its range. The session is as before.
        """
        self._stop_rewind()
        before = self._version(f"learn {FIELD['function'].brief(function)}")
        self._restart({"function": function}, None)
        self._undo.push(before)
        self._notice = notices.learns(function)

    def defaults(self) -> None:
        """Return to the settings that the screen was opened with or, from these, to the task's defaults."""
        self._stop_rewind()
        defaults = TrainingConfig.defaults(self.config.task)
        if self.config == defaults:
            self._notice = notices.AT_DEFAULTS
        elif self.config == self._opened_with:
            self._apply(self._differences(defaults), "Back to the defaults")
        else:
            self._apply(self._differences(self._opened_with), "Back to the settings at the start")

    def _differences(self, config: TrainingConfig) -> dict[str, Any]:
        """The settings of another config that differ from the current ones, by name."""
        values = {field.name: getattr(config, field.name) for field in FIELDS}
        return {name: value for name, value in values.items() if value != getattr(self.config, name)}

    def undo(self) -> None:
        """Pause, and return to the run as it was before the last change, restart or rewind.

        If the last change was that of a pin, only the pins return.
        """
        self._stop_rewind()
        version = self._undo.undo(self._version(""), self._pins)
        self._return_to(version, notices.NOTHING_TO_UNDO if version is None else notices.undone(version.what))

    def redo(self) -> None:
        """Pause, and return to the run as it was when the last change was undone."""
        self._stop_rewind()
        version = self._undo.redo(self._version(""), self._pins)
        self._return_to(version, notices.NOTHING_TO_REDO if version is None else notices.redone(version.what))

    def rewind(self, epoch: int | None = None) -> None:
        """Pause, and go back to where an epoch began. An earlier epoch on view becomes the run's own.

        Args:
            epoch: a number up to `epochs_done`, of an epoch that the run can go back to; by default, the one
                on view, or else that after the last reported epoch or, from there, after the one before it.
        """
        self._pause()
        trainer = self._trainer
        if isinstance(self._task, Rewinding):
            return
        self._stop_rewind()
        self._end_retraining()
        if self._viewing is not None:
            viewed = self._viewing.stop
            self._branch()
            if epoch is None:
                self._notice = wording.branched(viewed - 1)
                return
        if trainer.earliest > trainer.epochs_done:
            self._notice = notices.NOTHING_TO_REWIND
            return
        self._notice = None
        epoch = last_report(trainer) if epoch is None else max(epoch, trainer.earliest)
        before = self._version("rewind")
        pieces = trainer.rewinding(epoch, SLICE_MILLISECONDS, clock=self._clock)
        self._begin_task(Rewinding(epoch, pieces, before))

    def _end_rewind(self, task: Rewinding) -> None:
        super()._end_rewind(task)
        baseline = self._baseline
        if baseline is not None and baseline.branch is not None:
            shared = min(baseline.branch.epoch, task.target_epoch - 1)
            self._baseline = replace(baseline, branch=replace(baseline.branch, epoch=shared))

    def _apply(self, changes: dict[str, Any], what: str, *, anew: bool = False, compare: bool = True) -> None:
        """Change settings as a what-if, with a restart or on the running network, whichever is due.

        Args:
            changes: the new values by the names of the settings.
            what: the change in words, for the notice.
            anew: whether to restart even if the settings could change on the running network.
            compare: whether it is a what-if if what-if is on.
        """
        before = self._version(what)
        try:
            if self._what_if and compare and not WITHOUT_WHAT_IF.issuperset(changes):
                self._begin_what_if(changes, before.bookmark if self._viewing is None else None)
            elif anew or any(FIELD[name].needs_restart for name in changes):
                self._restart(changes, self.source)
                self._notice = Notice(f"{what}: the run restarts.")
            else:
                config = self.config.replace(**changes)
                self._leave_latest()
                with self._changing:
                    self._trainer.reconfigure(config)
                self._settle()
                self._notice = Notice(f"{what}: {self._when_it_acts()}")
        except (ConfigError, DataError) as error:
            self._notice = Notice(f"{error}.")
        else:
            self._undo.push(before)

    def _restart(self, changes: dict[str, Any], source: Dataset | None) -> None:
        """Begin a new run with these changes, on these samples of the user's own; stay paused if paused.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        ended = self.state in (State.FINISHED, State.DIVERGED)
        running = ended or self._will_be_running
        history = self._trainer.history if self._viewing is None else self._viewing.latest.state.history
        curve = history.curve() if history.last is not None else self._previous_curve
        if self._baseline is not None and self._baseline.branch is not None:
            self._baseline = None  # a new run shares no epoch with it
        self._begin(self.config.replace(**changes), source)
        self._previous_curve = curve
        if running:
            self._run()

    def _version(self, what: str) -> Version:
        """The run as it is now, and the change that follows, in words."""
        bookmark = self._trainer.bookmark() if self._viewing is None else self._viewing.latest
        curve, baseline, missing = self._previous_curve, self._baseline, self._not_repeated
        if self._retraining is not None:  # which undo does not continue
            missing += self._retraining.edits
        return Version(what, self._trainer, bookmark, curve, baseline, missing)

    def _return_to(self, version: Version | PinsBefore | None, notice: Notice) -> None:
        if isinstance(version, PinsBefore):
            self._pins = version.pins
        elif version is not None:
            self._pause()
            self._retraining = None
            with self._changing:
                version.trainer.return_to(version.bookmark)
            self._take_trainer(version.trainer)
            self._previous_curve, self._baseline = version.previous_curve, version.baseline
            self._not_repeated = version.not_repeated
            self._speed_control.measure_anew()
        self._notice = notice

    def _when_it_acts(self) -> str:
        match self.state:
            case State.DIVERGED:
                return f"press {key_of('restart')} to restart with it."
            case State.FINISHED:
                return f"takes effect when the run restarts ({key_of('restart')})."
            case State.RUNNING:
                return "the network continues from where it is."
            case state:
                continues = "starts" if state is State.READY else "continues"
                return f"takes effect when training {continues} ({key_of('toggle_run')})."

    def _begin_what_if(self, changes: dict[str, Any], bookmark: Bookmark | None) -> None:
        """Begin a run with these changes that trains to where the present run is, the baseline.

        The edits of the present run are repeated at their places, if the network still has these places.

        Args:
            changes: the new values by the names of the settings.
            bookmark: one of the present run as it is shown, if there is one.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        retraining, trainer = self._retraining, self._trainer
        again = retraining is not None
        if retraining is None:
            retraining = Retraining(self._trainer.epochs_done, self._will_be_running, self._current(bookmark))
        else:  # an unfinished run is nothing to compare with: the baseline stays
            retraining = replace(retraining, run_afterwards=self._will_be_running)
        self._begin(self.config.replace(**changes), self.source)
        self._cloud.expect_change(trainer, again=again)
        baseline = retraining.baseline
        edits, self._not_repeated = repeatable_edits(baseline, self._trainer)
        # Otherwise the comparison says what changed.
        self._notice = notices.edits_left_out(self._not_repeated) if self._not_repeated else None
        self._baseline, self._retraining = baseline, replace(retraining, edits=edits)
        with self._changing:
            self._repeat_edits()
        self._cloud.follow(self._trainer, retraining.target_epoch)
        self._run()
        self._retrain(self._retraining)
