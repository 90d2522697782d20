"""exp, log, tanh, sin and cos, with the same bits on every machine.

The functions of C and of NumPy round differently on different processors, and training amplifies a last bit.
These functions use only additions, multiplications, divisions and exact scaling by powers of 2, which IEEE
754 rounds in one way. They are within 1.3 units in the last place of the true value, if they name no other
bound.

They take floats and NumPy arrays. A float takes about a microsecond, and an array some 30 microseconds before
its first number, so that a loop over up to `FEW` floats is faster. `kernels.compiled` compiles them into
machine code, and replaces `choose`, `scale`, `shift` and `split` by its own functions. `functions` has more
of them, for any argument.

The polynomials were fitted at Chebyshev nodes with 60 digits; their errors are below 2e-17 of the result.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from bpengine.arithmetic.arrays import Array

_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.6931471804855391, 7.440617110012397e-11
"""ln 2 in two parts. The first has 33 bits, so that its product with a small integer is exact."""
_TWO_OVER_PI = 0.6366197723675814
_HALF_PI = 1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32
"""pi / 2 in four parts, of which the first three have 33 bits."""
_ROUND = 6755399441055744.0
"""1.5 * 2**52: adding and subtracting it rounds to the nearest integer."""
_SQRT_HALF = 0.7071067811865476

EXP = (
    710.0,
    -746.0,
    _LOG2_E,
    _ROUND,
    _LN2_HIGH,
    _LN2_LOW,
    0.5000000000000001,
    0.16666666666666669,
    0.04166666666662413,
    0.008333333333330062,
    0.0013888888917213717,
    0.00019841269863053618,
    2.4801521295954376e-05,
    2.7557268459997064e-06,
    2.7620088445409746e-07,
    2.510038549551032e-08,
)
"""The constants of `exp`: where it ends, those of its reduction, and the coefficients of its polynomial."""

LOG_OFFSET = 1e-7
"""What keeps the logarithm of the cross-entropy finite where an output is 0."""
FEW = 32
"""The numbers up to which a loop over floats is faster than NumPy's calls."""

MAX_ANGLE = 1e6
"""sin and cos are accurate up to this |z|; `sin_cos_of_large` is for larger angles."""
_LEAST_POWER = -40
"""The least e for which 2^e 2 / pi is in the table for large angles."""
_PI_HALVED, _PI_HALVED_REST = 1.5707963267948966, 6.123233995736766e-17
_SPLITTER = 134217729.0
"""2**27 + 1, by which J. Veltkamp's method splits a float into two halves."""


def exp(z: Any, constants: Any = EXP) -> Any:
    """e^z = 2^n e^r, where z = n ln 2 + r and |r| <= ln 2 / 2 (W. Cody and W. Waite, 1980)."""
    greatest, least = constants[:2]
    z = choose(z > greatest, greatest, choose(z < least, least, z))  # beyond, the result is infinity or 0
    m, n = reduced(z, constants)
    return scale(m, n)


def normal_exp(z: Any, constants: Any = EXP) -> Any:
    """The same for z from -708 to 709, where e^z is a normal number, and NaN: faster in machine code."""
    m, n = reduced(z, constants)
    return shift(m, n)


def reduced(z: Any, constants: Any) -> tuple[Any, Any]:
    """The two factors of e^z: e^r, and the n of 2^n, where z = n ln 2 + r."""
    _, _, log2_e, to_round, ln2_high, ln2_low, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 = constants
    n = (z * log2_e + to_round) - to_round
    r = (z - n * ln2_high) - n * ln2_low
    # By pairs, so that the processor computes several of them at the same time (G. Estrin, 1960).
    r2 = r * r
    r4 = r2 * r2
    p = (c2 + c3 * r) + (c4 + c5 * r) * r2
    q = (c6 + c7 * r) + (c8 + c9 * r) * r2
    p = (p + q * r4) + (c10 + c11 * r) * (r4 * r4)
    return 1.0 + (r + r2 * p), n


def log(x: Any) -> Any:
    """ln x, for positive numbers of at least 2**-1022, infinity and NaN.

    x = 2^k m with m near 1, and ln m = 2 artanh(s) with s = (m - 1) / (m + 1).
    """
    m, k = split(x)
    return choose(x < math.inf, log_near_1(m - 1.0, k), x)


def log_near_1(f: Any, k: Any) -> Any:
    """Ln (2^k (1 + f)), for 1 + f from sqrt(1/2) to sqrt(2)."""
    s = f / (2.0 + f)
    w = s * s
    p = 0.14616721179861816 * w + 0.15331699633543858
    p = p * w + 0.18182889786191042
    p = p * w + 0.2222221112572281
    p = p * w + 0.28571428626031065
    p = p * w + 0.3999999999989938
    p = p * w + 0.666666666666667
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + w * p) + k * _LN2_LOW)) - f)


def tanh(z: Any, constants: Any = EXP) -> Any:
    """Tanh z: a polynomial near 0, else 1 - 2 / (e^(2 |z|) + 1)."""
    near = choose(abs(z) < 0.625, z, 0.0)
    w = near * near
    p = 6.484104982405479e-06 * w - 3.119892666773487e-05
    p = p * w + 9.256923588512033e-05
    p = p * w - 0.0002375896885211701
    p = p * w + 0.0005896603606552671
    p = p * w - 0.0014557753532096296
    p = p * w + 0.0035921217436959856
    p = p * w - 0.008863235102653483
    p = p * w + 0.02186948851898143
    p = p * w - 0.05396825396789636
    p = p * w + 0.13333333333333042
    p = p * w - 0.3333333333333333
    twice = 2.0 * abs(z)
    far = 1.0 - 2.0 / (normal_exp(choose(twice > 700.0, 700.0, twice), constants) + 1.0)  # 1 long before 700
    return choose(abs(z) < 0.625, near + near * (w * p), choose(z < 0.0, -far, far))


def sin(z: Any) -> Any:
    """Sin z, for |z| up to `MAX_ANGLE`."""
    return sin_cos(z)[0]


def cos(z: Any) -> Any:
    """Cos z, for |z| up to `MAX_ANGLE`."""
    return sin_cos(z)[1]


def sin_cos(z: Any) -> tuple[Any, Any]:
    """Sin z and cos z: reduced to |r| <= pi / 4 by z = n pi / 2 + r, and swapped by the quadrant n mod 4."""
    n = (z * _TWO_OVER_PI + _ROUND) - _ROUND
    first = z - n * _HALF_PI[0]
    second, lost = difference(first, n * _HALF_PI[1])
    third, lost_later = difference(second, n * _HALF_PI[2])
    rest = (lost + lost_later) - n * _HALF_PI[3]
    r = third + rest
    return of_quadrant(n, r, (third - r) + rest)


def difference(a: Any, b: Any) -> tuple[Any, Any]:
    """Return a - b rounded, and the rounding error (D. Knuth, The Art of Computer Programming, 4.2.2)."""
    rounded = a - b
    minus_b = rounded - a
    return rounded, (a - (rounded - minus_b)) - (b + minus_b)


def of_quadrant(n: Any, r: Any, rest: Any) -> tuple[Any, Any]:
    """Sin and cos of n pi / 2 + r + rest, where the rest is the rounding error of r."""
    w = r * r
    p = 1.591810123027412e-10 * w - 2.5051131455427946e-08
    p = p * w + 2.755731610068303e-06
    p = p * w - 0.0001984126983675497
    p = p * w + 0.008333333333330946
    cube = w * r
    sine = r - ((w * (0.5 * rest - cube * p) - rest) + cube * 0.16666666666666666)
    q = -1.1382614868556325e-11 * w + 2.0876146024689747e-09
    q = q * w - 2.7557317270560326e-07
    q = q * w + 2.4801587298763433e-05
    q = q * w - 0.0013888888888887395
    q = q * w + 0.041666666666666664
    half = 0.5 * w
    head = 1.0 - half
    cosine = head + (((1.0 - head) - half) + (w * (w * q) - r * rest))
    quadrant = n - 4.0 * ((n * 0.25 - 0.375 + _ROUND) - _ROUND)
    odd = (quadrant == 1.0) | (quadrant == 3.0)
    first, second = choose(odd, cosine, sine), choose(odd, sine, cosine)
    upper, outer = quadrant < 2.0, (quadrant == 0.0) | (quadrant == 3.0)
    return choose(upper, first, -first), choose(outer, second, -second)


def sin_cos_of_large(z: Any, table: Any) -> tuple[Any, Any]:
    """Sin z and cos z of finite z with |z| > `MAX_ANGLE`; the table is that of `powers_of_turns`.

    z is m 2^e with an integer m of 53 bits, in two halves. Their products with the parts of 2^e 2 / pi mod 4
    are exact (M. Payne and R. Hanek, 1983, with floats in place of words).
    """
    m, e = split(abs(z))
    below = m < 1.0
    m, e = choose(below, 2.0 * m, m) * 2.0**52, choose(below, e - 53.0, e - 52.0)
    high = np.floor(m * 2.0**-27)
    low = m - high * 2.0**27
    row = np.int64(e) - _LEAST_POWER
    turns = rest = lost = 0.0 * m
    for k in range(6):
        for part in (low * table[row, k], high * table[row + 27, k]):
            rest, error = exact_sum(rest, part - 4.0 * nearest(0.25 * part))
            lost = lost + error
        if k < 2:  # so far, all is exact, and the turns leave room for what follows
            n = nearest(rest)
            turns = turns + n
            rest = rest - n
        rest, lost = exact_sum(rest, lost)
    n = nearest(rest)
    rest, lost = exact_sum(rest - n, lost)
    angle, error = exact_product(rest, _PI_HALVED)
    error = error + (rest * _PI_HALVED_REST + lost * _PI_HALVED)
    angle, error = exact_sum(angle, error)
    sine, cosine = of_quadrant(turns + n, angle, error)
    return choose(z < 0.0, -sine, sine), cosine


@cache
def powers_of_turns() -> Array:
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
    table.setflags(write=False)
    return table


def nearest(x: Any) -> Any:
    """The nearest integer, for |x| up to 2**51."""
    return (x + _ROUND) - _ROUND


def exact_sum(a: Any, b: Any) -> tuple[Any, Any]:
    """Return a + b rounded, and the rounding error (D. Knuth)."""
    rounded = a + b
    part = rounded - a
    return rounded, (a - (rounded - part)) + (b - part)


def exact_product(a: Any, b: Any) -> tuple[Any, Any]:
    """Return a b rounded, and the rounding error (T. Dekker, 1971), for |a| and |b| below 2**995."""
    rounded = a * b
    a_high = _SPLITTER * a - (_SPLITTER * a - a)
    b_high = _SPLITTER * b - (_SPLITTER * b - b)
    a_low, b_low = a - a_high, b - b_high
    return rounded, ((a_high * b_high - rounded) + a_high * b_low + a_low * b_high) + a_low * b_low


def power(base: float, exponent: int) -> float:
    """base^exponent by repeated squaring, for an exponent of at least 0; the base may be an array."""
    result = 1.0
    while exponent > 0:
        if exponent % 2 == 1:
            result = result * base
        base = base * base  # not in place, since it may be the caller's array
        exponent //= 2
    return result


def choose(condition: Any, one: Any, other: Any) -> Any:
    """Return `one` where the condition is true, and `other` elsewhere."""
    if condition is True or condition is False:
        return one if condition else other
    return np.where(condition, one, other)


def scale(x: Any, n: Any) -> Any:
    """Return x 2^n, for an integer n from -1080 to 1030."""
    if isinstance(n, float):
        try:
            return math.ldexp(x, int(n))
        except OverflowError:
            return math.copysign(math.inf, x)
        except ValueError:  # n is NaN, and so is x
            return x
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # infinity and 0 are the right limits
        return np.ldexp(x, n.astype(np.int32))  # where n is NaN, x is, and stays NaN with any exponent


def shift(x: Any, n: Any) -> Any:
    """Return x 2^n, where both are normal numbers or NaN."""
    return scale(x, n)


def split(x: Any) -> Any:
    """Return m and k with x = 2^k m, and m from sqrt(1/2) to sqrt(2)."""
    if isinstance(x, float):
        m, k = math.frexp(x)
        return (2.0 * m, k - 1.0) if m < _SQRT_HALF else (m, float(k))
    m, k = np.frexp(x)
    small = m < _SQRT_HALF
    return np.where(small, 2.0 * m, m), np.where(small, k - 1.0, k)
