"""The losses, each with the output function that belongs to it, by task in `LOSSES`.

For both pairs the derivative of the loss with respect to the output layer's weighted sum u is simply y - t,
the output minus the target (C. M. Bishop, Pattern Recognition and Machine Learning, 2006, section 5.2:
canonical links).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.elementary import FEW, LOG_OFFSET, exp, log
from bpengine.arithmetic.sums import sum_columns
from bpengine.choices import Task
from bpengine.network.activations import Range


class Loss(NamedTuple):
    """An output function y(u) and the loss L(y, t) that is measured on its result."""

    output_name: str
    """The output function's name."""
    output_range: Range
    """The range of the outputs."""
    output: Callable[[Array, Array], object]
    """(u, out): out = y; shape (samples, outputs). u is overwritten."""
    value: Callable[[Array, Array], Array]
    """(y, t) -> the loss of each sample; shape (samples,)."""
    exact: Callable[[Array, Array], Array]
    """(u, t) -> the loss of each sample whose derivative is exactly `delta`; shape (samples,)."""

    def delta(self, outputs: Array, targets: Array, out: Array) -> None:
        """out = dL/du = y - t for each sample; all three have the shape (samples, outputs)."""
        np.subtract(outputs, targets, out)


def _squared_error(outputs: Array, targets: Array) -> Array:
    """L = 1/2 sum (y - t)²."""
    return sum_columns(0.5 * np.square(outputs - targets))


def _identity(u: Array, out: Array) -> None:
    """y = u."""
    np.copyto(out, u)


def _softmax(u: Array, out: Array) -> None:
    """y = exp(u) / sum exp(u)."""
    # Subtracting the largest u first changes no quotient, and keeps exp from overflowing.
    if u.size <= FEW:
        for row, y in zip(u.tolist(), out, strict=True):
            largest = max(row)
            powers = [exp(logit - largest) for logit in row]
            total = 0.0
            for power in powers:
                total += power
            y[:] = [power / total for power in powers]
        return
    np.subtract(u, np.maximum.reduce(u, axis=1, keepdims=True), u)
    out[:] = exp(u)
    np.divide(out, sum_columns(out)[:, np.newaxis], out)


def _cross_entropy(outputs: Array, targets: Array) -> Array:
    """L = -log(y + 1e-7) for the y of the sample's class."""
    of_class = np.take_along_axis(outputs, targets.argmax(axis=1)[:, np.newaxis], axis=1)[:, 0]
    loss: Array = 0.0 - log(of_class + LOG_OFFSET)
    return loss


def _exact_cross_entropy(u: Array, targets: Array) -> Array:
    """L = log sum exp(u) - sum t u: the cross-entropy without the 1e-7, which `delta` ignores."""
    largest = np.maximum.reduce(u, axis=1, keepdims=True)
    logarithm = log(sum_columns(exp(u - largest))[:, np.newaxis]) + largest
    return sum_columns(targets * (logarithm - u))


LOSSES: dict[Task, Loss] = {
    "regression": Loss(
        output_name="identity",
        output_range=(None, None),
        output=_identity,
        value=_squared_error,
        exact=_squared_error,
    ),
    "classification": Loss(
        output_name="softmax",
        output_range=(0.0, 1.0),
        output=_softmax,
        value=_cross_entropy,
        exact=_exact_cross_entropy,
    ),
}
"""The loss of each task."""


def means(losses: Array) -> Array:
    """The mean along the second axis, finite for finite numbers; (rows, n, ...) to (rows, ...)."""
    with np.errstate(over="ignore"):
        result: Array = sum_columns(losses) / losses.shape[1]
        if not np.isfinite(result).all():
            result = np.where(np.isfinite(result), result, sum_columns(losses / losses.shape[1]))
    return result


def mean(losses: Array) -> float:
    """The mean of finite numbers, finite even if their sum overflows; shape (n,)."""
    return float(means(losses[np.newaxis])[0])


def means_or_infinity(losses: Array) -> Array:
    """The mean along the second axis, or infinity if it is not a number; (rows, n, ...) to (rows, ...)."""
    with np.errstate(all="ignore"):
        result: Array = sum_columns(losses) / losses.shape[1]
    return np.where(np.isnan(result), np.inf, result)


def mean_error(loss: Loss, outputs: Array, targets: Array) -> float:
    """The mean loss of outputs, as the test error is computed; both have the shape (samples, outputs)."""
    return float(means_or_infinity(loss.value(outputs, targets)[np.newaxis])[0])


def constant_error(loss: Loss, targets: Array) -> float:
    """The lowest error of a constant output, which needs no inputs.

    The mean is the best constant for either loss: the mean of one-hot rows holds the shares of the classes.

    Args:
        loss: the loss.
        targets: the targets of the samples; shape (samples, outputs).
    """
    constant = np.broadcast_to(targets.mean(axis=0), targets.shape)
    return mean_error(loss, constant, targets)
