"""The gradient against central differences of the loss, parameter by parameter."""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import Network, Task
from bpengine.activations import SIGMOID
from bpengine.datasets import Array
from bpengine.losses import LOSSES

CASES: list[tuple[Task, tuple[int, ...]]] = [
    ("regression", (1, 1, 1)),
    ("regression", (1, 3, 1)),
    ("regression", (3, 5, 2)),
    ("regression", (2, 4, 3, 1)),
    ("classification", (1, 1, 2)),
    ("classification", (2, 6, 2)),
    ("classification", (2, 3, 4)),
    ("classification", (2, 4, 3, 5, 3)),
]
CASE = pytest.mark.parametrize(
    ("task", "sizes"), CASES, ids=[f"{task}-{'-'.join(map(str, sizes))}" for task, sizes in CASES]
)
BATCH = pytest.mark.parametrize("batch_size", [1, 2, 7])


class Problem:
    """A network with random parameters and a batch for it to answer."""

    def __init__(self, task: Task, sizes: tuple[int, ...], batch_size: int) -> None:
        rng = np.random.RandomState(5)
        self.network = Network(sizes, SIGMOID, LOSSES[task], batch_size=batch_size)
        self.network.parameters[:] = 0.7 * rng.standard_normal(len(self.network.parameters))
        self.inputs: Array = rng.uniform(-1, 1, (batch_size, sizes[0]))
        self.targets: Array = rng.uniform(-1, 1, (batch_size, sizes[-1]))
        if task == "classification":
            self.targets = np.eye(sizes[-1])[rng.randint(sizes[-1], size=batch_size)]
        self.inputs_and_one: Array = np.column_stack([self.inputs, np.ones(batch_size)])
        self.outputs: Array = np.empty_like(self.targets)

    def loss(self) -> float:
        """The sum of the samples' losses, without the 1e-7 in the logarithm: y - t leaves it out, too."""
        guard = 1e-7 if self.network.loss is LOSSES["classification"] else 0.0
        outputs = self.network.predict(self.inputs) - guard
        return float(self.network.loss.value(outputs, self.targets).sum())

    def gradient(self) -> Array:
        """By back-propagation."""
        self.network.forward(self.inputs_and_one, self.outputs)
        self.network.backward(self.inputs_and_one.T, self.outputs, self.targets)
        return self.network.gradient.copy()

    def numerical_gradient(self, epsilon: float = 1e-5) -> Array:
        """(L(p + epsilon) - L(p - epsilon)) / (2 epsilon) for each parameter p."""
        parameters = self.network.parameters
        gradient = np.empty_like(parameters)
        for number, value in enumerate(parameters.copy()):
            parameters[number] = value + epsilon
            above = self.loss()
            parameters[number] = value - epsilon
            below = self.loss()
            parameters[number] = value
            gradient[number] = (above - below) / (2 * epsilon)
        return gradient


@CASE
@BATCH
def test_gradient_is_the_sum_over_the_batch(task: Task, sizes: tuple[int, ...], batch_size: int) -> None:
    problem = Problem(task, sizes, batch_size)
    np.testing.assert_allclose(problem.gradient(), problem.numerical_gradient(), rtol=1e-7, atol=1e-9)


@CASE
def test_gradient_is_filled_anew_each_time(task: Task, sizes: tuple[int, ...]) -> None:
    problem = Problem(task, sizes, 3)
    parameters = problem.network.parameters.copy()
    np.testing.assert_array_equal(problem.gradient(), problem.gradient())
    np.testing.assert_array_equal(problem.network.parameters, parameters)


@CASE
@BATCH
def test_predict_is_the_forward_pass(task: Task, sizes: tuple[int, ...], batch_size: int) -> None:
    problem = Problem(task, sizes, batch_size)
    problem.network.forward(problem.inputs_and_one, problem.outputs)
    np.testing.assert_allclose(problem.network.predict(problem.inputs), problem.outputs, rtol=1e-13)
