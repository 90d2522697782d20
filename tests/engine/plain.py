"""A simple implementation of networks and losses that is independent of the engine, as a reference."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from bpengine import Task
from bpengine.arithmetic.arrays import Array

FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "leaky-relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z > 0, z, np.expm1(z)),
    "softplus": lambda z: np.logaddexp(0, z),
    "swish": lambda z: z * (0.5 + 0.5 * np.tanh(z / 2)),
    "gelu": lambda z: 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))),
    "sin": np.sin,
    "identity": lambda z: z,
}
"""Independent definitions, also to check the formulas of the descriptions."""


def activate(name: str, z: Array) -> Array:
    """f(z), by a definition of its own, which does not overflow."""
    return np.asarray(FUNCTIONS[name](z))


def layers(sizes: tuple[int, ...], parameters: Array) -> list[tuple[Array, Array]]:
    """Return the weights, shape (inputs, units), and the biases, shape (units,), of each layer."""
    parts, rest = [], parameters
    for inputs, units in pairwise(sizes):
        weights, biases, rest = np.split(rest, [inputs * units, (inputs + 1) * units])
        parts.append((weights.reshape(inputs, units), biases))
    assert len(rest) == 0
    return parts


def sums(
    sizes: tuple[int, ...], activations: tuple[str, ...], parameters: Array, inputs: Array
) -> list[Array]:
    """Return the weighted sums of each layer; shape (samples, units) each."""
    a, z = inputs, []
    for (weights, biases), name in zip(layers(sizes, parameters), (*activations, "identity"), strict=True):
        z.append(a @ weights + biases)
        a = activate(name, z[-1])
    return z


def losses(task: Task, u: Array, targets: Array) -> Array:
    """Return the loss of each sample, from the weighted sums u of the output layer.

    The 1e-7 of the engine's cross-entropy is left out, as it is in the engine's gradient y - t.
    """
    if task == "regression":
        return np.asarray(np.square(u - targets).sum(axis=1) / 2)
    u = u - u.max(axis=1, keepdims=True)
    return np.asarray((targets * (np.log(np.exp(u).sum(axis=1, keepdims=True)) - u)).sum(axis=1))


def penalty(sizes: tuple[int, ...], parameters: Array, l1: float, l2: float) -> float:
    """Return l1 |w| + l2/2 w^2, summed over the weights but not the biases."""
    weights = np.concatenate([weights.ravel() for weights, _ in layers(sizes, parameters)])
    return float(l1 * np.abs(weights).sum() + l2 / 2 * np.square(weights).sum())


def numerical_gradient(function: Callable[[Array], float], parameters: Array, epsilon: float = 1e-5) -> Array:
    """Return the central difference (f(p + epsilon) - f(p - epsilon)) / (2 epsilon) for each parameter p."""
    gradient = np.empty_like(parameters)
    for index in range(len(parameters)):
        moved = parameters.copy()
        moved[index] += epsilon
        above = function(moved)
        moved[index] = parameters[index] - epsilon
        gradient[index] = (above - function(moved)) / (2 * epsilon)
    return gradient
