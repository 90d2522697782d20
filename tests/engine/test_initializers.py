"""Where runs start."""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.arrays import Array
from bpengine.initializers import INITIALIZERS

WIDE = TrainingConfig(dataset="plane", hidden_units=(200, 300, 100), seed=5)


def layers(config: TrainingConfig) -> list[tuple[Array, Array]]:
    """Weights and biases of each."""
    network = Trainer(config).network
    hidden = [(layer.weights, layer.biases) for layer in network.hidden]
    return [*hidden, (network.output.weights, network.output.biases)]


@pytest.mark.parametrize("hidden_units", [(3,), (4, 5), (2, 1, 3)])
@pytest.mark.parametrize("init_scale", [0, 0.01, 3])
def test_normal_is_the_original_programs_order(hidden_units: tuple[int, ...], init_scale: float) -> None:
    config = WIDE.replace(hidden_units=hidden_units, init_scale=init_scale)
    rng = np.random.RandomState(5)
    inputs = 2
    for weights, biases in layers(config):
        units = len(biases)
        assert weights.shape == (inputs, units)
        np.testing.assert_array_equal(weights, init_scale * rng.randn(inputs, units))
        np.testing.assert_array_equal(biases, init_scale * rng.randn(units))
        inputs = units


@pytest.mark.parametrize(
    ("name", "variances"),
    [
        ("xavier", [2 / 202, 2 / 500, 2 / 400, 2 / 101]),
        ("he", [2 / 2, 2 / 200, 2 / 300, 2 / 100]),
    ],
)
def test_variances(name: str, variances: list[float]) -> None:
    for (weights, biases), variance in zip(layers(WIDE.replace(initializer=name)), variances, strict=True):
        assert not biases.any()
        assert len(np.unique(weights)) == weights.size
        # The variance of n squares has a deviation of sqrt(2/n): five of them.
        assert weights.var() == pytest.approx(variance, rel=5 * np.sqrt(2 / weights.size))
        assert weights.mean() == pytest.approx(0, abs=5 * np.sqrt(variance / weights.size))
        # Normal: within one deviation are 68 in a hundred, and some are beyond two, unlike a uniform's.
        within = (np.abs(weights) < np.sqrt(variance)).mean()
        assert within == pytest.approx(0.683, abs=2.5 / np.sqrt(weights.size))


def test_zeros() -> None:
    assert not Trainer(WIDE.replace(initializer="zeros")).network.parameters.any()


@pytest.mark.parametrize("name", ["zeros", "xavier", "he"])
def test_only_normal_uses_the_scale(name: str) -> None:
    one, other = (
        Trainer(WIDE.replace(initializer=name, init_scale=scale)).network.parameters for scale in (0, 100)
    )
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_seed_decides(name: str) -> None:
    def start(seed: int) -> Array:
        return Trainer(WIDE.replace(initializer=name, seed=seed)).network.parameters

    np.testing.assert_array_equal(start(1), start(1))
    assert np.array_equal(start(1), start(2)) == (name == "zeros")


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_order_of_samples_comes_after_it(name: str) -> None:
    config = TrainingConfig(initializer=name, seed=9)
    trainer = Trainer(config)
    rng = np.random.RandomState(9)
    rng.standard_normal({"normal": 3 + 3 + 3 + 1, "zeros": 0}.get(name, 3 + 3))
    order = np.arange(63)
    rng.shuffle(order)
    seen = [trainer.step() for _ in range(63)]
    assert [step.indices[0] for step in seen if step] == order.tolist()
