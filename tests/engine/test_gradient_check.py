"""The gradient check finds right gradients right and wrong ones wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine import ConfigError, Task, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.explain.derivation import gradient_check
from bpengine.network.activations import ACTIVATIONS
from tests.engine.plain import losses, numerical_gradient, sums
from tests.engine.runs import assert_same

LAYERS = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(list(ACTIVATIONS))), max_size=3)


@settings(max_examples=30)
@given(
    task=st.sampled_from(["regression", "classification"]),
    layers=LAYERS,
    batch_size=st.sampled_from([1, 3, 0]),
    init_scale=st.sampled_from([0.01, 0.3, 1.0]),
    seed=st.integers(0, 1000),
    steps=st.integers(0, 5),
)
def test_random_networks_have_right_gradients(
    task: Task,
    layers: list[tuple[int, str]],
    batch_size: int,
    init_scale: float,
    seed: int,
    steps: int,
) -> None:
    config = TrainingConfig.defaults(
        task,
        hidden_units=tuple(units for units, _ in layers),
        activation=tuple(name for _, name in layers) or ("sigmoid",),
        batch_size=batch_size,
        init_scale=init_scale,
        seed=seed,
        samples=20,
        optimizer="adam",
        learning_rate=0.01,
        l2=0.1,
        clip=0.1,
        dropout=0.3 if layers else 0.0,
    )
    trainer = Trainer(config)
    for _ in range(steps):
        trainer.step()
    checks = gradient_check(trainer)
    assert [check.index for check in checks] == list(range(len(trainer.network.parameters)))
    assert not [check for check in checks if not check.agrees]


def test_the_figures_are_those_of_an_independent_calculation() -> None:
    trainer = Trainer(
        TrainingConfig.defaults("classification", hidden_units=(3,), init_scale=0.5),
    )
    before = Trainer(trainer.config)
    trace = trainer.trace()
    assert trace is not None

    def loss(parameters: Array) -> float:
        u = sums(trainer.network.sizes, ("sigmoid",), parameters, trace.inputs)[-1]
        return float(losses("classification", u, trace.targets).mean())

    expected = numerical_gradient(loss, trainer.network.parameters)
    checks = gradient_check(trainer)
    assert [check.by_differences for check in checks] == pytest.approx(expected, rel=1e-5, abs=1e-9)
    assert [check.by_chain_rule for check in checks] == pytest.approx(expected, rel=1e-5, abs=1e-9)
    names = ["W1[1,1]", "W1[1,2]", "W1[1,3]", "W1[2,1]", "W1[2,2]", "W1[2,3]", "b1[1]", "b1[2]", "b1[3]"]
    assert [check.name for check in checks][:9] == names
    assert [check.name for check in gradient_check(trainer, [8, 16])] == ["b1[3]", "b2[2]"]
    assert_same(trainer, before)


def test_a_wrong_derivative_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(TrainingConfig(hidden_units=(2,), init_scale=0.5), kernel="numpy")

    def without_a_factor(z: Array, out: Array) -> None:
        right.function(z, out)
        z[:] = out

    right = ACTIVATIONS["sigmoid"]
    wrong = replace(right, function=without_a_factor)
    monkeypatch.setitem(ACTIVATIONS, "sigmoid", wrong)
    found = [check.name for check in gradient_check(trainer) if not check.agrees]
    assert found == ["W1[1,1]", "W1[1,2]", "b1[1]", "b1[2]"]


def test_a_corner_of_relu_is_not_taken_for_a_wrong_derivative() -> None:
    config = TrainingConfig(hidden_units=(1,), activation=("relu",), init_scale=1)
    trainer = Trainer(config)
    trace = trainer.trace()
    assert trace is not None
    x = float(trace.inputs[0, 0])
    trainer.set_weights([1.0, -x, 1.0, 5.0])  # the weighted sum is 0, where relu has no derivative
    checks = {check.name: check for check in gradient_check(trainer)}
    assert checks["b1[1]"].has_kink
    assert checks["b1[1]"].agrees
    assert checks["b1[1]"].relative_error > 0.4
    assert not checks["b2[1]"].has_kink


def test_parameters_that_cannot_be_checked_are_refused() -> None:
    trainer = Trainer(TrainingConfig(epochs=1))
    for index in (-1, 10):
        with pytest.raises(ConfigError, match=r"gradient check: must be a parameter from 0 to 9"):
            gradient_check(trainer, [index])
    trainer.run_epoch()
    with pytest.raises(ConfigError, match="the run has ended"):
        gradient_check(trainer)
