"""The forward and the backward pass, for one sample of each lane.

To add an activation, give it a number in `ACTIVATIONS` and a branch in `activate`.
"""

from __future__ import annotations

import math
from typing import Any

from bpengine import elementary
from bpengine.arrays import Array, IntArray
from bpengine.kernels.compiled.floats import sin_cos
from bpengine.kernels.compiled.layout import ONE, TWO, VECTOR, Samples, Units, inlined, unsigned

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

LEAK = 0.01
"""The slope of leaky relu below 0."""
NARROW: int = unsigned(8)
"""A layer of a single run with fewer units than this is computed unit by unit, with sums in registers. For so
few units, what prepares a loop for vectors takes longer than the loop."""


@inlined
def activate(activation: int, lanes: int, at: int, units: Units) -> None:
    """Replace z by a = f(z), and compute f'(z); NaN for a number that is none of these activations.

    Args:
        at: where the unit's lanes start.
    """
    values, slopes = units.values, units.slopes
    if activation == SIGMOID:
        for k in range(at, at + lanes):
            a = 1 / (1 + elementary.exp(-values[k]))  # if exp overflows to infinity, a is 0, the right limit
            values[k] = a
            slopes[k] = a * (1 - a)
    elif activation == TANH:
        for k in range(at, at + lanes):
            a = elementary.tanh(values[k])
            values[k] = a
            slopes[k] = 1 - a * a
    elif activation == RELU:
        for k in range(at, at + lanes):
            z = values[k]
            values[k] = 0.0 if z <= 0 else z
            slopes[k] = 0.0 if z <= 0 else 1.0
    elif activation == LEAKY_RELU:
        for k in range(at, at + lanes):
            z = values[k]
            values[k] = LEAK * z if z <= 0 else z
            slopes[k] = LEAK if z <= 0 else 1.0
    elif activation == SIN:
        largest = 0.0
        for k in range(at, at + lanes):
            largest = max(largest, abs(values[k]))
        if largest <= elementary.MAX_ANGLE:
            for k in range(at, at + lanes):
                a, slope = elementary.sin_cos(values[k])
                values[k] = a
                slopes[k] = slope
        else:
            for k in range(at, at + lanes):
                a, slope = sin_cos(values[k])
                values[k] = a
                slopes[k] = slope
    else:
        for k in range(at, at + lanes):
            values[k] = slopes[k] = math.nan


@inlined
def forward(layer: Any, lanes: int, parameters: Array, units: Units) -> None:
    """Compute a layer's a = f(z) and slope f'(z), where z = x W + b.

    For each lane, x, the values of the layer below, has the shape (inputs,), W has (inputs, units), and the
    others have (units,).
    """
    if lanes == ONE and layer.units < NARROW:
        _sums_unit_by_unit(layer, parameters, units.values)
    else:
        _sums(layer, lanes, parameters, units.values)
    here, length = layer.here * lanes, layer.units * lanes
    if layer.activation == IDENTITY:
        for k in range(here, here + length):
            units.slopes[k] = 1.0
    elif lanes == ONE:  # whole vectors: what follows the layer's units is nobody's
        activate(layer.activation, (length + VECTOR - ONE) // VECTOR * VECTOR, here, units)
    else:
        activate(layer.activation, length, here, units)


@inlined
def _sums_unit_by_unit(layer: Any, parameters: Array, values: Array) -> None:
    """The z of a layer of a single run."""
    inputs, below, here = layer.inputs, layer.below, layer.here
    count, weights, biases = layer.units, layer.weights, layer.biases
    for unit in range(count):
        z, w = parameters[biases + unit], weights + unit
        for x in range(below, below + inputs):
            z += values[x] * parameters[w]
            w += count
        values[here + unit] = z


@inlined
def _sums(layer: Any, lanes: int, parameters: Array, values: Array) -> None:
    """The z of a layer, in the same order."""
    here, biases = layer.here * lanes, layer.biases * lanes
    for k in range(layer.units * lanes):
        values[here + k] = parameters[biases + k]
    length = layer.units * lanes
    odd = layer.inputs % TWO
    if odd > 0:
        below, row = layer.below * lanes, layer.weights * lanes
        for unit in range(layer.units):
            z, w = here + unit * lanes, row + unit * lanes
            for lane in range(lanes):
                values[z + lane] += values[below + lane] * parameters[w + lane]
    for i in range(odd, layer.inputs, TWO):  # two inputs at a time, to load and store half as often
        below, row = (layer.below + i) * lanes, layer.weights * lanes + i * length
        for unit in range(layer.units):
            z, w = here + unit * lanes, row + unit * lanes
            for lane in range(lanes):
                values[z + lane] = (values[z + lane] + values[below + lane] * parameters[w + lane]) + values[
                    below + lanes + lane
                ] * parameters[w + length + lane]


@inlined
def read(
    learning: bool,
    position: int,
    lanes: int,
    at: int,
    orders: IntArray,
    samples: Samples,
    test: Samples,
    inputs: int,
    last: Any,
    units: Units,
) -> None:
    """Set the values of the network's inputs to a sample, and the deltas of its outputs to the targets.

    It is the test sample `position` or, when learning, each lane's sample in the order.
    """
    for i in range(inputs + last.units):
        to = i * lanes if i < inputs else (last.here + i - inputs) * lanes
        for lane in range(lanes):
            sample = unsigned(orders[at + lane]) if learning else position
            if i < inputs:
                units.values[to + lane] = samples.inputs[sample, i] if learning else test.inputs[sample, i]
            else:
                k = i - inputs
                units.deltas[to + lane] = samples.targets[sample, k] if learning else test.targets[sample, k]


@inlined
def softmax(layer: Any, lanes: int, units: Units) -> None:
    """y = exp(u) / sum exp(u), in place; shape (units,). Subtracting the largest u avoids an overflow.

    The slopes, which the output layer does not need, hold the largest u and then the sum.
    """
    values, scratch = units.values, units.slopes
    here = layer.here * lanes
    for lane in range(lanes):
        scratch[here + lane] = values[here + lane]
    for unit in range(layer.units):
        at = here + unit * lanes
        for lane in range(lanes):
            u = values[at + lane]
            largest = scratch[here + lane]
            scratch[here + lane] = u if u > largest else largest
    for unit in range(layer.units):
        at = here + unit * lanes
        for lane in range(lanes):
            values[at + lane] = elementary.exp(values[at + lane] - scratch[here + lane])
    for lane in range(lanes):
        scratch[here + lane] = 0.0
    for unit in range(layer.units):
        at = here + unit * lanes
        for lane in range(lanes):
            scratch[here + lane] += values[at + lane]
    for unit in range(layer.units):
        at = here + unit * lanes
        for lane in range(lanes):
            values[at + lane] /= scratch[here + lane]


@inlined
def compare(layer: Any, lanes: int, classification: bool, units: Units, losses: Array, at: int) -> None:
    """Compute delta = dL/du = y - t, where delta holds t before; add the loss L to each lane of losses[at].

    For regression, y = u and L = 1/2 sum (y - t)^2; otherwise y = softmax(u) and L = -sum t log(y + 1e-7).
    """
    values, deltas = units.values, units.deltas
    for unit in range(layer.units):
        here = (layer.here + unit) * lanes
        for lane in range(lanes):
            y, t = values[here + lane], deltas[here + lane]
            deltas[here + lane] = y - t
            if not classification:
                losses[at + lane] += 0.5 * ((y - t) * (y - t))
            elif lanes > ONE or t != 0:  # a logarithm takes a single run as long as a layer
                losses[at + lane] -= t * elementary.log(y + 1e-7)


@inlined
def backward(layer: Any, lanes: int, parameters: Array, units: Units, factors: Array, out: Array) -> None:
    """Add factor * gradient to `out`, and compute the delta of the layer below.

        dL/dW = x^T delta,  dL/db = delta
        dL/dx = W delta,  delta below = dL/dx * f'(z below)

    The shapes are those of `forward`. `out` may be the parameters: each weight is read before it changes.

    Args:
        factors: shape (lanes,).
    """
    if lanes == ONE and layer.units < NARROW:
        _backward_unit_by_unit(layer, parameters, units, factors[0], out)
        return
    values, slopes, deltas = units
    here, biases = layer.here * lanes, layer.biases * lanes
    for i in range(layer.inputs):
        below = (layer.below + i) * lanes
        row = (layer.weights + i * layer.units) * lanes
        if layer.below > 0:  # the network's inputs need no delta
            weighted_sum(layer.units, lanes, parameters, row, deltas, here, below)
            for lane in range(lanes):
                deltas[below + lane] *= slopes[below + lane]
        for unit in range(layer.units):
            delta, w = here + unit * lanes, row + unit * lanes
            for lane in range(lanes):
                out[w + lane] += factors[lane] * (values[below + lane] * deltas[delta + lane])
    for unit in range(layer.units):
        delta, b = here + unit * lanes, biases + unit * lanes
        for lane in range(lanes):
            out[b + lane] += factors[lane] * deltas[delta + lane]


@inlined
def _backward_unit_by_unit(layer: Any, parameters: Array, units: Units, factor: float, out: Array) -> None:
    """The same for a layer of a single run, with each weight read and updated in one go."""
    values, slopes, deltas = units
    inputs, below, here = layer.inputs, layer.below, layer.here
    count, w, biases = layer.units, layer.weights, layer.biases
    for x in range(below, below + inputs):
        value, total = values[x], -0.0  # to which adding a number gives this number, be it -0.0
        for unit in range(here, here + count):
            delta = deltas[unit]
            total += parameters[w] * delta
            out[w] += factor * (value * delta)
            w += ONE
        if below > 0:
            deltas[x] = total * slopes[x]
    for unit in range(count):
        out[biases + unit] += factor * deltas[here + unit]


@inlined
def weighted_sum(
    count: int, lanes: int, weights: Array, row: int, deltas: Array, here: int, out: int
) -> None:
    """dL/dx of one input: deltas[out] = sum of weight * delta over the input's row of the layer's weights."""
    if lanes == ONE:
        total = weights[row] * deltas[here]
        for unit in range(ONE, count):
            total += weights[row + unit] * deltas[here + unit]
        deltas[out] = total
        return
    odd = count % TWO
    if odd > 0:
        for lane in range(lanes):
            deltas[out + lane] = weights[row + lane] * deltas[here + lane]
    else:
        for lane in range(lanes):
            deltas[out + lane] = (
                weights[row + lane] * deltas[here + lane]
                + weights[row + lanes + lane] * deltas[here + lanes + lane]
            )
    for unit in range(TWO - odd, count, TWO):
        w, delta = row + unit * lanes, here + unit * lanes
        for lane in range(lanes):
            deltas[out + lane] = (deltas[out + lane] + weights[w + lane] * deltas[delta + lane]) + weights[
                w + lanes + lane
            ] * deltas[delta + lanes + lane]
