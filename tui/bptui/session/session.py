"""One run on screen: the state machine between keys and trainer, and the only caller of the engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bpengine import (
    FIELD,
    FIELDS,
    ConfigError,
    DataError,
    Dataset,
    DivergedError,
    Field,
    Trainer,
    TrainingConfig,
)
from bptui.session import notices
from bptui.session.advice import advice
from bptui.session.comparison import compare
from bptui.session.kernel_choice import KernelChoice
from bptui.session.notices import Notice
from bptui.session.observation import Observer
from bptui.session.retraining import Retraining
from bptui.session.snapshot import Comparison, Curve, Snapshot, State, Status
from bptui.session.speed import SpeedControl
from bptui.session.undo import UndoStack, Version

SLICE_MILLISECONDS = 12.0
"""How long a tick may train: short enough that no key waits noticeably."""
WITHOUT_WHAT_IF = frozenset({"epochs", "report_interval"})
"""The settings that change nothing in the epochs that were trained, so that no what-if is needed."""


class Session:
    """A run and what a person does to it.

    Args:
        config: the settings to begin with.
        source: the user's own data; None for the named data set.
        kernels: chooses the kernel of each run.
        restored: a run to continue; None begins a new one.
        awaited_kernel: the kernel with which the restored run continues as soon as that kernel is loaded;
            empty if the run has its kernel already.
        clock: returns seconds since any fixed point in time, to measure epochs per second.
    """

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
        self._clock = clock
        self._speed_control = SpeedControl(clock)
        self._source = source if restored is None else restored.source
        self._kernels = KernelChoice() if kernels is None else kernels
        self._what_if = False
        self._retraining: Retraining | None = None
        self._pinned: Snapshot | None = None
        self._previous_curve: Curve | None = None
        self._notice: Notice | None = None
        self._undo = UndoStack()
        self._begin(config, restored)
        self._opened_with = self.config
        self._awaited_kernel = awaited_kernel

    def _begin(self, config: TrainingConfig, restored: Trainer | None = None) -> None:
        if restored is None:
            restored = Trainer(config, self._source, kernel=self._kernels.name)
        self._take_trainer(restored)
        self._awaited_kernel = ""
        self._wants_to_run = False
        self._retraining = None
        self._speed_control.measure_anew()

    def _take_trainer(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._observer = Observer(trainer)

    @property
    def config(self) -> TrainingConfig:
        """The settings in force."""
        return self._trainer.config

    @property
    def state(self) -> State:
        """What the run is doing."""
        trainer = self._trainer
        if trainer.divergence is not None:
            return State.DIVERGED
        if trainer.finished:
            return State.FINISHED
        if self._wants_to_run:
            return State.RUNNING
        return State.PAUSED if self._has_begun else State.READY

    def unused(self) -> frozenset[str]:
        """Names of the settings that have no effect with the current values of the others."""
        own_data = self._source is not None
        return frozenset(
            field.name
            for field in FIELDS
            if not self.config.uses(field) or (own_data and field.describes_named_data)
        )

    @property
    def waiting(self) -> bool:
        """Whether the run can't continue before its kernel is loaded."""
        return self._kernels.waiting or bool(self._awaited_kernel)

    def take_kernel(self) -> None:
        """Use the kernel that is loaded now for a run that waits for it or has not begun."""
        if self._notice == notices.COMPILING:
            self._notice = None
        awaited, self._awaited_kernel = self._awaited_kernel, ""
        try:
            self._switch_kernel(awaited)
        except ConfigError as error:  # numba was asked for by name, but has no code for this network
            self._kernels.name = "auto"
            self._notice = Notice(f"{error}.")

    def _switch_kernel(self, awaited: str) -> None:
        if awaited:
            if self._kernels.name != "numpy":
                continued = Trainer(self.config, self._source, kernel=awaited)
                continued.restore(self._trainer.run_state())
                self._take_trainer(continued)
        elif self._trainer.kernel.name != self._kernels.name and not self._has_begun:
            running, retraining = self._wants_to_run, self._retraining
            self._begin(self.config)
            self._retraining = retraining
            if running:
                self._run()

    # What keys do.

    def toggle(self) -> None:
        """Run or pause."""
        self._notice = None
        if self.state in (State.READY, State.PAUSED):
            self._run()
        elif self.state is State.RUNNING:
            self._pause()

    def step_epoch(self) -> None:
        """Pause, and train to the end of the epoch in progress or through the next one."""
        self._notice = None
        self._pause()
        if self.waiting:
            self._notice = notices.COMPILING
            return
        self._train(self._trainer.run_epoch)

    def restart(self, **changes: Any) -> None:
        """Begin a new run, the same one again if there are no changes; stay paused if paused.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        before = self._version("restart")
        self._restart(changes)
        self._undo.push(before)
        self._notice = None if changes else notices.restarted(self.config.seed)

    def new_seed(self) -> None:
        """Restart with the next seed."""
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
        old = getattr(self.config, field.name)
        new = field.validate(value)
        if new == old:
            self._notice = notices.unchanged(field, new)
        elif self._source is not None and field.describes_named_data:
            self._notice = notices.data_from_file(field, self._source.name)
        else:
            self._apply({field.name: new}, f"{field.label} {field.format(old)} → {field.format(new)}")

    def defaults(self) -> None:
        """Return to the settings that the screen was opened with or, from these, to the task's defaults."""
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
        version = self._undo.undo(self._version(""))
        self._return_to(version, notices.NOTHING_TO_UNDO if version is None else notices.undone(version.what))

    def redo(self) -> None:
        """Pause, and return to the run as it was when the last change was undone."""
        version = self._undo.redo(self._version(""))
        self._return_to(version, notices.NOTHING_TO_REDO if version is None else notices.redone(version.what))

    def rewind(self) -> None:
        """Pause, and go back to the end of the last reported epoch, or of the one before it."""
        self._pause()
        self._retraining = None
        trainer, interval = self._trainer, self.config.report_interval
        if trainer.earliest > trainer.epochs_done:
            self._notice = notices.NOTHING_TO_REWIND
            return
        begun = trainer.epochs_done + (trainer.samples_done > 0)
        epoch = max((begun - 2) // interval * interval + 1 if begun > 1 else 0, trainer.earliest)
        settings, before = self.config, self._version("rewind")
        trainer.rewind(epoch)
        self._undo.push(before)
        self._speed_control.measure_anew()
        same = self.config == settings
        self._notice = notices.rewound(epoch, same_settings=same, finished=trainer.finished)

    def change_speed(self, direction: int) -> None:
        """Train faster (1) or slower (-1)."""
        self._notice = Notice(self._speed_control.change(direction))

    def toggle_pin(self) -> None:
        """Keep the run as it is now to compare the live run with, or drop the pinned run."""
        if self._pinned is not None:
            self._pinned = None
            self._notice = notices.UNPINNED
        else:
            self._pinned = self._observed()
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

    # What time does.

    def tick(self) -> None:
        """Train for a slice of time, if running."""
        if self.state is not State.RUNNING or self.waiting:
            return
        if self._retraining is not None:
            self._retrain(self._retraining)
            return
        trainer = self._trainer
        limit = self._speed_control.speed.limit(len(trainer.dataset), self.config.epochs)
        self._speed_control.measure(self._fractional_epochs())
        self._train_slice(limit)
        self._speed_control.measure(self._fractional_epochs())

    def advance_to(self, epoch: int) -> None:
        """Train until this epoch is done or the run has ended, however long it takes."""
        while self._trainer.epochs_done <= epoch and self.state not in (State.FINISHED, State.DIVERGED):
            self._train(self._trainer.run_epoch)

    def run_to_rest(self) -> None:
        """Train until nothing runs by itself: through a what-if, and to the end of a restarted run."""
        while self.state is State.RUNNING and not self.waiting:
            self.tick()

    def snapshot(self) -> Snapshot:
        """The run as it is now."""
        return self._observed(Comparison(self._pinned, self._previous_curve, self._what_if))

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
        if self._retraining is not None:
            return replace(snapshot, status=replace(status, advice=self._progress(self._retraining)))
        if comparison.pinned is not None:
            return replace(snapshot, status=replace(status, advice=compare(comparison.pinned, snapshot)))
        return snapshot

    def _progress(self, retraining: Retraining) -> str:
        space = "pauses" if self.state is State.RUNNING else "continues"
        where = f"epoch {self._trainer.epochs_done} of {retraining.target_epoch}"
        return f"What if: retraining, {where}. Space {space}."

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
        self._begin(self.config.replace(**changes))
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
            case _:
                return "the network continues from where it is."

    def _begin_what_if(self, changes: dict[str, Any]) -> None:
        """Begin a run with these changes that trains to where the present run is, which is pinned.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        retraining = self._retraining
        if retraining is None:
            retraining = Retraining(self._trainer.epochs_done, self._will_be_running, self._observed())
        else:  # an unfinished run is nothing to compare with: the baseline stays
            retraining = replace(retraining, run_afterwards=self._will_be_running)
        self._begin(self.config.replace(**changes))
        self._pinned, self._retraining = retraining.baseline, retraining
        self._run()
        self._retrain(retraining)

    def _retrain(self, retraining: Retraining) -> None:
        """Train toward the target epoch for a slice of time; there, pause unless the baseline was running."""
        trainer = self._trainer
        left = (retraining.target_epoch - trainer.epochs_done) * len(trainer.dataset) - trainer.samples_done
        if left and self._kernels.waiting:
            return
        self._train_slice(left)
        if self._retraining is None and not retraining.run_afterwards:
            self._pause()

    def _train_slice(self, limit: int | None) -> None:
        self._train(lambda: self._trainer.run_for(SLICE_MILLISECONDS, max_samples=limit, clock=self._clock))

    def _train(self, train: Callable[[], object]) -> None:
        try:
            train()
        except DivergedError:
            self._notice = None
        self._settle()

    def _settle(self) -> None:
        """Pause a run that has ended, so that it does not continue by itself if it gets more epochs later."""
        ended = self.state in (State.FINISHED, State.DIVERGED)
        if ended:
            self._pause()
            self._notice = None
        retraining = self._retraining
        if retraining is not None and (ended or self._trainer.epochs_done >= retraining.target_epoch):
            self._retraining = None

    def _run(self) -> None:
        self._wants_to_run = True
        self._speed_control.measure_anew()

    def _pause(self) -> None:
        self._wants_to_run = False

    @property
    def _has_begun(self) -> bool:
        return bool(self._trainer.epochs_done or self._trainer.samples_done)

    @property
    def _will_be_running(self) -> bool:
        """Whether the run is running and, if it is being retrained, continues to run afterwards."""
        afterwards = self._retraining is None or self._retraining.run_afterwards
        return self.state is State.RUNNING and afterwards

    def _fractional_epochs(self) -> float:
        return self._trainer.epochs_done + self._trainer.samples_done / len(self._trainer.dataset)
