"""Fully connected layers: the forward and backward passes of back-propagation, written with arrays.

The biases are the last row of the parameters, and the inputs of a layer have a last column of ones, [x 1], so
that one product gives the gradient of weights and biases. All sums are added term after term; see `sums`.
"""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.sums import Terms
from bpengine.network.activations import Activation
from bpengine.network.losses import Loss


class LayerInputs:
    """The inputs of a layer for one batch, [x 1], in the shapes that the two passes multiply with.

    Args:
        with_ones: [x 1]; shape (batch, inputs + 1).

    Attributes:
        columns: a view of x, input by input; shape (inputs, batch, 1).
        rows: a view of [x 1], sample by sample; shape (batch, inputs + 1, 1).
    """

    __slots__ = ("columns", "rows")

    def __init__(self, with_ones: Array) -> None:
        self.columns = with_ones.T[:-1, :, np.newaxis]
        self.rows = with_ones[:, :, np.newaxis]


class Layer:
    """The base of hidden and output layers: units that are each connected to every input.

    Args:
        parameters: W with b as the last row; shape (inputs + 1, units).
        gradient: receives the gradient; the same shape.
        delta: the array for the delta; shape (batch, units).

    Attributes:
        parameters: see above. A view into the network's vector.
        gradient: dL/dW with dL/db as the last row, for the loss summed over the batch. A view as well.
        delta: dL/dz of the last backward pass, where z is the weighted sum; shape (batch, units).
        input_derivatives: dL/dx of the last `differentiate`; shape (batch, inputs).
    """

    def __init__(self, parameters: Array, gradient: Array, delta: Array) -> None:
        self.parameters = parameters
        self.gradient = gradient
        self.delta = delta
        batch, inputs, units = len(delta), len(parameters) - 1, parameters.shape[1]
        self._weights_by_input = parameters[:-1, np.newaxis]  # (inputs, 1, units)
        self._weights_by_unit = parameters[:-1].T[:, np.newaxis]  # (units, 1, inputs)
        self._delta_by_unit = delta.T[:, :, np.newaxis]  # (units, batch, 1)
        self._delta_by_sample = delta[:, np.newaxis]  # (batch, 1, units)
        # The terms of z are b, x[0] W[0], x[1] W[1], ...; those of dL/dx are delta[j] W[:, j] of each unit j.
        forward = Terms(inputs + 1, (batch, units))
        self._bias_term, self._input_terms, self._add_forward = forward.rows[0], forward.rows[1:], forward.add
        backward = Terms(units, (batch, inputs))
        self._unit_terms, self._add_backward = backward.rows, backward.add
        self.input_derivatives = backward.sums
        self._gradients = Terms(batch + 1, gradient.shape, gradient) if batch > 1 else None

    @property
    def weights(self) -> Array:
        """W; shape (inputs, units)."""
        return self.parameters[:-1]

    @property
    def biases(self) -> Array:
        """b; shape (units,)."""
        biases: Array = self.parameters[-1]
        return biases

    def weighted_sums(self, inputs: LayerInputs) -> Array:
        """Return z = b + x[0] W[0] + x[1] W[1] + ...; shape (batch, units)."""
        self._bias_term[:] = self.parameters[-1]
        np.multiply(inputs.columns, self._weights_by_input, self._input_terms)
        return self._add_forward()

    def differentiate(self) -> Array:
        """Return dL/dx = delta W^T, since z = b + x W; shape (batch, inputs)."""
        np.multiply(self._weights_by_unit, self._delta_by_unit, self._unit_terms)
        return self._add_backward()

    def set_gradient(self, inputs: LayerInputs, *, adds: bool = False) -> None:
        """Set dL/dW = x^T delta and dL/db = sum over the batch of delta; both are [x 1]^T delta.

        Args:
            inputs: those of the forward pass.
            adds: whether to add to the gradient of earlier samples, sample after sample.
        """
        if self._gradients is not None:
            terms = self._gradients.rows
            terms[0] = self.gradient if adds else 0.0
            np.multiply(inputs.rows, self._delta_by_sample, terms[1:])
            self._gradients.add()
        elif adds:
            np.add(self.gradient, inputs.rows[0] * self.delta, self.gradient)
        else:
            np.multiply(inputs.rows[0], self.delta, self.gradient)


class Dense(Layer):
    """A hidden layer: a = f(z) with z = b + x W.

    Args:
        parameters, gradient: see `Layer`.
        activation: the activation function f.
        following: the next layer, whose inputs are this layer's activations.

    Attributes:
        activations: a of the last `forward`; shape (batch, units).
        outputs: [a 1], the inputs of the next layer.
        activation: the activation function f.
    """

    def __init__(self, parameters: Array, gradient: Array, activation: Activation, following: Layer) -> None:
        super().__init__(parameters, gradient, following.input_derivatives)
        with_ones: Array = np.ones((len(self.delta), parameters.shape[1] + 1))
        self.activations = with_ones[:, :-1]
        self.outputs = LayerInputs(with_ones)
        self.activation = activation
        self._function = activation.function
        self._differentiate_following = following.differentiate
        self._slopes: Array = np.empty(self.delta.shape)

    def forward(self, inputs: LayerInputs) -> LayerInputs:
        """Compute a = f(z) and f'(z), and return [a 1]."""
        self._slopes = z = self.weighted_sums(inputs)
        self._function(z, self.activations)  # which turns z into f'(z)
        return self.outputs

    def mask(self, factors: Array) -> None:
        """Multiply the activations by the factors of dropout, and so the slopes: h = a m.

        The next layer then receives h, and `backward` has dh/dz = f'(z) m in place of f'(z).

        Args:
            factors: m; shape (batch, units).
        """
        np.multiply(self.activations, factors, self.activations)
        np.multiply(self._slopes, factors, self._slopes)

    def backward(self) -> None:
        """Compute `delta` from the next layer's delta'. With L the loss, z' = b' + a W' and a = f(z):

            dL/da = delta' W'^T               added unit after unit of the next layer
            delta = dL/dz = dL/da * f'(z)     element by element

        The W' are those of before the update.
        """
        self._differentiate_following()  # dL/da, in `delta`
        np.multiply(self.delta, self._slopes, self.delta)


class Output(Layer):
    """The output layer: u = b + x W, turned into the network's outputs y by the loss's output function."""

    def __init__(self, parameters: Array, gradient: Array, loss: Loss, batch_size: int) -> None:
        super().__init__(parameters, gradient, np.empty((batch_size, parameters.shape[1])))
        self._output = loss.output
        self._loss_delta = loss.delta

    def forward(self, inputs: LayerInputs, out: Array) -> None:
        """Compute the outputs y in `out`; shape (batch, outputs)."""
        self._output(self.weighted_sums(inputs), out)

    def backward(self, outputs: Array, targets: Array) -> None:
        """Compute `delta` = dL/du = y - t from the outputs y and the targets t; see `losses`."""
        self._loss_delta(outputs, targets, self.delta)
