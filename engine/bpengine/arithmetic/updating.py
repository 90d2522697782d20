"""The update rules of optimizers, with the same bits on every machine.

Each takes floats or NumPy arrays: the parameters p, their gradient g, the learning rate η, the coefficients
of the optimizer, and its buffers. It returns the new p and the new buffers. Both kernels use these functions:
`kernels.compiled` compiles them into machine code. The rules are those of PyTorch (torch.optim, without
dampening), so that results can be compared.
"""

from __future__ import annotations

from typing import Any

import numpy as np

EPSILON = 1e-8
"""ε, which keeps the optimizers rmsprop and adam from dividing by 0."""


def sgd(p: Any, g: Any, rate: Any) -> tuple[Any]:
    """p - η g."""
    return (p - rate * g,)


def momentum(p: Any, g: Any, rate: Any, mu: Any, velocity: Any) -> tuple[Any, Any]:
    """v = μ v + g; p - η v."""
    velocity = mu * velocity + g
    return p - rate * velocity, velocity


def nesterov(p: Any, g: Any, rate: Any, mu: Any, velocity: Any) -> tuple[Any, Any]:
    """v = μ v + g; p - η (g + μ v)."""
    velocity = mu * velocity + g
    return p - rate * (g + mu * velocity), velocity


def rmsprop(p: Any, g: Any, rate: Any, rho: Any, squares: Any) -> tuple[Any, Any]:
    """s = ρ s + (1 - ρ) g²; p - η g / (√s + ε)."""
    squares = rho * squares + (1.0 - rho) * (g * g)
    return p - rate * (g / (np.sqrt(squares) + EPSILON)), squares


def adam(
    p: Any, g: Any, rate: Any, mu: Any, rho: Any, means: Any, squares: Any, of_means: Any, of_squares: Any
) -> tuple[Any, Any, Any]:
    """m = μ m + (1 - μ) g; s = ρ s + (1 - ρ) g²; p - η m / (1 - μᵗ) / (√(s / (1 - ρᵗ)) + ε).

    1 - μᵗ and 1 - ρᵗ, the last arguments, correct the means, which start at 0 (D. Kingma and J. Ba, ICLR
    2015).
    """
    means = mu * means + (1.0 - mu) * g
    squares = rho * squares + (1.0 - rho) * (g * g)
    return p - rate * (means / of_means / (np.sqrt(squares / of_squares) + EPSILON)), means, squares
