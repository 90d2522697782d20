"""Normally distributed numbers, with the same bits on every machine."""

from __future__ import annotations

import numpy as np
from numpy.random import RandomState

from bpengine.arrays import Array
from bpengine.elementary import log


def standard_normal(random: RandomState, shape: tuple[int, ...]) -> Array:
    """Return what `random.standard_normal(shape)` returns, except for rounding, and leave the same state.

    NumPy takes its logarithms from the C library, which rounds in its own way on each machine. The method is
    G. Marsaglia's polar method (1964): a random point of the unit disk gives two numbers, of which the
    generator keeps the second one for the next call.
    """
    count = int(np.prod(shape))
    state = random.get_state(legacy=False)
    kept = [state["gauss"]] if state["has_gauss"] and count else []
    pairs = _points_of_disk(random, (count - len(kept) + 1) // 2)
    squares = pairs[:, 0] * pairs[:, 0] + pairs[:, 1] * pairs[:, 1]
    factors = np.sqrt(-2.0 * log(squares) / squares)
    drawn = (factors[:, np.newaxis] * pairs[:, ::-1]).reshape(-1)
    numbers = np.concatenate([kept, drawn])
    if count:
        state = random.get_state(legacy=False)
        over = len(numbers) > count
        state["has_gauss"], state["gauss"] = int(over), float(numbers[-1]) if over else 0.0
        random.set_state(state)
    return numbers[:count].reshape(shape)


def _points_of_disk(random: RandomState, count: int) -> Array:
    """The first random points of the square from -1 to 1 that are within the unit disk; shape (count, 2)."""
    found = np.empty((0, 2))
    while len(found) < count:
        before = random.get_state(legacy=False)
        points = 2.0 * random.random_sample((count - len(found) + 16, 2)) - 1.0
        squares = points[:, 0] * points[:, 0] + points[:, 1] * points[:, 1]
        inside = np.flatnonzero((squares < 1.0) & (squares != 0.0))[: count - len(found)]
        found = np.concatenate([found, points[inside]])
        if len(found) == count:  # draw no more than the last one again
            random.set_state(before)
            random.random_sample((inside[-1] + 1, 2))
    return found
