"""A run that can be stepped batch by batch, forward and exactly back."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bpengine import Edit, Trace, Trainer
from bpengine.arithmetic.arrays import Array, same_bits
from bpengine.config import TrainingConfig
from bpengine.explain.derivation import DerivativeCheck, gradient_check
from bpengine.kernels.kernel import work_per_sample
from bpengine.run import Change
from bpengine.timeline import Bookmark
from bptui.session import notices
from bptui.session.edited_run import EditedRun
from bptui.session.snapshot import State

MAX_STEPS = 256
"""The most steps that can be taken back without training again; fewer for a large network."""
MAX_WORK_TRACED_AT_ONCE = 2**20
"""The most work (see `work_per_sample`) of a step whose trace takes some milliseconds only."""
MAX_BYTES = 100_000_000
"""The most memory for the states before these steps. The state before the last step is always kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """The weights and biases at one place, so that two can be compared."""

    values: Array

    def __eq__(self, other: object) -> bool:
        """Whether all of their bits are equal."""
        return isinstance(other, Parameters) and same_bits(self.values, other.values)

    def __hash__(self) -> int:
        """Return the number of parameters."""
        return len(self.values)


class Point(NamedTuple):
    """A point of a run, comparable with others."""

    trainer: Trainer
    epochs_done: int
    samples_done: int
    config: TrainingConfig
    parameters: Parameters
    edits: tuple[Edit, ...]


class _Step(NamedTuple):
    """A step that was taken."""

    before: Bookmark
    after: Point
    """The point that the step led to."""


class SteppedRun(EditedRun):
    """A run whose steps can be traced, taken and taken back one by one. See `LiveRun` for the arguments."""

    _can_undo_steps = False

    @cached_property
    def _steps(self) -> deque[_Step]:
        """The last steps that can be taken back without training, the newest last."""
        return deque(maxlen=MAX_STEPS)

    def begin_stepping(self) -> None:
        """Pause, and forget the steps that were taken before: the run may have changed since."""
        self._stop_rewind()
        self._task = self._notice = None
        self._end_retraining()
        self._pause()
        self._steps.clear()
        self._can_undo_steps = False

    @property
    def traces_at_once(self) -> bool:
        """Whether tracing a step takes no longer than a key may wait."""
        config, trainer = self._trainer.config, self._trainer
        batch = config.batch_size or len(trainer.dataset)
        return batch * work_per_sample(trainer.sizes) <= MAX_WORK_TRACED_AT_ONCE

    def trace(self) -> Trace | None:
        """Return the trace of the next step; None if the run is finished. The run does not change.

        Raises:
            DivergedError: the run has diverged, or would in this step.
        """
        return self._trainer.trace()

    def check_derivative(self, parameter: int) -> DerivativeCheck:
        """Check the derivative of the next step's loss with respect to a parameter by central differences.

        Raises:
            ConfigError: the run is finished.
            DivergedError: the run has diverged, or would in this step.
        """
        return gradient_check(self._trainer, (parameter,))[0]

    @property
    def point(self) -> Point:
        """The current point of the run."""
        trainer = self._trainer
        return Point(
            trainer,
            trainer.epochs_done,
            trainer.samples_done,
            trainer.config,
            Parameters(trainer.parameters_now()),
            trainer.edits,
        )

    def step_batch(self) -> bool:
        """Pause, and take one step; return whether the run took it.

        A run that has ended takes none, and neither does one with something in progress (see `in_progress`).
        """
        if self.in_progress or self.state in (State.FINISHED, State.DIVERGED):
            return False
        self._pause()
        self._branch()
        trainer = self._trainer
        before = trainer.bookmark()
        self._train(trainer.step)
        if trainer.divergence is None:
            self._keep(before)
        return trainer.divergence is None

    def step_back(self) -> bool:
        """Pause, and return to exactly the run before its last step; return whether there was one.

        A step taken since `begin_stepping` needs no training. Before the first of them, the run is rewound to
        the beginning of the epoch of that step, and trained to it with every change made since. Undo
        then returns to the run before these steps. While something is in progress, nothing happens.
        """
        trainer = self._trainer
        if self.in_progress:
            return False
        self._pause()
        was_taken = bool(self._steps) and self._steps[-1].after == self.point
        if not was_taken and self._epoch_of_last_step < trainer.earliest:
            at_start = (trainer.epochs_done, trainer.samples_done) == (0, 0)
            self._notice = notices.AT_START if at_start else notices.NOTHING_TO_REWIND
            return False
        # Undoing a branch undoes the steps as well.
        self._can_undo_steps = self._can_undo_steps or self._viewing is not None
        self._branch()
        if not was_taken:
            self._steps.clear()
            self._train_to_last_step()
        with self._changing:
            trainer.return_to(self._steps.pop().before)
        self._settle()
        self._speed_control.measure_anew()
        return True

    @property
    def begun_epoch(self) -> int:
        """The epoch in progress or, between epochs, the last completed one; -1 at the start of the run."""
        return self._trainer.epochs_done - (0 if self._trainer.samples_processed else 1)

    @property
    def _epoch_of_last_step(self) -> int:
        """The epoch of the last step; -1 at the start of the run."""
        return self._trainer.epochs_done - (0 if self._trainer.samples_done else 1)

    def _keep(self, before: Bookmark) -> None:
        self._steps.append(_Step(before, self.point))
        while len(self._steps) > 1 and len(self._steps) * before.state.size > MAX_BYTES:
            self._steps.popleft()

    def _train_to_last_step(self) -> None:
        """Train again from the beginning of the last step's epoch to the current point; keep the steps."""
        trainer, version = self._trainer, self._version("step back")
        target = (trainer.epochs_done, trainer.samples_done)
        start = self._epoch_of_last_step
        if not self._can_undo_steps:
            self._undo.push(version)
            self._can_undo_steps = True
        # Rewinding undoes only changes of settings at the beginning of the epoch.
        changes = [
            change
            for change in version.bookmark.changes
            if (start, 0) < change.position < target
            or (change.position == (start, 0) != target and isinstance(change.value, TrainingConfig))
        ]
        with self._changing:
            trainer.rewind(start)
            self._train_with(changes, target)

    def _train_with(self, changes: list[Change], target: tuple[int, int]) -> None:
        """Train from the beginning of an epoch to `target`, a sample in it or its end, with these changes."""
        trainer = self._trainer
        while (here := (trainer.epochs_done, trainer.samples_done)) < target:
            for position, value in changes:
                if position == here:
                    trainer.repeat(value)
            batch = trainer.config.batch_size or len(trainer.dataset)
            stop = min([target, *(position for position, _ in changes if position > here)])
            far = trainer.samples_to(*stop) - MAX_STEPS * batch
            if far > 0:
                trainer.run_for(math.inf, max_samples=far)
            else:
                before = trainer.bookmark()
                trainer.step()
                self._keep(before)
