"""Helpers for the tests of kernels: problems to train on, and a mark for tests that need numba."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

import numpy as np
import pytest

from bpengine import TrainingConfig
from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.choices import Task
from bpengine.kernels import EpochArrays, Kernel, KernelProblem, OptimizerState
from bpengine.network.network import parameter_count

needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba is not installed: pip install numba"
)

PLAIN = TrainingConfig()


def problem(
    *,
    task: Task = "regression",
    sizes: tuple[int, ...] = (2, 3, 2),
    activations: tuple[str, ...] | None = None,
    optimizer: str = "sgd",
    batch_size: int = 1,
    samples: int = 7,
    tests: int = 0,
    seed: int = 0,
) -> KernelProblem:
    """A problem with random samples, of which the first ones, moved a little, are also the test samples."""
    rng = np.random.RandomState(seed)
    inputs = rng.standard_normal((samples, sizes[0]))
    if task == "regression":
        targets = rng.standard_normal((samples, sizes[-1]))
    else:
        targets = np.eye(sizes[-1])[rng.randint(sizes[-1], size=samples)]
    return KernelProblem(
        sizes=sizes,
        activations=activations or ("sigmoid",) * (len(sizes) - 2),
        task=task,
        optimizer=optimizer,
        batch_size=batch_size,
        inputs=inputs,
        targets=targets,
        test_inputs=inputs[:tests] + 0.1 if tests else None,
        test_targets=targets[:tests] if tests else None,
    )


def start(
    sizes: tuple[int, ...], *, scale: float = 0.5, seed: int = 1, optimizer: str = "sgd"
) -> OptimizerState:
    """A state with random parameters, before the first update by an optimizer."""
    count = parameter_count(sizes)
    parameters = scale * np.random.RandomState(seed).standard_normal(count)
    return OptimizerState.fresh(parameters, optimizer)


def shuffles(samples: int, epochs: int, seed: int = 2) -> IntArray:
    """A random order of the samples for each epoch; shape (epochs, samples)."""
    rng = np.random.RandomState(seed)
    return np.array([rng.permutation(samples) for _ in range(epochs)], dtype=np.int64)


@dataclass
class Result:
    """The result of a run."""

    state: OptimizerState
    losses: Array
    test_losses: Array

    def assert_same(self, other: Result) -> None:
        """Check that all numbers are the same to the last bit, apart from the bits of NaN."""
        assert self.state.updates == other.state.updates
        for mine, theirs in (
            (self.losses, other.losses),
            (self.test_losses, other.test_losses),
            (self.state.parameters, other.state.parameters),
            (self.state.buffers, other.state.buffers),
        ):
            np.testing.assert_array_equal(mine, theirs)
            np.testing.assert_array_equal(np.signbit(mine[mine == 0]), np.signbit(theirs[mine == 0]))


def run(
    kernel: Kernel,
    task: KernelProblem,
    state: OptimizerState,
    settings: TrainingConfig,
    rates: Array,
    orders: IntArray,
) -> Result:
    """Train on whole epochs in one call."""
    losses, test_losses = np.full(orders.shape, -1.0), np.full((len(orders), task.test_samples), -1.0)
    arrays = EpochArrays(orders, losses, np.empty(task.targets.shape), test_losses)
    kernel.train(state, settings, rates, arrays, (0, orders.shape[1]))
    return Result(state, losses, test_losses)
