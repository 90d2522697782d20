"""`Job`: runs of the same shape that are trained together."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.errors import DivergedError
from bpengine.kernels.choice import lanes_are_ready
from bpengine.many.group import SLICE_MILLISECONDS, Group, Outcome
from bpengine.trainer import Trainer

Stopped = Callable[[], bool]
"""Called between slices of training: returns whether to give up. It may wait."""


@dataclass(frozen=True, slots=True)
class Job:
    """Runs of the same shape that are trained to the same epoch, side by side in machine code."""

    configs: tuple[TrainingConfig, ...]
    """The settings of each run, which may differ in those of `group.PER_RUN_SETTINGS`."""
    until: int
    """How many epochs to train."""
    positions: tuple[int, ...] = ()
    """The positions of the runs in the list that was divided into jobs."""
    work: int = 0
    """The work of all runs: parameters times samples, times `NUMPY_FACTOR` with NumPy."""

    def train(
        self, source: Dataset | None = None, *, kernel: str = "auto", stopped: Stopped = lambda: False
    ) -> list[Outcome | None]:
        """Train the runs. Each has the same numbers as when it is trained alone.

        Args:
            source: the user's own data; None for the data set that the configs name.
            kernel: auto, numpy or numba. auto trains run by run until the machine code for runs side by side
                is loaded, and those that are left side by side.
            stopped: returns whether to give up; called every few milliseconds.

        Returns:
            The outcome of each run; None for runs that were given up.

        Raises:
            ConfigError: the kernel can't be used.
            DataError: the data can't be used.
        """
        if stopped():
            return [None] * len(self.configs)
        outcomes: list[Outcome | None] = []
        while left := self.configs[len(outcomes) :]:
            # A run alone can be given up within an epoch.
            if len(left) > 1 and lanes_are_ready(kernel):
                return outcomes + self._side_by_side(left, source, stopped)
            outcome = self._alone(left[0], source, kernel, stopped)
            if outcome is None:
                return outcomes + [None] * len(left)
            outcomes.append(outcome)
        return outcomes

    def _side_by_side(
        self, configs: Sequence[TrainingConfig], source: Dataset | None, stopped: Stopped
    ) -> list[Outcome | None]:
        group = Group(configs, source)
        while group.advance(self.until) and not stopped():
            pass
        return [
            each if each.stop_reason or each.epochs_done >= self.until else None for each in group.outcomes()
        ]

    def _alone(
        self, config: TrainingConfig, source: Dataset | None, kernel: str, stopped: Stopped
    ) -> Outcome | None:
        trainer = Trainer(config, source, kernel=kernel)
        with contextlib.suppress(DivergedError):
            while not trainer.finished and (left := trainer.samples_to(self.until)) > 0:
                if stopped():
                    return None
                trainer.run_for(SLICE_MILLISECONDS, max_samples=left)
        return Outcome.of(trainer)


RUNS = (
    TrainingConfig.defaults(
        "classification", dataset="spiral", samples=40, hidden_units=(6, 6), activation="tanh",
        init_scale=0.5, epochs=30,
    ),
    TrainingConfig.defaults(
        "regression", samples=30, activation="sin", optimizer="adam", batch_size=5, l2=1e-4, epochs=40
    ),
)  # fmt: skip
"""Runs that use exp, tanh, sin and cos, and whose weights depend on every bit of their results."""


def probe() -> str:
    """Train the test runs, each from two starts side by side if possible, and hash their errors.

    Returns:
        The hash: 16 hexadecimal digits, the same on every machine that keeps to IEEE 754.
    """
    digest = hashlib.sha256()
    for run in RUNS:
        for outcome in Job((run, run.replace(seed=1)), run.epochs).train():
            assert outcome is not None
            digest.update(repr((outcome.error, outcome.stop_reason)).encode())
    return digest.hexdigest()[:16]
