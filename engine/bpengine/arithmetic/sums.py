"""Sums with the same bits on every machine: their terms are added one after another.

A matrix product of NumPy's adds in an order that depends on the processor, on the number of threads and on
the library that NumPy was built with. `np.add.reduce` along the first axis adds row after row, as long as a
row has two numbers or more: NumPy adds up a single column by pairs. `kernels.compiled` has the same order.
"""

from __future__ import annotations

import math

import numpy as np

from bpengine.arithmetic.arrays import Array

_FEW = 2**14
"""The most sums that `weighted_sums` adds to at the same time: they stay in the processor's cache."""


class Terms:
    """Rows of terms, and their sums.

    Args:
        rows: the number of rows.
        shape: the shape of a row.
        sums: the contiguous array for the sums, of two numbers or more; by default a new one.

    Attributes:
        rows: what to add up; shape (rows, *shape). The order of the rows is the order of the additions.
        sums: the result of `add`; the given shape.
    """

    def __init__(self, rows: int, shape: tuple[int, ...], sums: Array | None = None) -> None:
        width = math.prod(shape)
        # A second column of zeros where there is only one.
        self._rows: Array = np.zeros((rows, max(width, 2)))
        self._sums: Array = np.zeros(max(width, 2)) if sums is None else sums.reshape(-1)
        self.rows: Array = self._rows[:, :width].reshape(rows, *shape)
        self.sums: Array = self._sums[:width].reshape(shape)

    def add(self) -> Array:
        """Add up the rows, and return `sums`."""
        # Without an initial value, NumPy begins with 0, and the sum of two -0 is 0.
        np.add.reduce(self._rows, 0, out=self._sums, initial=None)
        return self.sums


def weighted_sums(x: Array, weights: Array, biases: Array | None = None) -> Array:
    """b + x[0] W[0] + x[1] W[1] + ... for each sample, added in this order.

    Args:
        x: shape (samples, inputs).
        weights: W; shape (inputs, units).
        biases: b; shape (units,). None if the sum begins with the first product.

    Returns:
        Shape (samples, units).
    """
    samples, units = len(x), weights.shape[1]
    sums: Array = np.empty((samples, units))
    size = max(_FEW // units, 1)
    for start in range(0, samples, size):
        rows, z = x[start : start + size], sums[start : start + size]
        products = np.empty_like(z)
        if biases is None:
            np.multiply(rows[:, :1], weights[0], z)
        else:
            np.multiply(rows[:, :1], weights[0], products)
            np.add(biases, products, z)
        for i in range(1, len(weights)):
            np.multiply(rows[:, i : i + 1], weights[i], products)
            np.add(z, products, z)
    return sums


def sum_columns(numbers: Array) -> Array:
    """The sum of the numbers along the second axis, at least one; (rows, n, ...) to (rows, ...)."""
    rows, n, *shape = numbers.shape
    sums: Array
    if math.prod(shape) > 1:
        sums = np.add.reduce(numbers, axis=1, initial=None)
    elif rows > 1:
        sums = np.add.reduce(np.ascontiguousarray(numbers.reshape(rows, n).T), axis=0, initial=None)
    else:  # a single column, which NumPy would add up by pairs
        sums = np.add.accumulate(numbers, axis=1)[:, -1]
    return sums.reshape(rows, *shape)


def total(numbers: Array) -> float:
    """The sum of a vector, added one after another; 0 if it is empty."""
    return float(np.add.accumulate(numbers)[-1]) if len(numbers) else 0.0
