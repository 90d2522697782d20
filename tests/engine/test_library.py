"""What a program does with a trainer: setting weights, gradients, predictions, and `fit`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bpengine import ConfigError, DataError, Dataset, DivergedError, Task, Trainer, TrainingConfig
from bpengine.training.history import EpochRecord
from tests.engine.runs import assert_same, to_the_end


def made(task: Task = "regression", **changes: Any) -> Trainer:
    settings = {"samples": 23, "batch_size": 4, "optimizer": "adam", "epochs": 60} | changes
    return Trainer(TrainingConfig.defaults(task, **settings))


def train(trainer: Trainer, epochs: int, batches: int = 0) -> None:
    for _ in range(epochs):
        trainer.run_epoch()
    for _ in range(batches):
        trainer.step()


def some_weights(trainer: Trainer, seed: int = 5) -> Any:
    return np.random.RandomState(seed).standard_normal(len(trainer.network.parameters))


def test_a_bookmark_keeps_the_weights_that_were_set() -> None:
    trainer = made()
    trainer.set_weights(some_weights(trainer))
    train(trainer, 3)
    bookmark, state = trainer.bookmark(), trainer.run_state()
    trainer.rewind(0)
    trainer.set_weights(some_weights(trainer, 6))
    trainer.return_to(bookmark)
    trainer.rewind(1)
    train(trainer, 2)
    np.testing.assert_array_equal(trainer.network.parameters, state.parameters)


def test_set_weights_copies_its_argument() -> None:
    trainer = made()
    weights = some_weights(trainer)
    trainer.set_weights(weights)
    before = weights.copy()
    weights[:] = 9
    train(trainer, 2)
    trainer.rewind(0)
    np.testing.assert_array_equal(trainer.network.parameters, before)


def test_a_diverged_run_can_go_on_with_other_weights() -> None:
    trainer = made(optimizer="sgd", learning_rate=10)
    with pytest.raises(DivergedError):
        to_the_end(trainer)
    trainer.reconfigure(trainer.config.replace(learning_rate=0.01))
    trainer.set_weights(trainer.network.parameters)
    assert trainer.divergence is None
    trainer.set_weights(np.zeros(len(trainer.network.parameters)))
    to_the_end(trainer)
    state = trainer.run_state()
    trainer.rewind(trainer.epochs_done - 1)
    trainer.run_epoch()
    np.testing.assert_array_equal(trainer.network.parameters, state.parameters)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.zeros(3), "must be 10 numbers, got shape (3,)"),
        (np.zeros((1, 10)), "must be 10 numbers, got shape (1, 10)"),
        ([0.0] * 9 + [np.nan], "must be finite numbers"),
        (["a"] * 10, "must be 10 numbers"),
        ([[1], [2, 3]], "must be 10 numbers"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights: Any, message: str) -> None:
    trainer = made()
    before = trainer.run_state().parameters
    with pytest.raises(ConfigError) as caught:
        trainer.set_weights(weights)
    assert str(caught.value) == f"weights: {message}"
    np.testing.assert_array_equal(trainer.network.parameters, before)


@pytest.mark.parametrize(("task", "dataset"), [("regression", "hills"), ("classification", "blobs")])
def test_the_gradient_is_the_slope_of_the_error(task: Task, dataset: str) -> None:
    trainer = made(task, dataset=dataset, hidden_units=(4, 3), activation="tanh", l2=0.1, clip=0.01)
    trainer.set_weights(some_weights(trainer))
    gradient = trainer.gradient()
    state = trainer.run_state()
    parameters, h = trainer.network.parameters, 1e-5

    def error(index: int, change: float) -> float:
        parameters[index] = state.parameters[index] + change
        value = trainer.metrics().error
        parameters[index] = state.parameters[index]
        return value

    slopes = [(error(k, h) - error(k, -h)) / (2 * h) for k in range(len(parameters))]
    # The delta of the cross-entropy leaves out the 1e-7 in the logarithm.
    np.testing.assert_allclose(gradient, slopes, rtol=1e-4, atol=1e-6)
    assert np.abs(gradient).max() > 0.01


def test_the_gradient_is_the_same_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = made(samples=50)
    whole = trainer.gradient()
    monkeypatch.setattr("bpengine.network.network._MAX_TERMS", 0)
    np.testing.assert_array_equal(trainer.gradient(), whole)


def test_predictions_are_in_the_units_of_the_targets() -> None:
    x = np.linspace(100, 200, 30)
    trainer = Trainer(TrainingConfig.defaults("regression", epochs=500), Dataset.from_arrays(x, 3000 - 5 * x))
    trainer.fit()
    predicted = trainer.predict([110, 150, 190])
    assert predicted.shape == (3,)
    np.testing.assert_allclose(predicted, [2450, 2250, 2050], rtol=0.03)
    np.testing.assert_array_equal(predicted, trainer.predict([[110], [150], [190]]))


def test_predictions_of_several_targets_have_a_column_for_each() -> None:
    x = np.linspace(0, 1, 10)
    source = Dataset.from_arrays(x, np.column_stack([x, -x]))
    assert Trainer(TrainingConfig.defaults("regression"), source).predict(x).shape == (10, 2)


def test_predictions_of_a_named_data_set_take_its_coordinates() -> None:
    trainer = made(optimizer="sgd", batch_size=1, samples=0, epochs=400)
    trainer.fit()
    x = trainer.dataset.coordinates
    np.testing.assert_array_equal(trainer.predict(x), trainer.network.predict(trainer.dataset.inputs)[:, 0])


def test_predictions_of_classes_are_their_names() -> None:
    x = np.linspace(0, 50, 40)
    source = Dataset.from_arrays(x, np.where(x < 25, "cold", "warm"))
    trainer = Trainer(TrainingConfig.defaults("classification", epochs=300), source)
    trainer.fit()
    assert trainer.predict([3, 44]).tolist() == ["cold", "warm"]


@pytest.mark.parametrize("inputs", [[[1, 2]], [], "text", [[np.nan]], [[1e200]]])
def test_inputs_that_cannot_be_predicted_are_refused(inputs: Any) -> None:
    with pytest.raises(DataError, match=r"^inputs"):
        made().predict(inputs)


def test_fit_trains_to_the_end_with_the_same_numbers() -> None:
    trainer, other = made(), made()
    records: list[EpochRecord] = []
    assert trainer.fit(records.append) == trainer.history.last
    assert records == list(other.reports())
    assert_same(trainer, other)
    assert trainer.fit() == trainer.history.last


def test_the_callback_can_stop_the_run() -> None:
    trainer = made(report_interval=10)
    assert trainer.fit(lambda record: record.epoch >= 20) == trainer.history.last
    assert (trainer.epochs_done, trainer.samples_done) == (21, 0)
    to_the_end(trainer)
    assert_same(trainer, to_the_end(made(report_interval=10)))
