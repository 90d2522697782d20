"""The functions of `arithmetic` that machine code uses, for single numbers: some by the bits of floats."""

from __future__ import annotations

import math
from inspect import isfunction
from typing import Any

from numba import float64, int64
from numba.extending import register_jitable

from bpengine.arithmetic import activating, elementary, mixing, updating
from bpengine.kernels.compiled.layout import INLINED, instruction, replacing, within

_FRACTION, _EXPONENT_OF_ONE, _ROUND = 0x000FFFFFFFFFFFFF, 0x3FF0000000000000, 6755399441055744.0
_FRACTION_OF_SQRT_TWO = 0x6A09E667F3BCD


@instruction
def _bits_of(typing_context: Any, x: Any) -> Any:  # noqa: ARG001  numba's own signature
    """The bits of a float as an integer."""
    return int64(float64), lambda _context, builder, _signature, args: builder.bitcast(
        args[0], _llvm_type(_context, int64)
    )


@instruction
def float_of(typing_context: Any, bits: Any) -> Any:  # noqa: ARG001  numba's own signature
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
        scaled: float = x * float_of((half + 1023) << 52) * float_of((k - half + 1023) << 52)
        return scaled

    return scale


@replacing(elementary.shift)
def _shift(x: Any, n: Any) -> Any:  # noqa: ARG001  numba's own signature
    # Added to the exponent. Of n + `_ROUND`, the bits above those of n are shifted out.
    return lambda x, n: float_of(_bits_of(x) + (_bits_of(n + _ROUND) << 52))


@replacing(elementary.split)
def _split(x: Any) -> Any:  # noqa: ARG001  numba's own signature
    def split(x: float) -> tuple[float, float]:
        bits = _bits_of(x)
        fraction = bits & _FRACTION
        # 1 for a fraction above that of sqrt(2), else 0: a carry, since a branch would be unpredictable.
        half = (fraction + (_FRACTION - _FRACTION_OF_SQRT_TWO)) >> 52
        m = float_of(fraction | (_EXPONENT_OF_ONE - (half << 52)))
        # The exponent as a float, in the way in which `_scale` reads one.
        k = float_of(_bits_of(_ROUND) + ((bits >> 52) - 1023 + half)) - _ROUND
        return m, k

    return split


_REPLACED = (elementary.choose, elementary.scale, elementary.shift, elementary.split)
for _module in (elementary, activating, updating, mixing):
    for _function in vars(_module).values():
        if isfunction(_function) and _function.__module__ == _module.__name__ and _function not in _REPLACED:
            register_jitable(**INLINED)(_function)  # compiled only where it is called


_TABLE = elementary.powers_of_turns()


@within
def any_sin(z: float, _constants: Any) -> tuple[float, float]:
    """Sin z and cos z of any z, as `activating.sin`."""
    if not abs(z) > elementary.MAX_ANGLE or abs(z) == math.inf:
        return elementary.sin_cos(z)
    return elementary.sin_cos_of_large(z, _TABLE)
