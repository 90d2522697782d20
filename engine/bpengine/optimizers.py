"""The optimizers, which turn a gradient into an update of the parameters, by name in `OPTIMIZERS`.

An optimizer sees vectors and never the network: the parameters p, the gradient g and its buffers, all of the
same shape. The definitions are those of PyTorch (torch.optim, without dampening), so that results can
be compared. Everything works in place and allocates nothing: `scratch` is free to use, and g may be
overwritten.

To add one, add its entry here and its branch to `kernels.compiled.updates.update`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.elementary import EPSILON, power
from bpengine.choices import Choice, by_name


@dataclass(slots=True, eq=False)
class State:
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

    update: Callable[..., None]
    """(state, gradient, scratch, learning rate as a 0-d array, and the coefficients by name): one update of
    the state."""
    usual_rate: float
    """A learning rate that often suits small networks."""
    buffers: tuple[Buffer, ...] = ()
    """Its buffers, in the order of `State.buffers` and of their assignments in the formula."""
    coefficients: tuple[str, ...] = ()
    """The hyperparameters that shape its updates, besides the learning rate η."""


def _sgd(state: State, gradient: Array, scratch: Array, rate: Array) -> None:
    np.multiply(gradient, rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


def _momentum(state: State, gradient: Array, scratch: Array, rate: Array, *, momentum: float) -> None:
    (velocity,) = state.buffers
    np.multiply(velocity, momentum, velocity)
    np.add(velocity, gradient, velocity)
    np.multiply(velocity, rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


def _nesterov(state: State, gradient: Array, scratch: Array, rate: Array, *, momentum: float) -> None:
    (velocity,) = state.buffers
    np.multiply(velocity, momentum, velocity)
    np.add(velocity, gradient, velocity)
    np.multiply(velocity, momentum, scratch)
    np.add(scratch, gradient, scratch)
    np.multiply(scratch, rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


def _average_squares(squares: Array, gradient: Array, scratch: Array, decay: float) -> None:
    """s = ρ s + (1 - ρ) g²."""
    np.multiply(gradient, gradient, scratch)
    np.multiply(scratch, 1 - decay, scratch)
    np.multiply(squares, decay, squares)
    np.add(squares, scratch, squares)


def _rmsprop(state: State, gradient: Array, scratch: Array, rate: Array, *, decay: float) -> None:
    (squares,) = state.buffers
    _average_squares(squares, gradient, scratch, decay)
    np.sqrt(squares, scratch)
    np.add(scratch, EPSILON, scratch)
    np.divide(gradient, scratch, scratch)
    np.multiply(scratch, rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


def _adam(
    state: State, gradient: Array, scratch: Array, rate: Array, *, momentum: float, decay: float
) -> None:
    """1 - μᵗ and 1 - ρᵗ correct the means, which start at 0 (D. Kingma and J. Ba, ICLR 2015)."""
    means, squares = state.buffers
    _average_squares(squares, gradient, scratch, decay)
    np.multiply(means, momentum, means)
    np.multiply(gradient, 1 - momentum, gradient)
    np.add(means, gradient, means)
    t = state.updates + 1
    np.divide(squares, 1 - power(decay, t), scratch)
    np.sqrt(scratch, scratch)
    np.add(scratch, EPSILON, scratch)
    np.divide(means, 1 - power(momentum, t), gradient)
    np.divide(gradient, scratch, scratch)
    np.multiply(scratch, rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


OPTIMIZERS = by_name(
    Optimizer(
        name="sgd",
        formula="p -= η g",
        help="Plain gradient descent: each update goes straight down the gradient.",
        synonyms=("gradient descent",),
        update=_sgd,
        usual_rate=0.1,
    ),
    Optimizer(
        name="momentum",
        formula="v = μ v + g; p -= η v",
        help="Updates gather speed in directions in which the gradients agree.",
        update=_momentum,
        usual_rate=0.01,
        buffers=(FIRST_MOMENT,),
        coefficients=("momentum",),
    ),
    Optimizer(
        name="nesterov",
        formula="v = μ v + g; p -= η (g + μ v)",
        help="Momentum that looks one update ahead, and so overshoots less.",
        synonyms=("accelerated gradient",),
        update=_nesterov,
        usual_rate=0.01,
        buffers=(FIRST_MOMENT,),
        coefficients=("momentum",),
    ),
    Optimizer(
        name="rmsprop",
        formula="s = ρ s + (1 - ρ) g²; p -= η g / (√s + ε)",
        help="Divides each gradient by its recent size: all weights move at a similar pace.",
        update=_rmsprop,
        usual_rate=0.003,
        buffers=(SECOND_MOMENT,),
        coefficients=("decay",),
    ),
    Optimizer(
        name="adam",
        formula="m = μ m + (1 - μ) g; s = ρ s + (1 - ρ) g²; p -= η m / (1 - μᵗ) / (√(s / (1 - ρᵗ)) + ε)",
        help="Momentum and rmsprop together, with a correction for the first updates.",
        update=_adam,
        usual_rate=0.01,
        buffers=(FIRST_MOMENT, SECOND_MOMENT),
        coefficients=("momentum", "decay"),
    ),
)

BUFFERS = {buffer.name: buffer for optimizer in OPTIMIZERS.values() for buffer in optimizer.buffers}
"""The buffers of all optimizers by name."""
