"""The frozen values that leave the engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """One pass through all samples."""

    epoch: int
    """Counted from 0."""
    epochs: int
    """How many the run is to have."""
    error: float
    """The mean over the samples of the loss that each had in this pass, before its own update."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One training step: one sample seen, answered and learned from."""

    epoch: int
    """Counted from 0."""
    sample: int
    """The step's position within the epoch, counted from 0."""
    index: int
    """Which sample of the data set it was."""
    output: tuple[float, ...]
    """The network's answer before the update."""
    target: tuple[float, ...]
    """The right answer."""
    loss: float
    """The loss of that answer."""
