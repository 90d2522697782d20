"""The figures of a diagnosis, each checked against another computation; the run is not changed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import cycle, pairwise
from typing import Any

import numpy as np
import pytest

from bpengine import (
    DivergedError,
    Task,
    Trainer,
    TrainingConfig,
    diagnose,
    verdict,
)
from bpengine.arithmetic.arrays import Array
from bpengine.explain.diagnostics import Diagnosis
from bpengine.explain.diagnostics.measuring import MAX_SAMPLES, MAX_UPDATES, evenly
from bpengine.network.activations import ACTIVATIONS
from bpengine.network.optimizers import OPTIMIZERS
from bpengine.training.predictions import measure
from tests.engine.plain import layers, losses, numerical_gradient, sums
from tests.engine.runs import assert_same

DATASETS: tuple[tuple[Task, str], ...] = (("regression", "plane"), ("classification", "blobs"))


def trainer(task: Task = "regression", epochs: int = 0, **changes: Any) -> Trainer:
    made = Trainer(TrainingConfig.defaults(task, **changes))
    for _ in range(epochs):
        made.run_epoch()
    return made


def set_weights(run: Trainer, *rows: Sequence[Sequence[float]]) -> None:
    """Set the parameters; each row block has a layer's weights above its biases."""
    run.network.parameters[:] = np.concatenate([np.ravel(values) for values in rows])


def split(run: Trainer, vector: Array) -> list[Array]:
    """The parts of a parameter vector, one per layer."""
    ends = np.cumsum([(below + 1) * units for below, units in pairwise(run.network.sizes)])
    return np.split(vector, ends[:-1])


@pytest.mark.parametrize(
    ("name", "task", "dataset"),
    [(name, *dataset) for name, dataset in zip(ACTIVATIONS, cycle(DATASETS), strict=False)],
)
def test_gradient_norms_agree_with_central_differences_of_the_mean_loss(
    name: str, task: Task, dataset: str
) -> None:
    run = trainer(task, dataset=dataset, activation=(name,), hidden_units=(4, 3), init_scale=0.4, samples=40)
    sizes, inputs, targets = run.network.sizes, run.dataset.inputs, run.dataset.targets

    def mean_loss(parameters: Array) -> float:
        u = sums(sizes, run.network.activations, parameters, inputs)[-1]
        return float(losses(task, u, targets).mean())

    parameters = run.network.parameters.copy()
    gradients = split(run, numerical_gradient(mean_loss, parameters, 1e-6))
    found = diagnose(run)
    assert found.samples == 40
    assert found.error == pytest.approx(mean_loss(parameters), rel=1e-5)
    for layer, gradient in zip(found.layers, gradients, strict=True):
        assert layer.gradient_norm == pytest.approx(np.linalg.norm(gradient), rel=1e-5)
    assert [layer.name for layer in found.layers] == ["layer 1", "layer 2", "output layer"]
    assert [layer.number for layer in found.layers] == [1, 2, 3]
    assert [layer.units for layer in found.layers] == list(sizes[1:])
    last = {"regression": "identity", "classification": "softmax"}[task]
    assert [layer.activation for layer in found.layers] == [name, name, last]
    assert found.hidden == found.layers[:2]
    assert found.output == found.layers[2]


def weights_of(run: Trainer) -> list[Array]:
    """Copies of the weights of each layer, without biases."""
    return [weights.copy() for weights, _ in layers(run.network.sizes, run.network.parameters)]


def updates_made(run: Trainer, count: int) -> list[float]:
    """Make updates, and return their root mean square relative to the weights, for each layer."""
    changes, sizes = np.zeros(len(run.network.layers)), np.zeros(len(run.network.layers))
    for _ in range(count):
        before = weights_of(run)
        run.step()
        sizes += [(weights**2).sum() for weights in before]
        changes += [((new - old) ** 2).sum() for new, old in zip(weights_of(run), before, strict=True)]
    return [*np.sqrt(changes / sizes).tolist(), float(np.sqrt(changes.sum() / sizes.sum()))]


@pytest.mark.parametrize(
    ("changes", "steps", "count"),
    [
        ({}, 0, MAX_UPDATES),
        ({}, 63 * 4 + 20, MAX_UPDATES),
        ({}, 63 * 4 + 60, 3),
        ({"batch_size": 20, "l1": 0.01, "l2": 0.1}, 8, 4),
        ({"batch_size": 0, "clip": 0.1}, 3, 1),
        ({"batch_size": 60}, 5, 1),
        ({"batch_size": 20, "dropout": 0.4}, 7, 1),
        ({"schedule": "step", "schedule_epochs": 2, "schedule_factor": 0.1}, 63 * 4, MAX_UPDATES),
    ],
    ids=[
        "start",
        "in an epoch",
        "last of an epoch",
        "penalties",
        "all",
        "a smaller batch",
        "dropout",
        "schedule",
    ],
)
def test_measured_updates_are_those_that_the_run_makes(
    changes: dict[str, Any], steps: int, count: int
) -> None:
    for optimizer in OPTIMIZERS:
        run = trainer(optimizer=optimizer, learning_rate=0.01, init_scale=0.5, **changes)
        for _ in range(steps):
            run.step()
        found = diagnose(run)
        ratios = [layer.update_ratio for layer in found.layers]
        assert [*ratios, found.update_ratio] == pytest.approx(updates_made(run, count), rel=1e-9)


def test_the_compiled_kernel_makes_the_same_updates() -> None:
    pytest.importorskip("numba")
    run = Trainer(TrainingConfig.defaults("regression", epochs=3), kernel="numba")
    run.run_epoch()
    found = diagnose(run)
    ratios = [layer.update_ratio for layer in found.layers]
    assert [*ratios, found.update_ratio] == pytest.approx(updates_made(run, MAX_UPDATES), rel=1e-6)


def test_updates_of_zero_weights_and_of_large_batches_are_not_measured() -> None:
    assert diagnose(trainer(init_scale=0, hidden_units=(1,), activation=("tanh",))).update_ratio is None
    large = trainer(hidden_units=(100, 100), samples=1000, batch_size=0)
    assert diagnose(large).update_ratio is None
    assert diagnose(trainer(learning_rate=0)).update_ratio == 0


def test_the_test_error_and_the_error_of_all_samples_are_of_the_present_weights() -> None:
    run = trainer(dataset="noisy-sine", samples=3000, test_share=0.4, epochs=2)
    found, test = diagnose(run), run.test_metrics()
    assert test is not None
    assert (found.error, found.test_error) == (run.metrics().error, test.error)
    assert (found.samples, found.all_samples) == (1000, False)
    assert diagnose(trainer()).test_error is None
    assert diagnose(trainer()).all_samples


@pytest.mark.parametrize(
    ("name", "saturated", "off"),
    [
        # The inputs are -1, 0 and 1; the unit's sums -10, 0, 10; 2 below that; always -3; always 3.4.
        ("sigmoid", [2, 2, 0, 0], ()),
        ("tanh", [2, 2, 3, 3], ()),
        ("relu", [2, 2, 3, 0], (2,)),
        ("leaky-relu", [2, 2, 3, 0], (2,)),
        ("sin", [0, 0, 0, 0], ()),
        ("identity", [0, 0, 0, 0], ()),
    ],
)
def test_saturation_is_that_of_weights_made_by_hand(
    name: str, saturated: list[int], off: tuple[int, ...]
) -> None:
    run = trainer(activation=(name,), hidden_units=(4,), samples=3)
    set_weights(run, [[10, 10, 0, 0], [0, -2, -3, 3.4]], [[1]] * 4 + [[0]])
    found = diagnose(run)
    hidden = found.hidden[0]
    assert hidden.saturation == pytest.approx(sum(saturated) / 12)
    assert hidden.off == off
    assert found.output.saturation == 0
    assert found.output.off == ()


@pytest.mark.parametrize(
    ("sum_", "saturated"), [(-3.48, 1), (-3.47, 0), (3.47, 0), (3.48, 1), (-2.1, 0), (2.1, 0)]
)
def test_the_limits_of_the_sigmoid(sum_: float, saturated: int) -> None:
    run = trainer(hidden_units=(1,))
    set_weights(run, [[0], [sum_]], [[1], [0]])
    assert diagnose(run).hidden[0].saturation == saturated


def test_units_with_equal_weights_are_counted() -> None:
    run = trainer(hidden_units=(2, 2), init_scale=1)
    assert not any(layer.equal_units for layer in diagnose(run).layers)
    set_weights(run, [[1, 1], [2, 2]], [[3, 4], [3, 4], [0, 0]], [[1], [1], [0]])
    assert [layer.equal_units for layer in diagnose(run).layers] == [True, False, False]
    run.network.hidden[1].parameters[0, 0] = 3.01
    assert not diagnose(run).layers[0].equal_units, "other weights out will part them"
    run.network.hidden[1].parameters[0, 0] = 3
    run.network.hidden[0].parameters[1, 0] *= 1 + 1e-15
    assert not diagnose(run).layers[0].equal_units, "the smallest difference grows"
    assert not diagnose(trainer(hidden_units=(1,), init_scale=0)).layers[0].equal_units
    assert diagnose(trainer(init_scale=0, epochs=10)).layers[0].equal_units
    moving = trainer(init_scale=1, optimizer="momentum")
    moving.run_epoch()
    moving.set_weights(np.ones(len(moving.network.parameters)))
    assert not diagnose(moving).layers[0].equal_units, "their velocities will part them"


def test_a_regression_error_is_measured_by_that_of_the_mean() -> None:
    run = trainer(init_scale=1, samples=5, frequency=0.5)
    targets = run.dataset.targets
    constant = ((targets - targets.mean()) ** 2).mean() / 2
    assert diagnose(run).constant_error == pytest.approx(constant)


def test_a_classification_error_is_measured_by_that_of_the_shares() -> None:
    run = trainer("classification", dataset="blobs", samples=40)
    shares = run.dataset.targets.mean(axis=0)
    assert np.ptp(shares) > 0
    assert diagnose(run).constant_error == pytest.approx(-(shares * np.log(shares)).sum(), rel=1e-5)


@pytest.mark.parametrize("count", [1, 7, 1000, 1001, 1999, 2000, 2001, 12_345, 100_000])
def test_samples_are_chosen_evenly(count: int) -> None:
    chosen = evenly(count, 1000)
    assert len(chosen) == min(count, 1000)
    assert (np.diff(chosen) > 0).all()
    assert chosen[0] >= 0
    assert chosen[-1] < count
    if count > 1000:
        edges = np.arange(1001) * count // 1000
        assert (edges[:-1] <= chosen).all()
        assert (chosen < edges[1:]).all()
    if count > 1500:
        for period in (2, 3, 4, 21):
            in_turn = np.bincount(chosen % period, minlength=period)
            assert in_turn.min() > 0.5 * len(chosen) / period, f"{period} classes in turns"


def test_a_large_data_set_is_represented_by_a_thousand_samples() -> None:
    run = trainer(samples=4001, init_scale=1)
    found = diagnose(run)
    assert found.samples == MAX_SAMPLES == 1000
    assert found.error == run.metrics().error


@pytest.mark.parametrize(
    ("name", "steps"),
    [("sigmoid", 0), ("relu", 1), ("sin", 7)],
    ids=["between epochs", "after a step", "later"],
)
def test_a_diagnosis_changes_nothing(name: str, steps: int) -> None:
    runs = [
        trainer(activation=(name,), learning_rate=0.01, optimizer="adam", batch_size=7, test_share=0.2)
        for _ in range(2)
    ]
    for run in runs:
        run.run_epoch()
        for _ in range(steps):
            run.step()
    before = runs[0].network.gradient.copy()
    first = diagnose(runs[0])
    assert first == diagnose(runs[0])
    np.testing.assert_array_equal(runs[0].network.gradient, before)
    assert_same(*runs)
    for run in runs:
        run.run_epoch()
    assert_same(*runs)


@pytest.mark.parametrize("rate", [1e3, 5.0])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_diverged_run_has_figures_and_no_warnings(name: str, rate: float) -> None:
    run = trainer(activation=(name,), learning_rate=rate, hidden_units=(4, 4))
    with suppress(DivergedError):
        for _ in range(30):
            run.run_epoch()
    assert run.divergence or None not in ACTIVATIONS[name].range, "bounded ones may only swing"
    found = diagnose(run)
    for layer in found.layers:
        figures = (layer.gradient_norm, layer.saturation)
        assert layer.update_ratio is None or run.divergence is None
        assert not any(math.isnan(figure) for figure in figures)
    assert verdict(found)


def test_norms_of_huge_numbers_do_not_overflow() -> None:
    run = trainer(hidden_units=(1,), activation=("tanh",))
    set_weights(run, [[3e200], [4e200]], [[0], [0]])
    assert diagnose(run).hidden[0].update_ratio == 0, "nothing comes back through a weight of 0"


def test_the_errors_are_those_of_the_samples_that_are_given() -> None:
    trainer = Trainer(TrainingConfig(test_share=0.4))
    trainer.run_epoch()
    other = TrainingConfig(samples=20, test_share=0.2)
    given = Trainer(other).dataset
    assert given.test is not None
    answers, test_answers = map(trainer.network.predict, (given.inputs, given.test.inputs))
    found = Diagnosis(trainer, given, answers, test_answers).diagnostics
    assert found.error == pytest.approx(measure(trainer.network, given).error, rel=1e-12)
    assert found.test_error == pytest.approx(measure(trainer.network, given.test).error, rel=1e-12)
    assert replace(found, error=0.0, test_error=0.0, constant_error=0.0) == replace(
        diagnose(trainer), error=0.0, test_error=0.0, constant_error=0.0
    )


@pytest.mark.parametrize("settings", [{"batch_size": 0}, {"optimizer": "adam", "test_share": 0.3}])
def test_a_diagnosis_is_that_of_the_moment_at_which_it_was_made(settings: dict[str, Any]) -> None:
    run = trainer(epochs=3, **settings)
    run.run_for(1000, max_samples=20)
    test = run.dataset.test
    answers = run.network.predict(run.dataset.inputs)
    test_answers = None if test is None else run.network.predict(test.inputs)
    diagnosis, then = Diagnosis(run, run.dataset, answers, test_answers), diagnose(run)
    for _ in range(5):
        run.run_epoch()
    assert diagnose(run) != then
    assert diagnosis.diagnostics == then
    assert diagnosis.equal_units == [layer.equal_units for layer in then.layers]
