"""What the screen shows of a run at one moment: the only thing that crosses from session to widgets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bpengine import Dataset, EpochRecord, TrainingConfig
from bpengine.datasets import Array


class State(StrEnum):
    """Where a run stands."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    DIVERGED = "diverged"


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One moment of a run."""

    state: State
    config: TrainingConfig
    dataset: Dataset
    outputs: Array
    """What the network answers now, for every sample; shape (samples, outputs)."""
    epoch: int
    """The epoch in progress or, between epochs, the last one done; counted from 0."""
    sample: int
    """How many of its samples are done; 0 between epochs."""
    error: float | None
    """That of the last complete epoch."""
    curve: tuple[Array, Array]
    """Epochs and their errors, for drawing."""
    reports: tuple[EpochRecord, ...]
    """The newest reported epochs, oldest first."""
    epochs_per_second: float | None
    """Measured while running."""
    speed: str
    """The chosen pace, in words."""
    advice: str
    """What happened or what to do next, in a sentence."""
