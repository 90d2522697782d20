"""Copied and pickled networks, runs and data sets are independent and equal to the last bit."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bpengine import DATASETS, Dataset, DivergedError, Trainer, TrainingConfig, make_dataset
from bpengine.kernels import loading
from bpengine.training.predictions import network_outputs
from tests.engine.each_kernel import EVERY_KERNEL
from tests.engine.kernels import needs_numba
from tests.engine.runs import assert_same


def pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


EVERY_COPY = pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
Copy = Callable[[Any], Any]


def trained(kernel: str, epochs: int = 3, **settings: Any) -> Trainer:
    """Return a run within an epoch, with a change of settings and uneven batches."""
    config = TrainingConfig.defaults("regression", samples=23, batch_size=4, optimizer="adam", **settings)
    trainer = Trainer(config, kernel=kernel)
    for _ in range(epochs):
        trainer.run_epoch()
    trainer.reconfigure(config.replace(learning_rate=0.01, l2=0.001))
    trainer.step()
    return trainer


@EVERY_KERNEL
@EVERY_COPY
@pytest.mark.parametrize("test_share", [0.0, 0.3])
def test_a_copied_run_continues_with_the_same_numbers(
    kernel_name: str, copied: Copy, test_share: float
) -> None:
    trainer = trained(kernel_name, test_share=test_share)
    other = copied(trainer)
    assert other.kernel.name == kernel_name
    start = trainer.run_state()
    for _ in range(40):
        other.run_epoch()
    np.testing.assert_array_equal(trainer.network.parameters, start.parameters)
    for _ in range(40):
        trainer.run_epoch()
    assert_same(trainer, other)
    np.testing.assert_array_equal(
        trainer.network.predict(trainer.dataset.inputs), other.network.predict(other.dataset.inputs)
    )
    trainer.rewind(2)
    other.rewind(2)
    assert_same(trainer, other)


@EVERY_KERNEL
@EVERY_COPY
def test_the_network_of_a_copied_run_is_the_one_that_is_trained(kernel_name: str, copied: Copy) -> None:
    other = copied(trained(kernel_name))
    before = other.network.output.weights.copy()
    other.run_epoch()
    assert (other.network.output.weights != before).all()
    assert np.shares_memory(other.network.output.weights, other.network.parameters)


@EVERY_COPY
def test_a_copied_network_has_layers_that_are_views_into_its_own_parameters(copied: Copy) -> None:
    network = trained("numpy").network
    network.gradient[:] = np.arange(len(network.gradient))
    inputs = np.array([[-0.5], [0.5]])
    before = network.predict(inputs)
    other = copied(network)
    np.testing.assert_array_equal(other.gradient, network.gradient)
    np.testing.assert_array_equal(other.hidden[0].gradient, network.hidden[0].gradient)
    np.testing.assert_array_equal(other.predict(inputs), before)
    other.parameters += 1
    assert (other.predict(inputs) != before).all()
    np.testing.assert_array_equal(network.predict(inputs), before)


@EVERY_KERNEL
@EVERY_COPY
def test_a_copied_network_of_classes_predicts_the_same(kernel_name: str, copied: Copy) -> None:
    trainer = Trainer(TrainingConfig.defaults("classification", samples=20), kernel=kernel_name)
    inputs = trainer.dataset.inputs
    expected = trainer.network.predict(inputs).tobytes()
    for network in (copied(trainer.network), copied(trainer).network):
        assert network_outputs(network, inputs).tobytes() == expected


@EVERY_COPY
def test_a_copied_run_that_diverged_stays_diverged(copied: Copy) -> None:
    trainer = Trainer(TrainingConfig.defaults("regression", learning_rate=10))
    with pytest.raises(DivergedError) as caught:
        list(trainer.reports())
    other = copied(trainer)
    assert_same(trainer, other)
    with pytest.raises(DivergedError) as again:
        other.step()
    assert str(again.value) == str(caught.value)


@EVERY_COPY
@pytest.mark.parametrize("name", DATASETS)
def test_data_sets_are_the_same_after_copying_and_pickling(name: str, copied: Copy) -> None:
    config = TrainingConfig.defaults(DATASETS[name].task, dataset=name, test_share=0.2, noise=0.1)
    dataset = make_dataset(config)
    other: Dataset = copied(dataset)
    assert other.test is not None
    assert dataset.test is not None
    for mine, theirs in ((dataset, other), (dataset.test, other.test)):
        for part in ("inputs", "targets", "coordinates"):
            np.testing.assert_array_equal(getattr(mine, part), getattr(theirs, part))
            assert not getattr(theirs, part).flags.writeable
        assert not theirs.scaling.scale.flags.writeable
    if dataset.truth is not None:
        assert other.truth is not None
        np.testing.assert_array_equal(dataset.truth(dataset.coordinates), other.truth(other.coordinates))


@needs_numba
def test_a_run_pickled_with_numba_goes_on_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = trained("numba")
    data = pickle.dumps(trainer)
    monkeypatch.setattr(loading, "_result", loading.NumbaError("numba is not installed"))
    other = pickle.loads(data)
    assert other.kernel.name == "numpy"
    trainer.run_epoch()
    other.run_epoch()
    assert_same(trainer, other)


def test_a_trainer_continues_runs_with_the_same_problem_only() -> None:
    base = TrainingConfig.defaults("regression", samples=8)
    trainer = Trainer(base, kernel="numpy")
    same = {"seed": 3, "learning_rate": 0.7, "init_scale": 2.0, "epochs": 9}
    others: tuple[dict[str, Any], ...] = (
        {"hidden_units": (4,)},
        {"activation": ("tanh",)},
        {"optimizer": "adam"},
        {"batch_size": 2},
        {"samples": 9},
        {"data_seed": 1, "noise": 0.1},
    )
    assert trainer.can_continue(Trainer(base.replace(**same)).run_state())
    for changes in others:
        assert not trainer.can_continue(Trainer(base.replace(**changes)).run_state()), changes
    continued = Trainer(base.replace(**same), kernel="numpy")
    trainer.return_to(continued.bookmark())
    for each in (trainer, continued):
        each.run_epoch()
    assert trainer.run_state().parameters.tobytes() == continued.run_state().parameters.tobytes()
