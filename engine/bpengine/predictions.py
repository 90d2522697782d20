"""Predictions: what a network answers, and that in the units of the data."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bpengine.data import Dataset
from bpengine.data.checks import table
from bpengine.data.raw_columns import encode_rows
from bpengine.errors import DataError
from bpengine.kernels import loading
from bpengine.kernels.numba_kernel import predict
from bpengine.network import Network


def layer_outputs(network: Network, inputs: Array) -> list[Array]:
    """What `Network.layer_outputs` returns, with the same bits, by machine code once that is loaded."""
    code = loading.loaded()
    return network.layer_outputs(inputs) if code is None else predict(network, inputs, code)


def network_outputs(network: Network, inputs: Array) -> Array:
    """What `Network.predict` returns, with the same bits, by machine code once that is loaded."""
    return layer_outputs(network, inputs)[-1]


def predictions(network: Network, dataset: Dataset, inputs: Any) -> NDArray[Any]:
    """Return the predictions of a network that was trained on a data set; see `Trainer.predict`."""
    encoded = encode_rows(dataset.columns, inputs) if dataset.columns else None
    coordinates = table(inputs if encoded is None else encoded, "inputs")
    columns, wanted = coordinates.shape[1], dataset.coordinates.shape[1]
    if columns != wanted:
        raise DataError(f"inputs: must have {wanted} columns, got {columns}")
    features = dataset.inputs_at(coordinates)
    unknown = np.flatnonzero(np.isnan(features).any(axis=1))
    if len(unknown):
        raise DataError(f"inputs, row {unknown[0]}: a feature has no finite value there")
    outputs = network_outputs(network, features)
    if dataset.task == "classification":
        names: NDArray[np.str_] = np.array(dataset.classes)[outputs.argmax(axis=1)]
        return names
    values = dataset.target_scaling.undo(outputs)
    return values[:, 0] if values.shape[1] == 1 else values
