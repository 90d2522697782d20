"""Test samples are held out, and the user's own samples are standardized."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bpengine import Dataset, Task, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.data import DATASETS, Scaling
from bpengine.data.dataset import one_hot, value_range
from bpengine.errors import DataError
from bpengine.training.training_data import make_dataset


def rows(dataset: Dataset) -> list[tuple[float, ...]]:
    return [tuple(row) for row in np.hstack([dataset.coordinates, dataset.targets]).tolist()]


def source(coordinates: Array, targets: Array, classes: int = 0) -> Dataset:
    """Return the user's own samples, which have identity scalings."""
    return Dataset(
        name="mine",
        task="classification" if classes else "regression",
        inputs=coordinates,
        targets=targets,
        coordinates=coordinates,
        scaling=Scaling.identity(coordinates.shape[1]),
        target_scaling=Scaling.identity(targets.shape[1]),
        domain=tuple(value_range(values) for values in coordinates.T),
        features=tuple(f"f{column}" for column in range(coordinates.shape[1])),
        target="t",
        classes=tuple("abcdefgh"[:classes]),
    )


def random_source(samples: int = 50, classes: int = 0) -> Dataset:
    rng = np.random.RandomState(3)
    coordinates = rng.normal([5, -300], [2, 40], (samples, 2))
    if classes:
        return source(coordinates, one_hot(np.arange(samples) % classes, classes), classes)
    return source(coordinates, rng.normal(1e4, 10, (samples, 1)))


def config(task: Task = "regression", **changes: Any) -> TrainingConfig:
    return TrainingConfig.defaults(task, **changes)


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.9])
def test_every_sample_is_in_exactly_one_part(name: str, share: float) -> None:
    task = DATASETS[name].task
    whole = make_dataset(config(task, dataset=name))
    training = make_dataset(config(task, dataset=name, test_share=share))
    assert training.test is not None
    assert len(training.test) == round(share * len(whole))
    assert sorted(rows(training) + rows(training.test)) == sorted(rows(whole))
    place = {row: number for number, row in enumerate(rows(whole))}
    for part in (training, training.test):
        positions = [place[row] for row in rows(part)]
        assert positions == sorted(positions)
        assert part.domain == whole.domain
        assert part.classes == whole.classes
        np.testing.assert_array_equal(part.inputs, whole.scaling.apply(part.coordinates))
    assert training.test.test is None


def test_there_are_no_test_samples_by_default() -> None:
    assert make_dataset(config()).test is None


def test_the_split_depends_on_the_data_seed_only() -> None:
    def held_out(**changes: Any) -> list[tuple[float, ...]]:
        test = make_dataset(config(test_share=0.2, **changes)).test
        assert test is not None
        return rows(test)

    assert held_out() == held_out(seed=5)
    assert held_out() != held_out(data_seed=1)


def test_the_split_does_not_change_the_samples_or_their_noise() -> None:
    whole = make_dataset(config(dataset="noisy-sine", noise=0.1))
    training = make_dataset(config(dataset="noisy-sine", noise=0.1, test_share=0.4))
    assert set(rows(training)) < set(rows(whole))


@pytest.mark.parametrize(
    ("samples", "share", "held_out"),
    [
        (1, 0.9, 0),
        (2, 0.9, 0),
        (3, 0.9, 1),
        (3, 0.01, 1),
        (4, 0.9, 2),
        (10, 0.9, 8),
        (63, 0.001, 1),
        (100, 0.9, 90),
        (11, 0.5, 6),
    ],
)
def test_training_keeps_at_least_two_samples_and_one_is_held_out(
    samples: int, share: float, held_out: int
) -> None:
    dataset = make_dataset(config(samples=samples, test_share=share))
    assert len(dataset) == samples - held_out
    assert (dataset.test is None) == (held_out == 0)
    assert dataset.test is None or len(dataset.test) == held_out


@pytest.mark.parametrize("data_seed", range(20))
def test_training_keeps_one_of_each_class(data_seed: int) -> None:
    # Five classes, four of them with a single sample.
    labels = np.array([0] * 16 + [1, 2, 3, 4])
    data = source(np.arange(20.0)[:, np.newaxis], one_hot(labels, 5), 5)
    dataset = make_dataset(config("classification", test_share=0.8, data_seed=data_seed), data)
    assert dataset.targets.sum(axis=0).min() >= 1
    assert dataset.test is not None
    assert len(dataset) + len(dataset.test) == 20
    assert len(dataset) == 5


def test_a_source_is_standardized_by_its_training_samples() -> None:
    data = random_source()
    dataset = make_dataset(config(test_share=0.3), data)
    assert dataset.inputs.mean(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert dataset.inputs.std(axis=0) == pytest.approx([1, 1])
    assert dataset.targets.mean() == pytest.approx(0, abs=1e-9)
    assert dataset.targets.std() == pytest.approx(1)
    for part in (dataset, dataset.test):
        assert part is not None
        np.testing.assert_array_equal(
            part.inputs, (part.coordinates - dataset.scaling.offset) / dataset.scaling.scale
        )
        assert set(map(tuple, part.coordinates)) <= set(map(tuple, data.coordinates))
        original = part.target_scaling.undo(part.targets)
        assert np.isclose(original, data.targets.T, rtol=1e-12).any(axis=1).all()
    assert dataset.test is not None
    assert abs(dataset.test.inputs.mean()) > 1e-6
    assert (dataset.name, dataset.features, dataset.target) == (data.name, data.features, data.target)
    assert dataset.domain == data.domain


def test_the_classes_of_a_source_stay_one_hot() -> None:
    data = random_source(classes=3)
    dataset = make_dataset(config("classification"), data)
    np.testing.assert_array_equal(dataset.targets, data.targets)
    assert dataset.target_scaling.scale.tolist() == [1, 1, 1]
    assert dataset.inputs.std(axis=0) == pytest.approx([1, 1])


def test_settings_of_named_data_sets_do_not_apply_to_a_source() -> None:
    data = random_source()
    dataset = make_dataset(config(samples=7, noise=1, frequency=3), data)
    np.testing.assert_array_equal(dataset.coordinates, data.coordinates)
    np.testing.assert_array_equal(dataset.inputs, make_dataset(config(), data).inputs)
    np.testing.assert_array_equal(data.inputs, random_source().inputs)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e100, -1e-300])
def test_a_constant_column_becomes_zero(value: float) -> None:
    coordinates = np.column_stack([np.full(10, value), np.arange(10.0)])
    dataset = make_dataset(config(), source(coordinates, np.full((10, 1), value)))
    assert (dataset.inputs[:, 0] == 0).all()
    assert (dataset.targets == 0).all()
    assert dataset.scaling.scale[0] == 1
    np.testing.assert_array_equal(dataset.target_scaling.undo(dataset.targets), np.full((10, 1), value))


def test_a_deviation_that_underflows_is_not_divided_by() -> None:
    values = np.array([[0.0], [1e-200], [2e-200]])  # their squares underflow to 0
    dataset = make_dataset(config(), source(values, values))
    assert dataset.scaling.scale.tolist() == [1]
    assert np.isfinite(dataset.inputs).all()


def test_extreme_values_are_standardized_to_finite_numbers() -> None:
    values = np.array([1e100, -1e100, 0, 1e-300, 1e100])[:, np.newaxis]
    dataset = make_dataset(config(test_share=0.4), source(values, values))
    for part in (dataset, dataset.test):
        assert part is not None
        assert np.isfinite(part.inputs).all()
        assert np.isfinite(part.targets).all()


def test_a_source_for_another_task_is_rejected() -> None:
    with pytest.raises(
        DataError, match=r"^mine: the data is for classification, but the run's task is regression$"
    ):
        make_dataset(config(), random_source(classes=2))


def test_wrong_labels_are_drawn_from_the_data_seed_and_change_nothing_else() -> None:
    settings = TrainingConfig.defaults("classification", dataset="blobs", test_share=0.2)
    right = make_dataset(settings)
    assert right.mislabeled is None
    drawn = make_dataset(settings.replace(wrong_labels=0.5))
    again = make_dataset(settings.replace(wrong_labels=0.5, seed=9))
    assert drawn.targets.tolist() == again.targets.tolist()
    assert drawn.inputs.tolist() == right.inputs.tolist()
    assert drawn.test is not None
    assert right.test is not None
    assert drawn.test.targets.tolist() == right.test.targets.tolist()
    differ = (drawn.targets != right.targets).any(axis=1)
    assert drawn.mislabeled is not None
    assert drawn.mislabeled.tolist() == np.flatnonzero(differ).tolist()
    # Half of the labels are drawn from all classes, of which one is the right one.
    classes = right.targets.shape[1]
    assert differ.mean() == pytest.approx(0.5 * (1 - 1 / classes), abs=0.07)
    other = make_dataset(settings.replace(wrong_labels=0.5, data_seed=1))
    assert other.mislabeled is not None
    assert other.mislabeled.tolist() != drawn.mislabeled.tolist()
