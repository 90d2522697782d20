"""Dropout: which units are left out, and that a run follows an independent computation of it."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from bpengine import ConfigError, Trainer, TrainingConfig, diagnose
from bpengine.arithmetic.arrays import Array
from bpengine.explain.diagnostics import FindingKind, findings
from bpengine.kernels.regularization import masks
from bpengine.many.advice.changes import changes_worth_trying
from tests.engine.each_kernel import EVERY_KERNEL

WORD, GOLDEN = 2**64 - 1, 0x9E3779B97F4A7C15


def folded(key: int, number: int) -> int:
    x = (key + (number + 1) * GOLDEN) & WORD
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & WORD
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) & WORD
    return x ^ x >> 31


def mask(config: TrainingConfig, epoch: int, sample: int, layer: int) -> Array:
    key = folded(folded(folded(0, config.seed), epoch), sample)
    bits = [folded(key, 1024 * layer + unit) for unit in range(config.hidden_units[layer])]
    share = config.dropout
    return np.array([1 / (1 - share) if each >= int(share * 2**64) else 0.0 for each in bits])


def by_hand(trainer: Trainer) -> Array:
    """Train tanh layers by plain descent on batches, as a page of a textbook has it; return the weights."""
    config, data = trainer.config, trainer.dataset
    vector, state = trainer.network.parameters.copy(), np.random.RandomState(0)
    sizes, split = trainer.sizes, []
    for inputs, units in pairwise(sizes):
        split.append(vector[: (inputs + 1) * units].reshape(inputs + 1, units))
        vector = vector[(inputs + 1) * units :]
    begun = trainer.run_state().generator["state"]
    state.set_state(("MT19937", begun["key"], begun["pos"], 0, 0.0))
    for epoch in range(config.epochs):
        order = np.arange(len(data))
        state.shuffle(order)
        for start in range(0, len(order), config.batch_size):
            batch = order[start : start + config.batch_size]
            gradients = [np.zeros_like(matrix) for matrix in split]
            for sample in batch:
                values, factors = [np.append(data.inputs[sample], 1.0)], []
                for layer, matrix in enumerate(split[:-1]):
                    a, m = np.tanh(values[-1] @ matrix), mask(config, epoch, int(sample), layer)
                    factors.append((1 - a * a) * m)
                    values.append(np.append(a * m, 1.0))
                delta = values[-1] @ split[-1] - data.targets[sample]
                for layer in range(len(split) - 1, -1, -1):
                    gradients[layer] += np.outer(values[layer], delta)
                    if layer:
                        delta = (split[layer][:-1] @ delta) * factors[layer - 1]
            for number, gradient in enumerate(gradients):
                split[number] -= config.learning_rate * gradient / len(batch)
    return np.concatenate([matrix.ravel() for matrix in split])


@EVERY_KERNEL
@pytest.mark.parametrize("batch_size", [1, 7])
def test_a_run_is_that_of_an_independent_loop(kernel_name: str, batch_size: int) -> None:
    config = TrainingConfig(
        hidden_units=(6, 5),
        activation=("tanh",),
        initializer="xavier",
        learning_rate=0.05,
        batch_size=batch_size,
        epochs=20,
        dropout=0.3,
        seed=3,
    )
    trainer = Trainer(config, kernel=kernel_name)
    expected = by_hand(trainer)
    trainer.fit()
    np.testing.assert_allclose(trainer.network.parameters, expected, rtol=0, atol=1e-12)


@EVERY_KERNEL
def test_a_run_that_goes_back_or_steps_repeats_its_bits(kernel_name: str) -> None:
    config = TrainingConfig(hidden_units=(5,), batch_size=10, epochs=30, dropout=0.5, test_share=0.2)
    straight, wandering = (Trainer(config, kernel=kernel_name) for _ in range(2))
    straight.fit()
    for _ in range(41):
        wandering.step()
    wandering.rewind(2)
    again = Trainer.continuing(wandering.run_state(), kernel="numpy")
    again.fit()
    assert again.network.parameters.tolist() == straight.network.parameters.tolist()
    assert again.history.last == straight.history.last
    # The error of an epoch is measured with dropout, that of the weights now with all units.
    assert straight.history.last is not None
    assert straight.metrics().error < straight.history.last.error


def test_shares_are_kept_and_nothing_repeats() -> None:
    """Over units, samples, epochs and seeds, each unit, each pair and each two in a row are independent."""
    share, samples = 0.3, np.arange(4000)
    settings = TrainingConfig(hidden_units=(20, 20), dropout=share)
    made = [
        np.hstack(masks((1, 20, 20, 1), settings.replace(seed=seed), epoch, samples) or [])
        for seed, epoch in ((0, 0), (0, 1), (1, 0))
    ]
    assert set(np.unique(made[0])) == {0.0, 1 / (1 - share)}
    deviates = [(np.array(part) > 0) - (1 - share) for part in made]
    spread, count = math.sqrt(share * (1 - share)), made[0].size

    def z(products: Array) -> float:
        return float(products.sum()) / (spread**2 * math.sqrt(products.size))

    for part in deviates:
        assert abs(float(part.sum())) / (spread * math.sqrt(count)) < 4
        assert abs(z(part[:, 1:] * part[:, :-1])) < 4
        assert abs(z(part[1:] * part[:-1])) < 4
    assert abs(z(deviates[0] * deviates[1])) < 4
    assert abs(z(deviates[0] * deviates[2])) < 4


def test_dropout_needs_units_and_leaves_some() -> None:
    with pytest.raises(
        ConfigError, match=r"^dropout: must be a number from 0 to 0\.9 \(0 is off\), got '1'$"
    ):
        TrainingConfig(dropout=1)
    with pytest.raises(ConfigError, match=r"^dropout: must be 0 without hidden layers, got '0\.2'$"):
        TrainingConfig(hidden_units=(), dropout=0.2)


def test_verdicts_and_advice_know_dropout() -> None:
    equal = TrainingConfig(hidden_units=(4,), init_scale=0, dropout=0.3)
    run = Trainer(equal)
    found = {finding.kind: finding for finding in findings(diagnose(run))}
    assert not found[FindingKind.EQUAL_UNITS].remedy
    run.run_epoch()
    assert FindingKind.EQUAL_UNITS not in {finding.kind for finding in findings(diagnose(run))}
    for dropout, has_test, proposed in ((0.0, True, [0.2]), (0.0, False, []), (0.3, True, [0.0])):
        tried = changes_worth_trying(equal.replace(dropout=dropout), samples=63, epoch=9, has_test=has_test)
        values = [change.values["dropout"] for change in tried if "dropout" in change.values]
        assert values == proposed
