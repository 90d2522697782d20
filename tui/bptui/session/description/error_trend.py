"""The error: its value, its trend, and how the error on the test samples compares."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.training.judging import HIGHER, LATE, Trend
from bpengine.wording import counted
from bptui.formatting import interval_text
from bptui.session.snapshot import Snapshot
from bpwords.numbers import number, percent

UNCHANGED = 0.01
"""The smallest relative change of an error that counts as a change."""
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
    moves = trend(epochs, errors)
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


def trend(epochs: Array, errors: Array, what: str = "the epoch error") -> list[str]:
    """The trend of an error over the end of the run; nothing if there are too few errors.

    It is a fall or a rise that is not chance (see `Trend`), or the range of the errors.
    """
    shown = Trend.of(epochs, errors)
    if shown is None:
        return []
    period = f"{LATE:.0%} of the run" if shown.is_part else f"{len(shown.errors)} values"
    said, low, high = f"Over the last {period}, {what}", shown.errors.min(), shown.errors.max()
    if high <= (1 + UNCHANGED) * low:
        return [f"{said} {'hardly changed' if high else 'was 0'}."]
    if abs(shown.change) < UNCHANGED:
        steps = np.sign(np.diff(shown.errors))
        turns = int((steps[1:] * steps[:-1] < 0).sum())
        moved = "oscillated" if turns > max(1, OSCILLATION_TURNS * len(steps)) else "moved"
        return [f"{said} {moved} between {number(low)} and {number(high)}."]
    if shown.change > 1:
        return [f"{said} rose to about {number(1 + shown.change, 2)} times its value."]
    return [f"{said} {'fell' if shown.change < 0 else 'rose'} by about {percent(abs(shown.change))}."]


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
        interval = interval_text(test.accuracy, len(snapshot.run.dataset.test))
        sentences.append(f"The accuracy on the test samples is {percent(test.accuracy)} ({interval}).")
    return sentences


def _lowest(snapshot: Snapshot) -> str:
    """The lowest test error and its epoch if the test error is higher now; otherwise an empty text."""
    epochs, errors = _finite(snapshot.run.curve[0], snapshot.run.test_curve)
    if not len(errors) or errors[-1] <= HIGHER * errors.min():
        return ""
    best = int(errors.argmin())
    return f"{number(errors[best])} in epoch {epochs[best]:.0f}"
