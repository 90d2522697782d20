"""`train`: epochs of all lanes."""

from __future__ import annotations

from typing import Any

from bpengine.arrays import Array, IntArray
from bpengine.kernels.compiled.layout import (
    NO_SUCH_SAMPLE,
    ONE,
    Coefficients,
    Memory,
    Rules,
    Samples,
    Units,
    count,
    unsigned,
)
from bpengine.kernels.compiled.passes import backward, compare, forward, read, softmax
from bpengine.kernels.compiled.updates import SGD, clip, keep, penalize, put_back, spare, update


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
    memory: Memory,
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
        kept: scratch space; flat, of 3 numbers for each lane of each of them.
        factors: scratch space; shape (lanes,).
        losses, outputs, test_losses: receive the results, the outputs those of the last epoch; flat, from the
            shapes (epochs, samples, lanes), (samples, outputs, lanes) and (epochs, test samples, lanes).
    """
    number_of_lanes, number = count(lanes), unsigned(len(samples.inputs))
    for k in range(unsigned(len(orders))):
        if unsigned(orders[k]) >= number:
            return NO_SUCH_SAMPLE
    depth, size = unsigned(len(layers)), unsigned(rules.batch_size)
    last = layers[depth - ONE]
    parameters, gradient = memory.parameters, memory.gradient
    penalized = clipped = False
    for lane in range(number_of_lanes):
        penalized = penalized or coefficients.l1[lane] > 0 or coefficients.l2[lane] > 0
        clipped = clipped or coefficients.clip[lane] > 0
    # Plain gradient descent on single samples is so common, and so short, that it uses no gradient vector.
    freezes = len(frozen) > 0
    at_once = size == ONE and rules.optimizer == SGD and not penalized and not clipped and not freezes
    begin_of_first = unsigned(start - start % size)
    batches = (stop - begin_of_first + size - ONE) // size
    # The test samples of an epoch that ends here are one more batch, from which nothing is learned.
    tests = unsigned(len(test.inputs)) if stop == number else unsigned(0)
    rounds = batches + ONE if tests > 0 else batches
    out = parameters if at_once else gradient
    keep(number_of_lanes, frozen, memory, kept)
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
            results = losses if learning else test_losses
            base = epoch * number if learning else epoch * tests
            for position in range(first, min(end, stop) if learning else tests):
                at = (base + position) * number_of_lanes
                read(
                    learning,
                    position,
                    number_of_lanes,
                    at,
                    orders,
                    samples,
                    test,
                    layers[0].inputs,
                    last,
                    units,
                )
                for lane in range(number_of_lanes):
                    results[at + lane] = 0.0
                for layer in range(depth):
                    forward(layers[layer], number_of_lanes, parameters, units)
                if rules.classification:
                    softmax(last, number_of_lanes, units)
                compare(last, number_of_lanes, rules.classification, units, results, at)
                if learning:
                    first_output = last.here * number_of_lanes
                    for k in range(last.units * number_of_lanes):
                        outputs[position * last.units * number_of_lanes + k] = units.values[first_output + k]
                    for layer in range(depth):
                        backward(
                            layers[depth - ONE - layer], number_of_lanes, parameters, units, factors, out
                        )
            if not learning or end > stop:
                break  # the next call completes the batch
            updates += ONE
            if not at_once:
                for k in range(unsigned(len(gradient))):
                    gradient[k] /= float(end - begin)
                if penalized:
                    penalize(layers, number_of_lanes, coefficients, memory)
                spare(number_of_lanes, frozen, gradient)
                if clipped:
                    clip(number_of_lanes, gradient, coefficients.clip)
                update(number_of_lanes, rules.optimizer, coefficients, rate, updates, memory, units)
                put_back(number_of_lanes, frozen, memory, kept)
    return updates
