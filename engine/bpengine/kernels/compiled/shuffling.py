"""`shuffle`: the order of the samples in each epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import boolean, uint64

from bpengine.arrays import IntArray
from bpengine.kernels.compiled.layout import ONE, inlined, instruction, unsigned

WORDS = 624
"""The number of 32-bit words in the state of a generator."""


@inlined
def _mix(keys: Any, here: int, k: int, following: int, far: int) -> None:
    """Renew one word of the state of the Mersenne Twister."""
    y = (unsigned(keys[here + k]) & unsigned(0x80000000)) | (
        unsigned(keys[here + following]) & unsigned(0x7FFFFFFF)
    )
    odd = unsigned(0x9908B0DF) if y & ONE else unsigned(0)
    keys[here + k] = np.uint32(unsigned(keys[here + far]) ^ (y >> ONE) ^ odd)


@inlined
def _renew(keys: Any, here: int) -> None:
    """Renew all words of the state that starts here."""
    for k in range(unsigned(227)):
        _mix(keys, here, k, k + ONE, unsigned(k + 397))
    for k in range(unsigned(227), unsigned(623)):
        _mix(keys, here, k, k + ONE, unsigned(k - 227))
    _mix(keys, here, unsigned(623), unsigned(0), unsigned(396))


@inlined
def _tempered(word: Any) -> int:
    """The random number that a word of the state stands for."""
    y = unsigned(word)
    y ^= y >> unsigned(11)
    y ^= (y << unsigned(7)) & unsigned(0x9D2C5680)
    y ^= (y << unsigned(15)) & unsigned(0xEFC60000)
    number: int = y ^ (y >> unsigned(18))
    return number


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


def shuffle(keys: Any, positions: IntArray, lanes: int, samples: int, orders: IntArray) -> None:
    """Shuffle the samples of each epoch as `RandomState.shuffle` does, with the same random numbers.

    M. Matsumoto and T. Nishimura's Mersenne Twister (1998), and R. Fisher and F. Yates's shuffle. For an
    index up to i, NumPy takes as many bits of a random number as i has, again and again until they are not
    above i.

    Args:
        keys, positions: the states of the generators, changed in place; keys are flat, from the shape
            (lanes, `WORDS`), and positions have the shape (lanes,).
        lanes: the number of runs.
        samples: the number of samples.
        orders: receives the orders; flat, from the shape (epochs, samples, lanes).
    """
    epochs = unsigned(len(orders)) // (samples * lanes)
    for lane in range(lanes):
        here, position = lane * unsigned(WORDS), unsigned(positions[lane])
        for epoch in range(epochs):
            first = epoch * samples * lanes + lane
            for sample in range(samples):
                orders[first + sample * lanes] = sample
            i = samples - ONE
            while i > 0:
                if position == WORDS:
                    _renew(keys, here)
                    position = unsigned(0)
                # Without a branch, which the processor could not predict: a rejected j swaps i with itself.
                j = _tempered(keys[here + position]) & _ones(i)
                position += ONE
                taken = j <= i
                mine, other = first + i * lanes, first + (j if taken else i) * lanes
                orders[mine], orders[other] = orders[other], orders[mine]
                i = i - ONE if taken else i
        positions[lane] = position
