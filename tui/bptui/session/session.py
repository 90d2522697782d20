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
from bptui.session.advice import advice
from bptui.session.comparison import Curve, Pin
from bptui.session.domain import Domain
from bptui.session.kernel_choice import KernelChoice
from bptui.session.observation import Told, look
from bptui.session.snapshot import Snapshot, State
from bptui.session.speed import SpeedControl

SLICE_MILLISECONDS = 12.0
"""How long a tick may train: short enough for a key to wait."""
WAIT = "numba is being made ready: it takes some seconds, but only the first time."
"""To who asks for an epoch meanwhile."""
NOT_ASKED = frozenset({"epochs", "report_interval"})
"""The settings that change nothing in the epochs that were trained."""


class Session:
    """A run and what a person does to it.

    Args:
        config: the settings to begin with.
        source: the user's own data, in place of a named set.
        kernels: what computes.
        restored: a run to go on with, in place of a new one.
        promised: the kernel that it goes on with as soon as that is there; empty if it has it.
        clock: seconds, from anywhere; for measuring epochs a second.
    """

    def __init__(
        self,
        config: TrainingConfig,
        source: Dataset | None = None,
        *,
        kernels: KernelChoice | None = None,
        restored: Trainer | None = None,
        promised: str = "",
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._clock = clock
        self._speed_control = SpeedControl(clock)
        self._source = source if restored is None else restored.source
        self._kernels = KernelChoice() if kernels is None else kernels
        self._what_if = False
        self._goes_on_running = False
        self._pin: Pin | None = None
        self._previous_curve: Curve | None = None
        self._notice = ""
        self._begin(config, restored)
        self._promised = promised

    def _begin(self, config: TrainingConfig, restored: Trainer | None = None) -> None:
        if restored is None:
            restored = Trainer(config, self._source, kernel=self._kernels.name)
        self._trainer = restored
        self._promised = ""
        self._domain = Domain(self._trainer.dataset, len(self._trainer.network.parameters))
        self._wants_to_run = False
        self._catching_up_to = 0
        self._speed_control.measure_anew()

    @property
    def config(self) -> TrainingConfig:
        """The settings in force."""
        return self._trainer.config

    @property
    def state(self) -> State:
        """Where the run stands."""
        trainer = self._trainer
        if trainer.divergence is not None:
            return State.DIVERGED
        if trainer.finished:
            return State.FINISHED
        if self._wants_to_run:
            return State.RUNNING
        return State.PAUSED if trainer.epochs_done or trainer.samples_done else State.READY

    @property
    def default(self) -> TrainingConfig:
        """The task's own settings."""
        return TrainingConfig.defaults(self.config.task)

    def unused(self) -> frozenset[str]:
        """The settings that have no effect beside the others."""
        own_data = self._source is not None
        return frozenset(
            field.name
            for field in FIELDS
            if not self.config.uses(field) or (own_data and field.describes_named_data)
        )

    @property
    def waiting(self) -> bool:
        """Whether the run can't go on before its kernel is there."""
        return self._kernels.waiting or bool(self._promised)

    def take_kernel(self) -> None:
        """Have a run that hasn't begun, or waits for it, computed by the kernel that is there now."""
        if self._notice == WAIT:
            self._notice = ""
        kernel, self._promised = self._promised, ""
        try:
            self._switch_kernel(kernel)
        except ConfigError as error:  # numba was asked for by name, but has no code for this network
            self._kernels.name = "auto"
            self._notice = f"{error}."

    def _switch_kernel(self, promised: str) -> None:
        if promised:
            if self._kernels.name != "numpy":
                moment = self._trainer.run_state()
                self._trainer = Trainer(self.config, self._source, kernel=promised)
                self._trainer.restore(moment)
            return
        if self._trainer.kernel.name != self._kernels.name and not (
            self._trainer.epochs_done or self._trainer.samples_done
        ):
            running, wanted = self._wants_to_run, self._catching_up_to
            self._begin(self.config)
            self._catching_up_to = wanted
            if running:
                self._run()

    # What keys do.

    def toggle(self) -> None:
        """Run or pause; where there is nothing to run, say what can be done."""
        self._notice = ""
        if self.state in (State.READY, State.PAUSED):
            self._run()
        elif self.state is State.RUNNING:
            self._pause()

    def step_epoch(self) -> None:
        """Pause, and train to the end of the epoch in progress or through the next one."""
        self._notice = ""
        self._pause()
        if self.waiting:
            self._notice = WAIT
            return
        self._train(self._trainer.run_epoch)

    def restart(self, **changes: Any) -> None:
        """Begin anew, with the same seed unless it is among the changes; go on unless it was paused."""
        ended = self.state in (State.FINISHED, State.DIVERGED)
        running = ended or self._runs_on
        before = self._trainer.history.curve() if self._trainer.epochs_done else self._previous_curve
        self._begin(self.config.replace(**changes))
        self._previous_curve = before
        self._notice = (
            "" if changes else f"Started again with the same seed {self.config.seed}: the same run."
        )
        if running:
            self._run()

    def new_seed(self) -> None:
        """Begin anew from the next seed's random start."""
        seed = FIELD["seed"].move(self.config.seed, 1)
        if seed == self.config.seed:  # the last one
            seed = 0
        self.restart(seed=seed)
        self._notice = f"New seed {seed}: another random start, another order of samples."

    def change(self, field: Field, value: object) -> None:
        """Set a hyperparameter: on the running network, or with a restart where it needs one.

        What doesn't go together with the other settings is refused in a notice.

        Raises:
            ConfigError: the value is not allowed.
        """
        old = getattr(self.config, field.name)
        new = field.validate(value)
        if new == old:
            self._notice = f"{field.label}: {field.format(new)} {self._why_unchanged(field, new)}."
            return
        if self._source is not None and field.describes_named_data:
            self._notice = f"{field.label}: the data come from {self._source.name}."
            return
        what = f"{field.label} {field.format(old)} → {field.format(new)}"
        try:
            if self._what_if and field.name not in NOT_ASKED:
                self._ask_what_if({field.name: new})
                self._notice = ""  # the comparison says it
            elif field.needs_restart:
                self.restart(**{field.name: new})
                self._notice = f"{what}: the run starts again."
            else:
                self._reconfigure(self.config.replace(**{field.name: new}))
                self._notice = f"{what}: {self._goes_on()}"
        except (ConfigError, DataError) as error:
            self._notice = f"{error}."

    @staticmethod
    def _why_unchanged(field: Field, value: object) -> str:
        at_top = field.move(value, 1) == value
        at_bottom = field.move(value, -1) == value
        return f"is the {'highest' if at_top else 'lowest' if at_bottom else 'present'} value"

    def defaults(self) -> None:
        """Go back to the task's own settings; start again only if one of them needs it."""
        default = self.default
        changes = {
            field.name: getattr(default, field.name)
            for field in FIELDS
            if getattr(default, field.name) != getattr(self.config, field.name)
        }
        if not changes:
            self._notice = "All hyperparameters are at their defaults."
        elif self._what_if and not NOT_ASKED.issuperset(changes):
            self._ask_what_if(changes)
            self._notice = ""  # the comparison says it
        elif any(FIELD[name].needs_restart for name in changes):
            self.restart(**changes)
            self._notice = "Back to the defaults: the run starts again."
        else:
            self._reconfigure(default)
            self._notice = f"Back to the defaults: {self._goes_on()}"

    def rewind(self) -> None:
        """Pause, and go back to just after the last reported epoch, or after the one before it."""
        self._pause()
        self._catching_up_to = 0
        trainer, interval = self._trainer, self.config.report_interval
        if trainer.earliest > trainer.epochs_done:
            self._notice = "There is nothing to go back to: the run came here in the middle of an epoch."
            return
        begun = trainer.epochs_done + (trainer.samples_done > 0)
        epoch = max((begun - 2) // interval * interval + 1 if begun > 1 else 0, trainer.earliest)
        settings = self.config
        trainer.rewind(epoch)
        self._speed_control.measure_anew()
        where = f"after epoch {epoch - 1}" if epoch else "at the start"
        how = "to the last bit" if self.config == settings else "with the settings of then"
        after = "The run had ended there." if trainer.finished else "Space goes on from there."
        self._notice = f"Back {where}, {how}. {after}"

    def change_speed(self, direction: int) -> None:
        """Train faster (1) or slower (-1)."""
        self._notice = self._speed_control.change(direction)

    def toggle_pin(self) -> None:
        """Keep the run as it is now beside the live one, or let go of what is kept."""
        if self._pin is not None:
            self._pin = None
            self._notice = "Unpinned."
        else:
            self._pin = Pin.of(self.snapshot())
            self._notice = "Pinned: this run stays in the plots. Change something or press R, and compare."

    def toggle_what_if(self) -> None:
        """Switch whether a change trains anew to the present epoch, to show what it would have done."""
        self._what_if = not self._what_if
        if self._what_if:
            self._notice = "What if: a change now trains anew from the same seed to the same epoch."
        else:
            self._pin = None
            self._notice = "What if is off: a change acts on the run as it is."

    def welcome(self) -> None:
        """A word to whoever is here for the first time."""
        self._notice = "Watch it learn. Space runs or pauses, ←→ change the learning rate, ? has more."

    def explain(self, field: Field) -> None:
        """Say what a hyperparameter does."""
        self._notice = field.help

    # What time does.

    def tick(self) -> None:
        """Train for a slice of time, if running."""
        if self.state is not State.RUNNING or self.waiting:
            return
        trainer = self._trainer
        if trainer.epochs_done < self._catching_up_to:
            self._catch_up()
            return
        limit = self._speed_control.speed.limit(len(trainer.dataset), self.config.epochs)
        self._speed_control.measure(self._epochs_with_parts())
        self._train(lambda: trainer.run_for(SLICE_MILLISECONDS, max_samples=limit, clock=self._clock))
        self._speed_control.measure(self._epochs_with_parts())

    def advance_to(self, epoch: int) -> None:
        """Train until this epoch is done, or the run is finished or diverged, however long it takes."""
        while self._trainer.epochs_done <= epoch and self.state not in (State.FINISHED, State.DIVERGED):
            self._train(self._trainer.run_epoch)

    def snapshot(self) -> Snapshot:
        """The present moment."""
        trainer = self._trainer
        snapshot = look(
            trainer,
            self._domain,
            Told(
                state=self.state,
                unused=self.unused(),
                previous_curve=self._previous_curve,
                epochs_per_second=self._speed_control.epochs_per_second
                if self.state is State.RUNNING
                else None,
                speed=self._speed_control.speed.label,
                pin=self._pin,
                what_if=self._what_if,
                advice=self._notice or advice(trainer, self.state, waiting=self.waiting),
            ),
        )
        if self._notice or snapshot.state is State.DIVERGED:
            return snapshot
        if self._catching_up_to:
            wanted = f"epoch {trainer.epochs_done} of {self._catching_up_to}"
            space = "pauses" if snapshot.state is State.RUNNING else "goes on"
            return replace(snapshot, advice=f"What if: training anew, {wanted}. Space {space}.")
        if self._pin is not None:
            return replace(snapshot, advice=self._pin.compared(snapshot))
        return snapshot

    def _train(self, train: Callable[[], object]) -> None:
        try:
            train()
        except DivergedError:
            self._notice = ""
        self._rest()

    def _reconfigure(self, config: TrainingConfig) -> None:
        self._trainer.reconfigure(config)
        self._rest()

    def _rest(self) -> None:
        """Where the run has ended, don't go on by itself if more epochs are asked for later."""
        ended = self.state in (State.FINISHED, State.DIVERGED)
        if ended:
            self._pause()
            self._notice = ""
        if ended or self._trainer.epochs_done >= self._catching_up_to:
            self._catching_up_to = 0

    def _run(self) -> None:
        self._wants_to_run = True
        self._speed_control.measure_anew()

    def _pause(self) -> None:
        self._wants_to_run = False

    @property
    def _runs_on(self) -> bool:
        """Whether the run goes on by itself, once it has caught up if it is on its way."""
        return self.state is State.RUNNING and (self._goes_on_running or not self._catching_up_to)

    def _ask_what_if(self, changes: dict[str, Any]) -> None:
        """Another run with these changes, to where this one is, which is pinned.

        Raises:
            ConfigError: the settings don't go together. All is as before.
            DataError: nor do they with the data.
        """
        wanted, running = self._catching_up_to or self._trainer.epochs_done, self._runs_on
        pin = self._pin if self._catching_up_to else Pin.of(self.snapshot())  # half a run is no match
        self._begin(self.config.replace(**changes))
        self._pin, self._catching_up_to, self._goes_on_running = pin, wanted, running
        self._run()
        self._catch_up()

    def _catch_up(self) -> None:
        """A slice of the way to the epoch that the run before had come to; then rest as that one did."""
        trainer = self._trainer
        left = (self._catching_up_to - trainer.epochs_done) * len(trainer.dataset) - trainer.samples_done
        if left and self._kernels.waiting:
            return
        self._train(lambda: trainer.run_for(SLICE_MILLISECONDS, max_samples=left, clock=self._clock))
        if not self._catching_up_to and not self._goes_on_running:
            self._pause()

    def _epochs_with_parts(self) -> float:
        return self._trainer.epochs_done + self._trainer.samples_done / len(self._trainer.dataset)

    def _goes_on(self) -> str:
        match self.state:
            case State.DIVERGED:
                return "r starts again with it."
            case State.FINISHED:
                return "it applies when the run goes on: r starts again."
            case _:
                return "the network goes on from where it is."
