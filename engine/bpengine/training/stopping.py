"""The stop conditions: which epoch ends a run."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.config import TrainingConfig
from bpengine.training.history import EpochRecord


def stop_reason(
    config: TrainingConfig,
    last: EpochRecord | None,
    best: EpochRecord | None,
    epochs_done: int,
    samples_done: int = 0,
) -> str:
    """Return why a run has ended: "epochs", "target error" or "patience"; empty if it has not ended.

    Args:
        config: the settings.
        last: the record of the last completed epoch; None before the first one.
        best: the record of the epoch with the lowest error.
        epochs_done: the number of completed epochs.
        samples_done: how many samples of the epoch in progress have been trained on.
    """
    if epochs_done >= config.epochs:
        return "epochs"
    if samples_done or last is None or best is None:  # the other conditions are checked between epochs
        return ""
    if config.target_error > 0 and last.error <= config.target_error:
        return "target error"
    return "patience" if 0 < config.patience <= last.epoch - best.epoch else ""


def epochs_until_end(config: TrainingConfig, best: EpochRecord | None, first: int, errors: Array) -> int:
    """Return how many of these epochs a run has until its target error or its patience ends it.

    Args:
        config: the settings.
        best: the record of the epoch with the lowest error before; None if there was none.
        first: the number of the first of these epochs.
        errors: their errors; shape (epochs,).

    Returns:
        A number from 1 to all of them.
    """
    ends = np.zeros(len(errors), dtype=bool)
    if config.target_error > 0:
        ends |= errors <= config.target_error
    if config.patience > 0:
        lowest, epoch = (np.inf, first) if best is None else (best.error, best.epoch)
        before = np.minimum.accumulate(np.concatenate([[lowest], errors[:-1]]))
        numbers = first + np.arange(len(errors))
        best_epochs = np.maximum.accumulate(np.where(errors < before, numbers, epoch))
        ends |= numbers - best_epochs >= config.patience
    return int(ends.argmax()) + 1 if ends.any() else len(errors)
