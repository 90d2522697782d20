"""The error: its value, its trend, and how the error on the test samples compares."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.training.history import HIGHER, UNCHANGED, LateErrors
from bpengine.wording import counted
from bptui.session.snapshot import Snapshot
from bpwords.numbers import number, percent

OSCILLATION_TURNS = 0.25
"""The smallest share of epochs at which an oscillating error changes direction. The share is 2/3 for noise,
and 0 for a smooth curve."""


def describe_error(snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """The epoch error now and at the start, and the error now; how it moved lately, and its lowest value."""
    epochs, errors = _finite(*snapshot.run.curve)
    if snapshot.run.error is None or not len(errors):
        return [], []
    now, first, first_epoch = float(errors[-1]), float(errors[0]), f"epoch {epochs[0]:.0f}"
    if len(errors) == 1:
        error = f"The epoch error (the mean during {first_epoch}) is {number(now)}."
        return [error, *_error_now(snapshot)], []
    during = f"the mean during epoch {epochs[-1]:.0f}"
    error = f"The epoch error ({during}) is {number(now)}; it was {number(first)} in {first_epoch}."
    moves = [trend(epochs, errors)]
    best = int(errors.argmin())
    if now > HIGHER * first:
        moves.append(f"It is higher than in {first_epoch}.")
    if now > HIGHER * errors[best] and best:
        moves.append(f"The lowest on the curve was {number(errors[best])}, in epoch {epochs[best]:.0f}.")
    return [error, *_error_now(snapshot)], moves


def _finite(epochs: Array, errors: Array) -> tuple[Array, Array]:
    """The epochs whose errors are finite numbers, and these errors."""
    finite = np.isfinite(errors)
    return epochs[finite], errors[finite]


def _error_now(snapshot: Snapshot) -> list[str]:
    """The error of the current weights, which have changed since the samples of the epoch were measured."""
    error = snapshot.run.metrics.error
    if not np.isfinite(error):
        return []
    dropout = snapshot.run.config.dropout > 0
    own = " and all units (the epoch error is measured with dropout)" if dropout else ""
    return [f"The error now, of the current weights{own}, is {number(error)}."]


def trend(epochs: Array, errors: Array, what: str = "the epoch error") -> str:
    """The trend of an error over the last tenth of the run, or over the whole run if that is too short.

    It is the change from the first to the last error of that period or, if the error moved farther in the
    other direction in between, the range of the errors.
    """
    shown = LateErrors.of(epochs, errors)
    late, before, after = shown.errors, float(shown.errors[0]), float(shown.errors[-1])
    period = f"Over the {'whole' if shown.is_whole else 'last tenth of the'} run, {what}"
    if shown.moves_back:
        steps = np.diff(late)
        turns = int((np.sign(steps[1:]) * np.sign(steps[:-1]) < 0).sum())
        moved = "oscillated" if turns > max(1, OSCILLATION_TURNS * len(steps)) else "moved"
        return f"{period} {moved} between {number(late.min())} and {number(late.max())}."
    if before == 0:
        return f"{period} {'was 0' if after == 0 else 'rose from 0'}."
    change = (after - before) / before
    if abs(change) < UNCHANGED:
        return f"{period} hardly changed."
    if change > 1:
        return f"{period} rose to {number(after / before)} times its value."
    return f"{period} {'fell' if change < 0 else 'rose'} by {percent(abs(change))}."


def describe_test_error(snapshot: Snapshot) -> list[str]:
    """Compare the error on the test samples with that on the training samples, after some training."""
    test, metrics = snapshot.run.test_metrics, snapshot.run.metrics
    if snapshot.run.error is None or test is None or snapshot.run.dataset.test is None:
        return []
    if not (np.isfinite(test.error) and np.isfinite(metrics.error)):
        return []
    samples = counted(snapshot.run.test_samples, "test sample")
    sentence = f"On the {samples}, the error now is {number(test.error)}"
    if metrics.error > 0:
        sentence += f", {number(test.error / metrics.error)} times the training error"
    lowest = _lowest(snapshot)
    sentences = [f"{sentence}; the lowest on its curve was {lowest}." if lowest else f"{sentence}."]
    if test.accuracy is not None:
        sentences.append(f"The accuracy on the test samples is {percent(test.accuracy)}.")
    return sentences


def _lowest(snapshot: Snapshot) -> str:
    """The lowest test error and its epoch if the test error is higher now; otherwise an empty text."""
    epochs, errors = _finite(snapshot.run.curve[0], snapshot.run.test_curve)
    if not len(errors) or errors[-1] <= HIGHER * errors.min():
        return ""
    best = int(errors.argmin())
    return f"{number(errors[best])} in epoch {epochs[best]:.0f}"
