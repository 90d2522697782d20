"""What a unit makes of its weighted sum: each function with its derivative, by name in `ACTIVATIONS`.

Both write into arrays that they are given, since a training step allocates nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpengine.arrays import Array

# As arrays: a Python number costs a conversion at each call.
_ZERO, _ONE = np.zeros(()), np.ones(())

LEAK = 0.01
"""The slope of leaky relu below 0."""
_LEAK, _REST = np.array(LEAK), np.array(1 - LEAK)


@dataclass(frozen=True, slots=True)
class Activation:
    """A function f, applied to each element of z."""

    name: str
    function: Callable[[Array, Array], object]
    """(z, out): out = f(z). They are two arrays; z becomes its scratch, to keep what the derivative needs."""
    multiply_by_derivative: Callable[[Array, Array, Array], object]
    """(a, delta, scratch): delta *= f'(z), expressed through a = f(z) and what `function` left in z."""


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


def _tanh_derivative(a: Array, delta: Array, scratch: Array) -> None:
    np.multiply(a, a, scratch)
    np.subtract(_ONE, scratch, scratch)
    np.multiply(delta, scratch, delta)


def _relu(z: Array, out: Array) -> None:
    np.maximum(z, _ZERO, out=out)


def _relu_derivative(a: Array, delta: Array, scratch: Array) -> None:
    np.greater(a, _ZERO, scratch)
    np.multiply(delta, scratch, delta)


def _leaky_relu(z: Array, out: Array) -> None:
    np.multiply(z, _LEAK, out)
    np.maximum(z, out, out=out)


def _leaky_relu_derivative(a: Array, delta: Array, scratch: Array) -> None:
    np.greater(a, _ZERO, scratch)
    np.multiply(scratch, _REST, scratch)
    np.add(scratch, _LEAK, scratch)
    np.multiply(delta, scratch, delta)


def _sin(z: Array, out: Array) -> None:
    np.sin(z, out)
    np.cos(z, z)


def _sin_derivative(_a: Array, delta: Array, scratch: Array) -> None:
    np.multiply(delta, scratch, delta)


def _identity(z: Array, out: Array) -> None:
    np.copyto(out, z)


def _identity_derivative(_a: Array, _delta: Array, _scratch: Array) -> None:
    pass


SIGMOID = Activation("sigmoid", _sigmoid, _sigmoid_derivative)
"""f(z) = 1 / (1 + exp(-z)); f'(z) = a (1 - a)."""
TANH = Activation("tanh", np.tanh, _tanh_derivative)
"""f'(z) = 1 - a^2."""
RELU = Activation("relu", _relu, _relu_derivative)
"""f(z) = max(z, 0); f'(z) = 1 above 0, else 0."""
LEAKY_RELU = Activation("leaky-relu", _leaky_relu, _leaky_relu_derivative)
"""f(z) = max(z, 0.01 z); f'(z) = 1 above 0, else 0.01."""
SIN = Activation("sin", _sin, _sin_derivative)
"""f'(z) = cos z."""
IDENTITY = Activation("identity", _identity, _identity_derivative)
"""f(z) = z; f'(z) = 1. Layers of it alone make no more than one linear map."""

ACTIVATIONS = {activation.name: activation for activation in (SIGMOID, TANH, RELU, LEAKY_RELU, SIN, IDENTITY)}
