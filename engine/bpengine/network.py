"""A network: layers whose parameters lie in one flat vector, so that one operation updates them all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from bpengine.activations import Activation
from bpengine.datasets import Array
from bpengine.layers import Dense, Output
from bpengine.losses import Loss


class Network:
    """Hidden layers and an output layer.

    Attributes:
        sizes: units of each layer, the inputs first and the outputs last.
        parameters: all weights and biases; layer by layer, W row by row and then b.
        gradient: dL/dparameters of the last `backward`, in the same places.
        hidden: the hidden layers.
        output: the last layer.
    """

    def __init__(
        self, sizes: tuple[int, ...], activation: Activation, loss: Loss, *, batch_size: int = 1
    ) -> None:
        self.sizes = sizes
        self.activation = activation
        self.loss = loss
        shapes = [(before + 1, units) for before, units in pairwise(sizes)]
        self.parameters: Array = np.zeros(sum(rows * columns for rows, columns in shapes))
        self.gradient: Array = np.zeros_like(self.parameters)
        views = []
        start = 0
        for rows, columns in shapes:
            part = slice(start, start + rows * columns)
            views.append(
                (self.parameters[part].reshape(rows, columns), self.gradient[part].reshape(rows, columns))
            )
            start = part.stop
        self.hidden = tuple(Dense(*view, activation, batch_size) for view in views[:-1])
        self.output = Output(*views[-1], loss, batch_size)

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
        """Fill `gradient` with that of the last `forward`, from the last layer back to the first.

        Args:
            inputs_transposed: the forward pass's [x 1]^T; shape (inputs + 1, batch).
            outputs: its answer; shape (batch, outputs).
            targets: the right answer; same shape.
        """
        below = [inputs_transposed]
        for hidden in self.hidden:
            below.append(hidden.activations_transposed)
        layer: Dense | Output = self.output
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
        a = inputs
        with np.errstate(all="ignore"):
            for layer in self.hidden:
                a = a @ layer.weights + layer.biases
                self.activation.function(a, a)
            u: Array = a @ self.output.weights + self.output.biases
            self.loss.output(u)
        return u
