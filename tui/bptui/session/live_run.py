"""The run on screen as ticks advance it: its trainer, its state, and the task in progress."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from bpengine import ConfigError, Dataset, DivergedError, EpochRecord, Trainer, TrainingConfig
from bptui.session import notices
from bptui.session.notices import Notice
from bptui.session.observation import Observer
from bptui.session.snapshot import State
from bptui.session.speed import TICK_SECONDS, SpeedControl
from bptui.session.targets import Retraining, Rewinding, Stepping
from bptui.session.timeline.viewing import Viewing, Visiting
from bptui.session.undo import UndoStack
from bptui.starts.cloud.cloud import Cloud

SLICE_MILLISECONDS = 12.0
"""How long a tick may train: short enough that no key waits noticeably."""
Task = Stepping | Rewinding | Visiting
"""A task that continues by itself until it is done."""
KEY_SECONDS = 0.03
"""How long a step or a rewind may take before the screen shows its progress. Most take less."""


class LiveRun:
    """A run that ticks advance, and the steps, rewinds and what-ifs in progress.

    Args:
        config: the settings to begin with.
        source: the user's own data; None for the named data set.
        kernel: auto or numpy, which uses no machine code.
        restored: a run to continue; None begins a new one.
        clock: returns seconds since any fixed point in time, to measure epochs per second.
    """

    def __init__(
        self,
        config: TrainingConfig,
        source: Dataset | None = None,
        *,
        kernel: str = "numpy",
        restored: Trainer | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._clock = clock
        self._changing = threading.Lock()  # held while the numbers of the run change
        self._speed_control = SpeedControl(clock)
        self._kernel = kernel
        self._cloud = Cloud()
        self._retraining: Retraining | None = None
        self._notice: Notice | None = None
        self._is_flat_out = self._has_moved = False
        self._undo = UndoStack()
        self._begin(config, source, restored)
        self._opened_with = self.config

    def _begin(
        self,
        config: TrainingConfig,
        source: Dataset | None,
        restored: Trainer | None = None,
        *,
        like: Trainer | None = None,
    ) -> None:
        """Begin a run: a restored one, or a new one that shares what it can with another (see `Trainer`)."""
        self._take_trainer(restored or Trainer(config, source, kernel=self._kernel, like=like))
        self._wants_to_run = False
        self._retraining = None
        self._not_repeated: tuple[int, ...] = ()  # the numbers of the baseline's edits that the run lacks
        self._speed_control.measure_anew()

    def _take_trainer(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._task: Task | None = None
        self._viewing: Viewing | None = None
        self._observer = Observer(trainer)

    @property
    def source(self) -> Dataset | None:
        """The user's own samples; None for a named data set."""
        return self._trainer.source

    @property
    def config(self) -> TrainingConfig:
        """The current settings."""
        return self._trainer.config

    @property
    def state(self) -> State:
        """What the run is doing."""
        trainer = self._trainer
        if isinstance(self._task, (Rewinding, Visiting)):
            return State.RUNNING
        if trainer.divergence is not None:
            return State.DIVERGED
        if trainer.finished:
            return State.FINISHED
        if self._wants_to_run or self._task is not None:
            return State.RUNNING
        return State.PAUSED if self._has_begun else State.READY

    @property
    def notice(self) -> str:
        """The answer to the last command; empty if the state of the run says everything."""
        return "" if self._notice is None else self._notice.text

    @property
    def epochs_done(self) -> int:
        """How many epochs are completed."""
        return self._trainer.epochs_done

    @property
    def epochs_to_report(self) -> int:
        """How many epochs are left to the end of the next one on the report interval."""
        return -self._trainer.epochs_done % self.config.report_interval + 1

    @property
    def reported(self) -> EpochRecord | None:
        """The epoch that has just ended, if it is on the report interval."""
        return self._trainer.reported()

    @property
    def in_progress(self) -> bool:
        """Whether a step, a rewind, a visit or a what-if is in progress, which `stop` would stop."""
        return self._task is not None or (self._retraining is not None and self._wants_to_run)

    @property
    def is_flat_out(self) -> bool:
        """Whether the last slice was too short for the work of a tick, so that training needs no pauses."""
        return self._is_flat_out

    @property
    def has_news(self) -> bool:
        """Whether something has changed since the last snapshot."""
        return self._has_moved or self._cloud.has_news

    def tick(self) -> None:
        """Train for a slice of time if the run is running; also train the other starts of the cloud."""
        self._has_moved = self._has_moved or self.state is State.RUNNING
        self._cloud.tick(self._clock, runs=self.state is State.RUNNING)
        if self._task is not None:
            self._continue(self._task)
            return
        if self.state is not State.RUNNING:
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

    def run_until_idle(self) -> None:
        """Train until nothing continues by itself: through a what-if, and to the end of a running run."""
        while self.state is State.RUNNING:
            self.tick()

    def _retrain(self, retraining: Retraining) -> None:
        """Train toward the target epoch for a slice of time. There, pause unless the baseline was running."""
        deadline = self._clock() + SLICE_MILLISECONDS / 1000
        going: Retraining | None = retraining
        while going is not None:
            left = going.samples_to_stop(self._trainer)
            self._train_slice(left)
            # Continue after a repeated edit if there is time.
            goes_on = self._retraining is not going and self._clock() < deadline
            going = self._retraining if goes_on else None
        if self._retraining is None and not retraining.run_afterwards:
            self._pause()

    def _begin_task(self, task: Task) -> None:
        """Begin a step, a rewind or a visit. Most of them are finished before the key is answered."""
        self._task = task
        deadline = self._clock() + KEY_SECONDS
        self._continue(task)
        while self._task is not None and self._clock() < deadline:
            self._continue(task)

    def _continue(self, task: Task) -> None:
        """Train for a slice of time toward the end of a step, a rewind or a visit."""
        if isinstance(task, (Rewinding, Visiting)):
            self._is_flat_out = True
            with self._changing:
                for _ in task.pieces:
                    return  # more pieces follow
            self._task = None
            self._speed_control.measure_anew()
            if isinstance(task, Rewinding):
                self._end_rewind(task)
        else:
            self._train_slice(self._trainer.samples_to(task.target_epoch))

    def _end_rewind(self, task: Rewinding) -> None:
        same = self.config == task.bookmark.state.config
        finished = self._trainer.finished
        self._notice = notices.rewound(task.target_epoch, same_settings=same, finished=finished)

    def _train_slice(self, limit: int | None) -> int:
        done = 0
        retraining = self._retraining
        if retraining is not None and retraining.repeats:
            left = retraining.samples_to_stop(self._trainer)
            limit = left if limit is None else min(limit, left)

        def train() -> None:
            nonlocal done
            done = self._trainer.run_for(SLICE_MILLISECONDS, max_samples=limit, clock=self._clock)
            self._is_flat_out = limit is None or done < limit * SLICE_MILLISECONDS / (1000 * TICK_SECONDS)

        self._train(train)
        return done

    def _train(self, train: Callable[[], object]) -> None:
        with self._changing:
            try:
                train()
            except DivergedError:
                self._notice = None
            self._repeat_edits()
        self._settle()

    def _repeat_edits(self) -> None:
        """Repeat the edits of a what-if's baseline that are due."""
        retraining = self._retraining
        due = () if retraining is None else retraining.due(self._trainer)
        if retraining is None or not due:
            return
        for number, edit in due:
            try:
                self._trainer.edit(edit)
            except ConfigError:  # for example after another edit in the meantime
                self._not_repeated += (number,)
        self._retraining = replace(retraining, repeats=retraining.repeats[len(due) :])

    def _end_retraining(self) -> None:
        """Give up a what-if in progress, and the edits that it still had to repeat."""
        if self._retraining is not None:
            self._not_repeated += tuple(repeat.number for repeat in self._retraining.repeats)
            self._retraining = None

    def _settle(self) -> None:
        """Pause a run that has ended, so that it does not continue by itself if it later gets more epochs."""
        ended = self.state in (State.FINISHED, State.DIVERGED)
        if ended:
            self._pause()
            self._notice = None
        retraining = self._retraining
        if retraining is not None and (ended or retraining.is_done(self._trainer)):
            self._end_retraining()
        if self._task is not None and (ended or self._trainer.epochs_done >= self._task.target_epoch):
            self._task = None

    def _run(self) -> None:
        self._wants_to_run = True
        self._speed_control.measure_anew()

    def _pause(self) -> None:
        self._wants_to_run = False

    @property
    def _has_begun(self) -> bool:
        is_at_start = not self._trainer.epochs_done and not self._trainer.samples_processed
        return self._viewing is not None or not is_at_start

    @property
    def _will_be_running(self) -> bool:
        """Whether the run is running and, if it is being retrained, continues to run afterwards."""
        afterwards = self._retraining is None or self._retraining.run_afterwards
        return self._wants_to_run and afterwards

    def _fractional_epochs(self) -> float:
        return self._trainer.epochs_done + self._trainer.samples_processed / len(self._trainer.dataset)
