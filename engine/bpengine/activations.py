"""What a unit makes of its weighted sum: each function with its derivative, by name in `ACTIVATIONS`.

Both write into arrays that they are given, since a training step allocates nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpengine.datasets import Array

_ONE = np.ones(())  # as an array: a Python number costs a conversion at each call


@dataclass(frozen=True, slots=True)
class Activation:
    """A function f, applied to each element of z."""

    name: str
    function: Callable[[Array, Array], object]
    """(z, out): out = f(z). It may use z as its scratch."""
    multiply_by_derivative: Callable[[Array, Array, Array], object]
    """(a, delta, scratch): delta *= f'(z), expressed through a = f(z)."""


def _sigmoid(z: Array, out: Array) -> None:
    # exp overflows to infinity for z < -709, where 1 / (1 + inf) is 0: the right limit.
    np.negative(z, z)
    np.exp(z, z)
    np.add(z, _ONE, z)
    np.reciprocal(z, out)


def _sigmoid_derivative(a: Array, delta: Array, scratch: Array) -> None:
    np.subtract(_ONE, a, scratch)
    np.multiply(scratch, a, scratch)
    np.multiply(delta, scratch, delta)


SIGMOID = Activation("sigmoid", _sigmoid, _sigmoid_derivative)
"""f(z) = 1 / (1 + exp(-z)); f'(z) = a (1 - a)."""

ACTIVATIONS = {activation.name: activation for activation in (SIGMOID,)}
