"""The metrics agree with values worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpengine import TASKS, Dataset, Task, Trainer, TrainingConfig, make_dataset
from bpengine.arithmetic.arrays import Array
from bpengine.data import Scaling
from bpengine.data.csv import parse_csv
from bpengine.training.predictions import measure, measure_outputs


def regression(targets: Array, scale: float = 1.0) -> Dataset:
    """Return samples with these targets, shape (n, 1)."""
    sine = make_dataset(TrainingConfig())
    scaling = Scaling(np.array([7.0]), np.array([scale]))
    count = len(targets)
    return replace(
        sine,
        inputs=sine.inputs[:count],
        coordinates=sine.coordinates[:count],
        targets=targets,
        target_scaling=scaling,
    )


def classification(labels: list[int], count: int) -> Dataset:
    """Return samples with these class numbers, of this number of classes."""
    grid = make_dataset(TrainingConfig.defaults("classification"))
    return replace(
        grid,
        inputs=grid.inputs[: len(labels)],
        coordinates=grid.coordinates[: len(labels)],
        targets=np.eye(count)[labels],
        classes=tuple("abcdef"[:count]),
    )


def test_regression_metrics_by_hand() -> None:
    targets, outputs = np.array([[1.0], [2.0], [3.0], [6.0]]), np.array([[1.0], [4.0], [3.0], [5.0]])
    # The errors 0, 2, 0, -1 have squares that sum to 5. The squared deviations from the mean 3 sum to 14.
    metrics = measure_outputs(outputs, regression(targets))
    assert metrics.error == pytest.approx(5 / 4 / 2)
    assert metrics.rmse == pytest.approx(np.sqrt(5 / 4))
    assert metrics.r2 == pytest.approx(1 - 5 / 14)
    assert metrics.accuracy is None
    assert metrics.confusion is None


def test_rmse_is_in_original_units_and_r2_has_no_unit() -> None:
    targets, outputs = np.array([[1.0], [2.0], [3.0], [6.0]]), np.array([[1.0], [4.0], [3.0], [5.0]])
    metrics = measure_outputs(outputs, regression(targets, scale=100.0))
    assert metrics.error == pytest.approx(5 / 4 / 2)
    assert metrics.rmse == pytest.approx(100 * np.sqrt(5 / 4))
    assert metrics.r2 == pytest.approx(1 - 5 / 14)


@pytest.mark.parametrize("value", [0.0, 0.1, 3.0, 1e10])
def test_r2_is_none_if_all_targets_are_equal(value: float) -> None:
    targets = np.full((7, 1), value)
    assert measure_outputs(targets + 1, regression(targets)).r2 is None


def test_r2_is_0_for_the_mean_and_1_for_perfect_outputs() -> None:
    targets = np.array([[1.0], [2.0], [6.0]])
    assert measure_outputs(np.full((3, 1), 3.0), regression(targets)).r2 == pytest.approx(0)
    perfect = measure_outputs(targets, regression(targets))
    assert (perfect.r2, perfect.rmse, perfect.error) == (1, 0, 0)


def test_classification_metrics_by_hand() -> None:
    outputs = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.3, 0.5], [0.6, 0.3, 0.1], [0.4, 0.4, 0.2]])
    metrics = measure_outputs(outputs, classification([0, 1, 1, 2, 1], 3))
    # The last sample has a tie, which the first of the two classes wins.
    assert metrics.confusion is not None
    assert metrics.confusion.tolist() == [[1, 0, 0], [1, 1, 1], [1, 0, 0]]
    assert metrics.accuracy == pytest.approx(2 / 5)
    right = np.array([0.7, 0.8, 0.3, 0.1, 0.4])
    assert metrics.error == pytest.approx(-np.log(right).mean(), rel=1e-6)
    assert metrics.rmse is None
    assert metrics.r2 is None


def test_a_class_without_samples_has_a_row_and_a_column() -> None:
    metrics = measure_outputs(np.array([[0.1, 0.9, 0.0]]), classification([1], 3))
    assert metrics.confusion is not None
    assert metrics.confusion.tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert metrics.accuracy == 1


def test_the_confusion_matrix_is_read_only() -> None:
    confusion = measure_outputs(np.array([[0.1, 0.9]]), classification([1], 2)).confusion
    assert confusion is not None
    with pytest.raises(ValueError, match="read-only"):
        confusion[0, 0] = 1


@pytest.mark.parametrize("task", TASKS)
def test_the_metrics_of_a_trainer_are_over_its_training_and_test_samples(task: Task) -> None:
    trainer = Trainer(TrainingConfig.defaults(task, test_share=0.3, epochs=5))
    record = None
    while not trainer.finished:
        record = trainer.run_epoch()
    test = trainer.test_metrics()
    assert test is not None
    assert record is not None
    assert test.error == record.test_error
    assert trainer.dataset.test is not None
    assert test.error == measure(trainer.network, trainer.dataset.test).error
    training = trainer.metrics()
    for metrics, dataset in ((training, trainer.dataset), (test, trainer.dataset.test)):
        outputs = trainer.network.predict(dataset.inputs)
        if task == "classification":
            assert metrics.confusion is not None
            assert metrics.confusion.sum() == len(dataset)
            assert metrics.confusion.sum(axis=1).tolist() == dataset.targets.sum(axis=0).tolist()
            hits = outputs.argmax(axis=1) == dataset.targets.argmax(axis=1)
            assert metrics.accuracy == pytest.approx(hits.mean())
        else:
            assert metrics.rmse == pytest.approx(np.sqrt(2 * metrics.error))


def test_there_are_no_test_metrics_without_test_samples() -> None:
    assert Trainer(TrainingConfig()).test_metrics() is None


def test_metrics_of_a_standardized_source_are_in_original_units() -> None:
    source = parse_csv("".join(f"{x},{1000 * x + x % 3}\n" for x in range(40)), "m.csv", "regression")
    trainer = Trainer(TrainingConfig(test_share=0.25), source)
    for dataset, metrics in (
        (trainer.dataset, trainer.metrics()),
        (trainer.dataset.test, trainer.test_metrics()),
    ):
        assert dataset is not None
        assert metrics is not None
        predictions = dataset.target_scaling.undo(trainer.network.predict(dataset.inputs))
        truth = 1000 * dataset.coordinates + dataset.coordinates % 3
        assert metrics.rmse == pytest.approx(np.sqrt(((predictions - truth) ** 2).mean()))
        variance = ((truth - truth.mean()) ** 2).mean()
        assert metrics.r2 == pytest.approx(1 - ((predictions - truth) ** 2).mean() / variance)


def test_huge_outputs_give_infinite_metrics_without_a_warning() -> None:
    metrics = measure_outputs(np.full((3, 1), 1e200), regression(np.array([[1.0], [2.0], [3.0]])))
    assert metrics.error == np.inf
    assert metrics.rmse == np.inf
    assert metrics.r2 == -np.inf


def test_an_error_is_finite_if_only_the_sum_overflows_and_a_test_error_is_never_nan() -> None:
    trainer = Trainer(TrainingConfig(samples=8, test_share=0.5, learning_rate=0))
    trainer.network.parameters[:] = 0
    trainer.network.parameters[-1] = 1.3e154  # losses of 8.45e307, four of them
    record = trainer.run_epoch()
    assert record is not None
    assert record.error == pytest.approx(8.45e307)
    # A sum of infinities of different signs is NaN.
    trainer.network.predict = lambda inputs: np.full((len(inputs), 1), np.nan)  # type: ignore[method-assign]
    record = trainer.run_epoch()
    assert record is not None
    assert record.test_error == np.inf


def test_r2_is_none_if_the_squared_deviations_underflow() -> None:
    data = parse_csv("x,t\n1,1e-300\n2,2e-300\n", "tiny.csv", "regression")
    assert measure_outputs(data.targets, data).r2 is None
