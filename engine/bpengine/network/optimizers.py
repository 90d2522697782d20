"""The optimizers, which turn a gradient into an update of the parameters, by name in `OPTIMIZERS`, and the
schedules of the learning rate, by name in `SCHEDULES`.

An optimizer sees vectors and never the network: the parameters p, the gradient g and its buffers, all of the
same shape.

To add one, add its rule to `arithmetic.updating`, its entry here, and its branch to
`kernels.compiled.training.update`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import numpy as np

from bpengine.arithmetic import updating
from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.elementary import cos, exp, log, power
from bpengine.choices import Choice, by_name

_AT_ONCE = 2**12
"""The parameters that NumPy updates at once."""


@dataclass(slots=True, eq=False)
class OptimizerState:
    """Everything that training changes; each array has the shape (parameters,), or what is said."""

    parameters: Array
    """Layer by layer: the weights (inputs x units) row by row, then the biases."""
    buffers: Array
    """What the optimizer keeps from one update to the next; shape (buffers, parameters)."""
    updates: int = 0
    """The number of updates so far."""
    frozen: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """The indices of the parameters that training does not change; their buffers stay as well."""
    gradient: Array = field(init=False)
    """The sum of the gradients of the samples of a batch so far."""

    def __post_init__(self) -> None:
        self.gradient = np.zeros_like(self.parameters)

    @classmethod
    def fresh(cls, parameters: Array, optimizer: str) -> Self:
        """The state before the first update by an optimizer; the parameters are not copied."""
        return cls(parameters, np.zeros((len(OPTIMIZERS[optimizer].buffers), *parameters.shape)))

    @property
    def arrays(self) -> tuple[Array, ...]:
        """The parameters, and each buffer."""
        return self.parameters, *self.buffers


class Buffer(NamedTuple):
    """Something that an optimizer keeps from one update to the next: 0 before the first update."""

    name: str
    """Its name in files and traces."""
    words: str
    """What it is called in messages."""
    is_negative: bool = True
    """Whether it may be below 0."""


FIRST_MOMENT = Buffer("first_moment", "moments")
"""A sum or mean of the past gradients."""
SECOND_MOMENT = Buffer("second_moment", "squared moments", is_negative=False)
"""The mean of the past squared gradients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer(Choice):
    """An update rule. Its formula has p, g, η, the symbols of the coefficients, ε, and t, which counts the
    updates from 1."""

    rule: Callable[..., tuple[Any, ...]]
    """One of `updating`: (p, g, η, the coefficients, the buffers and, if it `corrects`, a number for each
    coefficient) -> the new p and the new buffers."""
    usual_rate: float
    """A learning rate that often suits small networks."""
    buffers: tuple[Buffer, ...] = ()
    """Its buffers, in the order of `OptimizerState.buffers` and of their assignments in the formula."""
    coefficients: tuple[str, ...] = ()
    """The hyperparameters that shape its updates, besides the learning rate η."""
    corrects: bool = False
    """Whether the rule takes 1 - cᵗ for each coefficient c as well."""

    def updater(
        self, state: OptimizerState, rate: Array, coefficients: Sequence[float]
    ) -> Callable[[], None]:
        """Return a function that updates a state in place, in pieces that stay in the processor's cache.

        Args:
            state: the state, with the gradient of a batch.
            rate: the learning rate as a 0-d array, which NumPy need not convert each time.
            coefficients: the values of `coefficients`.
        """
        pieces = [slice(start, start + _AT_ONCE) for start in range(0, len(state.parameters), _AT_ONCE)]
        arrays = [
            (state.parameters[piece], state.gradient[piece], state.buffers[:, piece]) for piece in pieces
        ]

        def update() -> None:
            t = state.updates + 1
            corrections = [1 - power(coefficient, t) for coefficient in coefficients] if self.corrects else ()
            for p, g, buffers in arrays:
                p[:], *new = self.rule(p, g, rate, *coefficients, *buffers, *corrections)
                if new:
                    buffers[:] = new

        return update


OPTIMIZERS = by_name(
    Optimizer(
        name="sgd",
        formula="p -= η g",
        help="Plain gradient descent: each update goes straight down the gradient.",
        synonyms=("gradient descent",),
        rule=updating.sgd,
        usual_rate=0.1,
    ),
    Optimizer(
        name="momentum",
        formula="v = μ v + g; p -= η v",
        help="Updates gather speed in directions in which the gradients agree.",
        rule=updating.momentum,
        usual_rate=0.01,
        buffers=(FIRST_MOMENT,),
        coefficients=("momentum",),
    ),
    Optimizer(
        name="nesterov",
        formula="v = μ v + g; p -= η (g + μ v)",
        help="Momentum that looks one update ahead, and so overshoots less.",
        synonyms=("accelerated gradient",),
        rule=updating.nesterov,
        usual_rate=0.01,
        buffers=(FIRST_MOMENT,),
        coefficients=("momentum",),
    ),
    Optimizer(
        name="rmsprop",
        formula="s = ρ s + (1 - ρ) g²; p -= η g / (√s + ε)",
        help="Divides each gradient by its recent size: all weights move at a similar pace.",
        rule=updating.rmsprop,
        usual_rate=0.003,
        buffers=(SECOND_MOMENT,),
        coefficients=("decay",),
    ),
    Optimizer(
        name="adam",
        formula="m = μ m + (1 - μ) g; s = ρ s + (1 - ρ) g²; p -= η m / (1 - μᵗ) / (√(s / (1 - ρᵗ)) + ε)",
        help="Momentum and rmsprop together, with a correction for the first updates.",
        rule=updating.adam,
        usual_rate=0.01,
        buffers=(FIRST_MOMENT, SECOND_MOMENT),
        coefficients=("momentum", "decay"),
        corrects=True,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Choice):
    """A rule for the learning rate. Its formula has η, the epoch e, the schedule's epochs T and factor γ."""

    multiple: Callable[[int, int, float], float]
    """(e counted from 0, T, γ) -> the learning rate of this epoch divided by η."""
    changes: bool = True
    """Whether the learning rate changes at all; otherwise T and γ have no effect."""


def _constant(_epoch: int, _length: int, _factor: float) -> float:
    return 1.0


def _step(epoch: int, length: int, factor: float) -> float:
    return power(factor, epoch // length)


def _exponential(epoch: int, length: int, factor: float) -> float:
    if factor == 0:  # which has no logarithm
        return 1.0 if epoch == 0 else 0.0
    return power(factor, epoch // length) * float(exp(epoch % length / length * log(factor)))


def _cosine(epoch: int, length: int, factor: float) -> float:
    """I. Loshchilov and F. Hutter, ICLR 2017, without restarts."""
    part = min(epoch / length, 1.0)
    return factor + (1 - factor) * (1 + float(cos(math.pi * part))) / 2


SCHEDULES = by_name(
    Schedule(
        name="constant",
        formula="η",
        help="The learning rate stays the same.",
        multiple=_constant,
        changes=False,
    ),
    Schedule(
        name="step",
        formula="η γ^⌊e / T⌋",
        help="The learning rate jumps: it is multiplied by γ after every T epochs.",
        multiple=_step,
    ),
    Schedule(
        name="exponential",
        formula="η γ^(e / T)",
        help="The learning rate changes a little in every epoch, by γ over T epochs.",
        multiple=_exponential,
    ),
    Schedule(
        name="cosine",
        formula="η (γ + (1 - γ) (1 + cos(π min(1, e / T))) / 2)",
        help="The learning rate glides down to γ times its value in T epochs, and stays there.",
        multiple=_cosine,
    ),
)
