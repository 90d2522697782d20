"""How good the answers are, in the figures that people compare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpengine.arrays import Array, IntArray
from bpengine.datasets import Dataset
from bpengine.losses import LOSSES
from bpengine.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    """Of one set of samples. What doesn't belong to the task is None."""

    error: float
    """The mean loss."""
    rmse: float | None = None
    """Root of the mean squared difference, in the target's own units."""
    r2: float | None = None
    """1 - squared differences / squared deviations from the mean: 1 is perfect, 0 as good as the mean.
    None, too, where all targets are the same."""
    accuracy: float | None = None
    """The share of samples whose largest output is the right class, 0 to 1."""
    confusion: IntArray | None = None
    """How many samples of each true class (row) were taken for each class (column); read-only."""


def measure(network: Network, dataset: Dataset) -> Metrics:
    """The metrics of the network's answers to the samples."""
    return measure_outputs(network.predict(dataset.inputs), dataset)


def measure_outputs(outputs: Array, dataset: Dataset) -> Metrics:
    """The metrics of given answers; shape (samples, outputs)."""
    with np.errstate(all="ignore"):
        error = float(LOSSES[dataset.task].value(outputs, dataset.targets).mean())
        if dataset.task == "classification":
            confusion = _confusion(outputs, dataset.targets)
            return Metrics(error, accuracy=float(np.trace(confusion) / len(outputs)), confusion=confusion)
        scale = dataset.target_scaling.scale
        squares = float((((outputs - dataset.targets) * scale) ** 2).mean())
        spread = float((((dataset.targets - dataset.targets.mean(axis=0)) * scale) ** 2).mean())
        # The mean's rounding would let a constant look as if it varied; tiny deviations may square to 0.
        varies = np.ptp(dataset.targets) > 0 and spread > 0
        return Metrics(error, rmse=float(np.sqrt(squares)), r2=1 - squares / spread if varies else None)


def _confusion(outputs: Array, targets: Array) -> IntArray:
    classes = targets.shape[1]
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (targets.argmax(axis=1), outputs.argmax(axis=1)), 1)
    counts.setflags(write=False)
    return counts
