"""A run whose settings can be changed (live, with a restart or as a what-if) and changed back by undo."""

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
from bptui.commands import key_of
from bptui.session import notices
from bptui.session.comparison import changes_data
from bptui.session.live_run import SLICE_MILLISECONDS
from bptui.session.notices import Notice
from bptui.session.observed_run import ObservedRun
from bptui.session.pins import Baseline
from bptui.session.snapshot import State
from bptui.session.targets import Retraining, Rewinding, edits_to_repeat, last_report
from bptui.session.timeline import wording
from bptui.session.timeline.viewing import Visiting
from bptui.session.undo import PinsBefore, Version

WITHOUT_WHAT_IF = frozenset({"epochs", "report_interval"})
"""The settings that do not affect epochs already trained, so that a what-if would show nothing."""


class ChangeableRun(ObservedRun):
    """A run that can be changed, rewound and undone. See `LiveRun` for the arguments."""

    def _stop_rewind(self) -> None:
        """Return to the run as it was before the rewind or the visit in progress: keys act on that run."""
        task = self._task
        if isinstance(task, Rewinding):
            with self._changing:
                self._trainer.return_to(task.bookmark)
                self._task = None
        elif isinstance(task, Visiting):
            self._return_from(task)

    def _return_from(self, visit: Visiting) -> None:
        """Return to what was on view before the visit in progress."""
        assert self._viewing is not None
        with self._changing:
            self._viewing.stop = visit.before
            self._trainer.return_to(visit.bookmark)
            self._task = None
            if self._viewing.stop == self._viewing.reports.latest:
                self._viewing = None

    def _branch(self) -> None:
        """If an earlier epoch is on view, begin a branch there; undo returns to the original run."""
        if self._viewing is not None:
            self._undo.push(self._version("a branch at an earlier epoch"))
            self._leave_latest()

    def _leave_latest(self) -> None:
        """If an earlier epoch is on view, make it the run's own. The original run stays in the plots."""
        viewing = self._viewing
        if viewing is None:
            return
        with self._changing:
            self._baseline, self._not_repeated = Baseline(viewing.kept, viewing.branch()), ()
            self._viewing = self._retraining = None

    def restart(self, **changes: Any) -> None:
        """Begin a new run, or the same run again if there are no changes; a paused run stays paused.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        self._stop_rewind()
        before = self._version("restart")
        self._restart(changes, self.source)
        self._undo.push(before)
        edited = bool(before.bookmark.state.edits or self._not_repeated)
        self._notice = None if changes else notices.restarted(self.config.seed, edited=edited)

    def new_seed(self) -> None:
        """Restart with the next seed."""
        self._stop_rewind()
        field = FIELD["seed"]
        seed = field.move(self.config.seed, 1)
        if seed == self.config.seed:  # it was the highest seed
            seed = 0
        before = self._version(f"seed {self.config.seed} → {seed}")
        self._restart({"seed": seed}, self.source)
        self._undo.push(before)
        self._notice = notices.new_seed(seed)

    def change(self, field: Field, value: object) -> None:
        """Set a hyperparameter on the running network or, if the field needs it, with a restart.

        If the value does not go together with the other settings, a notice says so.

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
            function = FIELD["function"]
            before = f"{function.label} {function.brief(self.config.function)}"
            self._apply({"function": "", field.name: new}, f"{before} → {field.label} {field.brief(new)}")
        else:
            self._apply({field.name: new}, f"{field.label} {field.brief(old)} → {field.brief(new)}")

    def take(self, values: Mapping[str, Any], what: str, *, compare: bool = True) -> None:
        """Set several hyperparameters at once, and restart with them, as the experiment has tried them.

        A run that only becomes longer continues instead. A paused run stays paused.

        Args:
            values: the new values by the names of the settings.
            what: the change in words.
            compare: whether to retrain and compare if what-if is on.
        """
        self._stop_rewind()
        self._apply(dict(values), what, anew=not WITHOUT_WHAT_IF.issuperset(values), compare=compare)

    def learn(self, function: str) -> None:
        """Restart with the samples of a function in place of the current data; a paused run stays paused.

        Raises:
            ConfigError: the text is not a formula for the task. The session is as before.
            DataError: the function can't be learned over its range. The session is as before.
        """
        self._stop_rewind()
        before = self._version(f"learn {FIELD['function'].brief(function)}")
        self._restart({"function": function}, None)
        self._undo.push(before)
        self._notice = notices.learns(function)

    def defaults(self) -> None:
        """Return to the settings at the start or, if they are set already, to the task's defaults."""
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

        If the last change was to the pins, only the pins are restored.
        """
        self._stop_rewind()
        version = self._undo.undo(self._version(""), self._pins)
        self._return_to(version)
        self._notice = (
            notices.NOTHING_TO_UNDO if version is None else notices.undone(version.what, waits=self._waits)
        )

    def redo(self) -> None:
        """Pause, and return to the run as it was when the last change was undone."""
        self._stop_rewind()
        version = self._undo.redo(self._version(""), self._pins)
        self._return_to(version)
        self._notice = (
            notices.NOTHING_TO_REDO if version is None else notices.redone(version.what, waits=self._waits)
        )

    @property
    def _waits(self) -> bool:
        """Whether the run waits for a key to go on."""
        return self.state in (State.READY, State.PAUSED)

    def rewind(self, epoch: int | None = None) -> None:
        """Pause, and go back to the beginning of an epoch. An earlier epoch on view becomes the run's state.

        Args:
            epoch: an epoch up to `epochs_done` that the run can go back to. The default is the epoch on view,
                else the one after the last reported epoch or, from there, after the reported epoch before it.
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
        before = trainer.bookmark()
        pieces = trainer.rewinding(epoch, SLICE_MILLISECONDS, clock=self._clock)
        self._begin_task(Rewinding(epoch, pieces, before))

    def _end_rewind(self, task: Rewinding) -> None:
        self._undo.push(replace(self._version("rewind"), bookmark=task.bookmark))
        super()._end_rewind(task)
        baseline = self._baseline
        if baseline is not None and baseline.branch is not None:
            shared = min(baseline.branch.epoch, task.target_epoch - 1)
            self._baseline = replace(baseline, branch=replace(baseline.branch, epoch=shared))

    def _apply(self, changes: dict[str, Any], what: str, *, anew: bool = False, compare: bool = True) -> None:
        """Change settings as a what-if, with a restart, or on the running network, as they require.

        Args:
            changes: the new values by the names of the settings.
            what: the change in words, for the notice.
            anew: whether to restart even if the settings could change on the running network.
            compare: whether it is a what-if if what-if is on.
        """
        before = self._version(what)
        try:
            if self._what_if and compare and not WITHOUT_WHAT_IF.issuperset(changes):
                self._begin_what_if(changes)
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
        """Begin a new run with these changes and these samples of the user; a paused run stays paused.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        ended = self.state in (State.FINISHED, State.DIVERGED)
        running = ended or self._will_be_running
        history = self._trainer.history if self._viewing is None else self._viewing.latest.state.history
        curve = history.curve() if history.last is not None else self._previous_curve
        self._begin(self.config.replace(**changes), source, like=self._trainer)
        baseline = self._baseline
        if baseline is not None and baseline.branch is not None:
            self._baseline = None  # a new run shares no epoch with it
        elif baseline is not None:
            self._not_repeated = tuple(range(len(baseline.run.state.edits)))
        self._previous_curve = curve
        if running:
            self._run()

    def _version(self, what: str) -> Version:
        """The version for undo: the run as it is now, with the words for the change that follows."""
        bookmark = self._trainer.bookmark() if self._viewing is None else self._viewing.latest
        return Version(
            what,
            self._trainer,
            bookmark,
            self._opened_with,
            self._previous_curve,
            self._baseline,
            self._retraining,
            self._not_repeated,
        )

    def _return_to(self, version: Version | PinsBefore | None) -> None:
        if isinstance(version, PinsBefore):
            self._pins = version.pins
        elif version is not None:
            self._pause()
            with self._changing:
                version.trainer.return_to(version.bookmark)
            self._take_trainer(version.trainer)
            self._previous_curve, self._baseline = version.previous_curve, version.baseline
            self._retraining = version.retraining
            self._not_repeated, self._opened_with = version.not_repeated, version.opened_with
            self._speed_control.measure_anew()

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

    def _begin_what_if(self, changes: dict[str, Any]) -> None:
        """Begin a run with these changes that trains to the epoch of the current run, its baseline.

        The edits of the baseline are repeated at the same epochs and samples, if the network has their units.

        Args:
            changes: the new values by the names of the settings.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        retraining, trainer = self._retraining, self._trainer
        again = retraining is not None
        if retraining is None:
            before = Baseline(self._current())
            retraining = Retraining(self._trainer.epochs_done, self._will_be_running, before)
        else:  # a run that has not reached its epoch can't be the baseline: the old baseline stays
            retraining = replace(retraining, run_afterwards=self._will_be_running)
        self._begin(self.config.replace(**changes), self.source, like=self._trainer)
        baseline = retraining.baseline
        if not changes_data(baseline.run.state.config, self.config):
            self._cloud.expect_change(trainer, again=again)
        snapshot = self._snapshot_of(baseline.run)
        repeats, self._not_repeated = edits_to_repeat(baseline.run, snapshot, self._trainer)
        self._baseline, self._retraining = baseline, replace(retraining, repeats=repeats)
        # Otherwise the comparison says what changed.
        left_out = baseline.edits(self._not_repeated)
        self._notice = notices.edits_left_out(left_out) if left_out else None
        with self._changing:
            self._repeat_edits()
        self._cloud.follow(self._trainer, retraining.target_epoch)
        self._run()
        self._retrain(self._retraining)
