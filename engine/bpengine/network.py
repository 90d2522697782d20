"""A network whose parameters lie in one flat vector, so that one operation can update all of them."""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from bpengine.activations import ACTIVATIONS
from bpengine.arrays import Array, untouched_zeros
from bpengine.layers import Dense, Layer, Output
from bpengine.losses import Loss

T = TypeVar("T", bound=np.generic)

_MAX_ROWS = 4096
"""The most samples that `mean_gradient` handles at once, which bounds its memory."""


class Network:
    """A multilayer perceptron: hidden layers and an output layer, with buffers for batches of one size.

    A copy, made by the `copy` module or by pickling, is independent: it has its own parameters.

    Args:
        sizes: the number of units in each layer, from the inputs to the outputs.
        activations: the name of each hidden layer's activation function.
        loss: the loss, which also provides the output function.
        batch_size: the number of rows that `forward` and `backward` take.
        parameters: the parameter vector to use; by default a new vector of zeros.
        gradient: the vector for the gradient; by default a new vector of zeros.

    Attributes:
        parameters: all weights and biases, layer by layer: W row by row, then b.
        gradient: dL/dparameters of the last `backward`, in the same order. It stays 0 in a trainer's
            network, since kernels use separate networks: use `Trainer.gradient`.
        hidden: the hidden layers.
        output: the output layer.
    """

    def __init__(
        self,
        sizes: tuple[int, ...],
        activations: tuple[str, ...],
        loss: Loss,
        *,
        batch_size: int = 1,
        parameters: Array | None = None,
        gradient: Array | None = None,
    ) -> None:
        self.sizes = sizes
        self.activations = activations
        self.loss = loss
        self.parameters: Array = np.zeros(parameter_count(sizes)) if parameters is None else parameters
        self.gradient: Array = untouched_zeros(len(self.parameters)) if gradient is None else gradient
        self.batch_size = batch_size
        views = list(zip(matrices(sizes, self.parameters), matrices(sizes, self.gradient), strict=True))
        self.hidden = tuple(
            Dense(*view, ACTIVATIONS[name], batch_size)
            for view, name in zip(views[:-1], activations, strict=True)
        )
        self.output = Output(*views[-1], loss, batch_size)
        self._activations_transposed = tuple(layer.activations_transposed for layer in self.hidden)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle the vectors only, since a copied layer would no longer be a view into them."""
        return _network, (
            self.sizes,
            self.activations,
            self.loss,
            self.batch_size,
            self.parameters,
            self.gradient,
        )

    def __copy__(self) -> Self:
        return copy.deepcopy(self)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All layers, from the first hidden layer to the output layer."""
        return (*self.hidden, self.output)

    def for_batches_of(self, batch_size: int) -> Network:
        """Return a network that shares this one's parameters and takes batches of another size."""
        return Network(
            self.sizes, self.activations, self.loss, batch_size=batch_size, parameters=self.parameters
        )

    def forward(self, inputs: Array, out: Array) -> None:
        """Compute the network's outputs, and keep what `backward` needs.

        Args:
            inputs: [x 1]; shape (batch, inputs + 1), where batch is the constructor's `batch_size`.
            out: receives the outputs; shape (batch, outputs).
        """
        for layer in self.hidden:
            inputs = layer.forward(inputs)
        self.output.forward(inputs, out)

    def backward(self, inputs_transposed: Array, outputs: Array, targets: Array) -> None:
        """Compute the gradient of the last `forward`, summed over the batch, and store it in `gradient`.

        The output layer computes its delta from the outputs and the targets. Each layer before it then
        computes its own delta from the next layer's delta and weights (see `Dense.backward`).

        Args:
            inputs_transposed: [x 1]^T of the forward pass; shape (inputs + 1, batch).
            outputs: the outputs of the forward pass; shape (batch, outputs).
            targets: the targets; shape (batch, outputs).
        """
        layer_inputs = (inputs_transposed, *self._activations_transposed)
        layer: Layer = self.output
        delta = self.output.backward(layer_inputs[-1], outputs, targets)
        for index in range(len(self.hidden) - 1, -1, -1):
            next_weights_transposed = layer.weights_transposed
            layer = self.hidden[index]
            delta = layer.backward(layer_inputs[index], delta, next_weights_transposed)

    def mean_gradient(self, inputs: Array, targets: Array) -> Array:
        """Return the gradient of the mean loss over these samples, without changing the network's state.

        Args:
            inputs: x; shape (samples, inputs).
            targets: t; shape (samples, outputs).

        Returns:
            dL/dparameters; shape (parameters,).
        """
        samples = len(inputs)
        total: Array = np.zeros_like(self.parameters)
        with np.errstate(all="ignore"):
            for start in range(0, samples, _MAX_ROWS):
                x, t = inputs[start : start + _MAX_ROWS], targets[start : start + _MAX_ROWS]
                network = self.for_batches_of(len(x))
                with_ones = np.column_stack([x, np.ones(len(x))])
                outputs = np.empty_like(t)
                network.forward(with_ones, outputs)
                network.backward(with_ones.T, outputs, t)
                total += network.gradient
        return total / samples

    def predict(self, inputs: Array) -> Array:
        """Return the network's outputs for any number of samples, without changing its state.

        Args:
            inputs: x; shape (samples, inputs).

        Returns:
            The outputs; shape (samples, outputs).
        """
        return self.layer_outputs(inputs)[-1]

    def layer_outputs(self, inputs: Array) -> list[Array]:
        """Return the outputs of every layer, from the first hidden layer to the output layer.

        Args:
            inputs: x; shape (samples, inputs).

        Returns:
            One array for each layer; shape (samples, units).
        """
        outputs = [inputs]
        with np.errstate(all="ignore"):
            for layer in self.hidden:
                z = outputs[-1] @ layer.weights + layer.biases
                a = np.empty_like(z)
                layer.activation.function(z, a)
                outputs.append(a)
            u: Array = outputs[-1] @ self.output.weights + self.output.biases
            self.loss.output(u)
        return [*outputs[1:], u]


def _network(
    sizes: tuple[int, ...],
    activations: tuple[str, ...],
    loss: Loss,
    batch_size: int,
    parameters: Array,
    gradient: Array,
) -> Network:
    """Return a network that uses these vectors."""
    return Network(sizes, activations, loss, batch_size=batch_size, parameters=parameters, gradient=gradient)


def parameter_count(sizes: tuple[int, ...]) -> int:
    """Return the number of weights and biases in a network with layers of these sizes."""
    return sum((inputs + 1) * units for inputs, units in pairwise(sizes))


def matrices(sizes: tuple[int, ...], vector: NDArray[T]) -> list[NDArray[T]]:
    """Return views of each layer's W, with b as the last row, in a vector; shape (inputs + 1, units) each."""
    views: list[NDArray[T]] = []
    start = 0
    for inputs, units in pairwise(sizes):
        stop = start + (inputs + 1) * units
        views.append(vector[start:stop].reshape(inputs + 1, units))
        start = stop
    return views
