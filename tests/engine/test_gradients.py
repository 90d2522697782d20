"""The gradient from back-propagation agrees with central differences of the loss."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from itertools import product

import numpy as np
import pytest

from bpengine import DataError, Dataset, Network, Task, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.kernels import KernelProblem, make_kernel
from bpengine.network.activations import ACTIVATIONS
from bpengine.network.layers import LayerInputs
from bpengine.network.losses import LOSSES
from tests.engine.each_kernel import PLAIN, fresh, update
from tests.engine.plain import activate, losses, numerical_gradient, penalty, sums

OUTER: dict[Task, tuple[int, int]] = {"regression": (2, 2), "classification": (2, 3)}
DEPTHS = {0: (), 1: (5,), 2: (4, 3), 4: (3, 4, 2, 4)}
PENALTIES = [(0.0, 0.0), (0.03, 0.0), (0.0, 0.2), (0.05, 0.1)]

MAX_SUM = 2.0
"""Central differences of a steep function are not accurate."""

ACTIVATION = pytest.mark.parametrize("name", ACTIVATIONS)
TASK = pytest.mark.parametrize("task", OUTER)
BATCHES = (1, 7)


class Case:
    """A network with random parameters, and a batch: no sum is near a kink at 0, and none is large."""

    def __init__(
        self, task: Task, activations: tuple[str, ...], hidden: tuple[int, ...], batch_size: int
    ) -> None:
        rng = np.random.RandomState(5)
        inputs, outputs = OUTER[task]
        self.task: Task = task
        self.sizes = (inputs, *hidden, outputs)
        self.activations = activations
        self.inputs: Array = rng.uniform(-1, 1, (batch_size, inputs))
        self.targets: Array = rng.uniform(-1, 1, (batch_size, outputs))
        if task == "classification":
            self.targets = np.eye(outputs)[rng.randint(outputs, size=batch_size)]
        count = sum((below + 1) * units for below, units in zip(self.sizes[:-1], self.sizes[1:], strict=True))
        scale = 0.8
        while True:
            self.parameters: Array = scale * rng.standard_normal(count)
            sizes = np.abs(np.concatenate([z.ravel() for z in sums(*self._layers, self.inputs)]))
            if sizes.max() > MAX_SUM:
                scale *= 0.95
            elif sizes.min() > 1e-3 and np.abs(self.parameters).min() > 1e-3:
                break

    @property
    def _layers(self) -> tuple[tuple[int, ...], tuple[str, ...], Array]:
        return self.sizes, self.activations, self.parameters

    def loss(self, parameters: Array) -> float:
        """Return the loss, summed over the batch."""
        u = sums(self.sizes, self.activations, parameters, self.inputs)[-1]
        return float(losses(self.task, u, self.targets).sum())

    def network(self) -> Network:
        return Network(
            self.sizes,
            self.activations,
            LOSSES[self.task],
            batch_size=len(self.inputs),
            parameters=self.parameters.copy(),
        )

    def gradient(self, network: Network) -> Array:
        """Return the gradient from back-propagation."""
        inputs = with_ones(self.inputs)
        outputs = np.empty_like(self.targets)
        network.forward(inputs, outputs)
        network.backward(inputs, outputs, self.targets)
        return network.gradient.copy()


def with_ones(inputs: Array) -> LayerInputs:
    """[x 1], as a network takes them."""
    return LayerInputs(np.column_stack([inputs, np.ones(len(inputs))]))


@cache
def case(task: Task, name: str, depth: int, batch_size: int = 3) -> Case:
    return Case(task, (name,) * depth, DEPTHS[depth], batch_size)


@ACTIVATION
def test_the_gradient_is_summed_over_the_batch(name: str) -> None:
    for task, depth, batch_size in product(OUTER, DEPTHS, BATCHES):
        problem = case(task, name, depth, batch_size)
        expected = numerical_gradient(problem.loss, problem.parameters)
        np.testing.assert_allclose(problem.gradient(problem.network()), expected, rtol=1e-6, atol=1e-8)


@ACTIVATION
def test_the_gradient_for_the_inputs_is_that_of_each_samples_loss(name: str) -> None:
    for task, depth, batch_size in product(OUTER, DEPTHS, BATCHES):
        made = case(task, name, depth, batch_size)

        def loss(inputs: Array, made: Case = made) -> float:
            u = sums(made.sizes, made.activations, made.parameters, inputs.reshape(made.inputs.shape))[-1]
            return float(losses(made.task, u, made.targets).sum())

        expected = numerical_gradient(loss, made.inputs.ravel()).reshape(made.inputs.shape)
        network = made.network()
        actual = network.input_gradient(made.inputs, made.targets)
        np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-8)
        assert not network.gradient.any()


def test_a_trainer_gives_the_gradient_for_rows_in_original_units() -> None:
    rows = np.random.RandomState(0).random_sample((500, 40)) * 50 + 100
    source = Dataset.from_arrays(rows, rows[:, 0] > 125, features=[f"p0_{number}" for number in range(40)])
    config = TrainingConfig.defaults("classification", hidden_units=(70,), initializer="xavier", epochs=3)
    trainer = Trainer(config, source, kernel="numpy")  # with so many units that not all samples fit at once
    trainer.fit()
    before, targets = trainer.place, trainer.dataset.targets
    gradient = trainer.input_gradient(rows, targets)
    scaled = trainer.dataset.inputs
    for column in (0, 7):
        moved = rows + 1e-4 * (np.arange(40) == column)
        near = moved, 2 * rows - moved
        loss = [-np.log((trainer.predict_proba(x) * targets).sum(axis=1) + 1e-7) for x in near]
        slope = (loss[0] - loss[1]) / 2e-4 * trainer.dataset.scaling.scale[column]
        np.testing.assert_allclose(gradient[:, column], slope, rtol=1e-4, atol=1e-6)
    assert trainer.place == before
    np.testing.assert_array_equal(gradient, trainer.network.input_gradient(scaled, targets))
    with pytest.raises(DataError, match=r"targets: must have the shape \(500, 2\), got \(500, 1\)"):
        trainer.input_gradient(rows, targets[:, 0])
    with pytest.raises(DataError, match="inputs: must have 40 columns, got 39"):
        trainer.input_gradient(rows[:, :-1], targets)


@TASK
def test_a_step_follows_the_gradient_of_the_mean_loss_plus_penalty(task: Task) -> None:
    for depth in DEPTHS:
        made = case(task, "tanh", depth)
        problem = KernelProblem(made.sizes, made.activations, task, "sgd", 3, made.inputs, made.targets)
        mean_loss_gradient = numerical_gradient(made.loss, made.parameters) / 3
        for l1, l2 in PENALTIES:
            state = fresh(made.parameters)
            update(make_kernel("numpy", problem), state, made.targets, replace(PLAIN, l1=l1, l2=l2), 0.5)
            step = (made.parameters - state.parameters) / 0.5
            more = numerical_gradient(partial(penalty, made.sizes, l1=l1, l2=l2), made.parameters)
            np.testing.assert_allclose(step, mean_loss_gradient + more, rtol=1e-6, atol=1e-8)


@TASK
def test_a_step_follows_the_gradient_through_layers_of_different_activations(task: Task) -> None:
    names = ("sin", "leaky-relu", "tanh", "identity", "relu", "sigmoid")
    made = Case(task, names, (3, 4, 5, 4, 3, 6), 1)
    problem = KernelProblem(made.sizes, names, task, "sgd", 1, inputs=made.inputs, targets=made.targets)
    state = fresh(made.parameters)
    update(make_kernel("numpy", problem), state, made.targets, PLAIN, 1.0)
    expected = numerical_gradient(made.loss, made.parameters)
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(made.parameters - state.parameters, expected, rtol=1e-6, atol=1e-8)


def test_a_weight_of_zero_has_no_l1_penalty() -> None:
    made = case("regression", "tanh", 1)
    parameters = made.parameters.copy()
    parameters[0] = 0.0
    steps = []
    for l1 in (0.0, 0.5):
        problem = KernelProblem(made.sizes, ("tanh",), "regression", "sgd", 3, made.inputs, made.targets)
        state = fresh(parameters)
        update(make_kernel("numpy", problem), state, made.targets, replace(PLAIN, l1=l1), 1.0)
        steps.append(state.parameters)
    assert steps[0][0] == steps[1][0]
    assert steps[0][1] != steps[1][1]


def test_the_gradient_is_computed_from_scratch_each_time() -> None:
    for name, task in product(ACTIVATIONS, OUTER):
        made = case(task, name, 2)
        network = made.network()
        np.testing.assert_array_equal(made.gradient(network), made.gradient(network))
        np.testing.assert_array_equal(network.parameters, made.parameters)


@ACTIVATION
def test_predict_agrees_with_the_forward_pass(name: str) -> None:
    for task, batch_size in product(OUTER, BATCHES):
        made = case(task, name, 4, batch_size)
        network = made.network()
        outputs = np.empty_like(made.targets)
        network.forward(with_ones(made.inputs), outputs)
        np.testing.assert_array_equal(network.predict(made.inputs), outputs)
        layer_outputs = network.layer_outputs(made.inputs)
        assert [array.shape for array in layer_outputs] == [(batch_size, units) for units in made.sizes[1:]]
        z = sums(made.sizes, made.activations, made.parameters, made.inputs)
        for layer, array in enumerate(layer_outputs[:-1]):
            np.testing.assert_allclose(array, activate(name, z[layer]), rtol=1e-12)
        np.testing.assert_array_equal(layer_outputs[-1], network.predict(made.inputs))
