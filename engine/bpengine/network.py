"""A network: layers whose parameters lie in one flat vector, so that one operation updates them all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from bpengine.activations import ACTIVATIONS
from bpengine.arrays import Array
from bpengine.layers import Dense, Layer, Output
from bpengine.losses import Loss


class Network:
    """Hidden layers and an output layer, with room for batches of one size.

    Args:
        sizes: units of each layer, the inputs first and the outputs last.
        activations: the name of each hidden layer's.
        loss: with the output function that belongs to it.
        batch_size: rows of what `forward` and `backward` take.
        parameters: the vector to use; a new one of zeros if it isn't given.

    Attributes:
        parameters: all weights and biases; layer by layer, W row by row and then b.
        gradient: dL/dparameters of the last `backward`, in the same places.
        hidden: the hidden layers.
        output: the last layer.
    """

    def __init__(
        self,
        sizes: tuple[int, ...],
        activations: tuple[str, ...],
        loss: Loss,
        *,
        batch_size: int = 1,
        parameters: Array | None = None,
    ) -> None:
        self.sizes = sizes
        self.activations = activations
        self.loss = loss
        self.parameters: Array = np.zeros(parameter_count(sizes)) if parameters is None else parameters
        self.gradient: Array = np.zeros_like(self.parameters)
        self.batch_size = batch_size
        views = list(zip(matrices(sizes, self.parameters), matrices(sizes, self.gradient), strict=True))
        self.hidden = tuple(
            Dense(*view, ACTIVATIONS[name], batch_size)
            for view, name in zip(views[:-1], activations, strict=True)
        )
        self.output = Output(*views[-1], loss, batch_size)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All layers, the output layer last."""
        return (*self.hidden, self.output)

    def for_batches_of(self, batch_size: int) -> Network:
        """The same network, parameters shared, with room for batches of another size."""
        return Network(
            self.sizes, self.activations, self.loss, batch_size=batch_size, parameters=self.parameters
        )

    def forward(self, inputs: Array, out: Array) -> None:
        """out = the network's answer; shape (batch, outputs). Keeps what `backward` needs.

        Args:
            inputs: [x 1]; shape (batch, inputs + 1), with the batch size of the constructor.
            out: where the answer goes.
        """
        for layer in self.hidden:
            inputs = layer.forward(inputs)
        self.output.forward(inputs, out)

    def backward(self, inputs_transposed: Array, outputs: Array, targets: Array) -> None:
        """Fill `gradient` with that of the last `forward`, summed over the batch; last layer first.

        Args:
            inputs_transposed: the forward pass's [x 1]^T; shape (inputs + 1, batch).
            outputs: its answer; shape (batch, outputs).
            targets: the right answer; same shape.
        """
        below = [inputs_transposed]
        for hidden in self.hidden:
            below.append(hidden.activations_transposed)
        layer: Layer = self.output
        delta = self.output.backward(below[-1], outputs, targets)
        for number in range(len(self.hidden) - 1, -1, -1):
            weights_transposed = layer.weights_transposed
            layer = self.hidden[number]
            delta = layer.backward(below[number], delta, weights_transposed)

    def predict(self, inputs: Array) -> Array:
        """The network's answers; shape (samples, outputs). Changes nothing.

        Args:
            inputs: x; shape (samples, inputs).
        """
        return self.layer_outputs(inputs)[-1]

    def layer_outputs(self, inputs: Array) -> list[Array]:
        """What each layer makes of the inputs, hidden ones first; shape (samples, units) each.

        Args:
            inputs: x; shape (samples, inputs).
        """
        answers = [inputs]
        with np.errstate(all="ignore"):
            for layer in self.hidden:
                z = answers[-1] @ layer.weights + layer.biases
                a = np.empty_like(z)
                layer.activation.function(z, a)
                answers.append(a)
            u: Array = answers[-1] @ self.output.weights + self.output.biases
            self.loss.output(u)
        return [*answers[1:], u]


def parameter_count(sizes: tuple[int, ...]) -> int:
    """How many weights and biases a network of these layers has."""
    return sum((inputs + 1) * units for inputs, units in pairwise(sizes))


def matrices(sizes: tuple[int, ...], vector: Array) -> list[Array]:
    """Views into a parameter vector: for each layer, weights above biases; shape (inputs + 1, units)."""
    views: list[Array] = []
    start = 0
    for inputs, units in pairwise(sizes):
        stop = start + (inputs + 1) * units
        views.append(vector[start:stop].reshape(inputs + 1, units))
        start = stop
    return views
