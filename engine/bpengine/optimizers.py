"""The optimizers, which turn a gradient into an update of the parameters, by name in `OPTIMIZERS`.

An optimizer sees vectors and never the network: the parameters p, the gradient g and up to two buffers, all
of the same shape. The definitions are those of PyTorch (torch.optim, without dampening), so that results can
be compared. Everything works in place and allocates nothing: `scratch` is free to use, and g may be
overwritten.

To add one, add its entry here and its branch to `kernels.compiled.updates.update`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.elementary import power
from bpengine.choices import Choice, by_name

EPSILON = 1e-8
"""ε, which keeps rmsprop and adam from dividing by 0."""


@dataclass(slots=True, eq=False)
class State:
    """Everything that training changes; each array has the shape (parameters,)."""

    parameters: Array
    """Layer by layer: the weights (inputs x units) row by row, then the biases."""
    first_moment: Array
    """A buffer for a sum or mean of the past gradients; 0 if the optimizer keeps none."""
    second_moment: Array
    """A buffer for the mean of the past squared gradients; 0 if the optimizer keeps none."""
    updates: int
    """The number of updates so far."""
    frozen: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """The indices of the parameters that training does not change; their buffers stay as well."""
    gradient: Array = field(init=False)
    """The sum of the gradients of the samples of a batch so far."""

    def __post_init__(self) -> None:
        self.gradient = np.zeros_like(self.parameters)

    @property
    def arrays(self) -> tuple[Array, Array, Array]:
        """The parameters, the first moment and the second moment."""
        return self.parameters, self.first_moment, self.second_moment

    def changed_by(self, optimizer: str) -> tuple[Array, ...]:
        """The arrays that training with an optimizer changes: the parameters, and the buffers that it has."""
        return self.parameters, *(getattr(self, name) for name in OPTIMIZERS[optimizer].buffers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer(Choice):
    """An update rule. Its formula has p, g, η, the symbols of the coefficients, ε, and t, which counts the
    updates from 1."""

    update: Callable[..., None]
    """(state, gradient, scratch, learning rate as a 0-d array, and the coefficients by name): one update of
    the state."""
    usual_rate: float
    """A learning rate that often suits small networks."""
    buffers: tuple[Literal["first_moment", "second_moment"], ...] = ()
    """The buffers that it uses."""
    coefficients: tuple[str, ...] = ()
    """The hyperparameters that shape its updates, besides the learning rate η."""


def _sgd(state: State, gradient: Array, scratch: Array, rate: Array) -> None:
    np.multiply(gradient, rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


def _momentum(state: State, gradient: Array, scratch: Array, rate: Array, *, momentum: float) -> None:
    velocity = state.first_moment
    np.multiply(velocity, momentum, velocity)
    np.add(velocity, gradient, velocity)
    np.multiply(velocity, rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


def _nesterov(state: State, gradient: Array, scratch: Array, rate: Array, *, momentum: float) -> None:
    velocity = state.first_moment
    np.multiply(velocity, momentum, velocity)
    np.add(velocity, gradient, velocity)
    np.multiply(velocity, momentum, scratch)
    np.add(scratch, gradient, scratch)
    np.multiply(scratch, rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


def _average_squares(state: State, gradient: Array, scratch: Array, decay: float) -> None:
    """s = ρ s + (1 - ρ) g²."""
    np.multiply(gradient, gradient, scratch)
    np.multiply(scratch, 1 - decay, scratch)
    np.multiply(state.second_moment, decay, state.second_moment)
    np.add(state.second_moment, scratch, state.second_moment)


def _rmsprop(state: State, gradient: Array, scratch: Array, rate: Array, *, decay: float) -> None:
    _average_squares(state, gradient, scratch, decay)
    np.sqrt(state.second_moment, scratch)
    np.add(scratch, EPSILON, scratch)
    np.divide(gradient, scratch, scratch)
    np.multiply(scratch, rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


def _adam(
    state: State, gradient: Array, scratch: Array, rate: Array, *, momentum: float, decay: float
) -> None:
    """1 - μᵗ and 1 - ρᵗ correct the means, which start at 0 (D. Kingma and J. Ba, ICLR 2015)."""
    _average_squares(state, gradient, scratch, decay)
    np.multiply(state.first_moment, momentum, state.first_moment)
    np.multiply(gradient, 1 - momentum, gradient)
    np.add(state.first_moment, gradient, state.first_moment)
    t = state.updates + 1
    np.divide(state.second_moment, 1 - power(decay, t), scratch)
    np.sqrt(scratch, scratch)
    np.add(scratch, EPSILON, scratch)
    np.divide(state.first_moment, 1 - power(momentum, t), gradient)
    np.divide(gradient, scratch, scratch)
    np.multiply(scratch, rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


OPTIMIZERS = by_name(
    Optimizer(
        name="sgd",
        formula="p -= η g",
        help="Plain gradient descent: each update goes straight down the gradient.",
        update=_sgd,
        usual_rate=0.1,
    ),
    Optimizer(
        name="momentum",
        formula="v = μ v + g; p -= η v",
        help="Updates gather speed in directions in which the gradients agree.",
        update=_momentum,
        usual_rate=0.01,
        buffers=("first_moment",),
        coefficients=("momentum",),
    ),
    Optimizer(
        name="nesterov",
        formula="v = μ v + g; p -= η (g + μ v)",
        help="Momentum that looks one update ahead, and so overshoots less.",
        update=_nesterov,
        usual_rate=0.01,
        buffers=("first_moment",),
        coefficients=("momentum",),
    ),
    Optimizer(
        name="rmsprop",
        formula="s = ρ s + (1 - ρ) g²; p -= η g / (√s + ε)",
        help="Divides each gradient by its recent size: all weights move at a similar pace.",
        update=_rmsprop,
        usual_rate=0.003,
        buffers=("second_moment",),
        coefficients=("decay",),
    ),
    Optimizer(
        name="adam",
        formula="m = μ m + (1 - μ) g; s = ρ s + (1 - ρ) g²; p -= η m / (1 - μᵗ) / (√(s / (1 - ρᵗ)) + ε)",
        help="Momentum and rmsprop together, with a correction for the first updates.",
        update=_adam,
        usual_rate=0.01,
        buffers=("first_moment", "second_moment"),
        coefficients=("momentum", "decay"),
    ),
)
