"""Repeating the run of a checkpoint to check that the result is bit for bit the same."""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpengine.errors import DivergedError
from bpengine.network.optimizers import OPTIMIZERS
from bpengine.training.edits import edited_at
from bpengine.training.history import EpochRecord, History
from bpengine.training.run import RunState
from bpengine.training.trainer import Trainer

SLICE_MILLISECONDS = 100.0
"""How long to train before `show` is called."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of repeating a run."""

    same: bool
    """Whether everything is bit for bit the same: every recorded error, the weights and the rest."""
    text: str
    """The result in words, with the first difference."""


def verify(
    run: RunState,
    *,
    kernel: str = "auto",
    show: Callable[[int], object] = lambda _epochs: None,
) -> Verification:
    """Repeat a run with its changes of settings and its edits, and compare.

    Args:
        run: the run; see `checkpoint.read`.
        kernel: the kernel to repeat it with; it makes no difference to the numbers.
        show: called with the number of epochs done so far.

    Raises:
        ConfigError: the kernel can't be used.
        DataError: the data can't be used.
    """
    trainer = trained_again(run, kernel, show)
    if place := _first_difference(run, trainer.run_state()):
        unknown = "" if run.began else "; the file does not record whether its settings were changed"
        return Verification(False, f"not the same: {place}{unknown}")
    done = f"{run.epochs_done} epochs" if run.epochs_done != 1 else "1 epoch"
    edited = f"; {edited_at(run.edits)}" if run.edits else ""
    set_all = [edit.epoch for edit in run.edits if edit.kind == "set all"]
    if set_all:  # the last weights are not the result of training alone
        edited += f", all weights and biases set at epoch {set_all[-1]}"
    return Verification(True, f"bit for bit the same ({done}{edited})")


def trained_again(
    run: RunState,
    kernel: str = "auto",
    show: Callable[[int], object] = lambda _epochs: None,
    *,
    stops: Iterable[int] = (),
    reached: Callable[[Trainer], object] = lambda _trainer: None,
) -> Trainer:
    """A run with the same origin, trained as far as this one.

    Args:
        run, kernel, show: as for `verify`.
        stops: numbers of epochs done, in ascending order.
        reached: called at each stop, after the changes that were made there.

    Raises:
        ConfigError, DataError: as `verify`.
    """
    trainer = Trainer(run.began or run.config, run.source, kernel=kernel)
    looks: list[tuple[tuple[int, int], None]] = [((epochs, 0), None) for epochs in stops]
    end = (run.epochs_done, run.samples_done)
    with contextlib.suppress(DivergedError):
        for position, value in (*heapq.merge(run.changes, looks, key=itemgetter(0)), (end, None)):
            while (left := trainer.samples_to(*position)) > 0 and not trainer.finished:
                trainer.run_for(SLICE_MILLISECONDS, max_samples=left)
                show(trainer.epochs_done)
            if value is not None:
                trainer.repeat(value)
            elif position != end:
                reached(trainer)
        if run.divergence is not None:
            trainer.step()
    return trainer


def _first_difference(saved: RunState, again: RunState) -> str:
    """The first difference between the runs, in words; empty if there is none."""
    theirs = {record.epoch: record for record in _records(again.history)}
    for record in _records(saved.history):
        other = theirs.get(record.epoch)
        if other is None and record.epoch >= again.epochs_done:
            break
        if other is None or (record.error, record.test_error) != (other.error, other.test_error):
            return f"from epoch {record.epoch} on, whose {_difference(record, other)}"
    if (saved.epochs_done, saved.samples_done) != (again.epochs_done, again.samples_done):
        return f"trained again, the run ends after {again.epochs_done} of {saved.epochs_done} epochs"
    if (saved.divergence is None) != (again.divergence is None):
        return "only one of the two runs diverged at the end"
    if saved.edits != again.edits:
        return "all its errors agree, but the edits do not"
    theirs_now = _arrays(again)
    for words, array in _arrays(saved).items():
        if not np.array_equal(array, theirs_now[words]):
            return f"all its errors agree, but {words} do not"
    return ""


def _arrays(state: RunState) -> dict[str, NDArray[Any]]:
    """The arrays that the run continues with, by their names in messages."""
    inner = state.generator["state"]
    return {
        "the weights": state.parameters,
        **{
            f"the optimizer's {buffer.words}": numbers
            for buffer, numbers in zip(OPTIMIZERS[state.config.optimizer].buffers, state.buffers, strict=True)
        },
        "the losses of the epoch in progress": state.losses,
        "the samples of the epoch in progress": state.order if state.samples_done else np.zeros(0),
        "the numbers of the random generator": inner["key"],
        "the positions of the random generator": np.array(inner["pos"]),
    }


def _records(history: History) -> list[EpochRecord]:
    """All records of a history, by epoch."""
    ends = [record for record in (history.best, history.last) if record is not None]
    records = {record.epoch: record for record in (*history.kept, *history.reports, *ends)}
    return [records[epoch] for epoch in sorted(records)]


def _difference(record: EpochRecord, other: EpochRecord | None) -> str:
    if other is None:
        return "error is not among those of the run trained again"
    if record.error != other.error:
        return f"error is {record.error!r} in the file and {other.error!r} trained again"
    return f"test error is {record.test_error!r} in the file and {other.test_error!r} trained again"
