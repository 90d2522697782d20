"""Random bits as a function of what they are for: no generator, no order, and the same ones everywhere.

Both kernels call these functions, with NumPy arrays or, in machine code, with single numbers. All numbers
are unsigned with 64 bits, and wrap. NumPy warns when a scalar does, so that it is given arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_30, _27, _31, _ONE = (np.uint64(number) for number in (30, 27, 31, 1))
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio."""

LAYER_STRIDE = 1024
"""What the number of a unit within a sample grows by from layer to layer: more than a layer has units."""


def mixed(x: Any) -> Any:
    """Each bit of the result depends on every bit of x, and different x have different results.

    The finalizer of SplitMix64: G. Steele, D. Lea and C. Flood, Fast splittable pseudorandom number
    generators (2014), with D. Stafford's constants "Mix13".
    """
    x = (x ^ (x >> _30)) * _FIRST
    x = (x ^ (x >> _27)) * _SECOND
    return x ^ (x >> _31)


def spread(number: Any) -> Any:
    """What a number, counted from 0, adds to a key."""
    return (number + _ONE) * _GOLDEN


def folded(key: Any, number: Any) -> Any:
    """The key of a number, counted from 0, within what a key stands for."""
    return mixed(key + spread(number))
