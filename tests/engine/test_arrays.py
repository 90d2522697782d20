"""A data set made of the user's own arrays: every wrong array is one plain line, and no array is changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import DataError, Dataset, Trainer, TrainingConfig, make_dataset
from bpengine.checkpoint import load, save
from bpengine.data.checks import read_only
from tests.engine.runs import assert_same, to_the_end

X = np.array([[0.0, 10], [1, 20], [2, 30], [3, 40]])
Y = np.array([0.0, 1, 4, 9])
LABELS = ["dog", "cat", "dog", "eel"]


def test_a_vector_of_targets_makes_a_regression() -> None:
    dataset = Dataset.from_arrays(X, Y, features=["a", "b"], target="area", name="fields")
    assert (dataset.task, dataset.classes, dataset.test) == ("regression", (), None)
    assert (dataset.name, dataset.features, dataset.target) == ("fields", ("a", "b"), "area")
    np.testing.assert_array_equal(dataset.inputs, X)
    np.testing.assert_array_equal(dataset.targets, Y[:, np.newaxis])
    assert dataset.domain == ((0, 3), (10, 40))


def test_a_vector_of_inputs_is_one_column_and_targets_may_have_several() -> None:
    dataset = Dataset.from_arrays([1, 2, 3], [[1, 2], [3, 4], [5, 6]])
    assert (dataset.inputs.shape, dataset.targets.shape, dataset.features) == ((3, 1), (3, 2), ("x",))


@pytest.mark.parametrize(
    ("labels", "task", "classes"),
    [
        (LABELS, None, ("cat", "dog", "eel")),
        (np.array(LABELS), None, ("cat", "dog", "eel")),
        (np.array(LABELS, dtype=object), None, ("cat", "dog", "eel")),
        ([True, False, True, False], None, ("False", "True")),
        ([10, 9, 10, 9], "classification", ("9", "10")),
        (np.array([1.0, 0, -0.0, 1]), "classification", ("0", "1")),
        ([[1, 0], [0, 1], [1, 0], [0, 1]], "classification", ("0", "1")),
    ],
)
def test_labels_and_one_hot_rows_make_a_classification(
    labels: Any, task: Any, classes: tuple[str, ...]
) -> None:
    dataset = Dataset.from_arrays(X, labels, task=task)
    assert (dataset.task, dataset.classes, dataset.features) == ("classification", classes, ("x1", "x2"))
    assert dataset.targets.shape == (4, len(classes))
    if np.ndim(labels) == 1:
        named = [dataset.classes[index] for index in dataset.targets.argmax(axis=1)]
        assert named == [str(label).removesuffix(".0").removeprefix("-") for label in labels]


def test_whole_numbers_without_a_task_are_a_regression() -> None:
    assert Dataset.from_arrays(X, [1, 2, 1, 2]).task == "regression"


def test_the_columns_of_one_hot_targets_can_be_named() -> None:
    dataset = Dataset.from_arrays(X, np.eye(4), task="classification", classes=["a", "b", "c", "d"])
    assert dataset.classes == ("a", "b", "c", "d")


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_arrays_are_copied(order: Any) -> None:
    inputs, targets = np.array(X, order=order), np.array([[0.0], [1], [4], [9]])
    dataset = Dataset.from_arrays(inputs, targets)
    inputs[0], targets[0] = 99, 99
    np.testing.assert_array_equal(dataset.inputs, X)
    assert dataset.targets[0, 0] == 0
    assert not dataset.inputs.flags.writeable


def test_an_array_that_nobody_can_change_is_not_copied_unless_it_is_misaligned() -> None:
    whole, shifted = np.frombuffer(bytes(80)), np.frombuffer(bytes(81), offset=1)
    assert np.shares_memory(read_only(whole), whole)
    assert read_only(shifted).flags.aligned


def test_the_constructor_does_not_make_the_arrays_of_its_caller_read_only() -> None:
    made = Dataset.from_arrays(X, Y)
    inputs, targets = X.copy(), Y[:, np.newaxis].copy()
    dataset = replace(made, inputs=inputs, coordinates=inputs, targets=targets)
    inputs[0], targets[0] = 99, 99
    np.testing.assert_array_equal(dataset.inputs, X)
    np.testing.assert_array_equal(dataset.targets[:, 0], Y)


NAN = X.copy()
NAN[2, 1] = np.nan
INFINITE = np.array([1, 2, np.inf, 4])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((NAN, Y), "inputs, row 2: must be a number from -1e+100 to 1e+100, got nan"),
        ((X, INFINITE), "targets, row 2: must be a number from -1e+100 to 1e+100, got inf"),
        ((X * 1e200, Y), "inputs, row 0: must be a number from -1e+100 to 1e+100, got 1e+201"),
        ((X, Y[:3]), "targets: must have as many rows as the inputs, got 3 for 4 inputs"),
        ((X, LABELS[:3]), "targets: must have as many rows as the inputs, got 3 for 4 inputs"),
        ((X[:1], Y[:1]), "inputs: must have 2 or more samples, got 1"),
        ((X[:0], Y[:0]), "inputs: must not be empty, got shape (0, 2)"),
        ((X[np.newaxis], Y), "inputs: must have one row for each sample, got shape (1, 4, 2)"),
        ((5, Y), "inputs: must be an array, got int"),
        (([[1, 2], [3]], [1, 2]), "inputs: must be an array with rows of equal length"),
        (([["a"], ["b"]], [1, 2]), "inputs: must be numbers, got text"),
        ((X * 1j, Y), "inputs: must be numbers, got values of type complex128"),
        (([[1], [None]], [1, 2]), "inputs, row 1: must be a number from -1e+100 to 1e+100, got nan"),
        (([[1], [{}]], [1, 2]), "inputs: must be numbers, but have other values"),
        (([10**400, 1], [1, 2]), "inputs: must be numbers from -1e+100 to 1e+100"),
        ((np.ma.masked_greater(X, 1), Y), "inputs: must have no masked values"),
        ((X, np.array([LABELS]).T), "targets: must have one class label for each sample, got shape (4, 1)"),
        ((X, ["a"] * 4), "targets: must have from 2 to 100 classes, got 1"),
        ((X, ["a", None, "b", "a"]), "targets: class labels must be texts or whole numbers"),
        (
            (X, LABELS, ([[1, 2, 3]], ["dog"])),
            "test inputs: must have 2 columns, got 3",
        ),
        (
            (X, LABELS, ([[1, 2]], ["ox\n"])),
            "test targets: row 0 has the class 'ox\\n', which no training sample has",
        ),
        ((X, Y, (X, Y[:3])), "test targets: must have as many rows as the inputs, got 3 for 4 inputs"),
        ((X, Y, (X, np.eye(4))), "test targets: must have 1 columns, got 4"),
        ((X, Y, (NAN, Y)), "test inputs, row 2: must be a number from -1e+100 to 1e+100, got nan"),
        ((X, Y, X), "test: must be a pair of inputs and targets"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(DataError) as caught:
        Dataset.from_arrays(*arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (Y[:, np.newaxis], "must have one column for each of two or more classes, got shape (4, 1)"),
        (np.ones((4, 2)), "must have a single 1 in each row, and else 0; row 0 does not"),
        ([[0], [1, 2], [3], [4]], "must be an array with rows of equal length"),
        ([0.5, 1, 2, 3], "class labels must be texts or whole numbers"),
        ([0, np.nan, 2, 3], "class labels must be texts or whole numbers"),
        (np.arange(4) * 1j, "class labels must be texts or whole numbers"),
    ],
)
def test_class_labels_that_do_not_fit_are_refused(targets: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        Dataset.from_arrays(X, targets, task="classification")
    assert str(caught.value) == f"targets: {message}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"task": "guess"}, "task: must be regression or classification, got 'guess'"),
        ({"features": ["a"]}, "features: must have 2 names, got 1"),
        ({"features": 2}, "features: must be a sequence of names, got '2'"),
        ({"features": ["a", "a"]}, "features: must differ from each other, got 'a' twice"),
        ({"classes": ["a", "b"]}, "classes: must have 0 names, got 2"),
    ],
)
def test_column_names_that_do_not_fit_are_refused(options: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        Dataset.from_arrays(X, Y, **options)
    assert str(caught.value) == message


def test_the_names_of_one_hot_classes_differ_from_each_other() -> None:
    rows = np.eye(2)[[0, 1, 0, 1][: len(X)]]
    with pytest.raises(DataError, match="classes: must differ from each other, got 'a' twice"):
        Dataset.from_arrays(X, rows, task="classification", classes=["a", "a"])


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (np.eye(5)[:4], "must have 4 columns, got 5"),
        (np.ones((4, 4)), "must have a single 1 in each row, and else 0; row 0 does not"),
    ],
)
def test_test_targets_that_are_not_one_hot_are_refused(targets: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        Dataset.from_arrays(X, np.eye(4), test=(X, targets), task="classification")
    assert str(caught.value) == f"test targets: {message}"


def test_more_than_a_hundred_classes_are_refused() -> None:
    with pytest.raises(DataError, match=r"^targets: must have from 2 to 100 classes, got 101$"):
        Dataset.from_arrays(np.arange(101), np.arange(101), task="classification")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"targets": np.ones((3, 1))}, "targets: must have as many rows as the inputs, got 3 for 4 inputs"),
        ({"inputs": NAN}, "inputs, row 2: must be a number from -1.79769e+308 to 1.79769e+308, got nan"),
        ({"coordinates": NAN}, "coordinates, row 2: must be a number from -1e+100 to 1e+100, got nan"),
        ({"coordinates": X[:, :1]}, "coordinates: must have the shape of the inputs, (4, 2)"),
        ({"test": Dataset.from_arrays([1, 2], [1, 2])}, "test inputs: must have 2 columns, got 1"),
        (
            {"test": Dataset.from_arrays(X, np.eye(4), task="classification")},
            "test targets: must have 1 columns, got 4",
        ),
    ],
)
def test_the_constructor_checks_its_arrays_too(changes: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        replace(Dataset.from_arrays(X, Y), **changes)
    assert str(caught.value) == message


def test_a_run_uses_the_test_samples_that_it_is_given(tmp_path: Path) -> None:
    source = Dataset.from_arrays(X, Y, (X[:2] + 0.5, Y[:2] + 0.5))
    config = TrainingConfig.defaults("regression", epochs=20, test_share=0.5)
    dataset = make_dataset(config, source)
    assert dataset.test is not None
    assert (len(dataset), len(dataset.test)) == (4, 2)
    np.testing.assert_array_equal(dataset.test.coordinates, X[:2] + 0.5)
    np.testing.assert_array_equal(dataset.test.inputs, dataset.scaling.apply(X[:2] + 0.5))
    np.testing.assert_allclose(dataset.target_scaling.undo(dataset.test.targets)[:, 0], Y[:2] + 0.5)
    trainer = Trainer(config, source)
    trainer.run_epoch()
    assert trainer.history.last is not None
    assert trainer.history.last.test_error is not None
    save(trainer, tmp_path / "run.bptui")
    loaded = load(tmp_path / "run.bptui", kernel="numpy")
    assert_same(to_the_end(loaded), to_the_end(trainer))


@pytest.mark.parametrize("kernel", ["numpy", "auto"])
def test_a_run_learns_classes_from_labels(kernel: str) -> None:
    rng = np.random.RandomState(0)
    inputs = rng.uniform(-1, 1, (60, 2))
    labels = np.where(inputs[:, 0] > 0, "right", "left")
    source = Dataset.from_arrays(inputs, labels, (inputs[:5], labels[:5]))
    trainer = Trainer(TrainingConfig.defaults("classification", epochs=150), source, kernel=kernel)
    to_the_end(trainer)
    accuracy = trainer.metrics().accuracy
    assert accuracy is not None
    assert accuracy > 0.95
