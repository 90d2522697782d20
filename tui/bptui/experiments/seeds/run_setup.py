"""What the starts of a cloud have in common: everything except the seed that decides a run's numbers."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from bpengine import Dataset, Trainer, TrainingConfig
from bpengine.hyperparameters import MAX_EPOCHS
from bpengine.kernels import may_compile
from bpengine.kernels.kernel import work_per_sample

Position = tuple[int, int]
"""An epoch, and a sample within it."""

COUNTS = (64, 32, 16, 8)
"""The possible numbers of starts. Blocks of seeds of these lengths are nested."""
MAX_SECONDS = 20.0
"""About how long all starts together may train on one core; this limits their number."""
MAX_SAMPLES = 2_000_000
"""The most samples, times starts: their orders and losses take 24 bytes each."""
WITH_NUMPY, ALONE, IN_LANES = 17e-6, 0.1e-6, 0.01e-6
"""The seconds that a sample of a small network takes: with NumPy, in machine code, and there side by side."""
_SMALL = 200
"""The work of a sample of a small network (see `work_per_sample`)."""


class RunSetup(NamedTuple):
    """The settings of a run from its start on, without its length and its reports."""

    config: TrainingConfig
    """The settings at the start."""
    changes: tuple[tuple[Position, TrainingConfig], ...]
    """The positions at which settings were changed during the run, with the settings from there on."""
    source: Dataset | None
    """The user's own data; None for the named data set."""
    compiled: bool
    """Whether the starts are trained in machine code, at once or once it is loaded."""
    samples: int
    """How many training samples there are."""
    sizes: tuple[int, ...]
    """The units of each layer, from the inputs to the outputs."""

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What the numbers of runs depend on, apart from the seed."""
        changes = tuple((position, config.replace(seed=0)) for position, config in self.changes)
        return self.config.replace(seed=0), changes, self.source

    @property
    def in_lanes(self) -> bool:
        """Whether the starts can be trained side by side, which takes machine code and constant settings."""
        return self.compiled and not self.changes

    def seconds(self, step: float) -> float:
        """About how long an epoch of a start takes on one core.

        Args:
            step: the seconds that a sample of a small network takes.
        """
        return step * self.samples * max(work_per_sample(self.sizes) / _SMALL, 1.0)

    def seeds(self, epochs: int) -> range:
        """The seeds of the starts: the block of seeds that contains the run's seed, so that the next seed
        usually has the same cloud. How many there are does not depend on what is loaded by now.

        Args:
            epochs: the length of the run, which decides how many starts there is time for.
        """
        seconds = epochs * self.seconds(IN_LANES if self.in_lanes else ALONE if self.compiled else WITH_NUMPY)
        fitting = (
            count
            for count in COUNTS
            if count * seconds <= MAX_SECONDS and count * self.samples <= MAX_SAMPLES
        )
        count = next(fitting, COUNTS[-1])
        first = self.config.seed // count * count
        return range(first, first + count)


def setup_of(trainer: Trainer) -> RunSetup:
    """The setup of a run up to now. If its origin is unknown, its settings are taken as unchanged."""
    origin = trainer.origin
    config = _without_length(trainer.config if origin is None else origin.config)
    kept: list[tuple[Position, TrainingConfig]] = []
    for change in () if origin is None else origin.changes:
        if not isinstance(change.value, TrainingConfig):
            continue  # an edit, which the starts do not repeat
        changed = _without_length(change.value)
        if change.position == (0, 0):
            config = changed
        elif changed != (kept[-1][1] if kept else config):
            kept.append((change.position, changed))
    compiled, samples = may_compile(trainer.kernel_name), len(trainer.dataset)
    return RunSetup(config, tuple(kept), trainer.source, compiled, samples, trainer.sizes)


def _without_length(config: TrainingConfig) -> TrainingConfig:
    """The settings with the greatest length: the length of a run changes no number before its end."""
    return config.replace(epochs=MAX_EPOCHS, report_interval=MAX_EPOCHS)
