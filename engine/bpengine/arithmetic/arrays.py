"""Types for the two kinds of NumPy array that the engine uses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
IntArray = NDArray[np.int64]


def same_bits(one: Array, other: Array) -> bool:
    """Whether two vectors are equal, bit by bit."""
    return one is other or bool(np.array_equal(one.view(np.int64), other.view(np.int64)))
