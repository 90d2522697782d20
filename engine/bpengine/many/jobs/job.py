"""`Job`: runs of the same shape that are trained together."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from bpengine.arithmetic.arrays import Array
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
            kernel: auto, numpy or numba.
            stopped: returns whether to give up; called every few milliseconds.

        Returns:
            The outcome of each run; None for runs that were given up.

        Raises:
            ConfigError: the kernel can't be used.
            DataError: the data can't be used.
        """
        training = Training(self, source, kernel=kernel)
        while not stopped() and training.advance():
            pass
        return training.outcomes


class Training:
    """A job in training. One thread at a time may use it.

    auto trains run by run until the machine code for runs side by side is loaded, and those that are left
    side by side.

    Args:
        job: the job.
        source, kernel: see `Job.train`.
    """

    def __init__(self, job: Job, source: Dataset | None = None, *, kernel: str = "auto") -> None:
        self._job, self._source, self._kernel = job, source, kernel
        self._ended: list[tuple[Outcome, Array]] = []  # the runs that were trained alone, with their weights
        self._trainer: Trainer | None = None
        self._group: Group | None = None

    def advance(self) -> bool:
        """Train for some milliseconds, or for an epoch of runs side by side; return whether more is left.

        Raises:
            ConfigError: the kernel can't be used.
            DataError: the data can't be used.
        """
        if self._group is None and self._trainer is None:
            left = self._job.configs[len(self._ended) :]
            if len(left) > 1 and lanes_are_ready(self._kernel):
                self._group = Group(left, self._source)
            else:
                self._trainer = Trainer(left[0], self._source, kernel=self._kernel)
        if self._group is not None:
            return self._group.advance(self._job.until)
        if self._trainer is not None and not self._goes_on(self._trainer):
            self._ended.append((Outcome.of(self._trainer), self._trainer.network.parameters.copy()))
            self._trainer = None
        return len(self._ended) < len(self._job.configs)

    def _goes_on(self, trainer: Trainer) -> bool:
        """Train a run alone, which can be given up within an epoch; return whether more of it is left."""
        until = self._job.until
        with contextlib.suppress(DivergedError):
            if not trainer.finished and (left := trainer.samples_to(until)) > 0:
                trainer.run_for(SLICE_MILLISECONDS, max_samples=left)
            return not trainer.finished and trainer.samples_to(until) > 0
        return False

    @property
    def outcomes(self) -> list[Outcome | None]:
        """The outcome of each run; None for those that have not ended."""
        until = self._job.until
        outcomes: list[Outcome | None] = [outcome for outcome, _ in self._ended]
        if self._group is not None:
            outcomes += [
                outcome if outcome.stop_reason or outcome.epochs_done >= until else None
                for outcome in self._group.outcomes()
            ]
        return outcomes + [None] * (len(self._job.configs) - len(outcomes))

    @property
    def weights(self) -> list[Array]:
        """The weights and biases of each run, once all have ended, in the order of `Network.parameters`."""
        alone = [weights for _, weights in self._ended]
        group = self._group
        return alone if group is None else alone + list(map(group.parameters, range(len(group.configs))))


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
