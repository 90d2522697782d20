"""What happens between a gradient and the new parameters.

To add an optimizer, add its branch to `update`.
"""

from __future__ import annotations

import math
from typing import Any

from bpengine.arithmetic import elementary, updating
from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.kernels.compiled.layout import (
    ONE,
    Coefficients,
    StateArrays,
    Units,
    inlined,
    number_of,
    unsigned,
)

SGD, MOMENTUM, NESTEROV = number_of("sgd"), number_of("momentum"), number_of("nesterov")
RMSPROP, ADAM = number_of("rmsprop"), number_of("adam")


@inlined
def average(gradient: Array, size: int) -> None:
    """gradient /= size, the number of samples of a batch."""
    for k in range(unsigned(len(gradient))):
        gradient[k] /= float(size)


@inlined
def any_above_0(numbers: Array) -> bool:
    """Whether a number is above 0."""
    is_any = False
    for k in range(unsigned(len(numbers))):
        is_any = is_any or bool(numbers[k] > 0)
    return is_any


@inlined
def penalizes(coefficients: Coefficients) -> bool:
    """Whether there is a penalty in any lane."""
    return any_above_0(coefficients.l1) or any_above_0(coefficients.l2)


@inlined
def penalize(layers: Any, lanes: int, coefficients: Coefficients, memory: StateArrays) -> None:
    """gradient += l2 w + l1 sign(w), for the weights w but not the biases."""
    parameters, gradient = memory.parameters, memory.gradient
    for number in range(unsigned(len(layers))):
        for k in range(layers[number].weights, layers[number].biases):
            for lane in range(lanes):
                w = parameters[k * lanes + lane]
                sign = 1.0 if w > 0 else (-1.0 if w < 0 else 0.0)
                gradient[k * lanes + lane] = (
                    gradient[k * lanes + lane] + coefficients.l2[lane] * w + coefficients.l1[lane] * sign
                )


@inlined
def keep(lanes: int, frozen: IntArray, memory: StateArrays, kept: Array) -> None:
    """Copy what is frozen, the parameters and their buffers, to `kept`.

    Args:
        kept: flat, from the shape (1 + buffers, frozen, lanes).
    """
    size, count = unsigned(len(memory.parameters)), unsigned(len(frozen)) * lanes
    for j in range(count):
        k = unsigned(frozen[j // lanes]) * lanes + j % lanes
        kept[j] = memory.parameters[k]
        for buffer in range(unsigned(len(memory.buffers)) // size):
            kept[(buffer + ONE) * count + j] = memory.buffers[buffer * size + k]


@inlined
def spare(lanes: int, frozen: IntArray, gradient: Array) -> None:
    """gradient = 0 for what is frozen."""
    for j in range(unsigned(len(frozen)) * lanes):
        gradient[unsigned(frozen[j // lanes]) * lanes + j % lanes] = 0.0


@inlined
def put_back(lanes: int, frozen: IntArray, memory: StateArrays, kept: Array) -> None:
    """Undo what an update has done to what is frozen; see `keep`."""
    size, count = unsigned(len(memory.parameters)), unsigned(len(frozen)) * lanes
    for j in range(count):
        k = unsigned(frozen[j // lanes]) * lanes + j % lanes
        memory.parameters[k] = kept[j]
        for buffer in range(unsigned(len(memory.buffers)) // size):
            memory.buffers[buffer * size + k] = kept[(buffer + ONE) * count + j]


@inlined
def clip(lanes: int, gradient: Array, limits: Array) -> None:
    """gradient *= limit / |gradient| in each lane with a limit above 0 and below |gradient|."""
    for lane in range(lanes):
        square = 0.0
        for k in range(lane, unsigned(len(gradient)), lanes):
            square += gradient[k] * gradient[k]
        if 0 < limits[lane] < math.sqrt(square):
            for k in range(lane, unsigned(len(gradient)), lanes):
                gradient[k] *= limits[lane] / math.sqrt(square)


@inlined
def update(
    lanes: int,
    optimizer: int,
    coefficients: Coefficients,
    rates: Array,
    t: int,
    memory: StateArrays,
    units: Units,
) -> None:
    """Update the parameters by the optimizer's formula; NaN for a number that is none of these optimizers.

    Args:
        t: counts the updates from 1.
    """
    momentum, decay = coefficients.momentum, coefficients.decay
    parameters, buffers, gradient = memory
    rows, size = unsigned(len(parameters)) // lanes, unsigned(len(parameters))
    first, second = buffers, buffers[size:]  # the optimizer's own: those of others have no numbers
    first_sums, second_sums = units.values, units.slopes  # scratch space between two samples
    if optimizer == ADAM:
        for lane in range(lanes):
            before = lane - ONE if lane > 0 else lane
            if lane > 0 and momentum[lane] == momentum[before] and decay[lane] == decay[before]:
                first_sums[lane] = first_sums[before]
                second_sums[lane] = second_sums[before]
            else:
                first_sums[lane] = 1 - elementary.power(momentum[lane], t)
                second_sums[lane] = 1 - elementary.power(decay[lane], t)
    for row in range(rows):
        for lane in range(lanes):
            k = row * lanes + lane
            p, g, rate, mu, rho = parameters[k], gradient[k], rates[lane], momentum[lane], decay[lane]
            if optimizer == SGD:
                parameters[k] = updating.sgd(p, g, rate)[0]
            elif optimizer == MOMENTUM:
                parameters[k], first[k] = updating.momentum(p, g, rate, mu, first[k])
            elif optimizer == NESTEROV:
                parameters[k], first[k] = updating.nesterov(p, g, rate, mu, first[k])
            elif optimizer == RMSPROP:
                parameters[k], first[k] = updating.rmsprop(p, g, rate, rho, first[k])
            elif optimizer == ADAM:
                sums = first_sums[lane], second_sums[lane]
                parameters[k], first[k], second[k] = updating.adam(
                    p, g, rate, mu, rho, first[k], second[k], *sums
                )
            else:
                parameters[k] = math.nan
