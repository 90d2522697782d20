"""Types for the two kinds of NumPy array that the engine uses, and arrays that take little memory."""

from __future__ import annotations

import mmap

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
IntArray = NDArray[np.int64]

_LARGE = 2**17
"""The least count of zeros for which an array gets pages of its own."""


def untouched_zeros(count: int) -> Array:
    """Return so many zeros, of which large ones take neither memory nor time before they are used.

    `np.zeros` fills with zeros what it takes from memory that was used before.
    """
    if count < _LARGE:
        return np.zeros(count)
    # By default, a forked process would share the pages and change them here, too.
    zeros: Array = np.frombuffer(mmap.mmap(-1, 8 * count, access=mmap.ACCESS_COPY), dtype=np.float64)
    return zeros


def constant_zeros(count: int) -> Array:
    """Return so many zeros that take the memory of one; read-only."""
    return np.broadcast_to(np.float64(0.0), (count,))


def same_bits(one: Array, other: Array) -> bool:
    """Whether two vectors are equal, bit by bit."""
    return one is other or bool(np.array_equal(one.view(np.int64), other.view(np.int64)))
