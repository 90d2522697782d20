"""Fully connected layers: the forward and backward passes of back-propagation, written with arrays.

The biases are the last row of the parameters, and the inputs have a last column of ones that multiplies them:
z = [x 1] [W; b] = x W + b. A single matrix product therefore handles weights and biases, in both passes.
"""

from __future__ import annotations

import numpy as np

from bpengine.activations import Activation
from bpengine.arrays import Array
from bpengine.losses import Loss


class Layer:
    """The base of hidden and output layers: units that are each connected to every input.

    Attributes:
        parameters: W with b as the last row; shape (inputs + 1, units). A view into the network's vector.
        gradient: dL/dW with dL/db as the last row, set by `backward`; the same shape, a view as well.
        weights_transposed: W^T, which the layer before needs for its delta; shape (units, inputs).
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
        activations: [a 1] of the last `forward`, the inputs of the next layer; shape (batch, units + 1).
        activations_transposed: a view of [a 1]^T; shape (units + 1, batch).
        activation: the activation function f.
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
        """Compute a = f(z) with z = x W + b, and return [a 1]; shape (batch, units + 1).

        Args:
            inputs: [x 1]; shape (batch, inputs + 1).
        """
        inputs.dot(self.parameters, self._z)
        self._function(self._z, self._a)
        return self.activations

    def backward(self, inputs_transposed: Array, next_delta: Array, next_weights_transposed: Array) -> Array:
        """Compute this layer's delta from the next layer's, and store the gradient in `gradient`.

        With L the loss, z' the next layer's weighted sum, W' its weights and delta' = dL/dz':

            dL/da = delta' W'^T               since z' = a W' + b'
            delta = dL/dz = dL/da * f'(z)     since a = f(z), element by element
            dL/dW = x^T delta,  dL/db = sum over the batch of delta

        The last line is a single product, [x 1]^T delta.

        Args:
            inputs_transposed: [x 1]^T of the forward pass; shape (inputs + 1, batch).
            next_delta: delta'; shape (batch, next units).
            next_weights_transposed: W'^T before the update; shape (next units, units).

        Returns:
            delta; shape (batch, units).
        """
        delta = self._delta
        next_delta.dot(next_weights_transposed, delta)
        self._multiply_by_derivative(self._a, delta, self._z)
        inputs_transposed.dot(delta, self.gradient)
        return delta


class Output(Layer):
    """The output layer: u = x W + b, turned into the network's outputs y by the loss's output function."""

    def __init__(self, parameters: Array, gradient: Array, loss: Loss, batch_size: int) -> None:
        super().__init__(parameters, gradient, batch_size)
        self._output = loss.output
        self._loss_delta = loss.delta

    def forward(self, inputs: Array, out: Array) -> None:
        """Compute the outputs y.

        Args:
            inputs: [x 1]; shape (batch, inputs + 1).
            out: receives y; shape (batch, outputs).
        """
        inputs.dot(self.parameters, out)
        self._output(out)

    def backward(self, inputs_transposed: Array, outputs: Array, targets: Array) -> Array:
        """Compute this layer's delta from the outputs, and store the gradient in `gradient`.

        With L the loss, u the weighted sum, y the outputs and t the targets:

            delta = dL/du = y - t             for both losses, see the `losses` module
            dL/dW = x^T delta,  dL/db = sum over the batch of delta

        The last line is a single product, [x 1]^T delta.

        Args:
            inputs_transposed: [x 1]^T of the forward pass; shape (inputs + 1, batch).
            outputs: y of the forward pass; shape (batch, outputs).
            targets: t; shape (batch, outputs).

        Returns:
            delta; shape (batch, outputs).
        """
        self._loss_delta(outputs, targets, self._delta)
        inputs_transposed.dot(self._delta, self.gradient)
        return self._delta
