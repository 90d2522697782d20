"""Training as machine code: functions that numba compiles, for any depth, activation and optimizer.

Only `loading` imports this module, since the import needs numba. `train` is the entry point; everything else
is compiled into it. Vectors hold all layers, one after the other; a row of `LAYER` says where a layer's part
starts. The code is fast because `train` allocates nothing and counts no references (hence `_nrt`), and
because indices are unsigned: for a signed index, numba checks whether it counts from the end.

numba's cache on disk notices a change of this file, but not of any other. All numbers and layouts that become
part of the machine code are therefore defined here, even where another module has them, too.

To add an activation or an optimizer, give it a number below and a branch in `activate` or `update`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import boolean, float64, from_dtype, int64, njit, types, uint64

from bpengine.arrays import Array, IntArray

IDENTITY, SIGMOID, TANH, RELU, LEAKY_RELU, SIN = range(6)
ACTIVATIONS = {
    "identity": IDENTITY,
    "sigmoid": SIGMOID,
    "tanh": TANH,
    "relu": RELU,
    "leaky-relu": LEAKY_RELU,
    "sin": SIN,
}
"""The number of each activation that `activate` computes, for `LAYER`."""

SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM = range(5)
OPTIMIZERS = {"sgd": SGD, "momentum": MOMENTUM, "nesterov": NESTEROV, "rmsprop": RMSPROP, "adam": ADAM}
"""The number of each optimizer that `update` computes, for `Rules`."""

LEAK, EPSILON, ONE = 0.01, 1e-8, np.uint64(1)

LAYER = np.dtype(
    [(name, np.uint64) for name in ("inputs", "units", "weights", "biases", "below", "here", "activation")],
    align=True,
)
"""One layer: its size; where its weights (inputs x units, row by row) and its biases start among the
parameters; where the layer below and this layer start among all units, of which the network's inputs are the
first."""


class Rules(NamedTuple):
    """The parts of `Problem` and `Settings` that `train` needs."""

    classification: bool
    optimizer: int
    batch_size: int
    momentum: float
    decay: float
    l1: float
    l2: float
    clip: float


class Units(NamedTuple):
    """a, f'(z) and dL/dz of the units of all layers, the network's inputs first; each of shape (units,)."""

    values: Array
    slopes: Array
    deltas: Array


class Memory(NamedTuple):
    """The arrays of `State`, and scratch space for the gradient; each has the shape (parameters,)."""

    parameters: Array
    first_moment: Array
    second_moment: Array
    gradient: Array


OPTIONS = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""Without fastmath, sums keep their order and NaN its meaning. In NumPy's error model, x / 0 is inf
instead of an error."""

_VECTOR, _MATRIX = float64[::1], float64[:, ::1]
_SAMPLES = types.Array(float64, 2, "C", readonly=True)
SIGNATURE = uint64(
    from_dtype(LAYER)[::1],
    types.NamedTuple([boolean, int64, int64, float64, float64, float64, float64, float64], Rules),
    *(_SAMPLES, _SAMPLES, int64[:, ::1], _VECTOR, uint64, uint64, uint64),
    *(types.NamedUniTuple(_VECTOR, 4, Memory), types.NamedUniTuple(_VECTOR, 3, Units), _MATRIX, _MATRIX),
)
"""The types of the arguments and of the result of `train`."""

F = TypeVar("F", bound=Callable[..., Any])


_inlined: Callable[[F], F] = njit(forceinline=True, **OPTIONS)
_inlined_sum: Callable[[F], F] = njit(forceinline=True, fastmath={"reassoc"}, **OPTIONS)
"""Both compile a function into its caller. The second may add up a sum in parts, which is faster for wide
layers."""


@_inlined
def activate(activation: int, z: float) -> tuple[float, float]:  # noqa: PLR0911  one return per activation
    """f(z) and f'(z); NaN for NaN, and for a number that no activation has."""
    if activation == SIGMOID:
        a = 1 / (1 + math.exp(-z))  # if exp overflows to infinity, a is 0, the right limit
        return a, a * (1 - a)
    if activation == TANH:
        a = math.tanh(z)
        return a, 1 - a * a
    if activation == RELU:
        return (0.0, 0.0) if z <= 0 else (z, 1.0)
    if activation == LEAKY_RELU:
        return (LEAK * z, LEAK) if z <= 0 else (z, 1.0)
    if activation == SIN:
        return math.sin(z), math.cos(z)
    if activation == IDENTITY:
        return z, 1.0
    return math.nan, math.nan


@_inlined
def forward(layer: Any, parameters: Array, units: Units) -> None:
    """Compute a layer's a = f(z) and slope f'(z), where z = x W + b.

    x, the values of the layer below, has the shape (inputs,), W has (inputs, units), and the others have
    (units,).
    """
    values, slopes = units.values, units.slopes
    for unit in range(layer.units):
        values[layer.here + unit] = parameters[layer.biases + unit]
    for i in range(layer.inputs):
        x = values[layer.below + i]
        row = layer.weights + i * layer.units
        for unit in range(layer.units):
            values[layer.here + unit] += x * parameters[row + unit]
    for unit in range(layer.units):
        a, slope = activate(layer.activation, values[layer.here + unit])
        values[layer.here + unit] = a
        slopes[layer.here + unit] = slope


@_inlined
def softmax(layer: Any, values: Array) -> None:
    """y = exp(u) / sum exp(u), in place; shape (units,). Subtracting the largest u avoids an overflow."""
    largest = values[layer.here]
    for unit in range(layer.units):
        largest = max(largest, values[layer.here + unit])
    total = 0.0
    for unit in range(layer.units):
        power = math.exp(values[layer.here + unit] - largest)
        values[layer.here + unit] = power
        total += power
    for unit in range(layer.units):
        values[layer.here + unit] /= total


@_inlined
def compare(layer: Any, classification: bool, units: Units, target: Array, output: Array) -> float:
    """Compute the output y from the last layer's u, and delta = dL/du = y - t; return the loss L.

    For regression, y = u and L = 1/2 sum (y - t)²; otherwise y = softmax(u) and L = -sum t log(y + 1e-7).
    """
    values, deltas = units.values, units.deltas
    if classification:
        softmax(layer, values)
    loss = 0.0
    for unit in range(layer.units):
        y, t = values[layer.here + unit], target[unit]
        output[unit] = y
        deltas[layer.here + unit] = y - t
        if not classification:
            loss += 0.5 * ((y - t) * (y - t))
        elif t != 0:  # skips logarithms, each of which takes as long as a layer
            loss -= t * math.log(y + 1e-7)
    return loss


@_inlined_sum
def weighted_sum(layer: Any, parameters: Array, row: np.uint64, deltas: Array) -> float:
    """dL/dx of one input: the sum of weight * delta over the input's row of the layer's weights."""
    total = 0.0
    for unit in range(layer.units):
        total += parameters[row + unit] * deltas[layer.here + unit]
    return total


@_inlined
def backward(layer: Any, parameters: Array, units: Units, factor: float, out: Array) -> None:
    """Add factor * gradient to `out`, and compute the delta of the layer below.

        dL/dW = x^T delta,  dL/db = delta
        dL/dx = W delta,  delta below = dL/dx * f'(z below)

    The shapes are those of `forward`. `out` may be the parameters: each weight is read before it changes.
    """
    values, slopes, deltas = units
    for i in range(layer.inputs):
        x = values[layer.below + i]
        row = layer.weights + i * layer.units
        if layer.below > 0:  # the network's inputs need no delta
            dx = weighted_sum(layer, parameters, row, deltas)
            deltas[layer.below + i] = dx * slopes[layer.below + i]
        for unit in range(layer.units):
            out[row + unit] += factor * (x * deltas[layer.here + unit])
    for unit in range(layer.units):
        out[layer.biases + unit] += factor * deltas[layer.here + unit]


@_inlined
def penalize(layers: Any, rules: Rules, memory: Memory) -> None:
    """gradient += l2 w + l1 sign(w), for the weights w but not the biases."""
    parameters, gradient = memory.parameters, memory.gradient
    for number in range(np.uint64(len(layers))):
        for k in range(layers[number].weights, layers[number].biases):
            w = parameters[k]
            gradient[k] = gradient[k] + rules.l2 * w + rules.l1 * np.sign(w)


@_inlined_sum
def clip(gradient: Array, limit: float) -> None:
    """gradient *= limit / |gradient|, if the gradient is longer than the limit; shape (parameters,)."""
    square = 0.0
    for k in range(np.uint64(len(gradient))):
        square += gradient[k] * gradient[k]
    if math.sqrt(square) > limit:
        for k in range(np.uint64(len(gradient))):
            gradient[k] *= limit / math.sqrt(square)


@_inlined
def update(rules: Rules, rate: float, t: np.uint64, memory: Memory) -> None:
    """Update the parameters by the optimizer's formula; t counts updates from 1."""
    mu, rho = rules.momentum, rules.decay
    parameters, first, second, gradient = memory
    first_sum, second_sum = 1.0, 1.0
    if rules.optimizer == ADAM:
        first_sum, second_sum = 1 - math.pow(mu, float(t)), 1 - math.pow(rho, float(t))
    for k in range(np.uint64(len(parameters))):
        g = gradient[k]
        if rules.optimizer == SGD:
            parameters[k] -= rate * g
        elif rules.optimizer == MOMENTUM:
            first[k] = mu * first[k] + g
            parameters[k] -= rate * first[k]
        elif rules.optimizer == NESTEROV:
            first[k] = mu * first[k] + g
            parameters[k] -= rate * (g + mu * first[k])
        elif rules.optimizer == RMSPROP:
            second[k] = rho * second[k] + (1 - rho) * (g * g)
            parameters[k] -= rate * (g / (math.sqrt(second[k]) + EPSILON))
        elif rules.optimizer == ADAM:
            first[k] = mu * first[k] + (1 - mu) * g
            second[k] = rho * second[k] + (1 - rho) * (g * g)
            root = math.sqrt(second[k] / second_sum)
            parameters[k] -= rate * (first[k] / first_sum / (root + EPSILON))


def train(
    layers: Any,
    rules: Rules,
    inputs: Array,
    targets: Array,
    orders: IntArray,
    rates: Array,
    start: np.uint64,
    stop: np.uint64,
    updates: np.uint64,
    memory: Memory,
    units: Units,
    losses: Array,
    outputs: Array,
) -> np.uint64:
    """Train on samples start to stop of each epoch, as `Kernel` says; return the total number of updates.

    Within a batch, `memory.gradient` holds the sum of the gradients from one call to the next.

    Args:
        layers: records of `LAYER`; shape (layers,).
        inputs, targets: shapes (samples, inputs) and (samples, outputs).
        orders, rates: shapes (epochs, samples) and (epochs,).
        start, stop: any samples; start is the beginning of a batch or the stop of the last call.
        updates: the number of updates before this call.
        losses, outputs: receive the results, the outputs those of the last epoch; shapes (epochs, samples)
            and (samples, outputs).
    """
    depth, size = np.uint64(len(layers)), np.uint64(rules.batch_size)
    parameters, gradient = memory.parameters, memory.gradient
    # Plain gradient descent on single samples is so common, and so short, that it uses no gradient vector.
    at_once = size == ONE and rules.optimizer == SGD and rules.l1 == rules.l2 == rules.clip == 0
    samples, rest = np.uint64(orders.shape[1]), np.uint64(start % size)
    for epoch in range(np.uint64(len(orders))):
        factor, out = (-rates[epoch], parameters) if at_once else (1.0, gradient)
        for begin in range(np.uint64(start - rest), stop, size):
            end = min(np.uint64(begin + size), samples)
            if not at_once and begin >= start:
                gradient[:] = 0
            for position in range(begin if begin >= start else start, min(end, stop)):
                sample = np.uint64(orders[epoch, position])
                for i in range(layers[0].inputs):
                    units.values[i] = inputs[sample, i]
                for number in range(depth):
                    forward(layers[number], parameters, units)
                losses[epoch, position] = compare(
                    layers[depth - ONE], rules.classification, units, targets[sample], outputs[position]
                )
                for number in range(depth):
                    backward(layers[depth - ONE - number], parameters, units, factor, out)
            if end > stop:
                break  # the next call completes the batch
            updates += ONE
            if not at_once:
                for k in range(np.uint64(len(gradient))):
                    gradient[k] /= float(end - begin)
                if rules.l1 > 0 or rules.l2 > 0:
                    penalize(layers, rules, memory)
                if rules.clip > 0:
                    clip(gradient, rules.clip)
                update(rules, rates[epoch], updates, memory)
    return updates
