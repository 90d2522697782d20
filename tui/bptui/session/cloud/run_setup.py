"""What the starts of a cloud have in common: everything except the seed that decides a run's numbers."""

from __future__ import annotations

from dataclasses import dataclass

from bpengine import Dataset, Trainer, TrainingConfig
from bpengine.hyperparameters import MAX_EPOCHS
from bpengine.kernels.kernel import work_per_sample

Position = tuple[int, int]
"""An epoch, and a sample within it."""

COUNTS = (64, 32, 16, 8)
"""The possible numbers of starts. Blocks of seeds of these lengths are nested."""
MAX_SECONDS = 20.0
"""About how long all starts together may train on one core; this limits their number."""
MAX_SAMPLES = 2_000_000
"""The most samples, times starts: their orders and losses take 24 bytes each."""
_ALONE = {"numpy": 12e-6, "numba": 0.1e-6}
"""The seconds that a kernel takes per sample of a small network."""
_LANES = 0.01e-6
"""The same for a run that is trained side by side with others."""
_SMALL = 200
"""The work of a sample of a small network (see `work_per_sample`)."""


@dataclass(frozen=True, slots=True, eq=False)
class RunSetup:
    """The settings of a run from its start on, without its length and its reports."""

    config: TrainingConfig
    """The settings at the start."""
    changes: tuple[tuple[Position, TrainingConfig], ...]
    """The positions at which settings were changed during the run, with the settings from there on."""
    source: Dataset | None
    """The user's own data; None for the named data set."""
    kernel: str
    """The kernel of the run, numpy or numba."""
    samples: int
    """How many training samples there are."""
    sizes: tuple[int, ...]
    """The units of each layer, from the inputs to the outputs."""

    def is_like(self, other: RunSetup) -> bool:
        """Whether runs with the same seed have the same numbers."""
        return (
            (self.config.replace(seed=0), self.kernel) == (other.config.replace(seed=0), other.kernel)
            and [(position, config.replace(seed=0)) for position, config in self.changes]
            == [(position, config.replace(seed=0)) for position, config in other.changes]
            and self.source is other.source
        )

    @property
    def in_lanes(self) -> bool:
        """Whether the starts can be trained side by side, which takes machine code and constant settings."""
        return self.kernel == "numba" and not self.changes

    def seconds(self, *, in_lanes: bool) -> float:
        """About how long an epoch of a start takes on one core."""
        step = _LANES if in_lanes else _ALONE[self.kernel]
        return step * self.samples * max(work_per_sample(self.sizes) / _SMALL, 1.0)

    def seeds(self, epochs: int, *, in_lanes: bool) -> range:
        """The seeds of the starts: the block of seeds that contains the run's seed, so that the next seed
        usually has the same cloud.

        Args:
            epochs: the length of the run, which decides how many starts there is time for.
            in_lanes: whether the starts are trained side by side.
        """
        seconds = epochs * self.seconds(in_lanes=in_lanes)
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
    samples, sizes = len(trainer.dataset), trainer.sizes
    return RunSetup(config, tuple(kept), trainer.source, trainer.kernel.name, samples, sizes)


def _without_length(config: TrainingConfig) -> TrainingConfig:
    """The settings with the greatest length: the length of a run changes no number before its end."""
    return config.replace(epochs=MAX_EPOCHS, report_interval=MAX_EPOCHS)
