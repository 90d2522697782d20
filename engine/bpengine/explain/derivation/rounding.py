"""How many digits printed numbers need, so that a reader who computes with them arrives at the results."""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import partial

from bpengine.explain.derivation.deriving import derive_batch
from bpengine.explain.derivation.expressions import Expression, NumberOf, Symbol, Variable
from bpengine.explain.derivation.quantities import Phase
from bpengine.training.tracing import Trace
from bpwords.numbers import digits_needed, with_digits

DIGITS = 5
"""The digits of a result, and the fewest digits of any other number."""
MAX_DIGITS = 17
"""The digits that tell any two floating-point numbers apart."""


def rounded(number: float, digits: int = DIGITS) -> float:
    """The number as it is shown."""
    return float(with_digits(number, digits))


def last_place(number: float, digits: int = DIGITS) -> float:
    """What one unit of the last shown digit is worth; 0 for 0."""
    if number == 0:
        return 0.0
    place = math.floor(math.log10(abs(number))) - digits_needed(number, digits) + 1
    return max(10.0**place, math.ulp(0.0))


def operand_digits(formula: Expression, result: float, digits: int = DIGITS) -> int:
    """The fewest digits with which the numbers of a formula give its result.

    Args:
        formula: the formula.
        result: its result.
        digits: the digits of the result, and the fewest to try.
    """
    if not math.isfinite(result):
        return digits
    half = last_place(result, digits) / 2 * (1 + 1e-9)  # a number that ends in 5 may be rounded either way
    for tried in range(digits, MAX_DIGITS):
        value = _value(formula, partial(_as_shown, digits=tried))
        if value is None:
            return digits
        if abs(value - rounded(result, digits)) <= half:
            return tried
    return MAX_DIGITS


def _as_shown(variable: Variable, _row: int, *, digits: int) -> float:
    return rounded(variable.number, digits)


def _value(formula: Expression, number_of: NumberOf, row: int = 0) -> float | None:
    """The result with these numbers; None if Python's functions refuse them, such as exp(800)."""
    try:
        return formula.value(number_of, row)
    except (ArithmeticError, ValueError):
        return None


def digits_to_solve(trace: Trace, given: Collection[Phase] = ()) -> int:
    """The fewest digits of the given numbers from which all results follow, each to a unit of its last digit.

    Given are the inputs, the targets, the settings, the weights and biases, and the optimizer's buffers. The
    results of some phases may be given as well. A reader continues with these as they are printed, and with
    all other results without rounding.
    """
    return next(
        (digits for digits in range(DIGITS, MAX_DIGITS) if _can_be_solved(trace, given, digits)), MAX_DIGITS
    )


def _can_be_solved(trace: Trace, given: Collection[Phase], digits: int) -> bool:
    """Whether so many digits of what is given are enough."""
    known: dict[tuple[int | None, Symbol], float] = {}

    def number_of(variable: Variable, row: int) -> float:
        for key in ((row, variable.symbol), (None, variable.symbol)):
            if key in known:
                return known[key]
        return rounded(variable.number, digits)

    for row, derived in derive_batch(trace):
        symbol, result = derived.result.symbol, derived.result.number
        value = _value(derived.formula, number_of, row or 0)
        if value is None:
            value = result
        if abs(value - rounded(result)) > last_place(result) * (1 + 1e-9):
            return False
        known[row, symbol] = rounded(result, digits) if derived.phase in given else value
    return True
