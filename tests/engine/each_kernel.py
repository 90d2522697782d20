"""The kernels that are available, and helpers for tests that run on each of them."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from bpengine import TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.kernels import EpochArrays, Kernel, OptimizerState

KERNEL_NAMES = ["numpy", *(["numba"] if importlib.util.find_spec("numba") else [])]
EVERY_KERNEL = pytest.mark.parametrize("kernel_name", KERNEL_NAMES)
PLAIN = TrainingConfig()


def fresh(parameters: Array, optimizer: str = "sgd") -> OptimizerState:
    """Return a state with these parameters before the first update by an optimizer."""
    return OptimizerState.fresh(np.array(parameters), optimizer)


def update(
    kernel: Kernel, state: OptimizerState, targets: Array, settings: TrainingConfig, learning_rate: float
) -> tuple[Array, Array]:
    """Train on all samples in order, and return each one's loss and outputs before its update."""
    losses, outputs = np.empty((1, len(targets))), np.empty(targets.shape)
    arrays = EpochArrays(np.arange(len(targets))[np.newaxis], losses, outputs, np.empty((1, 0)))
    kernel.train(state, settings, np.array([learning_rate]), arrays, (0, len(targets)))
    return losses[0], outputs
