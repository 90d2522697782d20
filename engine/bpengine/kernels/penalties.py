"""What changes the gradient of a batch before the optimizer gets it: penalties and clipping.

Everything works in place, and all vectors have the shape (parameters,).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.sums import total
from bpengine.config import TrainingConfig
from bpengine.network.network import matrices, parameter_count


def changes_gradient(config: TrainingConfig) -> bool:
    """Whether these settings change gradients."""
    return config.l1 > 0 or config.l2 > 0 or config.clip > 0


def weight_mask(sizes: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which parameters are weights, on which penalties act, and not biases; shape (parameters,)."""
    mask = np.ones(parameter_count(sizes), dtype=np.bool_)
    for matrix in matrices(sizes, mask):
        matrix[-1] = False
    return mask


def penalize(gradient: Array, parameters: Array, weights: NDArray[np.bool_], config: TrainingConfig) -> None:
    """g += l2 w + l1 sign(w) for the weights w. The reported loss has no penalties."""
    if config.l1 == 0 and config.l2 == 0:
        return
    np.add(gradient, config.l2 * parameters, gradient, where=weights)
    np.add(gradient, config.l1 * np.sign(parameters), gradient, where=weights)


def norm_of(gradient: Array) -> float:
    """|g| = sqrt(sum g²), over all layers; added in the order of the parameters."""
    return math.sqrt(total(gradient * gradient))


def clip(gradient: Array, config: TrainingConfig) -> None:
    """g *= clip / |g| if |g| is larger than the setting clip, and that is above 0."""
    if config.clip > 0:
        norm = norm_of(gradient)
        if norm > config.clip:
            np.multiply(gradient, config.clip / norm, gradient)
