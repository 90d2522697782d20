"""The losses, each with the output function that belongs to it, by task in `LOSSES`.

For both pairs the derivative of the loss with respect to the output layer's weighted sum u is simply y - t,
the output minus the target (C. M. Bishop, Pattern Recognition and Machine Learning, 2006, section 5.2:
canonical links).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpengine.activations import Range
from bpengine.arrays import Array
from bpengine.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """An output function y(u) and the loss L(y, t) that is measured on its result."""

    output_name: str
    """The output function's name."""
    output_range: Range
    """The range of the outputs."""
    output: Callable[[Array], object]
    """u -> y, in place; shape (samples, outputs)."""
    value: Callable[[Array, Array], Array]
    """(y, t) -> the loss of each sample; shape (samples,)."""
    exact: Callable[[Array, Array], Array]
    """(u, t) -> the loss of each sample whose derivative is exactly `delta`; shape (samples,)."""

    def delta(self, outputs: Array, targets: Array, out: Array) -> None:
        """out = dL/du = y - t for each sample; all three have the shape (samples, outputs)."""
        np.subtract(outputs, targets, out)


def _identity(u: Array) -> None:
    """y = u: nothing to do."""


def _squared_error(outputs: Array, targets: Array) -> Array:
    """L = 1/2 sum (y - t)²."""
    loss: Array = 0.5 * np.square(outputs - targets).sum(axis=1)
    return loss


def _softmax(u: Array) -> None:
    """y = exp(u) / sum exp(u)."""
    # Subtracting the largest u first changes no quotient, and keeps exp from overflowing.
    np.subtract(u, np.maximum.reduce(u, axis=1, keepdims=True), u)
    np.exp(u, u)
    np.divide(u, np.add.reduce(u, axis=1, keepdims=True), u)


def _cross_entropy(outputs: Array, targets: Array) -> Array:
    """L = -sum t log(y + 1e-7)."""
    # 1e-7 keeps the logarithm finite where an output for the right class is 0.
    loss: Array = -(targets * np.log(outputs + 1e-7)).sum(axis=1)
    return loss


def _exact_cross_entropy(u: Array, targets: Array) -> Array:
    """L = log sum exp(u) - sum t u: the cross-entropy without the 1e-7, which `delta` ignores."""
    largest = np.maximum.reduce(u, axis=1, keepdims=True)
    logarithm = np.log(np.exp(u - largest).sum(axis=1, keepdims=True)) + largest
    loss: Array = (targets * (logarithm - u)).sum(axis=1)
    return loss


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


Sums = Callable[[Array], Array]
"""Adds up the numbers along the second axis."""


def _row_sums(numbers: Array) -> Array:
    """(rows, n) to (rows,)."""
    sums: Array = numbers.sum(axis=1)
    return sums


def lane_sums(numbers: Array) -> Array:
    """(rows, n, lanes) to (rows, lanes), with each lane's sum rounded as NumPy rounds that of a row alone.

    NumPy adds up a row in eight parts, and a long row by halves. The same additions are done here, each for
    all lanes at once.
    """
    rows, n, lanes = numbers.shape
    if n > _BLOCK:
        half = n // 2 // 8 * 8
        return lane_sums(numbers[:, :half]) + lane_sums(numbers[:, half:])
    whole = n // 8 * 8
    sums: Array
    if whole:
        parts = numbers[:, :whole].reshape(rows, whole // 8, 8, lanes).sum(axis=1)
        while parts.shape[1] > 1:
            parts = parts[:, ::2] + parts[:, 1::2]
        sums = parts[:, 0]
    else:
        sums = np.zeros((rows, lanes))
    for k in range(whole, n):
        sums = sums + numbers[:, k]
    return sums


_BLOCK = 128
"""A row of more numbers is added up by halves."""


def means(losses: Array, sums: Sums = _row_sums) -> Array:
    """The mean of each row of finite numbers, finite even if their sum overflows; (rows, n) to (rows,)."""
    with np.errstate(over="ignore"):
        result: Array = sums(losses) / losses.shape[1]
        if not np.isfinite(result).all():
            result = np.where(np.isfinite(result), result, sums(losses / losses.shape[1]))
    return result


def mean(losses: Array) -> float:
    """The mean of finite numbers, finite even if their sum overflows; shape (n,)."""
    return float(means(losses[np.newaxis])[0])


def means_or_infinity(losses: Array, sums: Sums = _row_sums) -> Array:
    """The mean of each row, or infinity if it is not a number; (rows, n) to (rows,)."""
    with np.errstate(all="ignore"):
        result: Array = sums(losses) / losses.shape[1]
    return np.where(np.isnan(result), np.inf, result)


def constant_error(loss: Loss, targets: Array) -> float:
    """The lowest error of a constant output, which needs no inputs.

    The mean is the best constant for either loss: the mean of one-hot rows holds the shares of the classes.

    Args:
        loss: the loss.
        targets: the targets of the samples; shape (samples, outputs).
    """
    constant = np.broadcast_to(targets.mean(axis=0), targets.shape)
    return float(loss.value(constant, targets).mean())
