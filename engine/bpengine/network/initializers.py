"""The initializers, which draw the first weights and biases of a layer, by name in `INITIALIZERS`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bpengine.choices import Choice, by_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Initializer(Choice):
    """A way to draw a layer's first weights and biases from a normal distribution with mean 0."""

    deviation: Callable[[int, int, float], float] | None = None
    """(inputs, units, init scale) -> the standard deviation of the weights; None if they are 0."""
    draws_biases: bool = False
    """Whether biases are drawn as well; otherwise they are 0."""
    uses_scale: bool = False
    """Whether the init scale has an effect."""

    @property
    def breaks_symmetry(self) -> bool:
        """Whether the units of a layer start different from each other; otherwise they stay
        equal, but for dropout."""
        return self.deviation is not None


INITIALIZERS = by_name(
    Initializer(
        name="normal",
        formula="σ N(0, 1)",
        help="Random weights and biases, whose spread is the init scale.",
        deviation=lambda _inputs, _units, init_scale: init_scale,
        draws_biases=True,
        uses_scale=True,
    ),
    Initializer(
        name="zeros",
        formula="0",
        help="Nothing is random: the units of a layer stay equal, unless dropout is on.",
    ),
    Initializer(  # X. Glorot and Y. Bengio, AISTATS 2010
        name="xavier",
        formula="N(0, 2 / (inputs + units))",
        help="Random weights that suit sigmoid and tanh, smaller in wide layers; biases 0.",
        synonyms=("glorot",),
        deviation=lambda inputs, units, _init_scale: math.sqrt(2 / (inputs + units)),
    ),
    Initializer(  # K. He et al., ICCV 2015
        name="he",
        formula="N(0, 2 / inputs)",
        help="Random weights that suit relu and its smooth forms, smaller for many inputs; biases 0.",
        synonyms=("kaiming",),
        deviation=lambda inputs, _units, _init_scale: math.sqrt(2 / inputs),
    ),
)

USUAL_INITIALIZER = "xavier"
"""The initializer that suits most activations."""
