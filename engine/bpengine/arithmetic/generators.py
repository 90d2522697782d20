"""The generator of a run, which draws the order of the samples in each epoch, and normally distributed
numbers with the same bits on every machine.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.random import RandomState

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.elementary import log

GeneratorState = dict[str, Any]
"""What `RandomState.get_state(legacy=False)` returns."""


class Generator(Protocol):
    """Shuffles as `numpy.random.RandomState` does, with the same random numbers."""

    @property
    def state(self) -> GeneratorState:
        """A copy of the state."""

    @state.setter
    def state(self, state: GeneratorState) -> None: ...

    def shuffle(self, orders: IntArray) -> None:
        """Set each row to a new order of the samples; shape (epochs, samples)."""


class NumpyGenerator:
    """`RandomState` itself."""

    def __init__(self, state: GeneratorState) -> None:
        self._random = np.random.RandomState(0)
        self.state = state

    @property
    def state(self) -> GeneratorState:
        """A copy of the state."""
        return self._random.get_state(legacy=False)

    @state.setter
    def state(self, state: GeneratorState) -> None:
        self._random.set_state(state)

    def shuffle(self, orders: IntArray) -> None:
        """See `Generator.shuffle`."""
        orders[:] = np.arange(orders.shape[1])
        for order in orders:
            self._random.shuffle(order)


def standard_normal(random: RandomState, shape: tuple[int, ...]) -> Array:
    """Return what `random.standard_normal(shape)` returns, except for rounding, and leave the same state.

    NumPy takes its logarithms from the C library, which rounds in its own way on each machine. The method is
    G. Marsaglia's polar method (1964): a random point of the unit disk gives two numbers, of which the
    generator keeps the second one for the next call.
    """
    count = int(np.prod(shape))
    state = random.get_state(legacy=False)
    kept = [state["gauss"]] if state["has_gauss"] and count else []
    points = np.empty(((count - len(kept) + 1) // 2, 2))
    _draw_points(random, points)
    _make_normal(points)
    numbers = np.concatenate([kept, points.ravel()])
    if count:
        state = random.get_state(legacy=False)
        _keep(state, numbers[count:])
        random.set_state(state)
    return numbers[:count].reshape(shape)


@lru_cache(maxsize=4)
def first_normals(seeds: tuple[int, ...], count: int) -> tuple[Array, list[GeneratorState]]:
    """What `standard_normal` returns for a new generator of each seed, and the states that it leaves.

    The last results are cached, since many settings are tried with the same seeds.

    Returns:
        The numbers, read-only, of shape (seeds, count), and a state for each seed, which nobody may change.
    """
    random = RandomState(0)  # creating a generator takes ten times as long as setting its seed
    points = np.empty((len(seeds), (count + 1) // 2, 2))
    states = []
    for number, seed in enumerate(seeds):
        random.seed(seed)
        _draw_points(random, points[number])
        states.append(random.get_state(legacy=False))
    _make_normal(points)
    numbers = points.reshape(len(seeds), -1)
    for state, over in zip(states, numbers[:, count:], strict=True):
        _keep(state, over)
    numbers.setflags(write=False)
    return numbers[:, :count], states


def _draw_points(random: RandomState, points: Array) -> None:
    """Set the first random points of the square from -1 to 1 that are within the unit disk; shape (n, 2).

    In each pass, only as many points are drawn as are missing, so that none is left over.
    """
    done = 0
    while done < len(points):
        drawn = 2.0 * random.random_sample((len(points) - done, 2)) - 1.0
        squares = _squares(drawn)
        inside = drawn.compress((squares < 1.0) & (squares != 0.0), axis=0)
        points[done : done + len(inside)] = inside
        done += len(inside)


def _squares(points: Array) -> Array:
    """The squared distances from 0."""
    x, y = points[..., 0], points[..., 1]
    return x * x + y * y


def _make_normal(points: Array) -> None:
    """Replace the coordinates of each point by the two numbers that it gives; shape (..., 2)."""
    squares = _squares(points)
    factors = np.sqrt(-2.0 * log(squares) / squares)
    points[:] = factors[..., np.newaxis] * points[..., ::-1]


def _keep(state: GeneratorState, over: Array) -> None:
    """Let a generator keep the number that is left over, if there is one."""
    state["has_gauss"], state["gauss"] = len(over), float(over[0]) if len(over) else 0.0
