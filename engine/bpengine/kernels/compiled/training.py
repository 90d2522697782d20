"""`train`: epochs of all lanes."""

from __future__ import annotations

import math
from typing import Any

from bpengine.arithmetic import elementary, updating
from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.kernels.compiled.blocks import BLOCK, pass_blocks
from bpengine.kernels.compiled.layout import (
    NO_SUCH_SAMPLE,
    ONE,
    Coefficients,
    Course,
    Problem,
    Results,
    SampleChoice,
    Scratch,
    StateArrays,
    Units,
    count,
    inlined,
    is_alone,
    number_of,
    unsigned,
)
from bpengine.kernels.compiled.passes import answer, following, learn, set_slopes, take_logarithms, write

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
def keep(lanes: int, memory: StateArrays, kept: Array) -> None:
    """Copy what is frozen, the parameters and their buffers, to `kept`.

    Args:
        kept: flat, from the shape (1 + buffers, frozen, lanes).
    """
    frozen, size = memory.frozen, unsigned(len(memory.parameters))
    count = unsigned(len(frozen)) * lanes
    for j in range(count):
        k = unsigned(frozen[j // lanes]) * lanes + j % lanes
        kept[j] = memory.parameters[k]
        for buffer in range(unsigned(len(memory.buffers)) // size):
            kept[(buffer + ONE) * count + j] = memory.buffers[buffer * size + k]


@inlined
def spare(lanes: int, memory: StateArrays) -> None:
    """gradient = 0 for what is frozen."""
    frozen, gradient = memory.frozen, memory.gradient
    for j in range(unsigned(len(frozen)) * lanes):
        gradient[unsigned(frozen[j // lanes]) * lanes + j % lanes] = 0.0


@inlined
def put_back(lanes: int, memory: StateArrays, kept: Array) -> None:
    """Undo what an update has done to what is frozen; see `keep`."""
    frozen, size = memory.frozen, unsigned(len(memory.parameters))
    count = unsigned(len(frozen)) * lanes
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
    parameters, buffers, gradient, _ = memory
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


@inlined
def pass_samples(
    lanes: int,
    problem: Problem,
    first: SampleChoice,
    size: int,
    memory: StateArrays,
    scratch: Scratch,
    out: Array,
) -> None:
    """Answer, and learn from, a number of samples, one after another.

    Args:
        out: what changes with each sample: the gradient or the parameters.
    """
    layers, units = problem.layers, scratch.units
    last = layers[unsigned(len(layers)) - ONE]
    here, length = last.here * lanes, last.units * lanes
    for k in range(size):
        choice = following(first, k, lanes)
        answer(layers, lanes, problem.rules.classification, choice, memory.parameters, units)
        if choice.learning:
            if len(choice.outputs) > 0:
                write(here, length, choice.position * length, units, choice.outputs)
            learn(layers, lanes, memory.parameters, units, scratch.factors, out)


def train(
    lanes: Any,
    problem: Problem,
    coefficients: Coefficients,
    course: Course,
    memory: StateArrays,
    scratch: Scratch,
    results: Results,
) -> int:
    """Train on samples start to stop of each epoch, as `Kernel` says; return the total number of updates.

    If an order has a sample that does not exist, nothing is changed, and the result is `NO_SUCH_SAMPLE`.

    Within a batch, `memory.gradient` holds the sum of the gradients from one call to the next.

    Args:
        lanes: the number of runs; see `ALONE`.
    """
    layers, rules, samples, test = problem
    orders, dropout, epoch_rates, epochs, start, stop, updates = course
    units, factors, kept = scratch
    losses, outputs, test_losses = results
    number_of_lanes, number, size = count(lanes), unsigned(len(samples.inputs)), unsigned(rules.batch_size)
    if not all_below(number, orders):
        return NO_SUCH_SAMPLE
    penalized, clipped = penalizes(coefficients), any_above_0(coefficients.clip)
    # Plain gradient descent on single samples is so common, and so short, that it uses no gradient vector: a
    # sample changes the parameters at once, and all samples are gone through as if they were one batch.
    at_once = size == ONE and rules.optimizer == SGD and not (penalized or clipped or len(memory.frozen) > 0)
    begin_of_first = start if at_once else unsigned(start - start % size)
    if at_once:
        size = max(stop - start, ONE)
    batches = (stop - begin_of_first + size - ONE) // size
    # The test samples of an epoch that ends here are one more batch, from which nothing is learned.
    tests = unsigned(len(test.inputs)) if stop == number else unsigned(0)
    rounds = batches + ONE if tests > 0 else batches
    out = memory.parameters if at_once else memory.gradient
    keep(number_of_lanes, memory, kept)
    set_slopes(layers, BLOCK if is_alone(lanes) and rules.in_blocks else number_of_lanes, units)
    for epoch in range(epochs):
        rate = epoch_rates[epoch * number_of_lanes :]
        for lane in range(number_of_lanes):
            factors[lane] = -rate[lane] if at_once else 1.0
        for batch in range(rounds):
            learning = batch < batches
            begin = begin_of_first + batch * size
            end = min(begin + size, number)
            if learning and not at_once and begin >= start:
                memory.gradient[:] = 0
            first = max(begin, start) if learning else unsigned(0)
            seen, own = (samples, losses) if learning else (test, test_losses)
            shown = outputs if epoch + ONE == epochs else outputs[:0]
            at = ((epoch * number if learning else epoch * tests) + first) * number_of_lanes
            choice = SampleChoice(learning, seen, dropout, own, shown, orders, at, epoch, first)
            length = (min(end, stop) if learning else tests) - first
            if is_alone(lanes) and rules.in_blocks:
                pass_blocks(problem, choice, length, memory, units)
            else:
                pass_samples(number_of_lanes, problem, choice, length, memory, scratch, out)
            if not learning or end > stop:
                break  # the next call completes the batch
            updates += end - begin if at_once else ONE
            if not at_once:
                average(memory.gradient, end - begin)
                if penalized:
                    penalize(layers, number_of_lanes, coefficients, memory)
                spare(number_of_lanes, memory)
                if clipped:
                    clip(number_of_lanes, memory.gradient, coefficients.clip)
                update(number_of_lanes, rules.optimizer, coefficients, rate, updates, memory, units)
                put_back(number_of_lanes, memory, kept)
        if rules.classification:
            take_logarithms(losses, number_of_lanes, epoch * number + start, epoch * number + stop)
            take_logarithms(test_losses, number_of_lanes, epoch * tests, (epoch + ONE) * tests)
    return updates


@inlined
def all_below(limit: int, numbers: IntArray) -> bool:
    """Whether all numbers are from 0 to below the limit."""
    greatest = unsigned(0)
    for k in range(unsigned(len(numbers))):
        greatest = max(greatest, unsigned(numbers[k]))
    return len(numbers) == 0 or bool(greatest < limit)
