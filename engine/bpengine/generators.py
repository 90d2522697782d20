"""The generator of a run, which draws the order of the samples in each epoch."""

from __future__ import annotations

import ctypes
from typing import Any, Protocol

import numpy as np

from bpengine.arrays import IntArray

GeneratorState = dict[str, Any]
"""What `RandomState.get_state(legacy=False)` returns."""

_WORDS = 624
"""The length of the key of a Mersenne Twister."""


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
    """`RandomState` itself.

    Its state is read and set in its memory: NumPy's methods for that take 50 microseconds each, which is as
    long as the training of four samples.

    Args:
        state: the first state.
    """

    def __init__(self, state: GeneratorState) -> None:
        bits = np.random.MT19937(0)
        self._random = np.random.RandomState(bits)
        memory = (ctypes.c_uint32 * (_WORDS + 1)).from_address(bits.ctypes.state_address)
        self._memory = np.ctypeslib.as_array(memory)  # the key, and then the position in it
        self.state = state

    @property
    def state(self) -> GeneratorState:
        """A copy of the state."""
        inner = {"key": self._memory[:_WORDS].copy(), "pos": int(self._memory[_WORDS])}
        return self._others | {"state": inner}

    @state.setter
    def state(self, state: GeneratorState) -> None:
        self._others = state
        self._memory[:_WORDS] = state["state"]["key"]
        self._memory[_WORDS] = state["state"]["pos"]

    def shuffle(self, orders: IntArray) -> None:
        """See `Generator.shuffle`."""
        orders[:] = np.arange(orders.shape[1])
        for order in orders:
            self._random.shuffle(order)
