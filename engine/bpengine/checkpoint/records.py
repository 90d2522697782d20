"""The history of a run in a checkpoint."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from bpengine.checkpoint.values import any_reals, damaged, encode, members, reals, wholes
from bpengine.history import History
from bpengine.hyperparameters import MAX_EPOCHS
from bpengine.records import EpochRecord

_PARTS = ("last", "best", "reports", "kept")
_COLUMNS = ("epoch", "epochs", "error", "test_error")


def encode_history(history: History) -> dict[str, Any]:
    """The whole history as a JSON object."""
    return {
        "last": _encode([history.last] if history.last else []),
        "best": _encode([history.best] if history.best else []),
        "reports": _encode(history.reports),
        "kept": _encode(history.kept),
    }


def decode_history(value: Any, *, epochs_done: int, epochs: int, tests: bool) -> History:
    """The history that `encode_history` encoded.

    Args:
        value: the encoded history.
        epochs_done: the number of epochs so far.
        epochs: the number of epochs in the settings.
        tests: whether there are test samples.

    Raises:
        DamagedError: no run with these settings has such a history.
    """
    last, best, reports, kept = (
        _decode(part, tests, f"history.{name}")
        for name, part in zip(_PARTS, members(value, _PARTS, "history"), strict=True)
    )
    history = History()
    if not epochs_done:
        if last or best or reports or kept:
            raise damaged("history", "has epochs, but no epoch is done")
        return history
    if [record.epoch for record in last] != [epochs_done - 1] or last[0].epochs != epochs or len(best) != 1:
        raise damaged("history", "does not have as many epochs as the run")
    _check_kept(kept, epochs_done)
    if len(reports) > History.REPORTS or any(one.epoch >= other.epoch for one, other in pairwise(reports)):
        raise damaged("history.reports", "has too many epochs, or not in order")
    _check_agreement(best[0], (*kept, *reports, *last), epochs_done)
    history.last, history.best, history.kept = last[0], best[0], kept
    history.reports.extend(reports)
    return history


def _check_kept(kept: list[EpochRecord], epochs_done: int) -> None:
    """Check that these are the epochs 0, stride, 2 stride, ... with a stride that is a power of 2."""
    stride = kept[1].epoch if len(kept) > 1 else 1
    regular = [record.epoch for record in kept] == list(range(0, epochs_done, max(stride, 1)))
    # Thinning happens when the list is full, and leaves at least half of it.
    thinned = stride == 1 or len(kept) >= History.CAPACITY // 2
    if not regular or not thinned or stride & (stride - 1) or len(kept) >= History.CAPACITY:
        raise damaged("history.kept", "does not have evenly spaced epochs")


def _check_agreement(best: EpochRecord, others: Sequence[EpochRecord], epochs_done: int) -> None:
    """Check that an epoch has one error only, and that no error is lower than the best."""
    errors = {best.epoch: (best.error, best.test_error)}
    if best.epoch >= epochs_done:
        raise damaged("history.best", "is an epoch that is not done")
    for record in others:
        own = (record.error, record.test_error)
        if errors.setdefault(record.epoch, own) != own:
            raise damaged("history", f"has two errors for epoch {record.epoch}")
        better = record.error <= best.error if record.epoch < best.epoch else record.error < best.error
        if record.epoch >= epochs_done or better:
            raise damaged("history", f"has epoch {record.epoch}, which is not done or better than the best")


def _encode(records: Iterable[EpochRecord]) -> dict[str, Any]:
    listed = list(records)
    tests = any(record.test_error is not None for record in listed)
    return {
        "epoch": encode(np.array([record.epoch for record in listed], dtype=np.int64)),
        "epochs": encode(np.array([record.epochs for record in listed], dtype=np.int64)),
        "error": encode(np.array([record.error for record in listed], dtype=np.float64)),
        "test_error": encode(np.array([record.test_error for record in listed], dtype=np.float64))
        if tests
        else None,
    }


def _decode(value: Any, tests: bool, where: str) -> list[EpochRecord]:
    epoch, epochs, error, test_error = members(value, _COLUMNS, where)
    numbers = wholes(epoch, (None,), 0, MAX_EPOCHS, where)
    count = len(numbers)
    if (test_error is not None) != (tests and count > 0):
        raise damaged(where, "has test errors without test samples, or no test errors with them")
    ends = wholes(epochs, (count,), 1, MAX_EPOCHS, where)
    errors = reals(error, (count,), where).tolist()
    test_errors = [None] * count
    if test_error is not None:
        test_errors = any_reals(test_error, (count,), where).tolist()
        if any(math.isnan(one) for one in test_errors):
            raise damaged(where, "has a test error that is not a number")
    columns = (numbers.tolist(), ends.tolist(), errors, test_errors)
    return [EpochRecord(*row) for row in zip(*columns, strict=True)]
