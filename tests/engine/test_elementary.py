"""exp, log, tanh, sin, cos and activations are accurate, with the same bits in Python and in machine code."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine.arithmetic import activating, elementary, functions
from bpengine.arithmetic.generators import standard_normal
from tests.engine.kernels import needs_numba

VALUES = Path(__file__).with_name("elementary_values.csv")
"""Arguments and true values as hexadecimal floats, computed by mpmath with 1,400 bits."""


def values(functions: Any) -> Iterator[tuple[str, float, float, float]]:
    """(function, argument, result, true value) for each line that `functions` can compute."""
    with VALUES.open(newline="") as file:
        for line in csv.DictReader(file):
            argument = float.fromhex(line["argument"])
            name = line["function"]
            if name not in functions:
                continue
            result = float(functions[name](argument))
            yield name, argument, result, float.fromhex(line["value"])


def assert_close(functions: dict[str, Callable[[float], Any]]) -> None:
    with np.errstate(all="ignore"):
        for name, argument, result, true in values(functions):
            units, absolute = BOUNDS.get(name, (1.3, 0.0))
            assert abs(result - true) <= max(units * math.ulp(true), absolute), (
                f"{name}({argument!r}) = {result!r}, not {true!r}"
            )


PAIRS: dict[str, Callable[[Any], Any]] = {
    "softplus": activating.softplus,
    "swish": activating.swish,
    "gelu": activating.gelu,
}
PLAIN: dict[str, Callable[[Any], Any]] = {
    **{name: getattr(elementary, name) for name in ("exp", "log", "tanh")},
    **{name: getattr(functions, name) for name in ("sin", "cos")},
}


SMOOTH: dict[str, Callable[[Any], Any]] = {
    "elu": lambda z: activating.elu(z)[0],
    **{name: lambda z, f=f: f(z)[0] for name, f in PAIRS.items()},  # type: ignore[misc]
    **{f"{name} slope": lambda z, f=f: f(z)[1] for name, f in PAIRS.items()},  # type: ignore[misc]
}
BOUNDS = {
    **dict.fromkeys(("softplus", "softplus slope", "elu"), (2.0, 0.0)),
    "swish": (3.0, 0.0),
    # Where the gate closes, its own rounding counts; what is left there is far below 1.
    "gelu": (3.0, 1e-16),
    "swish slope": (0.0, 4e-16),
    "gelu slope": (0.0, 4e-16),
}
"""The largest errors that the docstrings allow, in units and in all; others are within 1.3 units."""


def test_activations_are_as_accurate_as_they_say_and_never_overflow() -> None:
    assert_close(SMOOTH)
    huge = np.array([-1e308, -1e150, -800.0, 800.0, 1e150, 1e308])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for name, function in SMOOTH.items():
            found = function(huge)
            assert found.tolist() == [float(function(z)) for z in huge.tolist()]
            limits = [0, 0, 0, 1, 1, 1] if "slope" in name else [-(name == "elu")] * 3 + [800, 1e150, 1e308]
            assert found == pytest.approx(limits, abs=1e-200)
            assert np.isnan(function(math.nan))


def test_arrays_and_numbers_are_within_a_unit_in_the_last_place() -> None:
    assert_close(PLAIN)
    assert elementary.exp(np.array([0.0, -np.inf, np.inf])).tolist() == [1, 0, np.inf]
    assert elementary.tanh(np.array([-np.inf, np.inf])).tolist() == [-1, 1]
    assert np.isnan([float(function(math.nan)) for function in PLAIN.values()]).all()


@needs_numba
def test_machine_code_has_the_same_bits_and_takes_any_angle() -> None:
    from numba import njit

    from bpengine.kernels.compiled.floats import any_sin

    @njit  # type: ignore[untyped-decorator]
    def all_of(z: float) -> tuple[float, float, float, float, float]:
        sine, cosine = any_sin(z, ())
        return elementary.exp(z), elementary.log(abs(z)), elementary.tanh(z), sine, cosine

    compiled: dict[str, Callable[[float], Any]] = {
        name: lambda z, number=number: all_of(z)[number]  # type: ignore[misc]
        for number, name in enumerate(PLAIN)
    }
    assert_close(compiled)
    random = np.random.RandomState(0)
    angles = random.uniform(-1, 1, 300) * 10.0 ** random.randint(6, 308, 300)
    arguments = np.concatenate([random.normal(scale=10, size=300), [1e-300, 709.0, -745.0], angles])
    with np.errstate(all="ignore"):
        for name, function in PLAIN.items():
            plain = function(np.abs(arguments) if name == "log" else arguments)
            machine = np.array([compiled[name](float(z)) for z in arguments])
            np.testing.assert_array_equal(plain, machine, err_msg=name)
    assert np.isnan(all_of(math.nan)).all()
    assert all_of(math.inf)[:3] == (math.inf, math.inf, 1)


@pytest.mark.parametrize("shapes", [[(3, 2)], [(1,), (0,), (5, 7), (1,)], [(101, 201)]])
def test_normal_numbers_are_those_of_numpy_and_leave_the_same_state(shapes: list[tuple[int, ...]]) -> None:
    for seed in range(20):
        ours, theirs = np.random.RandomState(seed), np.random.RandomState(seed)
        for shape in shapes:
            np.testing.assert_allclose(
                standard_normal(ours, shape), theirs.standard_normal(shape), rtol=1e-15
            )
        states = [each.get_state(legacy=False) for each in (ours, theirs)]
        assert states[0]["has_gauss"] == states[1]["has_gauss"]
        assert states[0]["gauss"] == pytest.approx(states[1]["gauss"], rel=1e-15)
        np.testing.assert_array_equal(ours.randint(1 << 30, size=3), theirs.randint(1 << 30, size=3))
