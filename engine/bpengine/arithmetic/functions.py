"""The functions of formulas, for any argument, with the same bits on every machine.

They are built on `elementary`, and like it they use only operations that IEEE 754 rounds in one way. Special
values are those of NumPy's functions: log(0) is -inf, log(-1) is NaN, 0**0 is 1, and so on. A unit is one in
the last place of the true value.

They take floats and NumPy arrays of any shape, return arrays, and never warn.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bpengine.arithmetic import elementary
from bpengine.arithmetic.elementary import (
    MAX_ANGLE,
    choose,
    exact_product,
    exact_sum,
    nearest,
    reduced,
    scale,
    split,
)

Pair = tuple[Any, Any]
"""A number in twice the precision: the float nearest to it, and the rest."""

_LN2 = 0.6931471806019545, -4.200915072890502e-11, 2.0941744292700725e-21
"""ln 2 in three parts, of which the first two have 33 bits: their products with small integers are exact."""
_LOG2_E: Pair = (1.4426950408889634, 2.0355273740931033e-17)
_LOG10_E: Pair = (0.4342944819032518, 1.098319650216765e-17)
_THIRD: Pair = (0.3333333333333333, 1.850371707708594e-17)
_FIFTH: Pair = (0.2, -1.1102230246251566e-17)
_MOST_FACTORS = 4
"""The largest whole exponent whose powers are products, which are fast. With more factors, they would be less
accurate than other powers."""
_CENTERS = np.array([0.0, 0.5, 1.0, 1.5, 0.0])
_ENDS = np.array([7 / 16, 11 / 16, 19 / 16, 39 / 16])
"""Where the next center becomes the nearest for arctan; from the last one on, it is infinity."""
_ARCTANS = np.array([0.0, 0.4636476090008061, 0.7853981633974483, 0.982793723247329, 1.5707963267948966])
_ARCTAN_RESTS = np.array(
    [0.0, 2.2698777452961687e-17, 3.061616997868383e-17, 1.3903311031230998e-17, 6.123233995736766e-17]
)
"""The arctan of each center, in two parts."""
_ARCTAN = (
    0.017545740588500107,
    -0.037823856862431886,
    0.050338901748429754,
    -0.05847713503311183,
    0.06663237858076355,
    -0.07692087234595789,
    0.09090900190075156,
    -0.11111110900409805,
    0.14285714283146547,
    -0.19999999999987758,
    0.33333333333333326,
)
"""(t - arctan t) / t^3 as a polynomial of t^2, fitted like those of `elementary`; highest power first."""
_ARTANH = tuple(1 / odd for odd in range(27, 5, -2))
_EXP = tuple(1 / math.factorial(n) for n in range(14, 2, -1))
_SINH = tuple(1 / math.factorial(n) for n in range(19, 2, -2))
"""The coefficients of power series, highest power first."""

_silent = np.errstate(all="ignore")


@_silent
def exp(x: Any) -> Any:
    """e^x within 1.3 units."""
    return elementary.exp(x)


@_silent
def log(x: Any) -> Any:
    """The natural logarithm within 1.3 units."""
    x = np.asarray(x, dtype=np.float64)  # since a float could not be divided by 0
    return _of_positive(x, elementary.log(x))


@_silent
def log2(x: Any) -> Any:
    """The logarithm to base 2 within 0.51 units; the powers of 2 have whole ones."""
    exponent, logarithm = _logarithm(x)
    high, low = _product(logarithm, _LOG2_E)
    high, lost = exact_sum(exponent, high)
    return _of_positive(x, high + (lost + low))


@_silent
def log10(x: Any) -> Any:
    """The logarithm to base 10 within 0.51 units; the powers of 10 have whole ones."""
    return _of_positive(x, _product(_with_exponent(*_logarithm(x)), _LOG10_E)[0])


@_silent
def power(x: Any, y: Any) -> Any:
    """x^y within 0.55 units, or within 1 unit below 2**-1022, by e^(y ln |x|) in twice the precision.

    If y is a single whole number from 1 to 4, the result is a product of y factors, within 2 units.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    whole = y == np.floor(y)
    if y.ndim == 0 and whole and 0 < y <= _MOST_FACTORS:
        return elementary.power(x, int(y))
    size = abs(x)
    usual = (size > 0.0) & (size < math.inf)
    logarithm = _with_exponent(*_logarithm(choose(usual, size, 1.0)))
    # A larger y gives 0, 1 or infinity as well, and could not be split into halves.
    high, low = _product(logarithm, (np.clip(y, -(2.0**70), 2.0**70), 0.0))
    result = _exponential(choose(usual, high, choose(size == 0.0, -y, y) * math.inf), low)
    result = choose(np.isnan(x), x, result)
    result = choose(np.signbit(x) & whole & (0.5 * y != np.floor(0.5 * y)), -result, result)
    result = choose((x < 0.0) & (size < math.inf) & ~whole, math.nan, result)
    return choose((y == 0.0) | (x == 1.0), 1.0, result)


@_silent
def sin(x: Any) -> Any:
    """Sin x within 1.3 units."""
    return sin_cos(x)[0]


@_silent
def cos(x: Any) -> Any:
    """Cos x within 1.3 units."""
    return sin_cos(x)[1]


@_silent
def tan(x: Any) -> Any:
    """Tan x within 3 units."""
    sine, cosine = sin_cos(x)
    return sine / cosine


@_silent
def sin_cos(x: Any) -> tuple[Any, Any]:
    """Sin x and cos x, the same bits as in `kernels.compiled`."""
    x = np.asarray(x, dtype=np.float64)
    sine, cosine = elementary.sin_cos(x)
    large = (abs(x) > MAX_ANGLE) & (abs(x) < math.inf)
    if large.any():
        table = elementary.powers_of_turns()
        sine[large], cosine[large] = elementary.sin_cos_of_large(x[large], table)
    return sine, cosine


@_silent
def arctan(x: Any) -> Any:
    """Arctan x within 1 unit: arctan c + arctan t with t = (|x| - c) / (1 + c |x|), for one of five c."""
    size = abs(np.asarray(x, dtype=np.float64))
    number = np.searchsorted(_ENDS, size, side="right")
    center = _CENTERS[number]
    t = choose(size < _ENDS[-1], (size - center) / (1.0 + center * size), -1.0 / size)
    w = t * t
    result = _ARCTANS[number] - ((t * (w * _polynomial(_ARCTAN, w)) - _ARCTAN_RESTS[number]) - t)
    return np.copysign(result, x)


@_silent
def arcsin(x: Any) -> Any:
    """Arcsin x within 3 units."""
    x = np.asarray(x, dtype=np.float64)
    return arctan(x / np.sqrt(choose(abs(x) < 0.5, 1.0 - x * x, (1.0 - x) * (1.0 + x))))


@_silent
def arccos(x: Any) -> Any:
    """Arccos x within 3 units."""
    x = np.asarray(x, dtype=np.float64)
    return 2.0 * arctan(np.sqrt((1.0 - x) / (1.0 + x)))


@_silent
def sinh(x: Any) -> Any:
    """Sinh x within 2 units: a power series near 0, else (e^|x| - e^-|x|) / 2."""
    size = abs(np.asarray(x, dtype=np.float64))
    near = choose(size < 1.0, size, 0.0)
    square = near * near
    series = near + near * (square * _polynomial(_SINH, square))
    return np.copysign(choose(size < 1.0, series, _half_exp(size) - _half_exp(-size)), x)


@_silent
def cosh(x: Any) -> Any:
    """Cosh x within 2 units."""
    size = abs(np.asarray(x, dtype=np.float64))
    return _half_exp(size) + _half_exp(-size)


@_silent
def tanh(x: Any) -> Any:
    """Tanh x within 1.3 units."""
    return elementary.tanh(x)


def _half_exp(x: Any) -> Any:
    """e^x / 2, which is finite for a little larger x than e^x."""
    m, n = reduced(np.clip(x, -712.0, 712.0), elementary.EXP)
    return scale(m, n - 1.0)


def _of_positive(x: Any, logarithm: Any) -> Any:
    """The logarithm where x is positive and finite, and its special values elsewhere."""
    special = choose(x == 0.0, -math.inf, choose(x == math.inf, math.inf, math.nan))
    return choose((x > 0.0) & (x < math.inf), logarithm, special)


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    """The polynomial with these coefficients, the highest power first."""
    result: Any = coefficients[0]
    for coefficient in coefficients[1:]:
        result = result * x + coefficient
    return result


def _sum(a: Pair, b: Pair) -> Pair:
    high, low = exact_sum(a[0], b[0])
    return exact_sum(high, low + (a[1] + b[1]))


def _product(a: Pair, b: Pair) -> Pair:
    high, low = exact_product(a[0], b[0])
    return exact_sum(high, low + (a[0] * b[1] + a[1] * b[0]))


def _logarithm(x: Any) -> tuple[Any, Pair]:
    """The integer k of x = 2^k m with m near 1, and ln m = 2 artanh s with s = (m - 1) / (m + 1)."""
    m, k = split(np.asarray(x, dtype=np.float64))  # since a float could not be divided by 0
    base, base_rest = exact_sum(m, 1.0)
    s = (m - 1.0) / base
    product, lost = exact_product(s, base)
    ratio = s, (((m - 1.0) - product) - lost - s * base_rest) / base
    w = _product(ratio, ratio)
    series = _sum(_FIFTH, (w[0] * _polynomial(_ARTANH, w[0]), 0.0))
    series = _sum(_THIRD, _product(w, series))
    high, low = _sum(ratio, _product(_product(ratio, w), series))
    return k, (2.0 * high, 2.0 * low)


def _with_exponent(k: Any, logarithm: Pair) -> Pair:
    """k ln 2 + ln m, within 2**-67 of its size."""
    high, lost = exact_sum(k * _LN2[0], logarithm[0])
    high, lost_later = exact_sum(high, k * _LN2[1])
    return exact_sum(high, lost + lost_later + (k * _LN2[2] + logarithm[1]))


def _exponential(high: Any, low: Any) -> Any:
    """e^(high + low) = 2^n e^r, with a power series for e^r whose first terms have a rest each."""
    z = np.clip(high, -746.0, 710.0)  # beyond, the result is 0 or infinity
    low = choose(z == high, low, 0.0)
    n = nearest(z * _LOG2_E[0])
    r, lost = exact_sum(z, -n * _LN2[0])
    r, lost_later = exact_sum(r, -n * _LN2[1])
    r, rest = exact_sum(r, lost + lost_later + (low - n * _LN2[2]))
    half_square, square_rest = exact_product(r, 0.5 * r)
    tail = r * r * r * _polynomial(_EXP, r)
    first, lost = exact_sum(1.0, r)
    second, lost_later = exact_sum(first, half_square)
    return scale(second + (tail + (lost + lost_later + square_rest + rest + r * rest)), n)
