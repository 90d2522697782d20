"""Dropout: which hidden units count for a sample in training, and by how much; penalties and clipping, which
change the gradient of a batch in place before the optimizer gets it.

N. Srivastava et al., Dropout: A simple way to prevent neural networks from overfitting (2014), with the
scaling during training. A unit's activation is multiplied by

    m = 1 / (1 - share) if bits >= share 2^64 else 0
    bits = folded(folded(folded(folded(0, seed), epoch), sample), 1024 layer + unit)

where sample is the index in the training data, and layer and unit count from 0. So m depends neither on the
batch, nor on the kernel, the lane or the pieces in which a run is computed. Evaluation uses all units.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.mixing import LAYER_STRIDE, folded, mixed, spread
from bpengine.arithmetic.sums import total
from bpengine.config import TrainingConfig
from bpengine.network.network import matrices, parameter_count

Keys = NDArray[np.uint64]


@lru_cache(maxsize=256)  # single steps of an epoch ask for the same one
def epoch_keys(seed: int, first: int, epochs: int) -> Keys:
    """The key of each of so many epochs of a run, from the first one on; shape (epochs,)."""
    run = folded(np.zeros(1, np.uint64), np.array([seed], np.uint64))
    keys: Keys = folded(run, np.arange(first, first + epochs, dtype=np.uint64))
    keys.setflags(write=False)
    return keys


@lru_cache(maxsize=64)
def threshold_of(share: float) -> np.uint64:
    """The bits from which on a unit counts: share 2^64, exactly."""
    return np.uint64(share * 2.0**64)


def scale_of(share: float) -> float:
    """What a unit that counts is multiplied by, so that its mean stays the same."""
    return 1 / (1 - share)


def masks(
    sizes: tuple[int, ...], config: TrainingConfig, epoch: int, samples: IntArray
) -> list[Array] | None:
    """The m of the units of each hidden layer; shape (samples, units) each. None if there are none.

    Args:
        sizes: the number of units of each layer, the inputs first.
        config: the settings of the run.
        epoch: the number of the epoch.
        samples: the indices of the samples in the training data.
    """
    share = config.dropout
    if share == 0 or len(sizes) < 3:
        return None
    units, parts = _units_of(sizes)
    of_samples = folded(epoch_keys(config.seed, epoch, 1), samples.astype(np.uint64))
    bits = mixed(of_samples[:, np.newaxis] + units)
    every = (bits >= threshold_of(share)) * scale_of(share)
    return [every[:, part] for part in parts]


@lru_cache(maxsize=64)
def _units_of(sizes: tuple[int, ...]) -> tuple[Any, tuple[slice, ...]]:
    """What each hidden unit adds to the key of a sample, and the slice of each layer."""
    hidden = sizes[1:-1]
    numbers = [LAYER_STRIDE * layer + np.arange(units) for layer, units in enumerate(hidden)]
    ends = np.cumsum((0, *hidden)).tolist()
    return spread(np.concatenate(numbers).astype(np.uint64)), tuple(map(slice, ends[:-1], ends[1:]))


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
