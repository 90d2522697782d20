"""Predictions: what a network answers, and that in the units of the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bpengine.data import Dataset
from bpengine.data.checks import table
from bpengine.data.features import NO_VALUE
from bpengine.data.raw_columns import encode_rows
from bpengine.errors import DataError
from bpengine.kernels import loading
from bpengine.kernels.numba_kernel import predict
from bpengine.network.network import Network
from bpengine.wording import name_list, printable
from bpwords import Sentence, word


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
