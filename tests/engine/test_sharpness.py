"""The sharpness, an eigenvalue of the whole second derivative, and the learning rates that it allows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from bpengine import DivergedError, Sharpness, Task, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.data.csv import parse_csv
from bpengine.training.sharpness import completed, measuring_value
from tests.engine.plain import losses, penalty, sums


def trained(task: Task, epochs: int, **changes: Any) -> Trainer:
    settings = {"samples": 15, "batch_size": 0, "epochs": 100_000} | changes
    made = Trainer(TrainingConfig.defaults(task, **settings), kernel="numpy")
    for _ in range(epochs):
        made.run_epoch()
    return made


def measured(run: Trainer) -> Sharpness:
    found = run.sharpness()
    assert found is not None
    return found


def loss(run: Trainer, parameters: Array) -> float:
    """The mean loss over all samples with the L2 penalty, computed plainly."""
    u = sums(run.sizes, run.network.activations, parameters, run.dataset.inputs)[-1]
    mean = float(losses(run.config.task, u, run.dataset.targets).mean())
    return mean + penalty(run.sizes, parameters, 0.0, run.config.l2)


def by_second_differences(run: Trainer, step: float = 1e-4) -> Array:
    """The eigenvalues of the whole matrix of second differences of the loss, without what is frozen."""
    free = np.flatnonzero(~run.frozen)
    center = run.network.parameters.copy()
    matrix = np.empty((len(free), len(free)))
    for i, first in enumerate(free):
        for j, second in enumerate(free[: i + 1]):
            corners = []
            for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                moved = center.copy()
                moved[first] += a * step
                moved[second] += b * step
                corners.append(loss(run, moved))
            matrix[i, j] = matrix[j, i] = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * step**2)
    return np.asarray(np.linalg.eigvalsh(matrix))


@pytest.mark.parametrize(
    ("task", "epochs", "changes"),
    [
        ("regression", 0, {}),
        ("regression", 500, {"activation": ("tanh",), "learning_rate": 0.3, "hidden_units": (5,)}),
        ("regression", 50, {"dataset": "hills", "activation": ("sin",), "hidden_units": (3, 2), "l2": 0.1}),
        ("regression", 20, {"activation": ("tanh",), "initializer": "xavier", "l1": 0.01, "l2": 0.01}),
        ("classification", 0, {"initializer": "xavier", "activation": ("tanh",), "hidden_units": (4,)}),
        ("classification", 500, {"dataset": "moons", "learning_rate": 1.0, "hidden_units": (3, 2)}),
        ("classification", 100, {"dataset": "gaussians", "activation": ("identity",), "hidden_units": (2,)}),
    ],
)
def test_the_largest_eigenvalue_to_one_percent(task: Task, epochs: int, changes: dict[str, Any]) -> None:
    run = trained(task, epochs, **changes)
    assert len(run.network.parameters) <= 30
    assert measured(run).value == pytest.approx(by_second_differences(run)[-1], rel=0.01)


def test_without_the_output_layer_and_where_a_negative_eigenvalue_is_the_largest_in_size() -> None:
    settings = {"initializer": "xavier", "activation": ("sin",), "hidden_units": (2,), "samples": 12}
    run = trained("regression", 0, seed=1, **settings)
    run.freeze(1)
    run.set_weight(1, 0, 0, 3.0)
    eigenvalues = by_second_differences(run)
    assert -eigenvalues[0] > 1.5 * eigenvalues[-1] > 0
    assert measured(run).value == pytest.approx(eigenvalues[-1], rel=0.01)
    run.freeze(0)
    assert measured(run) == Sharpness(0.0, holds=False)
    assert measured(run).limit == math.inf


def test_pairs_of_one_size_and_either_sign() -> None:
    run = trained("regression", 0, initializer="zeros", hidden_units=(2,), activation=("tanh",))
    run.freeze(1, 0, "bias")  # leaves products of two weights, whose eigenvalues come in pairs
    eigenvalues = by_second_differences(run)
    assert eigenvalues[0] == pytest.approx(-eigenvalues[-1], rel=0.01)
    assert measured(run).value == pytest.approx(eigenvalues[-1], rel=0.01)


def test_a_sample_on_the_corner_of_a_relu_does_not_count_as_a_huge_second_derivative() -> None:
    source = parse_csv("x,y\n-1,1\n0,0\n1,2\n", "corner.csv", "regression")
    run = Trainer(TrainingConfig(activation=("relu",), hidden_units=(1,), batch_size=0), source)
    run.set_bias(0, 0, 0.0)
    assert measured(run).value < 10


def test_the_limit_is_that_of_a_quadratic_loss() -> None:
    run = trained("regression", 200, activation=("identity",), hidden_units=(1,), dataset="plane")
    run.freeze(0)  # the loss is quadratic in what is left
    found = measured(run)
    assert found.holds
    before = loss(run, run.network.parameters)
    for part, lowers in ((0.95, True), (1.05, False)):
        other = run.branch(learning_rate=part * found.limit)
        other.set_bias(1, 0, float(other.network.output.biases[0]) + 0.01)
        start = loss(other, other.network.parameters)
        for _ in range(300):
            other.run_epoch()
        assert (loss(other, other.network.parameters) < start) == lowers
    assert loss(run, run.network.parameters) == before, "the run does not change"


def test_where_the_sharpness_still_changes_the_limit_is_only_a_guide() -> None:
    run = trained("classification", 30, dataset="gaussians", activation=("identity",), learning_rate=0.3)
    assert not measured(run).holds


def test_where_the_loss_rises_above_its_start_on_the_way_the_limit_is_only_a_guide() -> None:
    run = trained(
        *("regression", 10),
        dataset="step",
        samples=62,
        hidden_units=(2,),
        activation=("swish",),
        initializer="he",
        seed=2049121982,
    )
    found, start = measured(run), loss(run, run.network.parameters)
    slow = run.branch(learning_rate=0.9 * found.limit)
    losses = []
    for _ in range(100):
        slow.run_epoch()
        losses.append(loss(slow, slow.network.parameters))
    assert losses[-1] < start < 3 * start < max(losses)
    assert not found.holds


def test_a_run_that_diverged_is_measured_before_its_error_grew() -> None:
    run = trained("regression", 0, learning_rate=10)
    first = measured(run)
    with pytest.raises(DivergedError):
        for _ in range(1000):
            run.run_epoch()
    assert measured(run) == first
    assert run.divergence is not None


def test_a_sharpness_that_is_too_large_is_not_measured() -> None:
    run = trained("regression", 0)
    run.set_weights(np.full(len(run.network.parameters), 1e200))
    assert run.sharpness() is None


def test_the_sharpness_is_the_same_each_time() -> None:
    run = trained("classification", 10, samples=1)
    values = {completed(measuring_value(run.run_state(), run.dataset)) for _ in range(2)}
    assert values == {measured(run).value}
