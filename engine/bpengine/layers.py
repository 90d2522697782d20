"""Fully connected layers, hidden and last: the calculus of back-propagation, in arrays.

Biases are the last row of the parameters, and the inputs' last column is a constant 1 that they multiply:
z = [x 1] [W; b] = x W + b. One product then serves both, forwards and backwards.
"""

from __future__ import annotations

import numpy as np

from bpengine.activations import Activation
from bpengine.arrays import Array
from bpengine.losses import Loss


class Layer:
    """What hidden layers and the last one have in common: units, each connected to every input.

    Attributes:
        parameters: W above b; shape (inputs + 1, units). A view into the network's vector.
        gradient: dL/dW above dL/db, of the last `backward`; same shape, a view likewise.
        weights_transposed: W^T, for the layer before; shape (units, inputs).
    """

    def __init__(self, parameters: Array, gradient: Array, batch_size: int) -> None:
        self.parameters = parameters
        self.gradient = gradient
        self.weights_transposed: Array = parameters[:-1].T
        self._delta: Array = np.empty((batch_size, parameters.shape[1]))

    @property
    def weights(self) -> Array:
        """W; shape (inputs, units)."""
        return self.parameters[:-1]

    @property
    def biases(self) -> Array:
        """b; shape (units,)."""
        biases: Array = self.parameters[-1]
        return biases


class Dense(Layer):
    """A hidden layer: a = f(x W + b).

    Attributes:
        activations: [a 1] of the last `forward`; shape (batch, units + 1): the next layer's inputs.
        activation: f.
    """

    def __init__(self, parameters: Array, gradient: Array, activation: Activation, batch_size: int) -> None:
        super().__init__(parameters, gradient, batch_size)
        units = parameters.shape[1]
        self.activations: Array = np.ones((batch_size, units + 1))
        self.activations_transposed: Array = self.activations.T
        self._a = self.activations[:, :-1]
        self._z: Array = np.empty((batch_size, units))
        self.activation = activation
        self._function = activation.function
        self._multiply_by_derivative = activation.multiply_by_derivative

    def forward(self, inputs: Array) -> Array:
        """a = f(z) with z = x W + b, returned as [a 1].

        Args:
            inputs: [x 1]; shape (batch, inputs + 1).
        """
        np.dot(inputs, self.parameters, self._z)
        self._function(self._z, self._a)
        return self.activations

    def backward(
        self, inputs_transposed: Array, output_delta: Array, output_weights_transposed: Array
    ) -> Array:
        """Send the next layer's delta back through this one; fill `gradient`; return this layer's delta.

        With L the loss, z' the next layer's weighted sum, W' its weights and delta' = dL/dz':

            dL/da = delta' W'^T               since z' = a W' + b'
            delta = dL/dz = dL/da * f'(z)     since a = f(z), element by element
            dL/dW = x^T delta,  dL/db = sum over the batch of delta

        The last line is one product, [x 1]^T delta.

        Args:
            inputs_transposed: [x 1]^T of the forward pass; shape (inputs + 1, batch).
            output_delta: delta'; shape (batch, next units).
            output_weights_transposed: W'^T as it was in the forward pass; shape (next units, units).
        """
        delta = self._delta
        np.dot(output_delta, output_weights_transposed, delta)
        self._multiply_by_derivative(self._a, delta, self._z)
        np.dot(inputs_transposed, delta, self.gradient)
        return delta


class Output(Layer):
    """The last layer: u = x W + b, made into the network's answer y by the loss's output function."""

    def __init__(self, parameters: Array, gradient: Array, loss: Loss, batch_size: int) -> None:
        super().__init__(parameters, gradient, batch_size)
        self._output = loss.output
        self._loss_delta = loss.delta

    def forward(self, inputs: Array, out: Array) -> None:
        """out = y; shape (batch, outputs).

        Args:
            inputs: [x 1]; shape (batch, inputs + 1).
            out: where the answer goes.
        """
        np.dot(inputs, self.parameters, out)
        self._output(out)

    def backward(self, inputs_transposed: Array, outputs: Array, targets: Array) -> Array:
        """Fill `gradient` from the answer and the target; return delta = dL/du = y - t (see `losses`).

        dL/dW = x^T delta and dL/db = sum over the batch of delta: one product, [x 1]^T delta.
        """
        self._loss_delta(outputs, targets, self._delta)
        np.dot(inputs_transposed, self._delta, self.gradient)
        return self._delta
