"""`train`: epochs of all lanes."""

from __future__ import annotations

from typing import Any

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.kernels.compiled.layout import (
    NO_SUCH_SAMPLE,
    ONE,
    Coefficients,
    Rules,
    SampleChoice,
    Samples,
    StateArrays,
    Units,
    count,
    inlined,
    unsigned,
)
from bpengine.kernels.compiled.passes import answer, learn, set_slopes, take_logarithms, write
from bpengine.kernels.compiled.updates import (
    SGD,
    any_above_0,
    average,
    clip,
    keep,
    penalize,
    penalizes,
    put_back,
    spare,
    update,
)


def train(
    lanes: Any,
    layers: Any,
    rules: Rules,
    coefficients: Coefficients,
    samples: Samples,
    test: Samples,
    orders: IntArray,
    rates: Array,
    epochs: int,
    start: int,
    stop: int,
    updates: int,
    memory: StateArrays,
    frozen: IntArray,
    kept: Array,
    units: Units,
    factors: Array,
    losses: Array,
    outputs: Array,
    test_losses: Array,
) -> int:
    """Train on samples start to stop of each epoch, as `Kernel` says; return the total number of updates.

    If an order has a sample that does not exist, nothing is changed, and the result is `NO_SUCH_SAMPLE`.

    Within a batch, `memory.gradient` holds the sum of the gradients from one call to the next.

    Args:
        lanes: the number of runs; see `ALONE`.
        layers: records of `LAYER`; shape (layers,).
        test: samples whose losses are measured at the end of each epoch; there may be none.
        orders, rates: flat, from the shapes (epochs, samples, lanes) and (epochs, lanes).
        start, stop: any samples; start is the beginning of a batch or the stop of the last call.
        updates: the number of updates of each run before this call.
        frozen: the parameters that every lane leaves as they are; shape (frozen,).
        kept: scratch space for `keep`.
        factors: scratch space; shape (lanes,).
        losses, outputs, test_losses: receive the results, the outputs those of the last epoch; flat, from the
            shapes (epochs, samples, lanes), (samples, outputs, lanes) and (epochs, test samples, lanes).
    """
    number_of_lanes, number = count(lanes), unsigned(len(samples.inputs))
    if not all_below(number, orders):
        return NO_SUCH_SAMPLE
    size = unsigned(rules.batch_size)
    parameters, gradient = memory.parameters, memory.gradient
    penalized = penalizes(coefficients)
    clipped = any_above_0(coefficients.clip)
    # Plain gradient descent on single samples is so common, and so short, that it uses no gradient vector: a
    # sample changes the parameters at once, and all samples are gone through as if they were one batch.
    freezes = len(frozen) > 0
    at_once = size == ONE and rules.optimizer == SGD and not penalized and not clipped and not freezes
    begin_of_first = start if at_once else unsigned(start - start % size)
    if at_once:
        size = max(stop - start, ONE)
    batches = (stop - begin_of_first + size - ONE) // size
    # The test samples of an epoch that ends here are one more batch, from which nothing is learned.
    tests = unsigned(len(test.inputs)) if stop == number else unsigned(0)
    rounds = batches + ONE if tests > 0 else batches
    out = parameters if at_once else gradient
    keep(number_of_lanes, frozen, memory, kept)
    set_slopes(layers, number_of_lanes, units)
    for epoch in range(epochs):
        rate = rates[epoch * number_of_lanes :]
        for lane in range(number_of_lanes):
            factors[lane] = -rate[lane] if at_once else 1.0
        for batch in range(rounds):
            learning = batch < batches
            begin = begin_of_first + batch * size
            end = min(begin + size, number)
            if learning and not at_once and begin >= start:
                gradient[:] = 0
            first = max(begin, start) if learning else unsigned(0)
            seen = samples if learning else test
            results = losses if learning else test_losses
            base = epoch * number if learning else epoch * tests
            for position in range(first, min(end, stop) if learning else tests):
                choice = SampleChoice(learning, orders, (base + position) * number_of_lanes, position)
                answer(
                    layers, number_of_lanes, rules.classification, choice, seen, parameters, units, results
                )
                if learning:
                    if epoch + ONE == epochs:
                        write(layers, number_of_lanes, position, units, outputs)
                    learn(layers, number_of_lanes, parameters, units, factors, out)
            if not learning or end > stop:
                break  # the next call completes the batch
            updates += end - begin if at_once else ONE
            if not at_once:
                average(gradient, end - begin)
                if penalized:
                    penalize(layers, number_of_lanes, coefficients, memory)
                spare(number_of_lanes, frozen, gradient)
                if clipped:
                    clip(number_of_lanes, gradient, coefficients.clip)
                update(number_of_lanes, rules.optimizer, coefficients, rate, updates, memory, units)
                put_back(number_of_lanes, frozen, memory, kept)
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
