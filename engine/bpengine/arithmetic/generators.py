"""The generator of a run, which draws the order of the samples in each epoch."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from bpengine.arithmetic.arrays import IntArray

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
