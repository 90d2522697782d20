"""The functions of formulas are as accurate as they say, and agree with NumPy's about special values."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine.arithmetic import functions
from bpengine.data.formulas.language import FUNCTIONS

VALUES = Path(__file__).with_name("function_values.csv")
"""Arguments and true values as hexadecimal floats, computed by mpmath with 1,400 bits. A true value is the
sum of two floats. Among the arguments are those with the largest errors of a million."""

OF_ONE: dict[str, Callable[[Any], Any]] = {
    name: function for name, function in FUNCTIONS.items() if hasattr(functions, name)
}
SPECIAL = np.array(
    [0.0, 0.5, 1.0, 2.0, 3.0, 1e3, 5e-324, 1e-310, 1e-20, 711.0, 1e20, 1.7976931348623157e308, math.inf]
)
SPECIAL = np.concatenate([SPECIAL, -SPECIAL, [math.nan]])


def bound(function: Callable[..., Any]) -> float:
    """The largest error in units in the last place, as the docstring states it."""
    found = re.search(r"within ([0-9.]+) units?\b", function.__doc__ or "")
    assert found is not None
    return float(found[1])


def test_each_error_is_below_the_bound_that_the_docstring_states() -> None:
    with VALUES.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["function"] for line in lines} == {*OF_ONE, "power"}
    for line in lines:
        function = getattr(functions, line["function"])
        arguments = [float.fromhex(line[name]) for name in ("argument", "exponent") if line[name]]
        value, most = float.fromhex(line["value"]), bound(function)
        if line["function"] == "power" and arguments[1] in (1, 2, 3, 4):
            most = 2
        elif abs(value) < 2.0**-1022:
            most = max(most, 1)
        true = Fraction(value) + Fraction(float.fromhex(line["rest"]))
        error = abs(Fraction(float(function(*arguments))) - true)
        assert error <= Fraction(most) * Fraction(math.ulp(value)), (line["function"], *arguments)


def test_whole_logarithms_and_roots_are_exact() -> None:
    exponents = np.arange(-1074, 1024)
    assert functions.log2(np.ldexp(1.0, exponents)).tolist() == exponents.tolist()
    assert functions.log10(np.array([float(f"1e{n}") for n in range(23)])).tolist() == list(range(23))
    assert functions.power(np.arange(1000.0) ** 2, 0.5).tolist() == list(range(1000))
    assert functions.power(10.0, np.arange(23)).tolist() == [float(f"1e{n}") for n in range(23)]


@pytest.mark.parametrize("name", OF_ONE)
def test_values_are_close_to_numpy_s_and_special_ones_the_same(name: str) -> None:
    random = np.random.RandomState(0)
    ordinary = random.uniform(-1, 1, 2000) * 2.0 ** random.randint(-50, 12, 2000)
    arguments = np.concatenate([SPECIAL, ordinary])
    found = OF_ONE[name](arguments)  # without a warning
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(found, getattr(np, name)(arguments), rtol=2e-15, atol=5e-324)
    np.testing.assert_array_equal([float(OF_ONE[name](x)) for x in arguments[:100].tolist()], found[:100])


def test_powers_of_special_numbers_are_numpy_s_even_in_their_signs() -> None:
    exponents = np.concatenate([SPECIAL, [-7.0, 1.5, 4.0, 5.0, 2.0**53, 2.0**53 + 2]])
    bases = SPECIAL[:, np.newaxis]
    together = functions.power(bases, exponents)
    one_by_one = np.stack([functions.power(SPECIAL, exponent) for exponent in exponents], axis=1)
    with np.errstate(all="ignore"):
        expected = np.power(bases, exponents)
    for found in (together, one_by_one):
        np.testing.assert_allclose(found, expected, rtol=1e-15, atol=5e-324)
        np.testing.assert_array_equal(np.signbit(found[found == 0]), np.signbit(expected[found == 0]))
    assert SPECIAL[3] == 2.0  # and no argument was changed
