"""Where the samples of a data set are: at random, at even steps, or in a grid.

The numbers have the same bits on every machine. Those of `RandomState.uniform` and of an `arange` of floats
need not: where the processor can, they may round a product and a sum at once (NumPy's issue 22993).
"""

from __future__ import annotations

import numpy as np
from numpy.random import RandomState

from bpengine.arithmetic.arrays import Array


def uniform(rng: RandomState, low: float, high: float, shape: int | tuple[int, ...]) -> Array:
    """Return uniformly distributed numbers, with the random numbers of `RandomState.uniform`."""
    numbers: Array = low + (high - low) * rng.random_sample(shape)
    return numbers


def stepped(start: float, step: float, count: int) -> Array:
    """Return `count` numbers with the rounding errors of `arange`, whose real step is rounded; shape (n,)."""
    return start + np.arange(count, dtype=np.float64) * ((start + step) - start)


def grid(low: float, high: float, count: int) -> Array:
    """Return the points of a grid over a square, with x in the outer loop; shape (count**2, 2).

    Its numbers are those of `stepped`: for the square from -1 to 1, their rounding errors decide the class of
    some points on the border of the original data.
    """
    axis = stepped(low, (high - low) / (count - 1), count)
    return np.column_stack([np.repeat(axis, count), np.tile(axis, count)])
