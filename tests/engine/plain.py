"""A plain implementation, independent of the engine, of a network's outputs and its loss."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from bpengine import Task
from bpengine.activations import ACTIVATIONS
from bpengine.arrays import Array
from tests.engine import formulas

FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "leaky-relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "sin": np.sin,
    "identity": lambda z: z,
}
"""Independent definitions, to check the formulas of the descriptions."""


def activate(name: str, z: Array) -> Array:
    """f(z), by the formula of the description."""
    result: Array = formulas.value(ACTIVATIONS[name].formula, z=z)
    return result


def layers(sizes: tuple[int, ...], parameters: Array) -> list[tuple[Array, Array]]:
    """Weights (inputs x units) and biases of each layer."""
    parts, rest = [], parameters
    for inputs, units in pairwise(sizes):
        weights, biases, rest = np.split(rest, [inputs * units, (inputs + 1) * units])
        parts.append((weights.reshape(inputs, units), biases))
    assert len(rest) == 0
    return parts


def sums(
    sizes: tuple[int, ...], activations: tuple[str, ...], parameters: Array, inputs: Array
) -> list[Array]:
    """The weighted sums of each layer, one row for each sample."""
    a, found = inputs, []
    for (weights, biases), name in zip(layers(sizes, parameters), (*activations, "identity"), strict=True):
        found.append(a @ weights + biases)
        a = activate(name, found[-1])
    return found


def losses(task: Task, u: Array, targets: Array) -> Array:
    """The loss of each sample, from the output layer's sums, without the 1e-7 that y - t leaves out, too."""
    if task == "regression":
        return np.asarray(np.square(u - targets).sum(axis=1) / 2)
    u = u - u.max(axis=1, keepdims=True)
    return np.asarray((targets * (np.log(np.exp(u).sum(axis=1, keepdims=True)) - u)).sum(axis=1))


def penalty(sizes: tuple[int, ...], parameters: Array, l1: float, l2: float) -> float:
    """l1 |w| + l2/2 w^2, summed over the weights and not the biases."""
    weights = np.concatenate([weights.ravel() for weights, _ in layers(sizes, parameters)])
    return float(l1 * np.abs(weights).sum() + l2 / 2 * np.square(weights).sum())


def slope(function: Callable[[Array], float], parameters: Array, epsilon: float = 1e-5) -> Array:
    """(f(p + epsilon) - f(p - epsilon)) / (2 epsilon) for each parameter p."""
    found = np.empty_like(parameters)
    for number in range(len(parameters)):
        there = parameters.copy()
        there[number] += epsilon
        above = function(there)
        there[number] = parameters[number] - epsilon
        found[number] = (above - function(there)) / (2 * epsilon)
    return found
