"""The forward and the backward pass for several samples of a batch at once, layer by layer.

Sample by sample, a wide layer's weights and their gradient take turns in the fast cache, and each of them is
loaded again for each sample. In a block, whatever is loaded is used for several samples. All sums keep the
order that they have in `passes`, hence their bits.

A layer has room for `BLOCK` times its units: those of the samples follow one another.
"""

from __future__ import annotations

from typing import Any

from bpengine.arithmetic.arrays import Array
from bpengine.kernels.compiled import passes
from bpengine.kernels.compiled.layout import (
    ONE,
    THREE,
    TWO,
    Problem,
    SampleChoice,
    StateArrays,
    Units,
    inlined,
    unsigned,
    within,
)
from bpengine.kernels.compiled.passes import FOUR

BLOCK: int = unsigned(32)
"""The most samples of a block."""
ROWS: int = unsigned(64)
"""The inputs whose weights are used by all samples of a block before the next ones."""


@within
def add_products(shape: Any, a: Array, at: int, steps: Any, b: Array, of_b: int, c: Array, of_c: int) -> None:
    """C += A B, term after term, two rows and four terms at a time, to use each number several times.

    Args:
        shape: (rows, terms, columns); A has the shape (rows, terms), B (terms, columns), C (rows, columns).
        a, at, steps: A[row, term] is at `at` + row * steps[0] + term * steps[1].
        b, of_b, c, of_c: where B and C start; row by row.
    """
    (rows, terms, columns), (row_step, step) = shape, steps
    odd = terms % FOUR
    for row in range(unsigned(0), rows, TWO):
        other = min(row + ONE, rows - ONE)  # the last row twice, to the same result
        here, there = of_c + row * columns, of_c + other * columns
        first, second, w = at + row * row_step, at + other * row_step, of_b
        for _ in range(odd):
            p, q = a[first], a[second]
            for k in range(columns):
                y, z = c[here + k], c[there + k]
                c[here + k] = y + p * b[w + k]
                c[there + k] = z + q * b[w + k]
            first, second, w = first + step, second + step, w + columns
        for _ in range(odd, terms, FOUR):
            p, q, r, s = a[first], a[first + step], a[first + TWO * step], a[first + THREE * step]
            t, u, v, x = a[second], a[second + step], a[second + TWO * step], a[second + THREE * step]
            w1, w2, w3 = w + columns, w + TWO * columns, w + THREE * columns
            for k in range(columns):
                d, e, f, g = b[w + k], b[w1 + k], b[w2 + k], b[w3 + k]
                y, z = c[here + k], c[there + k]
                c[here + k] = y + p * d + q * e + r * f + s * g
                c[there + k] = z + t * d + u * e + v * f + x * g
            first, second, w = first + FOUR * step, second + FOUR * step, w3 + columns


@inlined
def pass_blocks(
    problem: Problem, first: SampleChoice, number: int, memory: StateArrays, units: Units
) -> None:
    """What `training.pass_samples` does, for a single run, in blocks."""
    layers = problem.layers
    last = layers[unsigned(len(layers)) - ONE]
    here, length = last.here * BLOCK, last.units
    for start in range(unsigned(0), number, BLOCK):
        size, choice = min(BLOCK, number - start), passes.following(first, start, ONE)
        answer_block(problem, size, choice, memory.parameters, units)
        if choice.learning:
            if len(choice.outputs) > 0:
                passes.write(here, length * size, choice.position * length, units, choice.outputs)
            learn_block(layers, size, memory.parameters, units, memory.gradient)


@inlined
def answer_block(problem: Problem, size: int, first: SampleChoice, parameters: Array, units: Units) -> None:
    """What `answer` does, for a number of samples, of which the first is chosen."""
    layers, values = problem.layers, units.values
    even = size + size % TWO  # there is room for the sums of one sample more, which nobody reads
    for k in range(size):
        passes.read(passes.following(first, k, ONE), ONE, k * layers[0].inputs, units)
    for number in range(unsigned(len(layers))):
        layer = layers[number]
        below, here, inputs, count = layer.below * BLOCK, layer.here * BLOCK, layer.inputs, layer.units
        for k in range(size):
            for unit in range(count):
                values[here + k * count + unit] = parameters[layer.biases + unit]
        for i in range(unsigned(0), inputs, ROWS):
            shape, w = (even, min(ROWS, inputs - i), count), layer.weights + i * count
            add_products(shape, values, below + i, (inputs, ONE), parameters, w, values, here)
        if layer.activation != passes.IDENTITY:
            passes.activate(layer.activation, passes.whole(size * count, ONE), here, units)
        for k in range(size):
            choice, at = passes.following(first, k, ONE), here + k * count
            if number + ONE == len(layers):
                passes.finish(layer, at, ONE, problem.rules.classification, choice, units)
            elif choice.learning and len(choice.dropout) > 0:
                passes.key_sample(choice, ONE)
                passes.drop(number, layer, at, ONE, choice.dropout, units)


@inlined
def learn_block(layers: Any, size: int, parameters: Array, units: Units, out: Array) -> None:
    """What `learn` does, for a number of samples; the values are lost."""
    values, slopes, deltas, depth = units.values, units.slopes, units.deltas, unsigned(len(layers))
    for number in range(depth):
        layer = layers[depth - ONE - number]
        below, here, inputs, count = layer.below * BLOCK, layer.here * BLOCK, layer.inputs, layer.units
        add_products((inputs, size, count), values, below, (ONE, inputs), deltas, here, out, layer.weights)
        for k in range(size):
            for unit in range(count):
                out[layer.biases + unit] += deltas[here + k * count + unit]
        if below > 0:  # dL/dx = W delta, both transposed, where the values were
            for unit in range(count):
                for k in range(size):
                    values[here + unit * size + k] = deltas[here + k * count + unit]
            for j in range(below, below + inputs * size):
                values[j] = -0.0  # to which adding a number gives this number, be it -0.0
            shape, steps = (inputs, count, size), (count, ONE)
            add_products(shape, parameters, layer.weights, steps, values, here, values, below)
            for k in range(size):
                for i in range(inputs):
                    j = below + k * inputs + i
                    deltas[j] = values[below + i * size + k] * slopes[j]
