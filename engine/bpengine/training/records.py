"""Immutable records of one epoch and of one training step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """The result of one epoch: one pass through all training samples."""

    epoch: int
    """The number of the epoch, counted from 0."""
    epochs: int
    """The number of epochs that the run is configured to train for."""
    error: float
    """The mean loss over the training samples, each measured just before the update of its batch."""
    test_error: float | None = None
    """The mean loss over the test samples after the epoch: infinite on overflow, None without a test set."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """The result of one training step: a forward pass, a backward pass and an update on one batch."""

    epoch: int
    """The number of the epoch, counted from 0."""
    sample: int
    """The position of the batch's first sample within the epoch, counted from 0."""
    indices: tuple[int, ...]
    """The indices in the data set of the samples in the batch."""
    outputs: tuple[tuple[float, ...], ...]
    """The network's outputs for each sample before the update."""
    targets: tuple[tuple[float, ...], ...]
    """The targets of each sample."""
    loss: float
    """The mean loss over the batch before the update."""
    losses: tuple[float, ...]
    """The loss of each sample before the update."""
