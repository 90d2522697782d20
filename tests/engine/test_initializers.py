"""Where runs start."""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.network.activations import INITIALIZERS
from bpengine.training.random_start import draw_starts

WIDE = TrainingConfig(dataset="plane", hidden_units=(200, 100, 100), seed=5)


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
        np.testing.assert_allclose(weights, init_scale * rng.randn(inputs, units), rtol=1e-15)
        np.testing.assert_allclose(biases, init_scale * rng.randn(units), rtol=1e-15)
        inputs = units


@pytest.mark.parametrize(
    ("name", "variances"),
    [
        ("xavier", [2 / 202, 2 / 300, 2 / 200, 2 / 101]),
        ("he", [2 / 2, 2 / 200, 2 / 100, 2 / 100]),
    ],
)
def test_weights_have_the_variance_of_their_initializer(name: str, variances: list[float]) -> None:
    for (weights, biases), variance in zip(layers(WIDE.replace(initializer=name)), variances, strict=True):
        assert not biases.any()
        assert len(np.unique(weights)) == weights.size
        # The variance of n squares has a deviation of sqrt(2/n): five of them.
        assert weights.var() == pytest.approx(variance, rel=5 * np.sqrt(2 / weights.size))
        assert weights.mean() == pytest.approx(0, abs=5 * np.sqrt(variance / weights.size))
        # Normal: within one deviation are 68 in a hundred, and some are beyond two, unlike a uniform's.
        within = (np.abs(weights) < np.sqrt(variance)).mean()
        assert within == pytest.approx(0.683, abs=2.5 / np.sqrt(weights.size))


def test_the_initializer_zeros_makes_no_other_number() -> None:
    assert not Trainer(WIDE.replace(initializer="zeros")).network.parameters.any()


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initializers_that_use_the_scale_are_marked(name: str) -> None:
    one, other = (
        Trainer(WIDE.replace(initializer=name, init_scale=scale)).network.parameters for scale in (1, 100)
    )
    assert (not np.array_equal(one, other)) == INITIALIZERS[name].uses_scale


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initializers_that_break_the_symmetry_are_marked(name: str) -> None:
    for weights, _ in layers(WIDE.replace(initializer=name, init_scale=0.1)):
        assert bool(np.ptp(weights, axis=1).any()) == (
            INITIALIZERS[name].breaks_symmetry and weights.shape[1] > 1
        )


def test_only_normal_uses_the_scale_of_the_known_ones() -> None:
    known = ("normal", "zeros", "xavier", "he")
    assert [name for name in known if INITIALIZERS[name].uses_scale] == ["normal"]
    assert [name for name in known if not INITIALIZERS[name].breaks_symmetry] == ["zeros"]


def test_another_seed_is_another_start() -> None:
    for name in ("normal", "xavier", "he"):
        starts = [Trainer(WIDE.replace(initializer=name, seed=seed)).network.parameters for seed in (1, 1, 2)]
        np.testing.assert_array_equal(starts[0], starts[1])
        assert not np.array_equal(starts[0], starts[2])


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_order_of_samples_is_drawn_after_the_weights(name: str) -> None:
    config = TrainingConfig(initializer=name, seed=9)
    trainer = Trainer(config)
    rng = np.random.RandomState(9)
    for inputs, units in ((1, 3), (3, 1)):
        if INITIALIZERS[name].breaks_symmetry:
            rng.standard_normal((inputs + INITIALIZERS[name].draws_biases, units))
    order = np.arange(63)
    rng.shuffle(order)
    seen = [trainer.step() for _ in range(63)]
    assert [step.indices[0] for step in seen if step] == order.tolist()


def test_runs_side_by_side_start_with_the_weights_of_single_runs() -> None:
    configs = [WIDE.replace(hidden_units=(3, 2), seed=seed, initializer=name) for seed in (1, 2**32 - 1)
               for name in ("normal", "he", "zeros", "normal")]  # fmt: skip
    sizes = (2, 3, 2, 1)
    parameters, states = draw_starts(configs, sizes)
    for config, drawn, state in zip(configs, parameters, states, strict=True):
        (alone,), (expected,) = draw_starts([config], sizes)
        np.testing.assert_array_equal(drawn, alone)
        np.testing.assert_equal(state, expected)
