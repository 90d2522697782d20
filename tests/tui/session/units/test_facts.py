"""Facts about units in words and numbers."""

from __future__ import annotations

import numpy as np
import pytest

from bptui.session.units import short_name, unit_facts


def test_a_name_is_cut_by_columns() -> None:
    assert [short_name("ab温\tcd", width) for width in (3, 4, 5, 7)] == ["ab…", "ab…", "ab温…", "ab温?cd"]


@pytest.mark.parametrize(
    ("activation", "values", "verdict", "label"),
    [
        ("sigmoid", [0.01, 0.02, 0.5, 0.99], "saturated for 75% of the inputs", ""),
        (
            "sigmoid",
            [0.01, 0.02, 0.98, 0.99],
            "saturated for all inputs: its gradient is nearly 0",
            "saturated",
        ),
        ("sigmoid", [0.04, 0.96], "nowhere saturated", ""),
        ("tanh", [-0.98, 0.98, 0.5, 0.96], "saturated for 50% of the inputs", ""),
        ("tanh", [-0.98] * 95 + [0.0] * 5, "saturated for 95% of the inputs", "saturated"),
        ("relu", [0.0, 0.0, 1.0, 2.0], "0 for 50% of the inputs", ""),
        ("relu", [0.0, 0.0], "off: 0 for all inputs, where its gradient is 0", "off"),
        ("relu", [0.0] * 999 + [1.0], "0 for over 99% of the inputs", ""),
        ("leaky-relu", [-1.0, 1.0], "below 0, where its slope is only 0.01, for 50% of the inputs", ""),
        ("identity", [-1.0, 1.0], "", ""),
        ("sin", [0.5, 0.5], "the same everywhere", ""),
        ("sin", [0.5, np.inf], "not finite: the run has diverged", "not finite"),
    ],
)
def test_units_are_judged_by_their_outputs(
    activation: str, values: list[float], verdict: str, label: str
) -> None:
    found = unit_facts(activation, np.array(values))
    assert (found.verdict, found.label) == (verdict, label)
