"""Training as machine code: functions that numba compiles, for any depth, activation and optimizer.

Only `loading` imports this module, since that takes numba. `train` is called from outside, and all else is
compiled into it. Vectors hold all layers, one after the other; a row of `LAYER` says where a layer's part
starts. It is fast because `train` allocates nothing and counts no references (hence `_nrt`), and because
indices are unsigned: numba asks of a signed one whether it counts from the end.

numba's cache on disk knows when this file changes, but not when another does: all numbers and layouts that
become part of the machine code are written here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import boolean, float64, from_dtype, int64, njit, types, uint64

from bpengine.arrays import Array, IntArray

ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu", "leaky-relu", "sin")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "rmsprop", "adam")
"""Their places here are their numbers in `LAYER` and `Rules`."""
IDENTITY, SIGMOID, TANH, RELU, LEAKY_RELU, SIN = range(6)
SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM = range(5)

LEAK, EPSILON, ONE = 0.01, 1e-8, np.uint64(1)

LAYER = np.dtype(
    [(name, np.uint64) for name in ("inputs", "units", "weights", "biases", "below", "here", "activation")],
    align=True,
)
"""A layer: its size; where its weights (inputs x units, row by row) and biases start among the parameters;
where the layer below it and where it starts among all units, the network's inputs being the first of them."""


class Rules(NamedTuple):
    """What `Problem` and `Settings` say."""

    classification: bool
    optimizer: int
    batch_size: int
    momentum: float
    decay: float
    l1: float
    l2: float
    clip: float


class Units(NamedTuple):
    """a, f'(z) and dL/dz of each unit of all layers, the network's inputs first; each of shape (units,)."""

    values: Array
    slopes: Array
    deltas: Array


class Memory(NamedTuple):
    """One value for each parameter; each of shape (parameters,). See `State`; gradient is scratch."""

    parameters: Array
    first_moment: Array
    second_moment: Array
    gradient: Array


OPTIONS = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""No fastmath: sums keep their order and NaN its meaning. NumPy's error model: x / 0 is inf and no error."""

_VECTOR, _MATRIX = float64[::1], float64[:, ::1]
_SAMPLES = types.Array(float64, 2, "C", readonly=True)
SIGNATURE = uint64(
    from_dtype(LAYER)[::1],
    types.NamedTuple([boolean, int64, int64, float64, float64, float64, float64, float64], Rules),
    *(_SAMPLES, _SAMPLES, int64[:, ::1], _VECTOR, uint64, uint64, uint64),
    *(types.NamedUniTuple(_VECTOR, 4, Memory), types.NamedUniTuple(_VECTOR, 3, Units), _MATRIX, _MATRIX),
)
"""The types of what `train` takes and returns."""

F = TypeVar("F", bound=Callable[..., Any])


_inlined: Callable[[F], F] = njit(forceinline=True, **OPTIONS)
_inlined_sum: Callable[[F], F] = njit(forceinline=True, fastmath={"reassoc"}, **OPTIONS)
"""Both compile into the caller; the second may take a sum in several parts: faster for wide layers."""


@_inlined
def activate(activation: int, z: float) -> tuple[float, float]:
    """f(z) and f'(z), NaN for NaN."""
    if activation == SIGMOID:
        a = 1 / (1 + math.exp(-z))  # where exp overflows to infinity, 0 is the right limit
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
    return z, 1.0


@_inlined
def forward(layer: Any, parameters: Array, units: Units) -> None:
    """A layer's a = f(z) and slope f'(z), where z = x W + b.

    x is the values of the layer below, shape (inputs,); W has shape (inputs, units), all else (units,).
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
    """y = exp(u) / sum exp(u), in place; shape (units,). The largest u goes first, lest exp overflow."""
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
def compare(layer: Any, classification: bool, units: Units, target: Array, answer: Array) -> float:
    """The network's answer y from the last layer's u; delta = dL/du = y - t; the loss L.

    Regression: y = u, L = 1/2 sum (y - t)^2; else y = softmax(u), L = -sum t log(y + 1e-7).
    """
    values, deltas = units.values, units.deltas
    if classification:
        softmax(layer, values)
    loss = 0.0
    for unit in range(layer.units):
        y, t = values[layer.here + unit], target[unit]
        answer[unit] = y
        deltas[layer.here + unit] = y - t
        if not classification:
            loss += 0.5 * ((y - t) * (y - t))
        elif t != 0:  # spares logarithms, each of which takes as long as a layer
            loss -= t * math.log(y + 1e-7)
    return loss


@_inlined_sum
def weighted_sum(layer: Any, parameters: Array, row: np.uint64, deltas: Array) -> float:
    """dL/dx of one input: the sum of weight * delta over its row of the layer's weights."""
    total = 0.0
    for unit in range(layer.units):
        total += parameters[row + unit] * deltas[layer.here + unit]
    return total


@_inlined
def backward(layer: Any, parameters: Array, units: Units, factor: float, out: Array) -> None:
    """Add factor * gradient to `out`; give the layer below its delta.

        dL/dW = x^T delta,  dL/db = delta
        dL/dx = W delta,  delta below = dL/dx * f'(z below)

    Shapes as in `forward`. `out` may be the parameters themselves: each weight is read before it changes.
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
    """gradient += l2 w + l1 sign(w), for the weights w and not the biases."""
    parameters, gradient = memory.parameters, memory.gradient
    for number in range(np.uint64(len(layers))):
        for k in range(layers[number].weights, layers[number].biases):
            w = parameters[k]
            gradient[k] = gradient[k] + rules.l2 * w + rules.l1 * np.sign(w)


@_inlined_sum
def clip(gradient: Array, longest: float) -> None:
    """gradient *= longest / |gradient| where it is longer than that; shape (parameters,)."""
    square = 0.0
    for k in range(np.uint64(len(gradient))):
        square += gradient[k] * gradient[k]
    if math.sqrt(square) > longest:
        for k in range(np.uint64(len(gradient))):
            gradient[k] *= longest / math.sqrt(square)


@_inlined
def update(rules: Rules, rate: float, t: np.uint64, memory: Memory) -> None:
    """The optimizer's step, as written in `kernel`; t counts updates from 1."""
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
        else:
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
    answers: Array,
) -> np.uint64:
    """Train on samples start to stop of each epoch, as `Kernel` says; return the number of updates by then.

    Args:
        layers: records of `LAYER`; shape (layers,).
        inputs, targets: shapes (samples, inputs), (samples, outputs).
        orders, rates: shapes (epochs, samples), (epochs,).
        start, stop: multiples of the batch size; or stop is the number of samples.
        updates: how many there have been before.
        losses, answers: filled, answers by the last epoch; shapes (epochs, samples), (samples, outputs).
    """
    depth, size = np.uint64(len(layers)), np.uint64(rules.batch_size)
    parameters, gradient = memory.parameters, memory.gradient
    # Plain descent on single samples is so common, and so short, that it goes without a gradient vector.
    at_once = size == ONE and rules.optimizer == SGD and rules.l1 == rules.l2 == rules.clip == 0
    for epoch in range(np.uint64(len(orders))):
        factor, out = (-rates[epoch], parameters) if at_once else (1.0, gradient)
        for begin in range(start, stop, size):
            end = min(np.uint64(begin + size), stop)
            if not at_once:
                gradient[:] = 0
            for position in range(begin, end):
                sample = np.uint64(orders[epoch, position])
                for i in range(layers[0].inputs):
                    units.values[i] = inputs[sample, i]
                for number in range(depth):
                    forward(layers[number], parameters, units)
                losses[epoch, position] = compare(
                    layers[depth - ONE], rules.classification, units, targets[sample], answers[position]
                )
                for number in range(depth):
                    backward(layers[depth - ONE - number], parameters, units, factor, out)
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
