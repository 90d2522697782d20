"""Metrics of the quality of a network's outputs: RMSE, R2, accuracy and the confusion matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.data import Dataset
from bpengine.network.losses import LOSSES, mean_error
from bpengine.network.network import Network
from bpengine.training.predictions import network_outputs


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    """The metrics over one set of samples. Those that do not apply to the task are None."""

    error: float
    """The mean loss."""
    rmse: float | None = None
    """The root mean squared error, in the target's original units."""
    r2: float | None = None
    """The coefficient of determination: 1 - (squared errors) / (squared deviations of the targets from their
    mean), each summed. It is 1 for perfect outputs, 0 for those that always equal the mean, and None if all
    targets are equal."""
    accuracy: float | None = None
    """The fraction of samples whose largest output is that of the true class, from 0 to 1."""
    confusion: IntArray | None = None
    """The confusion matrix, read-only: how many samples of each true class (row) were predicted to be of each
    class (column); shape (classes, classes)."""


def measure(network: Network, dataset: Dataset) -> Metrics:
    """Return the metrics of the network's outputs for the samples of a data set."""
    return measure_outputs(network_outputs(network, dataset.inputs), dataset)


def measure_outputs(outputs: Array, dataset: Dataset) -> Metrics:
    """Return the metrics of the given outputs for the samples of a data set.

    Args:
        outputs: the network's outputs; shape (samples, outputs).
        dataset: the samples and their targets.
    """
    with np.errstate(all="ignore"):
        error = mean_error(LOSSES[dataset.task], outputs, dataset.targets)
        if dataset.task == "classification":
            confusion = _confusion(outputs, dataset.targets)
            return Metrics(error, accuracy=float(np.trace(confusion) / len(outputs)), confusion=confusion)
        scale = dataset.target_scaling.scale
        squared_error = float(np.square((outputs - dataset.targets) * scale).mean())
        variance = float(np.square((dataset.targets - dataset.targets.mean(axis=0)) * scale).mean())
        # Equal targets can have a variance above 0, since their mean is rounded; and targets that differ very
        # little can have a variance of 0, since tiny deviations square to 0.
        varies = np.ptp(dataset.targets) > 0 and variance > 0
        return Metrics(
            error,
            rmse=float(np.sqrt(squared_error)),
            r2=1 - squared_error / variance if varies else None,
        )


def _confusion(outputs: Array, targets: Array) -> IntArray:
    classes = targets.shape[1]
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (targets.argmax(axis=1), outputs.argmax(axis=1)), 1)
    counts.setflags(write=False)
    return counts


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share of so many samples (E. B. Wilson, 1927), from 0 to 1."""
    z = 1.96
    middle, whole = share + z * z / (2 * count), 1 + z * z / count
    width = z * math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    return max((middle - width) / whole, 0.0), min((middle + width) / whole, 1.0)
