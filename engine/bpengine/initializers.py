"""The initializers, which draw the first weights and biases of a layer, by name in `INITIALIZERS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpengine.arrays import Array
from bpengine.choices import Choice, by_name
from bpengine.normal import standard_normal

Draw = Callable[[np.random.RandomState, int, int, float], Array]
"""(generator, inputs, units, init scale) -> the weights above the biases; shape (inputs + 1, units)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Initializer(Choice):
    """A way to draw a layer's first weights and biases."""

    draw: Draw
    uses_scale: bool = False
    """Whether the init scale has an effect."""
    breaks_symmetry: bool = True
    """Whether the units of a layer start different from each other; otherwise they stay equal."""


def _normal(rng: np.random.RandomState, inputs: int, units: int, init_scale: float) -> Array:
    """The start of the original programs."""
    start: Array = init_scale * standard_normal(rng, (inputs + 1, units))
    return start


def _zeros(rng: np.random.RandomState, inputs: int, units: int, init_scale: float) -> Array:  # noqa: ARG001  every initializer has these arguments
    return np.zeros((inputs + 1, units))


def _with_variance(variance: Callable[[int, int], float]) -> Draw:
    """Normal weights of this variance, given inputs and units; biases 0."""

    def draw(rng: np.random.RandomState, inputs: int, units: int, init_scale: float) -> Array:  # noqa: ARG001  every initializer has these arguments
        start = np.zeros((inputs + 1, units))
        start[:-1] = np.sqrt(variance(inputs, units)) * standard_normal(rng, (inputs, units))
        return start

    return draw


INITIALIZERS = by_name(
    Initializer(
        name="normal",
        formula="σ N(0, 1)",
        help="Random weights and biases, whose spread is the init scale.",
        draw=_normal,
        uses_scale=True,
    ),
    Initializer(
        name="zeros",
        formula="0",
        help="Nothing is random: the hidden units of a layer stay equal to each other.",
        draw=_zeros,
        breaks_symmetry=False,
    ),
    Initializer(  # X. Glorot and Y. Bengio, AISTATS 2010
        name="xavier",
        formula="N(0, 2 / (inputs + units))",
        help="Random weights that suit sigmoid and tanh, smaller in wide layers; biases 0.",
        draw=_with_variance(lambda inputs, units: 2 / (inputs + units)),
    ),
    Initializer(  # K. He et al., ICCV 2015
        name="he",
        formula="N(0, 2 / inputs)",
        help="Random weights that suit relu, smaller where there are many inputs; biases 0.",
        draw=_with_variance(lambda inputs, _units: 2 / inputs),
    ),
)

USUAL_INITIALIZER = "xavier"
"""The initializer that suits most activations."""
