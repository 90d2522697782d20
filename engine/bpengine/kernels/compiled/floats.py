"""The functions of `elementary` for single numbers, by the bits of floats, and sin, cos of large angles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import float64, int64
from numba.extending import register_jitable

from bpengine import elementary
from bpengine.arrays import Array
from bpengine.kernels.compiled.layout import INLINED, inlined, instruction, replacing, within

_FRACTION, _EXPONENT_OF_ONE, _ROUND = 0x000FFFFFFFFFFFFF, 0x3FF0000000000000, 6755399441055744.0
_FRACTION_OF_SQRT_TWO = 0x6A09E667F3BCD


@instruction
def _bits_of(typing_context: Any, x: Any) -> Any:  # noqa: ARG001  numba's own signature
    """The bits of a float as an integer."""
    return int64(float64), lambda _context, builder, _signature, args: builder.bitcast(
        args[0], _llvm_type(_context, int64)
    )


@instruction
def _float_of(typing_context: Any, bits: Any) -> Any:  # noqa: ARG001  numba's own signature
    """The float that has these bits."""
    return float64(int64), lambda _context, builder, _signature, args: builder.bitcast(
        args[0], _llvm_type(_context, float64)
    )


def _llvm_type(context: Any, numba_type: Any) -> Any:
    return context.get_value_type(numba_type)


@replacing(elementary.choose)
def _choose(condition: Any, one: Any, other: Any) -> Any:  # noqa: ARG001  numba's own signature
    return lambda condition, one, other: one if condition else other


@replacing(elementary.scale)
def _scale(x: Any, n: Any) -> Any:  # noqa: ARG001  numba's own signature
    def scale(x: float, n: float) -> float:
        # In two steps, since 2^n itself may be too large or too small. The sum with `_ROUND` ends in the bits
        # of n. Shifted, they are an exponent. NaN has any bits, and x is then NaN as well.
        k = _bits_of(n + _ROUND) - _bits_of(_ROUND)
        half = k >> 1
        scaled: float = x * _float_of((half + 1023) << 52) * _float_of((k - half + 1023) << 52)
        return scaled

    return scale


@replacing(elementary.shift)
def _shift(x: Any, n: Any) -> Any:  # noqa: ARG001  numba's own signature
    # Added to the exponent. Of n + `_ROUND`, the bits above those of n are shifted out.
    return lambda x, n: _float_of(_bits_of(x) + (_bits_of(n + _ROUND) << 52))


@replacing(elementary.split)
def _split(x: Any) -> Any:  # noqa: ARG001  numba's own signature
    def split(x: float) -> tuple[float, float]:
        bits = _bits_of(x)
        fraction = bits & _FRACTION
        # 1 for a fraction above that of sqrt(2), else 0: a carry, since a branch would be unpredictable.
        half = (fraction + (_FRACTION - _FRACTION_OF_SQRT_TWO)) >> 52
        m = _float_of(fraction | (_EXPONENT_OF_ONE - (half << 52)))
        # The exponent as a float, in the way in which `_scale` reads one.
        k = _float_of(_bits_of(_ROUND) + ((bits >> 52) - 1023 + half)) - _ROUND
        return m, k

    return split


for _function in (
    elementary.reduced,
    elementary.exp,
    elementary.normal_exp,
    elementary.sigmoid,
    elementary.log,
    elementary.tanh,
    elementary.difference,
    elementary.of_quadrant,
    elementary.sin_cos,
    elementary.power,
):
    register_jitable(**INLINED)(_function)


def _power_table() -> Array:
    """2^e 2 / pi mod 4 for e from `_LEAST_POWER` to 1000, each as the sum of six numbers of 26 bits.

    pi is computed by J. Machin's formula, with whole numbers.
    """
    bits = 1200
    one = 1 << (bits + 64)

    def arctan_of_inverse(x: int) -> int:
        total, term, n = 0, one // x, 1
        while term:
            total += term // n if n % 4 == 1 else -(term // n)
            term, n = term // (x * x), n + 2
        return total

    pi = 4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239))
    two_over_pi = (2 * one << bits) // pi
    table = np.empty((1001 - _LEAST_POWER, 6))
    for row, power in enumerate(range(_LEAST_POWER, 1001)):
        whole = ((two_over_pi << (power - _LEAST_POWER)) >> (bits - _LEAST_POWER - 154)) % (1 << 156)
        table[row] = [math.ldexp((whole >> (130 - 26 * k)) & 0x3FFFFFF, -24 - 26 * k) for k in range(6)]
    return table


_LEAST_POWER = -40
_POWERS = _power_table()
_HALF_PI, _HALF_PI_REST = 1.5707963267948966, 6.123233995736766e-17
_SPLITTER = 134217729.0
"""2**27 + 1, by which J. Veltkamp's method splits a float into two halves."""


@inlined
def _sum(a: float, b: float) -> tuple[float, float]:
    """a + b as it is rounded, and its rounding error (D. Knuth)."""
    rounded = a + b
    part = rounded - a
    return rounded, (a - (rounded - part)) + (b - part)


@inlined
def _nearest(x: float) -> float:
    return (x + _ROUND) - _ROUND


@within
def sin_cos(z: float) -> tuple[float, float]:
    """Sin z and cos z of any z, where `elementary` takes small angles only.

    z is m 2^e with an integer m of 53 bits, in two halves. Their products with the parts of 2^e 2 / pi mod 4
    are exact (M. Payne and R. Hanek, 1983, with floats in place of words).
    """
    if not abs(z) > elementary.MAX_ANGLE or abs(z) == math.inf:
        return elementary.sin_cos(z)
    bits = _bits_of(abs(z))
    row = (bits >> 52) - 1075 - _LEAST_POWER
    m = (bits & _FRACTION) | (_FRACTION + 1)
    low, high = float(m & 0x7FFFFFF), float(m >> 27)
    turns = rest = lost = 0.0
    for k in range(6):
        for part in (low * _POWERS[row, k], high * _POWERS[row + 27, k]):
            rest, error = _sum(rest, part - 4 * _nearest(0.25 * part))
            lost += error
        if k < 2:  # so far, all is exact, and the turns leave room for what follows
            n = _nearest(rest)
            turns += n
            rest -= n
        rest, lost = _sum(rest, lost)
    n = _nearest(rest)
    rest, lost = _sum(rest - n, lost)
    turns += n
    # (rest + lost) pi / 2, with what the product loses (T. Dekker, 1971).
    upper = _SPLITTER * rest - (_SPLITTER * rest - rest)
    half_upper = _SPLITTER * _HALF_PI - (_SPLITTER * _HALF_PI - _HALF_PI)
    lower, half_lower = rest - upper, _HALF_PI - half_upper
    angle = rest * _HALF_PI
    error = ((upper * half_upper - angle) + upper * half_lower + lower * half_upper) + lower * half_lower
    error += rest * _HALF_PI_REST + lost * _HALF_PI
    angle, error = _sum(angle, error)
    sine, cosine = elementary.of_quadrant(turns, angle, error)
    return (-sine if z < 0 else sine), cosine
