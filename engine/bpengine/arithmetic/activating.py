"""The functions of activations with their derivatives, with the same bits on every machine.

Each takes z, a float or a NumPy array, and returns f(z) and f'(z). Both kernels use them: `kernels.compiled`
compiles them into machine code, together with `elementary`, on which they are built.
"""

from __future__ import annotations

from typing import Any

from bpengine.arithmetic import elementary
from bpengine.arithmetic.elementary import EXP, choose, log_near_1, normal_exp

LEAK = 0.01
"""The slope of leaky_relu below 0."""
_MIN_SIGMOID = -709.782712893384
"""For any smaller z, e^-z is infinite."""
_FAR = 708.0
"""e^-708 is about the least normal number, and below -708 sigmoid and softplus are smaller."""
_SQRT_TWO = 1.4142135623730951
_TWICE_SQRT_TWO_OVER_PI = 1.5957691216057308
_GELU = 0.044715
"""The coefficient of the cube in the tanh form of gelu."""


def sigmoid(z: Any, constants: Any = EXP) -> tuple[Any, Any]:
    """a = 1 / (1 + e^-z) and a (1 - a). It is 1 long before e^-z is too small to be a normal number."""
    z = choose(z > 700.0, 700.0, z)
    a = 1.0 / (1.0 + normal_exp(-choose(z < _MIN_SIGMOID, _MIN_SIGMOID, z), constants))
    a = choose(z < _MIN_SIGMOID, 0.0, a)  # where e^-z is infinite
    return a, a * (1.0 - a)


def tanh(z: Any, constants: Any = EXP) -> tuple[Any, Any]:
    """a = tanh z and 1 - a²."""
    a = elementary.tanh(z, constants)
    return a, 1.0 - a * a


def relu(z: Any, _constants: Any = EXP) -> tuple[Any, Any]:
    """max(0, z), and 1 where z > 0, else 0."""
    is_off = z <= 0.0
    return choose(is_off, 0.0, z), choose(is_off, 0.0, 1.0)


def leaky_relu(z: Any, _constants: Any = EXP) -> tuple[Any, Any]:
    """z where z > 0, else 0.01 z, and 1 or 0.01."""
    is_below = z <= 0.0
    return choose(is_below, LEAK * z, z), choose(is_below, LEAK, 1.0)


def elu(z: Any, constants: Any = EXP) -> tuple[Any, Any]:
    """a = z above 0, else e^z - 1, and 1 where a > 0, else a + 1.

    e^z - 1 = 2 t / (1 - t) with t = tanh(z / 2), which loses no digits; a is within 2 units.
    """
    t = elementary.tanh(0.5 * choose(z > 0.0, 0.0, z), constants)
    a = choose(z > 0.0, z, 2.0 * t / (1.0 - t))
    return a, choose(a > 0.0, 1.0, a + 1.0)


def softplus(z: Any, constants: Any = EXP) -> tuple[Any, Any]:
    """log(1 + e^z) = max(0, z) + log(1 + e^-|z|), which can't overflow, and its derivative sigmoid(z).

    Both are within 2 units, and 0 below -708.
    """
    size = abs(z)
    e = normal_exp(-choose(size > _FAR, _FAR, size), constants)  # at most 1
    is_large = e > _SQRT_TWO - 1.0
    log_of_sum = log_near_1(choose(is_large, 0.5 * (e - 1.0), e), choose(is_large, 1.0, 0.0))
    below = z < -_FAR
    slope = choose(z < 0.0, e, 1.0) / (1.0 + e)
    return choose(below, 0.0, choose(z > 0.0, z, 0.0) + log_of_sum), choose(below, 0.0, slope)


def swish(z: Any, constants: Any = EXP) -> tuple[Any, Any]:
    """z sigmoid(z) and its derivative; see `_gated`."""
    return _gated(z, _within_limits(z), 1.0, constants)


def gelu(z: Any, constants: Any = EXP) -> tuple[Any, Any]:
    """z (1 + tanh(u)) / 2 = z sigmoid(2 u) with u = sqrt(2 / pi) (z + 0.044715 z^3), and its derivative.

    Written with sigmoid, it loses no digits where tanh(u) is near -1; see `_gated`.
    """
    near = _within_limits(z)
    square = near * near
    gate = _TWICE_SQRT_TWO_OVER_PI * (near + _GELU * (square * near))
    growth = _TWICE_SQRT_TWO_OVER_PI * (1.0 + 3.0 * _GELU * square)
    return _gated(z, _within_limits(gate), growth, constants)


def _within_limits(z: Any) -> Any:
    """z, or the nearer one of -708 and 708."""
    return choose(z > _FAR, _FAR, choose(z < -_FAR, -_FAR, z))


def _gated(z: Any, gate: Any, growth: Any, constants: Any) -> tuple[Any, Any]:
    """z s and its derivative s + z s (1 - s) growth, where s = sigmoid(gate) and growth = dgate/dz.

    z s is within 3 units if the gate is exact, as that of swish is. An error of the gate by a unit, of which
    gelu has up to 3, is one of z s by |gate| (1 - s) units. The derivative is within 4e-16.

    Args:
        z: any number.
        gate: from -708 to 708.
        growth: the derivative of the gate.
        constants: those of `exp`.
    """
    e = normal_exp(-abs(gate), constants)
    larger, smaller = 1.0 / (1.0 + e), e / (1.0 + e)
    s, rest = choose(gate < 0.0, smaller, larger), choose(gate < 0.0, larger, smaller)
    low = choose(z < -_FAR, -_FAR, z)  # where z s would be infinity times 0
    return low * s, s + _within_limits(z) * s * rest * growth


def sin(z: Any, _constants: Any = EXP) -> tuple[Any, Any]:
    """Sin z and cos z, for |z| up to `elementary.MAX_ANGLE`."""
    return elementary.sin_cos(z)
