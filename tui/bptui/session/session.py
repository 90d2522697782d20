"""One run on screen: the state machine between keys and trainer, and the only caller of the engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bpengine import (
    FIELD,
    FIELDS,
    ConfigError,
    DataError,
    Dataset,
    Field,
    Trainer,
    TrainingConfig,
)
from bpengine.checkpoint import SavedRun, save
from bptui.session import notices
from bptui.session.advice import advice
from bptui.session.comparison import compare
from bptui.session.kernel_choice import KernelChoice
from bptui.session.live_run import SLICE_MILLISECONDS, LiveRun
from bptui.session.notices import Notice
from bptui.session.session_state import Pinned, SessionState
from bptui.session.snapshot import Comparison, Curve, Snapshot, State, Status
from bptui.session.targets import Retraining, Rewinding, Stepping, last_report
from bptui.session.undo import Version

WITHOUT_WHAT_IF = frozenset({"epochs", "report_interval"})
"""The settings that change nothing in the epochs that were trained, so that no what-if is needed."""


class Session(LiveRun):
    """A run and what a person does to it. See `LiveRun` for the arguments."""

    def __init__(
        self,
        config: TrainingConfig,
        source: Dataset | None = None,
        *,
        kernels: KernelChoice | None = None,
        restored: Trainer | None = None,
        awaited_kernel: str = "",
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(
            config, source, kernels=kernels, restored=restored, awaited_kernel=awaited_kernel, clock=clock
        )
        self._what_if = False
        self._pinned: Pinned | None = None
        self._previous_curve: Curve | None = None
        self._opened_with = self.config

    def unused(self) -> frozenset[str]:
        """Names of the settings that have no effect with the current values of the others."""
        own_data = self.source is not None
        return frozenset(
            field.name
            for field in FIELDS
            if not self.config.uses(field) or (own_data and field.describes_named_data)
        )

    # What keys do.

    def toggle(self) -> None:
        """Run or pause."""
        if self._task is not None:
            self.stop()
            return
        self._notice = None
        if self.state in (State.READY, State.PAUSED):
            self._run()
        elif self.state is State.RUNNING:
            self._pause()

    def stop(self) -> None:
        """Stop the step, the rewind or the what-if that is in progress, and pause.

        A rewind that is stopped leaves the run exactly as it was before.
        """
        if isinstance(self._task, Rewinding):
            self._stop_rewind()
            self._notice = notices.REWIND_STOPPED
        elif self.in_progress:
            self._notice = notices.STOPPED if self._task is not None else notices.WHAT_IF_STOPPED
            self._task, self._retraining = None, None if self._task is None else self._retraining
        self._pause()

    def _stop_rewind(self) -> None:
        """Return to the run before the rewind in progress, if there is one: keys act on that."""
        if isinstance(self._task, Rewinding):
            with self._changing:
                self._trainer.return_to(self._task.before.bookmark)
                self._task = None

    def step_epoch(self) -> None:
        """Pause, and train to the end of the epoch in progress or through the next one.

        A step while another one is in progress adds an epoch to it.
        """
        self._stop_rewind()
        self._notice = None
        self._pause()
        if self.waiting:
            self._notice = notices.COMPILING
        elif self.state not in (State.FINISHED, State.DIVERGED):
            epoch = self._trainer.epochs_done if self._task is None else self._task.target_epoch
            self._begin_task(Stepping(epoch + 1))

    def restart(self, **changes: Any) -> None:
        """Begin a new run, the same one again if there are no changes; stay paused if paused.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        self._stop_rewind()
        before = self._version("restart")
        self._restart(changes)
        self._undo.push(before)
        self._notice = None if changes else notices.restarted(self.config.seed)

    def new_seed(self) -> None:
        """Restart with the next seed."""
        self._stop_rewind()
        field = FIELD["seed"]
        seed = field.move(self.config.seed, 1)
        if seed == self.config.seed:  # the highest one
            seed = 0
        before = self._version(f"seed {self.config.seed} → {seed}")
        self._restart({"seed": seed})
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
        if new == old:
            self._notice = notices.unchanged(field, new)
        elif self.source is not None and field.describes_named_data:
            self._notice = notices.data_from_file(field, self.source.name)
        else:
            self._apply({field.name: new}, f"{field.label} {field.format(old)} → {field.format(new)}")

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
        """Pause, and return to the run as it was before the last change, restart or rewind."""
        self._stop_rewind()
        version = self._undo.undo(self._version(""))
        self._return_to(version, notices.NOTHING_TO_UNDO if version is None else notices.undone(version.what))

    def redo(self) -> None:
        """Pause, and return to the run as it was when the last change was undone."""
        self._stop_rewind()
        version = self._undo.redo(self._version(""))
        self._return_to(version, notices.NOTHING_TO_REDO if version is None else notices.redone(version.what))

    def rewind(self) -> None:
        """Pause, and go back to the end of the last reported epoch, or of the one before it."""
        self._pause()
        self._retraining = None
        trainer = self._trainer
        if isinstance(self._task, Rewinding):
            return
        if trainer.earliest > trainer.epochs_done:
            self._notice = notices.NOTHING_TO_REWIND
            return
        self._notice = None
        epoch, before = last_report(trainer), self._version("rewind")
        pieces = trainer.rewinding(epoch, SLICE_MILLISECONDS, clock=self._clock)
        self._begin_task(Rewinding(epoch, pieces, before))

    def change_speed(self, direction: int) -> None:
        """Train faster (1) or slower (-1)."""
        self._notice = Notice(self._speed_control.change(direction))

    def toggle_pin(self) -> None:
        """Keep the run as it is now to compare the live run with, or drop the pinned run."""
        if self._pinned is not None:
            self._pinned = None
            self._notice = notices.UNPINNED
        else:
            self._pinned = self._current()
            self._notice = notices.PINNED

    def toggle_what_if(self) -> None:
        """Switch whether each change retrains to the current epoch, to show what it would have done."""
        self._what_if = not self._what_if
        if self._what_if:
            self._notice = notices.WHAT_IF_ON
        else:
            self._pinned = None
            self._notice = notices.WHAT_IF_OFF

    def welcome(self) -> None:
        """Greet a person who is here for the first time."""
        self._notice = notices.WELCOME

    def refuse(self, reason: str) -> None:
        """Say why a change is not made."""
        self._notice = Notice(f"{reason[0].upper()}{reason[1:]}.")

    def explain(self, field: Field) -> None:
        """Say what a hyperparameter does."""
        self._notice = Notice(field.help)

    def snapshot(self) -> Snapshot:
        """The run as it is now."""
        pinned = None if self._pinned is None else self._pinned.snapshot
        return self._observed(Comparison(pinned, self._previous_curve, self._what_if))

    def _current(self) -> Pinned:
        """The run as it is now, to be pinned."""
        return Pinned(self._observed(), SavedRun.of(self._trainer))

    def _observed(self, comparison: Comparison = Comparison()) -> Snapshot:  # noqa: B008  frozen
        run, network = self._observer.observe(self.unused())
        state, speed = self.state, self._speed_control
        advised = advice(self._trainer, state, waiting=self.waiting)
        status = Status(
            state=state,
            speed=speed.speed.label,
            epochs_per_second=speed.epochs_per_second if state is State.RUNNING else None,
            advice=self._notice.text if self._notice is not None else advised,
        )
        snapshot = Snapshot(run, network, comparison, status)
        if self._notice is not None or state is State.DIVERGED:
            return snapshot
        progress = self._progress()
        if progress:
            return replace(snapshot, status=replace(status, advice=progress))
        if comparison.pinned is not None:
            return replace(snapshot, status=replace(status, advice=compare(comparison.pinned, snapshot)))
        return snapshot

    def _progress(self) -> str:
        """How far a step, a rewind or a what-if is, in a sentence; empty if there is none."""
        if self._task is not None:
            return self._task.progress(self._trainer)
        if self._retraining is not None:
            return self._retraining.progress(self._trainer, running=self.state is State.RUNNING)
        return ""

    # What outlives the screen.

    def open(
        self,
        config: TrainingConfig,
        source: Dataset | None,
        restored: Trainer | None,
        *,
        awaited_kernel: str,
        name: str,
    ) -> None:
        """Pause, and take a run from a file in place of the present one, which undo returns to.

        Args:
            config: the settings of the run.
            source: the user's own data; None for the named data set.
            restored: the run to continue; None begins a new one.
            awaited_kernel: the kernel with which the restored run continues; empty if it has its kernel.
            name: the name of the file.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        before = self._version(f"open {name}")
        self._take_opened(config, source, restored, awaited_kernel)
        self._undo.push(before)
        self._opened_with = self.config
        self._notice = notices.opened(name)

    def save(self, path: Path) -> None:
        """Save a checkpoint.

        Raises:
            CheckpointError: the file can't be written.
        """
        save(self._trainer, path)

    def say(self, text: str) -> None:
        """Answer a key with a sentence, until the next key."""
        self._notice = Notice(text)

    @property
    def is_worth_keeping(self) -> bool:
        """Whether anything was trained, changed or pinned."""
        return self._has_begun or self.config != self._opened_with or self._pinned is not None

    @property
    def is_default(self) -> bool:
        """Whether the run is the one that the screen opens with if nothing is asked for."""
        defaults = TrainingConfig.defaults(self.config.task)
        return not self.is_worth_keeping and self.config == defaults and self.source is None

    def state_to_keep(self, timeout: float = -1.0) -> SessionState | None:
        """A copy of everything that a later session continues with; may be called from any thread.

        Args:
            timeout: the most seconds to wait for a computation that changes the run; forever by default.

        Returns:
            None if the computation has not ended by then.
        """
        if not self._changing.acquire(timeout=timeout):
            return None
        try:
            run = self._run_to_keep()
            run = replace(run, kernel=self._awaited_kernel or run.kernel)
            retraining, pinned = self._retraining, self._pinned
        finally:
            self._changing.release()
        return SessionState(
            run=run,
            pinned=None if pinned is None else pinned.run,
            retraining=None if retraining is None else (retraining.target_epoch, retraining.run_afterwards),
            running=self._wants_to_run,
            what_if=self._what_if,
            speed=self._speed_control.chosen,
        )

    def _run_to_keep(self) -> SavedRun:
        if isinstance(self._task, Rewinding):  # on its way to an earlier epoch: keep the run before
            return replace(SavedRun.of(self._trainer), state=self._task.before.bookmark.state)
        return SavedRun.of(self._trainer)

    def take_state(self, state: SessionState, *, paused: bool) -> None:
        """Continue with the state of an earlier session.

        The run continues with the kernel that it had, as soon as that kernel is loaded.

        Args:
            state: from `state_to_keep`.
            paused: whether the run waits for a key, even if it was running.
        """
        run = state.run
        awaited_kernel = "" if run.kernel == "numpy" else run.kernel
        self._take_opened(run.state.config, run.source, run.trainer(kernel="numpy"), awaited_kernel)
        self._what_if = state.what_if
        self._speed_control.choose(state.speed)
        if state.pinned is not None:
            self._pinned = self._pinned_again(state.pinned)
            if state.retraining is not None:
                self._retraining = Retraining(*state.retraining, baseline=self._pinned)
        self._wants_to_run = state.running and not paused

    def _take_opened(
        self, config: TrainingConfig, source: Dataset | None, restored: Trainer | None, awaited_kernel: str
    ) -> None:
        """Take another run in place of the present one; it gets its kernel once that is loaded."""
        self._begin(config, source, restored)
        self._pinned = self._previous_curve = self._notice = None
        self._awaited_kernel = awaited_kernel
        if self._kernels.settled and awaited_kernel:
            self.take_kernel()

    def _pinned_again(self, run: SavedRun) -> Pinned:
        """A run that an earlier session had pinned, observed again."""
        session = Session(run.state.config, restored=run.trainer(kernel="numpy"), clock=self._clock)
        observed = session.snapshot()
        progress = replace(observed.run, kernel=run.kernel)
        return Pinned(replace(observed, run=progress), run)

    def _apply(self, changes: dict[str, Any], what: str) -> None:
        """Change settings as a what-if, with a restart or on the running network, whichever is due.

        Args:
            changes: the new values by the names of the settings.
            what: the change in words, for the notice.
        """
        before = self._version(what)
        try:
            if self._what_if and not WITHOUT_WHAT_IF.issuperset(changes):
                self._begin_what_if(changes)
                self._notice = None  # the comparison says what changed
            elif any(FIELD[name].needs_restart for name in changes):
                self._restart(changes)
                self._notice = Notice(f"{what}: the run restarts.")
            else:
                with self._changing:
                    self._trainer.reconfigure(self.config.replace(**changes))
                self._settle()
                self._notice = Notice(f"{what}: {self._when_it_acts()}")
        except (ConfigError, DataError) as error:
            self._notice = Notice(f"{error}.")
        else:
            self._undo.push(before)

    def _restart(self, changes: dict[str, Any]) -> None:
        """Begin a new run with these changes; stay paused if paused.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        ended = self.state in (State.FINISHED, State.DIVERGED)
        running = ended or self._will_be_running
        curve = self._trainer.history.curve() if self._trainer.epochs_done else self._previous_curve
        self._begin(self.config.replace(**changes), self.source)
        self._previous_curve = curve
        if running:
            self._run()

    def _version(self, what: str) -> Version:
        """The run as it is now, and the change that follows, in words."""
        return Version(what, self._trainer, self._trainer.bookmark(), self._previous_curve, self._pinned)

    def _return_to(self, version: Version | None, notice: Notice) -> None:
        if version is not None:
            self._pause()
            self._retraining = None
            with self._changing:
                version.trainer.return_to(version.bookmark)
            self._take_trainer(version.trainer)
            self._previous_curve, self._pinned = version.previous_curve, version.pinned
            self._speed_control.measure_anew()
        self._notice = notice

    def _when_it_acts(self) -> str:
        match self.state:
            case State.DIVERGED:
                return "press r to restart with it."
            case State.FINISHED:
                return "takes effect when the run restarts: press r."
            case State.RUNNING:
                return "the network continues from where it is."
            case state:
                continues = "starts" if state is State.READY else "continues"
                return f"takes effect when training {continues}: press space."

    def _begin_what_if(self, changes: dict[str, Any]) -> None:
        """Begin a run with these changes that trains to where the present run is, which is pinned.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        retraining = self._retraining
        if retraining is None:
            retraining = Retraining(self._trainer.epochs_done, self._will_be_running, self._current())
        else:  # an unfinished run is nothing to compare with: the baseline stays
            retraining = replace(retraining, run_afterwards=self._will_be_running)
        self._begin(self.config.replace(**changes), self.source)
        self._pinned, self._retraining = retraining.baseline, retraining
        self._run()
        self._retrain(retraining)
