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
    """The mean over the samples of the loss that each had in this pass, before its own batch's update."""
    test_error: float | None = None
    """The mean loss over the test samples after this pass, infinite where answers to them overflow; None
    where there are none."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One training step: one batch seen, answered and learned from."""

    epoch: int
    """Counted from 0."""
    sample: int
    """The place of the batch's first sample within the epoch, counted from 0."""
    indices: tuple[int, ...]
    """Which samples of the data set they were."""
    outputs: tuple[tuple[float, ...], ...]
    """The network's answer to each before the update."""
    targets: tuple[tuple[float, ...], ...]
    """The right answers."""
    loss: float
    """The mean loss of the answers."""
