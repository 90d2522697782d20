"""How wrong an answer is: each loss with the output function that belongs to it, by task in `LOSSES`.

For both pairs the derivative with respect to the output layer's weighted sum u is simply `output - target`
(C. M. Bishop, Pattern Recognition and Machine Learning, 2006, section 5.2: canonical links).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpengine.arrays import Array
from bpengine.tasks import Task


@dataclass(frozen=True, slots=True)
class Loss:
    """An output function and the loss that is measured on its result."""

    name: str
    output: Callable[[Array], object]
    """u -> y, in place; shape (samples, outputs)."""
    value: Callable[[Array, Array], Array]
    """(y, t) -> the loss of each sample; shape (samples,)."""

    def delta(self, outputs: Array, targets: Array, out: Array) -> None:
        """out = dL/du = y - t for each sample; all of shape (samples, outputs)."""
        np.subtract(outputs, targets, out)


def _identity(u: Array) -> None:
    """Nothing to do: y = u."""


def _squared_error(outputs: Array, targets: Array) -> Array:
    loss: Array = 0.5 * np.square(outputs - targets).sum(axis=1)
    return loss


def _softmax(u: Array) -> None:
    # The largest u is subtracted first, which changes nothing but keeps exp from overflowing.
    np.subtract(u, np.maximum.reduce(u, axis=1, keepdims=True), u)
    np.exp(u, u)
    np.divide(u, np.add.reduce(u, axis=1, keepdims=True), u)


def _cross_entropy(outputs: Array, targets: Array) -> Array:
    # 1e-7 keeps the logarithm finite where the network is sure and wrong.
    loss: Array = -(targets * np.log(outputs + 1e-7)).sum(axis=1)
    return loss


SQUARED_ERROR = Loss("squared error", _identity, _squared_error)
"""Identity output; L = 1/2 sum (y - t)^2."""

CROSS_ENTROPY = Loss("cross-entropy", _softmax, _cross_entropy)
"""Softmax output; L = -sum t log(y + 1e-7)."""

LOSSES: dict[Task, Loss] = {"regression": SQUARED_ERROR, "classification": CROSS_ENTROPY}
"""The loss of each task."""


def means(losses: Array) -> Array:
    """The mean of each row of finite numbers, finite even where a sum isn't; shapes (rows, n), (rows,)."""
    with np.errstate(over="ignore"):
        result: Array = losses.mean(axis=1)
        if not np.isfinite(result).all():
            result = np.where(np.isfinite(result), result, (losses / losses.shape[1]).sum(axis=1))
    return result
