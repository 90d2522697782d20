"""Each activation is what its description says: formula, range and saturation."""

from __future__ import annotations

import numpy as np
import pytest

from bpengine.arithmetic.arrays import Array
from bpengine.network.activations import ACTIVATIONS, INITIALIZERS, Activation
from tests.engine import formulas
from tests.engine.plain import activate, numerical_gradient

EVERY_ACTIVATION = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
Z = np.linspace(-9, 9, 4000)
"""Weighted sums, none of them 0."""


def computed(activation: Activation, z: Array) -> Array:
    """f(z), computed by the engine."""
    out = np.empty_like(z)
    with np.errstate(over="ignore"):
        activation.function(z.copy(), out)
    return out


def slopes(activation: Activation, z: Array) -> Array:
    """f'(z), computed by the engine."""
    found = z.copy()
    activation.function(found, np.empty_like(z))
    return found


@EVERY_ACTIVATION
def test_an_activation_computes_the_formula_that_is_shown_for_it(activation: Activation) -> None:
    by_formula = formulas.value(activation.formula, z=Z)
    np.testing.assert_allclose(computed(activation, Z), by_formula, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(activate(activation.name, Z), by_formula, rtol=1e-13, atol=1e-15)


@EVERY_ACTIVATION
def test_derivatives_of_activations_agree_with_central_differences(activation: Activation) -> None:
    z = Z[::40]
    by_differences = numerical_gradient(lambda values: float(computed(activation, values).sum()), z)
    np.testing.assert_allclose(slopes(activation, z), by_differences, rtol=1e-6, atol=1e-7)


@EVERY_ACTIVATION
def test_outputs_of_an_activation_reach_its_range_and_stay_within(activation: Activation) -> None:
    low, high = activation.range
    outputs = computed(activation, np.concatenate([Z, [-1e6, -700.0, 700.0, 1e6]]))
    assert outputs.min() < -1e3 if low is None else outputs.min() == pytest.approx(low, abs=1e-3)
    assert outputs.max() > 1e3 if high is None else outputs.max() == pytest.approx(high, abs=1e-3)
    assert low is None or outputs.min() >= low
    assert high is None or outputs.max() <= high


@EVERY_ACTIVATION
def test_saturated_outputs_have_the_smallest_slopes(activation: Activation) -> None:
    saturation = activation.saturation
    if saturation is None:
        return
    saturated = saturation.mask(computed(activation, Z)) == 1
    of_saturated, of_others = (np.abs(slopes(activation, Z[chosen])) for chosen in (saturated, ~saturated))
    assert of_saturated.max() <= saturation.slope * (1 + 1e-12)
    assert of_others.min() > saturation.slope * (1 - 1e-12)


def test_activations_whose_units_switch_off_are_marked() -> None:
    off = {name for name, each in ACTIVATIONS.items() if each.saturation and each.saturation.switches_off}
    assert off >= {"relu", "leaky-relu"}
    assert not off & {"sigmoid", "tanh"}


@EVERY_ACTIVATION
def test_activations_suggest_initializers_that_exist(activation: Activation) -> None:
    assert activation.initializer in INITIALIZERS
