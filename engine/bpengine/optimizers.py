"""How a gradient becomes an update, by name in `OPTIMIZERS`.

Each sees vectors only, never the network: parameters p, gradient g and two vectors of memory, all of one
shape. The definitions are those of PyTorch (torch.optim, without dampening), so that results can be compared.
All work in place and allocate nothing; `scratch` is theirs to use, and g may be overwritten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from bpengine.arrays import Array

if TYPE_CHECKING:
    from bpengine.kernels.kernel import Settings, State

EPSILON = 1e-8
"""Keeps rmsprop and Adam from dividing by 0."""

Optimizer = Callable[["State", Array, Array, "Settings", Array], None]
"""(state, gradient, scratch, settings, learning rate as a 0-d array): move the state by one update."""


def _sgd(state: State, gradient: Array, scratch: Array, _settings: Settings, learning_rate: Array) -> None:
    """p -= lr g."""
    np.multiply(gradient, learning_rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


def _momentum(
    state: State, gradient: Array, scratch: Array, settings: Settings, learning_rate: Array
) -> None:
    """v = mu v + g; p -= lr v."""
    velocity = state.first_moment
    np.multiply(velocity, settings.momentum, velocity)
    np.add(velocity, gradient, velocity)
    np.multiply(velocity, learning_rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


def _nesterov(
    state: State, gradient: Array, scratch: Array, settings: Settings, learning_rate: Array
) -> None:
    """v = mu v + g; p -= lr (g + mu v)."""
    velocity = state.first_moment
    np.multiply(velocity, settings.momentum, velocity)
    np.add(velocity, gradient, velocity)
    np.multiply(velocity, settings.momentum, scratch)
    np.add(scratch, gradient, scratch)
    np.multiply(scratch, learning_rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


def _remember_squares(state: State, gradient: Array, scratch: Array, decay: float) -> None:
    """s = rho s + (1 - rho) g^2."""
    np.multiply(gradient, gradient, scratch)
    np.multiply(scratch, 1 - decay, scratch)
    np.multiply(state.second_moment, decay, state.second_moment)
    np.add(state.second_moment, scratch, state.second_moment)


def _rmsprop(state: State, gradient: Array, scratch: Array, settings: Settings, learning_rate: Array) -> None:
    """s = rho s + (1 - rho) g^2; p -= lr g / (sqrt(s) + eps)."""
    _remember_squares(state, gradient, scratch, settings.decay)
    np.sqrt(state.second_moment, scratch)
    np.add(scratch, EPSILON, scratch)
    np.divide(gradient, scratch, scratch)
    np.multiply(scratch, learning_rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


def _adam(state: State, gradient: Array, scratch: Array, settings: Settings, learning_rate: Array) -> None:
    """m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= lr (m / c1) / (sqrt(v / c2) + eps).

    c1 = 1 - b1^t and c2 = 1 - b2^t make up for starting at 0 (D. Kingma and J. Ba, 2015); t counts updates.
    """
    _remember_squares(state, gradient, scratch, settings.decay)
    np.multiply(state.first_moment, settings.momentum, state.first_moment)
    np.multiply(gradient, 1 - settings.momentum, gradient)
    np.add(state.first_moment, gradient, state.first_moment)
    t = state.updates + 1
    np.divide(state.second_moment, 1 - settings.decay**t, scratch)
    np.sqrt(scratch, scratch)
    np.add(scratch, EPSILON, scratch)
    np.divide(state.first_moment, 1 - settings.momentum**t, gradient)
    np.divide(gradient, scratch, scratch)
    np.multiply(scratch, learning_rate, scratch)
    np.subtract(state.parameters, scratch, state.parameters)


OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "rmsprop": _rmsprop,
    "adam": _adam,
}
