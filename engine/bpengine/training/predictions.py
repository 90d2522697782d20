"""Predictions: what a network answers, also in the units of the data, and metrics of the answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.data import Dataset
from bpengine.data.checks import table
from bpengine.data.features import NO_VALUE
from bpengine.data.raw_columns import encode_rows
from bpengine.errors import DataError
from bpengine.kernels import loading
from bpengine.kernels.numba_kernel import predict
from bpengine.network.losses import LOSSES, mean_error
from bpengine.network.network import Network
from bpwords import Sentence, name_list, printable, word


def layer_outputs(network: Network, inputs: Array) -> list[Array]:
    """What `Network.layer_outputs` returns, with the same bits, by machine code once that is loaded."""
    code = loading.loaded()
    return network.layer_outputs(inputs) if code is None else predict(network, inputs, code)


def network_outputs(network: Network, inputs: Array) -> Array:
    """What `Network.predict` returns, with the same bits, by machine code once that is loaded."""
    return layer_outputs(network, inputs)[-1]


def predictions(network: Network, dataset: Dataset, inputs: Any) -> NDArray[Any]:
    """Return the predictions of a network that was trained on a data set; see `Trainer.predict`."""
    return answers(dataset, network_outputs(network, network_inputs(dataset, inputs)))


def probabilities(network: Network, dataset: Dataset, inputs: Any) -> Array:
    """Return the probability of each class; see `Trainer.predict_proba`."""
    if dataset.task != "classification":
        raise DataError("probabilities: only a classification has them")
    return network_outputs(network, network_inputs(dataset, inputs))


def input_gradient(network: Network, dataset: Dataset, inputs: Any, targets: Any) -> Array:
    """Return the gradient of each sample's loss for its inputs; see `Trainer.input_gradient`."""
    x, t = network_inputs(dataset, inputs), table(targets, "targets")
    wanted = (len(x), network.sizes[-1])
    if t.shape != wanted:
        raise DataError(f"targets: must have the shape {wanted}, got {t.shape}")
    return network.input_gradient(x, t)


def answers(dataset: Dataset, outputs: Array) -> NDArray[Any]:
    """Return what outputs of a network mean: the names of classes, or values in the units of the data."""
    if dataset.task == "classification":
        names: NDArray[np.str_] = np.array(dataset.classes)[outputs.argmax(axis=1)]
        return names
    values = dataset.target_scaling.undo(outputs)
    return values[:, 0] if values.shape[1] == 1 else values


def typed_inputs(dataset: Dataset, texts: Sequence[str]) -> tuple[Array, Array]:
    """Return the coordinates and the network's inputs for typed values, shape (1, d) and (1, inputs).

    Args:
        dataset: the training samples.
        texts: a text for each of its columns.

    Raises:
        TypedError: there are too many or too few, or a text can't be used, or all of them together.
    """
    columns, coordinates = dataset.raw_columns, list[float]()
    if len(texts) != len(columns):
        each = Sentence("must be a value for each of {names}, got {n}")
        raise TypedError(each(names=name_list([column.name for column in columns]), n=len(texts)))
    for number, (column, text) in enumerate(zip(columns, texts, strict=True)):
        try:
            coordinates += column.encoded(text.strip(), decimal_comma=True)
        except ValueError as error:
            raise TypedError(f"{printable(column.name)}{word(': ', 'list')}{error}", number) from None
    row = np.array([coordinates])
    if problem := dataset.pixel_problem(row):
        raise TypedError(problem)
    inputs = dataset.inputs_at(row)
    if np.isnan(inputs).any():
        raise TypedError(NO_VALUE)
    return row, inputs


class TypedError(DataError):
    """A typed value can't be used.

    Attributes:
        number: the number of the column, counted from 0; None if the values can't be used together.
    """

    def __init__(self, message: str, number: int | None = None) -> None:
        super().__init__(message)
        self.number = number


def network_inputs(dataset: Dataset, inputs: Any) -> Array:
    """Return the network's inputs for rows in the units of the data; see `Trainer.predict`."""
    encoded = encode_rows(dataset.columns, inputs) if dataset.columns else None
    coordinates = table(inputs if encoded is None else encoded, "inputs")
    columns, wanted = coordinates.shape[1], dataset.coordinates.shape[1]
    if columns != wanted:
        raise DataError(f"inputs: must have {wanted} columns, got {columns}")
    if problem := dataset.pixel_problem(coordinates):
        raise DataError(f"inputs: {problem}")
    features = dataset.inputs_at(coordinates)
    unknown = np.flatnonzero(np.isnan(features).any(axis=1))
    if len(unknown):
        raise DataError(f"inputs, row {unknown[0]}: {NO_VALUE}")
    return features


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
