"""The forward and the backward pass, for one sample of each lane.

To add an activation, add its branch to `activate`.
"""

from __future__ import annotations

import math
from typing import Any

from bpengine.arithmetic import activating, elementary
from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.mixing import folded
from bpengine.kernels.compiled.floats import any_sin, float_of
from bpengine.kernels.compiled.layout import (
    LAYER_STRIDE,
    ONE,
    THREE,
    TWO,
    VECTOR,
    SampleChoice,
    Units,
    count,
    inlined,
    number_of,
    one_by_one,
    unsigned,
)

IDENTITY, SIGMOID, TANH = number_of("identity"), number_of("sigmoid"), number_of("tanh")
RELU, LEAKY_RELU, SIN = number_of("relu"), number_of("leaky-relu"), number_of("sin")
ELU, SOFTPLUS, SWISH, GELU = map(number_of, ("elu", "softplus", "swish", "gelu"))
FOUR: int = unsigned(4)
NARROW: int = unsigned(8)
"""A layer of a single run with fewer units than this is computed unit by unit, with sums in registers. For so
few units, what prepares a loop for vectors takes longer than the loop."""


@inlined
def answer(
    layers: Any, lanes: int, classification: bool, choice: SampleChoice, parameters: Array, units: Units
) -> None:
    """The forward pass: compute all units' values and slopes, the last layer's deltas, and the losses."""
    read(choice, lanes, unsigned(0), units)
    drops = choice.learning and len(choice.dropout) > 0
    if drops:
        key_sample(choice, lanes)
    for number in range(unsigned(len(layers))):
        layer = layers[number]
        forward(layer, lanes, parameters, units)
        if drops and number + ONE < len(layers):
            drop(number, layer, layer.here * lanes, lanes, choice.dropout, units)
    last = layers[unsigned(len(layers)) - ONE]
    finish(last, last.here * lanes, lanes, classification, choice, units)


@inlined
def following(first: SampleChoice, k: int, lanes: int) -> SampleChoice:
    """The choice of the k-th sample after this one."""
    learning, seen, dropout, losses, outputs, orders, at, epoch, position = first
    at, position = at + k * lanes, position + k
    return SampleChoice(learning, seen, dropout, losses, outputs, orders, at, epoch, position)


@inlined
def finish(
    layer: Any, here: int, lanes: int, classification: bool, choice: SampleChoice, units: Units
) -> None:
    """What only the last layer does: a softmax for classes, deltas and losses; its units start here."""
    if classification:
        softmax(layer, here, lanes, units)
    compare(layer, here, lanes, classification, choice, units)


@inlined
def learn(layers: Any, lanes: int, parameters: Array, units: Units, factors: Array, out: Array) -> None:
    """The backward pass: add factor * gradient to `out`."""
    depth = unsigned(len(layers))
    for number in range(depth):
        backward(layers[depth - ONE - number], lanes, parameters, units, factors, out)


@inlined
def set_slopes(layers: Any, lanes: int, units: Units) -> None:
    """Set f'(z) where f is the identity: no pass changes it."""
    for number in range(unsigned(len(layers))):
        layer = layers[number]
        if layer.activation == IDENTITY:
            for k in range(layer.here * lanes, (layer.here + layer.units) * lanes):
                units.slopes[k] = 1.0


@inlined
def activate(activation: int, lanes: int, at: int, units: Units) -> None:
    """Replace z by a = f(z), and compute f'(z); NaN for a number that is none of these activations.

    Args:
        at: where the unit's lanes start.
    """
    values, slopes = units.values, units.slopes
    if activation == SIGMOID:
        replace_each(activating.sigmoid, lanes, at, units)
    elif activation == TANH:
        replace_each(activating.tanh, lanes, at, units)
    elif activation == RELU:
        replace_each(activating.relu, lanes, at, units)
    elif activation == LEAKY_RELU:
        replace_each(activating.leaky_relu, lanes, at, units)
    elif activation == ELU:
        replace_each(activating.elu, lanes, at, units)
    elif activation == SOFTPLUS:
        replace_each(activating.softplus, lanes, at, units)
    elif activation == SWISH:
        replace_each(activating.swish, lanes, at, units)
    elif activation == GELU:
        replace_each(activating.gelu, lanes, at, units)
    elif activation == SIN:
        largest = 0.0
        for k in range(at, at + lanes):
            largest = max(largest, abs(values[k]))
        if largest <= elementary.MAX_ANGLE:
            replace_each(activating.sin, lanes, at, units)
        else:
            replace_each(any_sin, lanes, at, units)
    else:
        for k in range(at, at + lanes):
            values[k] = slopes[k] = math.nan


@inlined
def replace_each(function: Any, lanes: int, at: int, units: Units) -> None:
    """Replace z by f(z), and compute f'(z), by one of the functions of `activating`."""
    for k in range(at, at + lanes):
        a, slope = function(units.values[k], units.exp)
        units.values[k] = a
        units.slopes[k] = slope


@inlined
def forward(layer: Any, lanes: int, parameters: Array, units: Units) -> None:
    """Compute a layer's a = f(z) and slope f'(z), where z = x W + b.

    For each lane, x, the values of the layer below, has the shape (inputs,), W has (inputs, units), and the
    others have (units,).
    """
    if lanes == ONE and layer.units < NARROW:
        _sums_unit_by_unit(layer, parameters, units.values)
    elif lanes == ONE:
        _sums_input_by_input(layer, parameters, units.values)
    else:
        _sums(layer, lanes, parameters, units.values)
    if layer.activation != IDENTITY:
        activate(layer.activation, whole(layer.units, lanes), layer.here * lanes, units)


@inlined
def whole(units: int, lanes: int) -> int:
    """How many values to compute for a layer: for a single run, whole vectors.

    The values after those of the layer's units are not used.
    """
    return (units + VECTOR - ONE) // VECTOR * VECTOR if lanes == ONE else units * lanes


@inlined
def _sums_unit_by_unit(layer: Any, parameters: Array, values: Array) -> None:
    """The z of a layer of a single run."""
    inputs, below, here = layer.inputs, layer.below, layer.here
    count, weights, biases = layer.units, layer.weights, layer.biases
    for unit in range(count):
        z, w = parameters[biases + unit], weights + unit
        for x in range(below, below + inputs):
            z += values[x] * parameters[w]
            w = one_by_one(w + count)
        values[here + unit] = z


@inlined
def _sums_input_by_input(layer: Any, parameters: Array, values: Array) -> None:
    """The z of a wide layer of a single run, in the same order, four inputs at a time.

    The inputs are read before the loop: the compiler can't know that storing z does not change them, and
    uses no vectors then.
    """
    here, units, row = layer.here, layer.units, layer.weights
    for unit in range(units):
        values[here + unit] = parameters[layer.biases + unit]
    first = layer.below + layer.inputs % FOUR
    for i in range(layer.below, first):
        x = values[i]
        for unit in range(units):
            values[here + unit] += x * parameters[row + unit]
        row += units
    for i in range(first, layer.below + layer.inputs, FOUR):
        a, b, c, d = values[i], values[i + ONE], values[i + TWO], values[i + THREE]
        for unit in range(units):
            w = row + unit
            z = values[here + unit] + a * parameters[w] + b * parameters[w + units]
            w += TWO * units
            values[here + unit] = z + c * parameters[w] + d * parameters[w + units]
        row += FOUR * units


@inlined
def _sums(layer: Any, lanes: int, parameters: Array, values: Array) -> None:
    """The z of a layer, in the same order, two inputs at a time, to load and store half as often."""
    here, length = layer.here * lanes, layer.units * lanes
    first = TWO - layer.inputs % TWO  # with the biases, which saves setting z to them
    below, row, biases = layer.below * lanes, layer.weights * lanes, layer.biases * lanes
    for unit in range(layer.units):
        z, w, b = here + unit * lanes, row + unit * lanes, biases + unit * lanes
        if first == ONE:
            for lane in range(lanes):
                values[z + lane] = parameters[b + lane] + values[below + lane] * parameters[w + lane]
        else:
            for lane in range(lanes):
                values[z + lane] = (
                    parameters[b + lane] + values[below + lane] * parameters[w + lane]
                ) + values[below + lanes + lane] * parameters[w + length + lane]
    for i in range(first, layer.inputs, TWO):
        below, row = (layer.below + i) * lanes, layer.weights * lanes + i * length
        for unit in range(layer.units):
            z, w = here + unit * lanes, row + unit * lanes
            for lane in range(lanes):
                values[z + lane] = (values[z + lane] + values[below + lane] * parameters[w + lane]) + values[
                    below + lanes + lane
                ] * parameters[w + length + lane]


@inlined
def sample_of(lane: int, choice: SampleChoice) -> int:
    """The sample that a lane is to see."""
    return unsigned(choice.orders[choice.at + lane]) if choice.learning else choice.position


@inlined
def read(choice: SampleChoice, lanes: int, here: int, units: Units) -> None:
    """Set the values from `here` on to the inputs of each lane's sample."""
    inputs = choice.seen.inputs
    for i in range(unsigned(inputs.shape[1])):
        for lane in range(lanes):
            units.values[here + i * lanes + lane] = inputs[sample_of(lane, choice), i]


@inlined
def key_sample(choice: SampleChoice, lanes: int) -> None:
    """Set the key of each lane's sample; see `dropout_lanes`."""
    dropout = choice.dropout
    for lane in range(lanes):
        key = dropout[(THREE + choice.epoch) * lanes + lane]
        dropout[TWO * lanes + lane] = folded(key, sample_of(lane, choice))


@inlined
def drop(number: int, layer: Any, at: int, lanes: int, dropout: Any, units: Units) -> None:
    """Multiply the values and slopes of a hidden layer by the factors of dropout (`kernels.regularization`).

    Args:
        number: that of the layer, counted from 0.
        at: where its units start.
    """
    for unit in range(layer.units):
        here = at + unit * lanes
        for lane in range(lanes):
            bits = folded(dropout[TWO * lanes + lane], number * LAYER_STRIDE + unit)
            m = float_of(dropout[lanes + lane]) if bits >= dropout[lane] else 0.0
            units.values[here + lane] *= m
            # No pass but this one changes the slopes of the identity.
            units.slopes[here + lane] = m if layer.activation == IDENTITY else units.slopes[here + lane] * m


@inlined
def softmax(layer: Any, here: int, lanes: int, units: Units) -> None:
    """y = exp(u) / sum exp(u), in place; shape (units,). Subtracting the largest u avoids an overflow.

    The slopes, which the output layer does not need, hold the largest u and then the sum.

    Args:
        here: where the layer's units start.
    """
    values, scratch = units.values, units.slopes
    if layer.units == TWO:
        softmax_of_two(here, lanes, units)
        return
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
            values[at + lane] = elementary.exp(values[at + lane] - scratch[here + lane], units.exp)
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
def softmax_of_two(here: int, lanes: int, units: Units) -> None:
    """The same for two units, with a single exponential: for the larger u, it is exp(0) = 1."""
    values = units.values
    for lane in range(lanes):
        first, second = values[here + lane], values[here + lanes + lane]
        largest = second if second > first else first
        low, high = first - largest, second - largest
        is_second = low < 0
        e = elementary.exp(low if is_second else high, units.exp)
        one = 1.0 + (high if is_second else low)  # or NaN
        total = e + one
        values[here + lane] = (e if is_second else one) / total
        values[here + lanes + lane] = (one if is_second else e) / total


@inlined
def compare(
    layer: Any, at: int, lanes: int, classification: bool, choice: SampleChoice, units: Units
) -> None:
    """Compute delta = dL/du = y - t, and set the losses of the choice.

    For regression, y = u and L = 1/2 sum (y - t)^2. For classification, y = softmax(u), and the y
    of the sample's class is stored in place of the loss; `take_logarithms` makes the loss of it.

    Args:
        at: where the layer's units start.
    """
    values, deltas, targets = units.values, units.deltas, choice.seen.targets
    losses, loss = choice.losses, choice.at
    for lane in range(lanes):
        losses[loss + lane] = 0.0
    for unit in range(layer.units):
        here = at + unit * lanes
        for lane in range(lanes):  # in a loop of its own, since only this can't use vectors
            deltas[here + lane] = targets[sample_of(lane, choice), unit]
        for lane in range(lanes):
            y, t, before = values[here + lane], deltas[here + lane], losses[loss + lane]
            deltas[here + lane] = y - t
            if classification:
                losses[loss + lane] = y if t != 0 else before
            else:
                losses[loss + lane] = before + 0.5 * ((y - t) * (y - t))


@inlined
def take_logarithms(losses: Array, lanes: int, begin: int, end: int) -> None:
    """L = -log(y + 1e-7), for many samples at once, so that no sample waits for the loss of the last."""
    for k in range(begin * lanes, end * lanes):
        losses[k] = 0.0 - elementary.log(losses[k] + elementary.LOG_OFFSET)


@inlined
def write(here: int, length: int, at: int, units: Units, outputs: Array) -> None:
    """Copy the values of the last layer, from `here` on, to the outputs from `at` on."""
    for k in range(length):
        outputs[at + k] = units.values[here + k]


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
    values, slopes, deltas = units.values, units.slopes, units.deltas
    here, biases = layer.here * lanes, layer.biases * lanes
    for i in range(layer.inputs):
        below = (layer.below + i) * lanes
        row = (layer.weights + i * layer.units) * lanes
        if layer.below > 0:  # the network's inputs need no delta
            weighted_sum(layer.units, lanes, parameters, row, deltas, here, below)
            for lane in range(lanes):
                deltas[below + lane] *= slopes[below + lane]
        if lanes == ONE:  # with the value in a register: storing to `out` might change it
            value, factor = values[below], factors[0]
            for unit in range(layer.units):
                out[row + unit] += factor * (value * deltas[here + unit])
        else:
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
    """The same for a layer of a single run: each weight is read and updated in the same round of the loop."""
    values, slopes, deltas = units.values, units.slopes, units.deltas
    inputs, below, here = layer.inputs, layer.below, layer.here
    count, w = layer.units, layer.weights
    for x in range(below, below + inputs):
        value, total = values[x], -0.0  # to which adding a number gives this number, be it -0.0
        for unit in range(here, here + count):
            delta = deltas[unit]
            total += parameters[w] * delta
            out[w] += factor * (value * delta)
            w = one_by_one(w + ONE)
        if below > 0:
            deltas[x] = total * slopes[x]
    for unit in range(here, here + count):  # the biases follow
        out[w] += factor * deltas[unit]
        w = one_by_one(w + ONE)


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


def predict(
    lanes: Any,
    layers: Any,
    classification: bool,
    inputs: Array,
    parameters: Array,
    units: Units,
    values: Array,
) -> None:
    """Compute the values of all units of the network of each lane for each sample.

    Args:
        lanes: the number of runs; see `ALONE`.
        layers: records of `LAYER`; shape (layers,).
        classification: whether the outputs are a softmax.
        inputs: shape (samples, inputs).
        parameters: flat, from the shape (parameters, lanes).
        units: scratch space.
        values: receives the values, layer by layer; flat, from the shape (samples, units of all layers but
            the inputs, lanes).
    """
    number_of_lanes, depth, at = count(lanes), unsigned(len(layers)), unsigned(0)
    for sample in range(unsigned(len(inputs))):
        for i in range(unsigned(inputs.shape[1])):
            for lane in range(number_of_lanes):
                units.values[i * number_of_lanes + lane] = inputs[sample, i]
        for number in range(depth):
            layer = layers[number]
            forward(layer, number_of_lanes, parameters, units)
            if classification and number + ONE == depth:
                softmax(layer, layer.here * number_of_lanes, number_of_lanes, units)
            here, length = layer.here * number_of_lanes, layer.units * number_of_lanes
            for k in range(length):
                values[at + k] = units.values[here + k]
            at += length
