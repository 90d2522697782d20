"""`shuffle`: the order of the samples in each epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import boolean, uint64

from bpengine.arithmetic.arrays import IntArray
from bpengine.kernels.compiled.layout import ONE, inlined, instruction, unsigned

WORDS = 624
"""The number of 32-bit words in the state of a generator."""


@inlined
def _mixed(word: Any, following: Any, far: Any) -> Any:
    """The word that takes the place of a word of the Mersenne Twister's state, given two others."""
    y = (word & np.uint32(0x80000000)) | (following & np.uint32(0x7FFFFFFF))
    odd = (np.uint32(0) - (y & np.uint32(1))) & np.uint32(0x9908B0DF)
    return far ^ (y >> np.uint32(1)) ^ odd


@inlined
def _renew(state: Any) -> None:
    """Renew all words of a state. Signed indices between constants let the compiler use vectors."""
    for k in range(227):
        state[k] = _mixed(state[k], state[k + 1], state[k + 397])
    for k in range(227, 454):
        state[k] = _mixed(state[k], state[k + 1], state[k - 227])
    for k in range(454, 623):
        state[k] = _mixed(state[k], state[k + 1], state[k - 227])
    state[623] = _mixed(state[623], state[0], state[396])


@inlined
def _temper(state: Any, numbers: IntArray) -> None:
    """Set the random numbers that the words of a state stand for."""
    for k in range(WORDS):
        y = unsigned(state[k])
        y ^= y >> unsigned(11)
        y ^= (y << unsigned(7)) & unsigned(0x9D2C5680)
        y ^= (y << unsigned(15)) & unsigned(0xEFC60000)
        numbers[k] = y ^ (y >> unsigned(18))


@inlined
def _ones(i: int) -> int:
    """As many ones as i has bits, for an i of 1 to 2**63."""
    ones: int = unsigned(0xFFFFFFFFFFFFFFFF) >> _leading_zeros(i)
    return ones


@instruction
def _leading_zeros(typing_context: Any, i: Any) -> Any:  # noqa: ARG001  numba's own signature
    """The number of zeros before the first one in the 64 bits of a number."""
    return uint64(uint64), lambda _context, builder, _signature, args: builder.ctlz(
        args[0], _context.get_constant(boolean, True)
    )


def shuffle(
    keys: Any, positions: IntArray, lanes: int, samples: int, scratch: IntArray, orders: IntArray
) -> None:
    """Shuffle the samples of each epoch as `RandomState.shuffle` does, with the same random numbers.

    M. Matsumoto and T. Nishimura's Mersenne Twister (1998), and R. Fisher and F. Yates's shuffle. For an
    index up to i, NumPy takes as many bits of a random number as i has, again and again until they are not
    above i.

    Args:
        keys, positions: the states of the generators, changed in place; keys are flat, from the shape
            (lanes, `WORDS`), and positions have the shape (lanes,).
        lanes: the number of runs.
        samples: the number of samples.
        scratch: scratch space of 2 samples + `WORDS` numbers. In the orders, the samples of one lane are so
            far apart that swapping them there would wait for the memory.
        orders: receives the orders; flat, from the shape (epochs, samples, lanes).
    """
    epochs = unsigned(len(orders)) // (samples * lanes)
    chosen, order, numbers = scratch, scratch[samples:], scratch[samples + samples :]
    for lane in range(lanes):
        state, position = keys[lane * unsigned(WORDS) :], unsigned(positions[lane])
        _temper(state, numbers)
        for epoch in range(epochs):
            i = samples - ONE
            ones = _ones(i) if i > 0 else i
            while i > 0:
                fewer = ones >> ONE
                while i > fewer:  # these i have the same number of bits
                    if position == WORDS:
                        _renew(state)
                        _temper(state, numbers)
                        position = unsigned(0)
                    # Without a branch, which could not be predicted: the next j replaces one that is above i.
                    j = unsigned(numbers[position]) & ones
                    position += ONE
                    chosen[i] = j
                    i = i - ONE if j <= i else i
                ones = fewer
            for sample in range(samples):
                order[sample] = sample
            at = epoch * samples * lanes + lane
            for k in range(samples - ONE):
                i = samples - ONE - k
                other = unsigned(chosen[i])
                orders[at + i * lanes] = order[other]
                order[other] = order[i]
            orders[at] = order[0]
        positions[lane] = position
