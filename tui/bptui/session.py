"""One run on screen: the state machine between keys and trainer, and the only caller of the engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
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
from bpengine.metrics import measure_outputs
from bptui.advice import advice
from bptui.domain import Domain
from bptui.kernels import KernelChoice
from bptui.snapshot import Snapshot, State

SLICE_MILLISECONDS = 12.0
"""How long a tick may train: short enough for a key to wait."""
TICK_SECONDS = 1 / 50
"""From one tick to the next."""
WATCH_SECONDS = 10.0
"""How long a whole run takes at the pace to watch it."""

WAIT = "numba is being made ready: it takes some seconds, but only the first time."
"""To who asks for an epoch meanwhile."""

OF_NAMED_SETS = frozenset({"dataset", "samples", "noise", "frequency"})
"""The settings that a file of data has no use for."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How much a tick trains at the most."""

    label: str
    samples: int = 0
    epochs: int = 0
    share: float = 0.0
    """Of the whole run."""

    def limit(self, samples: int, epochs: int) -> int | None:
        """In samples, for so many of them and a run of so many epochs; None for as many as time allows."""
        if self.share:
            return max(1, round(self.share * samples * epochs))
        return self.samples or self.epochs * samples or None


SPEEDS = (
    Speed("1 sample a tick", samples=1),
    Speed("10 samples a tick", samples=10),
    Speed("1 epoch a tick", epochs=1),
    Speed(f"a run in {WATCH_SECONDS:.0f} s", share=TICK_SECONDS / WATCH_SECONDS),
    Speed("flat out"),
)
FIRST_SPEED = 3
"""Slow enough to see it learn."""


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

    REPORTS_SHOWN = 100

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
        self._source = source if restored is None else restored.source
        self._kernels = KernelChoice() if kernels is None else kernels
        self._speed = FIRST_SPEED
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
        self._measured_from: float | None = None
        self._measured_samples = 0
        self._epochs_per_second: float | None = None

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
        unused = frozenset(field.name for field in FIELDS if not self.config.uses(field))
        return unused | OF_NAMED_SETS if self._source is not None else unused

    @property
    def waiting(self) -> bool:
        """Whether the run can't go on before its kernel is there."""
        return self._kernels.waiting or bool(self._promised)

    def take_kernel(self) -> None:
        """Have a run that hasn't begun, or waits for it, computed by the kernel that is there now."""
        if self._notice == WAIT:
            self._notice = ""
        kernel, self._promised = self._promised, ""
        if kernel:
            if self._kernels.name == "numba":
                moment = self._trainer.moment()
                self._trainer = Trainer(self.config, self._source, kernel=kernel)
                self._trainer.restore(moment)
            return
        if self._trainer.kernel.name != self._kernels.name and not (
            self._trainer.epochs_done or self._trainer.samples_done
        ):
            running = self._wants_to_run
            self._begin(self.config)
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
        waiting = self.state in (State.READY, State.PAUSED)
        self._begin(self.config.replace(**changes))
        self._notice = (
            "" if changes else f"Started again with the same seed {self.config.seed}: the same run."
        )
        if not waiting:
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
        if self._source is not None and field.name in OF_NAMED_SETS:
            self._notice = f"{field.label}: the data come from {self._source.name}."
            return
        what = f"{field.label} {field.format(old)} → {field.format(new)}"
        try:
            if field.restarts:
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
        changed = [
            field for field in FIELDS if getattr(default, field.name) != getattr(self.config, field.name)
        ]
        if not changed:
            self._notice = "All hyperparameters are at their defaults."
        elif any(field.restarts for field in changed):
            self.restart(**{field.name: getattr(default, field.name) for field in changed})
            self._notice = "Back to the defaults: the run starts again."
        else:
            self._reconfigure(default)
            self._notice = f"Back to the defaults: {self._goes_on()}"

    def rewind(self) -> None:
        """Pause, and go back to just after the last reported epoch, or after the one before it."""
        self._pause()
        trainer, interval = self._trainer, self.config.report_interval
        if trainer.earliest > trainer.epochs_done:
            self._notice = "There is nothing to go back to: the run came here in the middle of an epoch."
            return
        begun = trainer.epochs_done + (trainer.samples_done > 0)
        epoch = max((begun - 2) // interval * interval + 1 if begun > 1 else 0, trainer.earliest)
        settings = self.config
        trainer.rewind(epoch)
        self._measure_anew()
        where = f"after epoch {epoch - 1}" if epoch else "at the start"
        how = "to the last bit" if self.config == settings else "with the settings of then"
        after = "The run had ended there." if trainer.finished else "Space goes on from there."
        self._notice = f"Back {where}, {how}. {after}"

    def change_speed(self, direction: int) -> None:
        """Train faster (1) or slower (-1)."""
        self._speed = min(max(self._speed + direction, 0), len(SPEEDS) - 1)
        self._measure_anew()
        edge = {0: ", the slowest", len(SPEEDS) - 1: ", the fastest"}.get(self._speed, "")
        self._notice = f"Speed: {SPEEDS[self._speed].label}{edge}."

    def explain(self, field: Field) -> None:
        """Say what a hyperparameter does."""
        self._notice = field.help

    # What time does.

    def tick(self) -> None:
        """Train for a slice of time, if running."""
        if self.state is not State.RUNNING or self.waiting:
            return
        limit = SPEEDS[self._speed].limit(len(self._trainer.dataset), self.config.epochs)
        if self._measured_from is None:
            self._measured_from = self._clock()
        self._train(lambda: self._trainer.run_for(SLICE_MILLISECONDS, max_samples=limit, clock=self._clock))
        self._measure()

    def advance_to(self, epoch: int) -> None:
        """Train until this epoch is done, or the run is finished or diverged, however long it takes."""
        while self._trainer.epochs_done <= epoch and self.state not in (State.FINISHED, State.DIVERGED):
            self._train(self._trainer.run_epoch)

    def snapshot(self) -> Snapshot:
        """The present moment."""
        trainer = self._trainer
        last = trainer.history.last
        in_progress = trainer.samples_done > 0 or trainer.epochs_done == 0
        reports = trainer.history.reports
        answers = trainer.network.predict(trainer.dataset.inputs)
        return Snapshot(
            state=self.state,
            config=self.config,
            unused=self.unused(),
            dataset=trainer.dataset,
            outputs=self._domain.in_own_units(answers),
            across=self._domain.across(trainer.network),
            metrics=measure_outputs(answers, trainer.dataset),
            test_metrics=trainer.test_metrics(),
            epoch=trainer.epochs_done if in_progress else trainer.epochs_done - 1,
            sample=trainer.samples_done,
            error=None if last is None else last.error,
            test_error=None if last is None else last.test_error,
            curve=trainer.history.curve(),
            test_curve=trainer.history.test_curve(),
            reports=tuple(reports)[-self.REPORTS_SHOWN :],
            epochs_per_second=self._epochs_per_second if self.state is State.RUNNING else None,
            speed=SPEEDS[self._speed].label,
            kernel=trainer.kernel.name,
            advice=self._notice or advice(trainer, self.state, waiting=self.waiting),
        )

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
        if self.state in (State.FINISHED, State.DIVERGED):
            self._pause()
            self._notice = ""

    def _run(self) -> None:
        self._wants_to_run = True
        self._measure_anew()

    def _pause(self) -> None:
        self._wants_to_run = False

    def _measure_anew(self) -> None:
        self._measured_from = None
        self._measured_samples = self._samples_in_all()

    def _measure(self) -> None:
        """Epochs a second over windows of half a second, drawing included."""
        now = self._clock()
        if self._measured_from is None or now - self._measured_from < 0.5:
            return
        samples = self._samples_in_all() - self._measured_samples
        self._epochs_per_second = samples / len(self._trainer.dataset) / (now - self._measured_from)
        self._measured_from, self._measured_samples = now, self._samples_in_all()

    def _samples_in_all(self) -> int:
        return self._trainer.epochs_done * len(self._trainer.dataset) + self._trainer.samples_done

    def _goes_on(self) -> str:
        match self.state:
            case State.DIVERGED:
                return "r starts again with it."
            case State.FINISHED:
                return "it applies when the run goes on: r starts again."
            case _:
                return "the network goes on from where it is."
