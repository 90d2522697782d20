"""The figures of a cloud: percentiles, the standing of a run, and the effect of a change."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bpengine import Dataset
from bpengine.arithmetic.arrays import Array
from bpengine.many.sign_test import SIGNIFICANCE, sign_test
from bpengine.network.losses import LOSSES, mean_error
from bptui.experiments.seeds.cloud_snapshot import Band, Compared, Spread, Standing, Together
from bptui.experiments.seeds.groups import Reached, grid
from bpwords import translatable

LOW, HIGH = 0.1, 0.9
"""The percentiles at the ends of a band."""
MARGIN = 3.0
"""A start stays behind if its error is above a limit of at least this many times the median error."""
MAX_ERROR = 1e300
"""The largest median for which there is a limit."""


def band_of(parts: Sequence[Reached], epochs: int, dataset: Dataset, shape: tuple[int, ...]) -> Band:
    """The band of all starts.

    Args:
        parts: the starts.
        epochs: how many epochs are completed, at least one.
        dataset: the data.
        shape: the shape of the grid over the domain; empty if there is none.
    """
    curves = np.concatenate([part.curves for part in parts], axis=1)
    outputs = np.concatenate([part.outputs for part in parts if len(part.outputs)] or [np.empty((0, 0, 0))])
    diverged = np.concatenate([part.diverged for part in parts])
    low, high = percentiles(curves.T)
    return Band(
        epochs_done=epochs,
        seeds=tuple(seed for part in parts for seed in part.seeds),
        errors=np.concatenate([part.errors for part in parts]),
        diverged=int(diverged.sum()),
        epochs=grid(epochs),
        low=low,
        median=np.median(curves, axis=1),
        high=high,
        spread=spread_of(outputs, curves.shape[1], dataset, shape),
        together=_together(parts, dataset),
    )


def _together(parts: Sequence[Reached], dataset: Dataset) -> tuple[Together, ...]:
    """See `Band.together`."""
    samples = (dataset,) if dataset.test is None else (dataset, dataset.test)
    of_samples = zip(
        samples, zip(*(part.answers for part in parts if part.answers), strict=True), strict=False
    )
    loss, made = LOSSES[dataset.task], []
    for each, answers in of_samples:
        errors = np.concatenate([answer.errors for answer in answers])
        with np.errstate(all="ignore"):
            mean = np.sum([answer.total for answer in answers], axis=0) / len(errors)
            error = mean_error(loss, mean, each.targets)
        made.append(Together(error, float(np.median(errors)), float(errors.min()), mean))
    return tuple(made)


def spread_of(outputs: Array, starts: int, dataset: Dataset, shape: tuple[int, ...]) -> Spread:
    """What starts predict over the domain.

    Args:
        outputs: those of the starts that have not diverged; shape (starts, nodes, outputs).
        starts: how many starts there are.
        dataset: the data.
        shape: the shape of the grid over the domain; empty if there is none.
    """
    if len(outputs) and len(shape) == 1:
        low, high = percentiles(outputs)
        undo = dataset.target_scaling.undo
        return Spread(starts, (undo(low), undo(high)), undo(outputs.mean(axis=0)), None)
    if len(outputs) and len(shape) == 2 and dataset.task == "classification":
        chosen = outputs.argmax(axis=2)
        votes = np.stack([(chosen == number).mean(axis=0) for number in range(outputs.shape[2])])
        mean = outputs.mean(axis=0).reshape(*shape, -1)
        return Spread(starts, None, mean, votes.max(axis=0).reshape(shape))
    return Spread(starts, None, None, None)


def percentiles(values: Array) -> tuple[Array, Array]:
    """The 10th and the 90th percentile along the first axis. Each is one of the values, not between two."""
    in_order = np.sort(values, axis=0)
    low, high = (max(math.ceil(part * len(values) - 1e-9) - 1, 0) for part in (LOW, HIGH))
    return in_order[low], in_order[high]


def standing(error: float, errors: Array) -> Standing:
    """The standing of a run with this error among the starts.

    Args:
        error: the error of the run; infinite if it has diverged.
        errors: the errors of all starts.
    """
    better_than, median = int((errors > error).sum()), float(np.median(errors))
    if not 0 < median < MAX_ERROR:
        return Standing(better_than, None, 0)
    power = math.floor(math.log10(MARGIN * median))
    rounded = (float(f"{digit}e{power}") for digit in (1, 2, 5, 10))
    limit = next(bound for bound in rounded if bound >= MARGIN * median * (1 - 1e-9))
    return Standing(better_than, limit, int((errors > limit).sum()))


def compared(changes: Sequence[str], old: Band, new: Band) -> Compared | None:
    """Compare the starts that both clouds have, at the same epoch; None if there are none.

    Args:
        changes: what was changed, in words.
        old: the starts before the change.
        new: those after it.
    """
    seeds, here, there = np.intersect1d(old.seeds, new.seeds, return_indices=True)
    if not len(seeds):
        return None
    first, second = old.errors[here], new.errors[there]
    better, worse = int((second < first).sum()), int((second > first).sum())
    p_value = sign_test(better, worse)
    return Compared(
        tuple(changes),
        new.epochs_done,
        len(seeds),
        float(np.median(first)),
        float(np.median(second)),
        better,
        worse,
        p_value,
        _verdict(p_value, better, worse),
    )


def _verdict(p_value: float, better: int, worse: int) -> str:
    if p_value >= SIGNIFICANCE:
        return "no clear difference"
    return translatable("clearly better") if better > worse else translatable("clearly worse")
