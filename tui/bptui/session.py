"""One run on screen: the state machine between keys and trainer, and the only caller of the engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from bpengine import FIELD, FIELDS, DivergedError, Field, Trainer, TrainingConfig
from bptui.snapshot import Snapshot, State

SLICE_MILLISECONDS = 12.0
"""How long a tick may train: short enough for a key to wait."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How much a tick trains at the most."""

    label: str
    samples: int = 0
    epochs: int = 0


SPEEDS = (
    Speed("1 sample a tick", samples=1),
    Speed("10 samples a tick", samples=10),
    Speed("1 epoch a tick", epochs=1),
    Speed("5 epochs a tick", epochs=5),
    Speed("flat out"),
)


class Session:
    """A run and what a person does to it.

    Args:
        config: the settings to begin with.
        clock: seconds, from anywhere; for measuring epochs a second.
    """

    REPORTS_SHOWN = 100

    def __init__(self, config: TrainingConfig, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._speed = len(SPEEDS) - 1
        self._notice = ""
        self._begin(config)

    def _begin(self, config: TrainingConfig) -> None:
        self._trainer = Trainer(config)
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
        self._train(self._trainer.run_epoch)

    def restart(self, **changes: float) -> None:
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
        seed = self.config.seed + 1 if self.config.seed < FIELD["seed"].maximum else 0
        self.restart(seed=seed)
        self._notice = f"New seed {seed}: another random start, another order of samples."

    def change(self, field: Field, value: float) -> None:
        """Set a hyperparameter: on the running network, or with a restart where it needs one.

        Raises:
            ConfigError: the value is not allowed.
        """
        old = getattr(self.config, field.name)
        new = field.validate(value)
        if new == old:
            bound = "highest" if new == field.maximum else "lowest" if new == field.minimum else "present"
            self._notice = f"{field.label}: {field.format(new)} is the {bound} value."
            return
        what = f"{field.label} {field.format(old)} → {field.format(new)}"
        if field.restarts:
            self.restart(**{field.name: new})
            self._notice = f"{what}: the run starts again."
        else:
            self._reconfigure(self.config.replace(**{field.name: new}))
            self._notice = f"{what}: {self._goes_on()}"

    def defaults(self) -> None:
        """Go back to the task's own settings; start again only if one of them needs it."""
        default = TrainingConfig.defaults(self.config.task)
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
        if self.state is not State.RUNNING:
            return
        speed = SPEEDS[self._speed]
        samples = len(self._trainer.dataset)
        limit = speed.samples or speed.epochs * samples or None
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
        outputs = trainer.network.predict(trainer.dataset.inputs)
        outputs.setflags(write=False)
        return Snapshot(
            state=self.state,
            config=self.config,
            dataset=trainer.dataset,
            outputs=outputs,
            epoch=trainer.epochs_done if in_progress else trainer.epochs_done - 1,
            sample=trainer.samples_done,
            error=None if last is None else last.error,
            curve=trainer.history.curve(),
            reports=tuple(reports)[-self.REPORTS_SHOWN :],
            epochs_per_second=self._epochs_per_second if self.state is State.RUNNING else None,
            speed=SPEEDS[self._speed].label,
            advice=self._notice or self._advice(),
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

    def _got_worse(self) -> bool:
        _, errors = self._trainer.history.curve()
        return bool(errors[-1] > errors[0])

    def _advice(self) -> str:
        match self.state:
            case State.READY:
                return "Space starts the training; ↑↓ choose a hyperparameter, ←→ change it."
            case State.RUNNING:
                return "Learning. Space pauses, - slows down, ←→ change the chosen hyperparameter."
            case State.PAUSED:
                return "Paused. Space goes on, s trains one epoch, ←→ change a hyperparameter."
            case State.FINISHED if self._got_worse():
                return "Finished, with a higher error than at the start: try a smaller learning rate."
            case State.FINISHED:
                return "Finished. R tries another random start; ←→ change something and compare."
            case State.DIVERGED:
                divergence = self._trainer.divergence
                epoch = divergence.epoch if divergence else 0
                return f"Diverged in epoch {epoch}: lower the learning rate or init scale, then press r."
