"""`predict`: the forward pass for many samples."""

from __future__ import annotations

from typing import Any

from bpengine.arrays import Array
from bpengine.kernels.compiled.layout import ONE, Units, unsigned
from bpengine.kernels.compiled.passes import forward, softmax


def predict(
    layers: Any, classification: bool, inputs: Array, parameters: Array, units: Units, values: Array
) -> None:
    """Compute the values of all units of a network for each sample.

    Args:
        layers: records of `LAYER`; shape (layers,).
        classification: whether the outputs are a softmax.
        inputs: shape (samples, inputs).
        parameters: shape (parameters,).
        units: scratch space.
        values: receives the values, layer by layer; shape (samples, units of all layers but the inputs).
    """
    count = unsigned(len(layers))
    for sample in range(unsigned(len(inputs))):
        for i in range(unsigned(inputs.shape[1])):
            units.values[i] = inputs[sample, i]
        at = unsigned(0)
        for number in range(count):
            layer = layers[number]
            forward(layer, ONE, parameters, units)
            if classification and number + ONE == count:
                softmax(layer, ONE, units)
            for unit in range(layer.units):
                values[sample, at + unit] = units.values[layer.here + unit]
            at += layer.units
