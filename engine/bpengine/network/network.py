"""A network whose parameters lie in one flat vector, so that one operation can update all of them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.sums import weighted_sums
from bpengine.errors import ConfigError
from bpengine.network.activations import ACTIVATIONS
from bpengine.network.layers import Dense, Layer, LayerInputs, Output
from bpengine.network.losses import Loss
from bpwords import Sentence, word

T = TypeVar("T", bound=np.generic)

MAX_PARAMETERS = 50_000
"""The most weights and biases of a network: 784 inputs and 50 hidden units fit."""
_FEW = 2**12
"""The most outputs of a layer that `Network.layer_outputs` applies a function to at once."""
_MAX_TERMS = 2**16
"""About the most terms that a layer adds up at once: they stay in the processor's cache."""


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
        batch_size: int = 1,
        parameters: Array | None = None,
        gradient: Array | None = None,
    ) -> None:
        self.sizes = sizes
        self.activations = activations
        self.loss = loss
        self.parameters: Array = np.zeros(parameter_count(sizes)) if parameters is None else parameters
        self.gradient: Array = np.zeros(len(self.parameters)) if gradient is None else gradient
        self.batch_size = batch_size
        *views, last = zip(matrices(sizes, self.parameters), matrices(sizes, self.gradient), strict=True)
        self.output = Output(*last, loss, batch_size)
        hidden: list[Dense] = []
        following: Layer = self.output
        for view, name in zip(reversed(views), reversed(activations), strict=True):
            following = Dense(*view, ACTIVATIONS[name], following)
            hidden.insert(0, following)
        self.hidden = tuple(hidden)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle the vectors only, since a copied layer would no longer be a view into them."""
        of_form = self.sizes, self.activations, self.loss, self.batch_size
        return type(self), (*of_form, self.parameters, self.gradient)

    def __copy__(self) -> Self:
        return copy.deepcopy(self)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All layers, from the first hidden layer to the output layer."""
        return (*self.hidden, self.output)

    def forward(self, inputs: LayerInputs, out: Array, masks: Sequence[Array] | None = None) -> None:
        """Compute the network's outputs, and keep what `backward` needs.

        Args:
            inputs: [x 1] for as many samples as the constructor's `batch_size`.
            out: receives the outputs; shape (batch, outputs).
            masks: the factors of dropout for each hidden layer; shape (batch, units) each. None without it.
        """
        for number, layer in enumerate(self.hidden):
            inputs = layer.forward(inputs)
            if masks is not None:
                layer.mask(masks[number])
        self.output.forward(inputs, out)

    def backward(self, inputs: LayerInputs, outputs: Array, targets: Array, *, adds: bool = False) -> None:
        """Compute the gradient of the last `forward`, summed over the batch, and store it in `gradient`.

        The output layer computes its delta from the outputs and the targets. Each layer before it then
        computes its own delta from the next layer's delta and weights (see `Dense.backward`).

        Args:
            inputs: those of the forward pass.
            outputs: the outputs of the forward pass; shape (batch, outputs).
            targets: the targets; shape (batch, outputs).
            adds: whether to add to the gradient of earlier samples.
        """
        self.output.backward(outputs, targets)
        layer: Layer = self.output
        for before in reversed(self.hidden):
            layer.set_gradient(before.outputs, adds=adds)
            before.backward()
            layer = before
        layer.set_gradient(inputs, adds=adds)

    def mean_gradient(self, inputs: Array, targets: Array, masks: Sequence[Array] | None = None) -> Array:
        """Return the gradient of the mean loss over these samples, without changing the network's state.

        Args:
            inputs: x; shape (samples, inputs).
            targets: t; shape (samples, outputs).
            masks: the factors of dropout for each hidden layer; shape (samples, units) each. None without it.

        Returns:
            dL/dparameters; shape (parameters,).
        """
        total: Array = np.zeros_like(self.parameters)
        for _ in self._differentiated(inputs, targets, total, masks):
            pass
        return total / len(inputs)

    def input_gradient(self, inputs: Array, targets: Array) -> Array:
        """Return the gradient of each sample's loss for its inputs, without changing the network's state.

        It is the first layer's delta times its weights: dL/dx = delta W^T (see `Layer.differentiate`).

        Args:
            inputs: x; shape (samples, inputs).
            targets: t; shape (samples, outputs).

        Returns:
            dL/dx; shape (samples, inputs).
        """
        unused: Array = np.zeros_like(self.parameters)
        networks = self._differentiated(inputs, targets, unused)
        return np.concatenate([network.layers[0].differentiate().copy() for network in networks])

    def _differentiated(
        self, inputs: Array, targets: Array, gradient: Array, masks: Sequence[Array] | None = None
    ) -> Iterator[Network]:
        """Yield a network after both passes for some of the samples at a time; see `mean_gradient`.

        Args:
            inputs, targets, masks: see `mean_gradient`.
            gradient: the vector to add their gradient to.
        """
        rows, networks = rows_at_once(self.sizes), dict[int, Network]()
        of_network = self.sizes, self.activations, self.loss
        with np.errstate(all="ignore"):
            for start in range(0, len(inputs), rows):
                x, t = inputs[start : start + rows], targets[start : start + rows]
                if len(x) not in networks:
                    networks[len(x)] = Network(*of_network, len(x), self.parameters, gradient)
                network, outputs = networks[len(x)], np.empty_like(t)
                given = LayerInputs(np.column_stack([x, np.ones(len(x))]))
                here = None if masks is None else [mask[start : start + rows] for mask in masks]
                network.forward(given, outputs, here)
                network.backward(given, outputs, t, adds=True)
                yield network

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
        return [outputs for _, outputs in self.passes(inputs)]

    def passes(self, inputs: Array, masks: Sequence[Array] | None = None) -> Iterator[tuple[Array, Array]]:
        """Yield the weighted sums and the outputs of each layer; shape (samples, units) each.

        Args:
            inputs: x; shape (samples, inputs).
            masks: the factors of dropout by which what a hidden layer hands over is multiplied, but not what
                is yielded; shape (samples, units) each. None without it.
        """
        x, functions = inputs, (*(layer.activation.function for layer in self.hidden), self.loss.output)
        for number, (layer, function) in enumerate(zip(self.layers, functions, strict=True)):
            with np.errstate(all="ignore"):
                if masks is not None and number:
                    x = x * masks[number - 1]
                z = weighted_sums(x, layer.weights, layer.biases)
                x = _applied(function, z)
            yield z, x


def _applied(function: Callable[[Array, Array], object], z: Array) -> Array:
    """The function of each row. In pieces that stay in the cache, it takes half as long or less."""
    results = np.empty_like(z)
    rows = max(_FEW // z.shape[1], 1)
    for start in range(0, len(z), rows):
        function(z[start : start + rows].copy(), results[start : start + rows])
    return results


def rows_at_once(sizes: tuple[int, ...]) -> int:
    """Return the number of samples that a network with layers of these sizes handles at once; at least 2."""
    return max(_MAX_TERMS // max((inputs + 1) * units for inputs, units in pairwise(sizes)), 2)


def is_small_enough(inputs: int, outputs: int, hidden_units: tuple[int, ...]) -> bool:
    """Whether a network has at most `MAX_PARAMETERS` weights and biases."""
    return parameter_count((inputs, *hidden_units, outputs)) <= MAX_PARAMETERS


def network_sizes(inputs: int, hidden_units: tuple[int, ...], outputs: int) -> tuple[int, ...]:
    """Return the number of units in each layer, from the inputs to the outputs.

    Raises:
        ConfigError: the network has more than `MAX_PARAMETERS` weights and biases.
    """
    sizes = (inputs, *hidden_units, outputs)
    count = parameter_count(sizes)
    if count > MAX_PARAMETERS:
        most = Sentence("must make at most {most} weights and biases, got {count} in {sizes}")
        said = most(most=f"{MAX_PARAMETERS:,}", count=f"{count:,}", sizes="-".join(map(str, sizes)))
        raise ConfigError(word("hidden units", "setting"), said)
    return sizes


@lru_cache(maxsize=256)
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
