"""The activation functions of hidden units, by name in `ACTIVATIONS`, and what draws their first weights.

To add an activation, add its function to `arithmetic.activating`, its entry here, and its branch to
`kernels.compiled.passes.activate`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpengine.arithmetic import activating, functions
from bpengine.arithmetic.activating import LEAK
from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.elementary import FEW, MAX_ANGLE
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


Range = tuple[float | None, float | None]
"""The lowest and the highest output that a function approaches; None if it is unbounded on that side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saturation:
    """Where an activation saturates: the outputs at which its slope is zero or close to it."""

    low: float = -math.inf
    """An output at or below this is saturated."""
    high: float = math.inf
    """An output at or above this is saturated."""
    slope: float
    """The largest slope at a saturated output; 0 if a saturated unit learns nothing."""
    switches_off: bool = False
    """Whether units are meant to saturate for a part of the samples, as relu units do when they switch off.
    Then only a unit that is saturated for every sample is a problem."""

    def mask(self, outputs: Array) -> Array:
        """1 for each saturated output, else 0; same shape."""
        return ((outputs <= self.low) | (outputs >= self.high)).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation(Choice):
    """A function f that is applied to each weighted sum z."""

    function: Callable[[Array, Array], None]
    """(z, out): out = f(z), and z becomes f'(z); different matrices of the shape (samples, units)."""
    derivative: str
    """The formula of f'(z), which may use a = f(z)."""
    range: Range = (None, None)
    """The range of f."""
    saturation: Saturation | None = None
    """Where f saturates; None if it does not, or if its outputs do not tell because it is not monotone."""
    has_corner: bool = False
    """Whether f'(z) jumps at 0: differences of f across 0 then prove nothing."""
    initializer: str = USUAL_INITIALIZER
    """The initializer that suits the activation."""


_FEW_OF_CHEAP = 8
"""The same as `FEW` for functions without an exponential, of which NumPy computes more in the same time."""

Pairs = Callable[[Any], tuple[Any, Any]]
"""A function of a float or an array z that returns f(z) and f'(z), such as those of `activating`."""


def _on_arrays(pair: Pairs) -> Callable[[Array, Array], None]:
    """The function that replaces a matrix z by f'(z) and writes f(z)."""

    def apply(z: Array, out: Array) -> None:
        out[:], z[:] = pair(z)

    return apply


def _by_number(pair: Pairs, few: int = FEW) -> Callable[[Array, Array], None]:
    """The same, but number by number for few numbers, which is faster and gives the same bits."""
    on_arrays = _on_arrays(pair)

    def apply(z: Array, out: Array) -> None:
        if z.size <= few:
            for number, row in enumerate(z.tolist()):
                out[number], z[number] = zip(*map(pair, row), strict=True)
        else:
            on_arrays(z, out)

    return apply


_usual_sin, _any_sin = _by_number(activating.sin), _on_arrays(functions.sin_cos)


def _sin(z: Array, out: Array) -> None:
    (_usual_sin if np.abs(z).max() <= MAX_ANGLE else _any_sin)(z, out)


ACTIVATIONS = by_name(
    Activation(
        name="sigmoid",
        formula="1 / (1 + exp(-z))",
        help="A smooth step from 0 to 1; far from its middle it is flat and hardly learns.",
        synonyms=("logistic",),
        derivative="a (1 - a)",
        function=_by_number(activating.sigmoid),
        range=(0.0, 1.0),
        # There the slope a (1 - a) is an eighth of what it is at 0 or less.
        saturation=Saturation(low=0.03, high=0.97, slope=0.03 * 0.97),
    ),
    Activation(
        name="tanh",
        formula="tanh(z)",
        help="A smooth step from -1 to 1, steeper than sigmoid; far from 0 it is flat.",
        synonyms=("hyperbolic tangent",),
        derivative="1 - a²",
        function=_by_number(activating.tanh),
        range=(-1.0, 1.0),
        # There the slope 1 - a² is a sixteenth of what it is at 0 or less. The threshold of A. Karpathy's
        # lectures, Neural Networks: Zero to Hero (2022).
        saturation=Saturation(low=-0.97, high=0.97, slope=1 - 0.97**2),
    ),
    Activation(
        name="relu",
        formula="max(0, z)",
        help="0 below 0, a straight line above; a unit that is at 0 for all samples learns nothing.",
        synonyms=("rectifier", "rectified linear"),
        derivative="1 if a > 0 else 0",
        function=_by_number(activating.relu, _FEW_OF_CHEAP),
        range=(0.0, None),
        saturation=Saturation(low=0.0, slope=0.0, switches_off=True),
        has_corner=True,
        initializer="he",
    ),
    Activation(
        name="leaky-relu",
        formula=f"max({LEAK} z, z)",
        help="Like relu with a small slope below 0, so that every unit keeps learning.",
        derivative=f"1 if a > 0 else {LEAK}",
        function=_by_number(activating.leaky_relu, _FEW_OF_CHEAP),
        saturation=Saturation(low=0.0, slope=LEAK, switches_off=True),
        has_corner=True,
        initializer="he",
    ),
    Activation(  # D.-A. Clevert, T. Unterthiner and S. Hochreiter, ICLR 2016; they begin with He's weights
        name="elu",
        formula="z if z > 0 else exp(z) - 1",
        help="Like relu with a smooth bend to -1 below 0, so that outputs average near 0.",
        synonyms=("exponential linear",),
        derivative="1 if a > 0 else a + 1",
        function=_by_number(activating.elu),
        range=(-1.0, None),
        saturation=Saturation(low=-0.97, slope=0.03, switches_off=True),
        initializer="he",
    ),
    # He's weights for the next ones: A. Géron, Hands-On Machine Learning, 3rd edition, 2022, table 11-1. For
    # softplus: S. K. Kumar, On weight initialization in deep neural networks, 2017, whose rule gives the
    # variance 2.7 / inputs, to which 2 / inputs is the nearest here.
    Activation(  # C. Dugas et al., NIPS 2000
        name="softplus",
        formula="log(1 + exp(z))",
        help="A smooth relu, whose slope is the sigmoid of z; never 0.",
        synonyms=("smooth relu",),
        derivative="1 / (1 + exp(-z))",
        function=_by_number(activating.softplus),
        range=(0.0, None),
        # There the slope 1 - exp(-a) is about a.
        saturation=Saturation(low=0.03, slope=0.029554466451491823, switches_off=True),
        initializer="he",
    ),
    Activation(  # S. Elfwing et al., Neural Networks 107, 2018; named by P. Ramachandran et al., 2017
        name="swish",
        formula="z / (1 + exp(-z))",
        help="A smooth relu that dips below 0 before it rises: z times its sigmoid (SiLU).",
        synonyms=("silu", "sigmoid linear"),
        derivative="(1 + a exp(-z)) / (1 + exp(-z))",
        function=_by_number(activating.swish),
        range=(-0.2784645427610738, None),
        initializer="he",
    ),
    Activation(  # D. Hendrycks and K. Gimpel, Gaussian Error Linear Units, 2016; transformers use it
        name="gelu",
        formula="z / 2 (1 + tanh(√(2 / π) (z + 0.044715 z^3)))",
        help="A smooth relu with a small dip: z times about the share of normal numbers below z.",
        synonyms=("gaussian error linear",),
        derivative=(
            "(1 + tanh(√(2 / π) (z + 0.044715 z^3))) / 2"
            " + √(2 / π) (z + 0.134145 z^3) / 2 (1 - tanh(√(2 / π) (z + 0.044715 z^3))²)"
        ),
        function=_by_number(activating.gelu),
        range=(-0.17004075057125598, None),
        initializer="he",
    ),
    Activation(
        name="sin",
        formula="sin(z)",
        help="A wave from -1 to 1; suits data that repeats itself.",
        derivative="cos(z)",
        function=_sin,
        range=(-1.0, 1.0),
    ),
    Activation(
        name="identity",
        formula="z",
        help="No change at all: layers of this alone compute no more than one linear map.",
        synonyms=("linear",),
        derivative="1",
        function=_on_arrays(lambda z: (z, 1.0)),
    ),
)
