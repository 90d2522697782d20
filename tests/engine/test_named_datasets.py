"""Every named data set has the right shape, is reproducible, and fits its true function or boundary."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest

from bpengine import Dataset, TrainingConfig
from bpengine.arithmetic.arrays import IntArray
from bpengine.data import DATASETS, NamedDataset
from bpengine.training.training_data import make_dataset

EACH = pytest.mark.parametrize("named", DATASETS.values(), ids=DATASETS)
REGRESSION = [name for name, named in DATASETS.items() if named.task == "regression"]
CLASSIFICATION = [name for name, named in DATASETS.items() if named.task == "classification"]


def made(name: str, **changes: Any) -> Dataset:
    return make_dataset(TrainingConfig.defaults(DATASETS[name].task, dataset=name, **changes))


def labels(dataset: Dataset) -> IntArray:
    indices: IntArray = dataset.targets.argmax(axis=1)
    return indices


def assert_same(one: Dataset, other: Dataset) -> None:
    for name in ("inputs", "targets", "coordinates"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    assert one.domain == other.domain


def test_the_data_sets_have_names_and_one_line_of_help() -> None:
    assert REGRESSION == ["sine", "noisy-sine", "sinc", "step", "plane", "hills"]
    assert CLASSIFICATION == [
        "sine-border",
        "circle",
        "xor",
        "gaussians",
        "spiral",
        "moons",
        "blobs",
        "digits",
    ]
    assert all(name == named.name for name, named in DATASETS.items())
    assert all(20 < len(named.help) < 90 and "\n" not in named.help for named in DATASETS.values())


@EACH
@pytest.mark.parametrize(("samples", "noise"), [(0, 0), (1, 0.5), (441, 0), (1000, 0.5)])
def test_shapes_scaling_and_domain(named: NamedDataset, samples: int, noise: float) -> None:
    dataset = made(named.name, samples=samples, noise=noise)
    n, d, k = samples or named.samples, len(dataset.features), max(1, len(dataset.classes))
    assert (dataset.name, dataset.task, len(dataset)) == (named.name, named.task, n)
    assert (dataset.inputs.shape, dataset.targets.shape, dataset.coordinates.shape) == (
        (n, d),
        (n, k),
        (n, d),
    )
    assert dataset.target
    assert dataset.test is None
    for array in (dataset.inputs, dataset.targets, dataset.coordinates):
        assert np.isfinite(array).all()
    np.testing.assert_array_equal(
        dataset.inputs, (dataset.coordinates - dataset.scaling.offset) / dataset.scaling.scale
    )
    assert (dataset.target_scaling.offset == 0).all()
    assert (dataset.target_scaling.scale == 1).all()
    assert len(dataset.domain) == d
    for (low, high), values in zip(dataset.domain, dataset.coordinates.T, strict=True):
        assert low < high
        assert low - 1e-9 <= values.min()
        assert values.max() <= high + 1e-9


@EACH
def test_arrays_are_read_only(named: NamedDataset) -> None:
    dataset = made(named.name, test_share=0.3)
    assert dataset.test is not None
    arrays = [
        dataset.scaling.offset,
        dataset.scaling.scale,
        dataset.target_scaling.scale,
        dataset.test.inputs,
    ]
    arrays += [dataset.inputs, dataset.targets, dataset.coordinates]
    arrays += [] if dataset.border is None else [dataset.border]
    for array in arrays:
        assert array.dtype == np.float64
        assert array.flags.c_contiguous
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 5


@EACH
def test_inputs_are_of_order_one(named: NamedDataset) -> None:
    inputs = made(named.name).inputs
    assert 0.8 < np.abs(inputs).max() < 1.4
    assert np.abs(inputs.mean()) < (0.4 if named.name == "digits" else 0.2)  # paper is 0, ink is 1


@EACH
def test_the_samples_are_those_of_the_data_seed_and_of_no_other_generator(named: NamedDataset) -> None:
    before = np.random.get_state(legacy=False)
    one, same, other = (  # with noise, since some are evenly spaced
        made(named.name, noise=0.1, test_share=0.2, seed=seed, data_seed=data_seed)
        for seed, data_seed in ((0, 5), (12, 5), (0, 1))
    )
    assert_same(one, same)
    assert one.test is not None and same.test is not None
    assert_same(one.test, same.test)
    assert not (np.array_equal(one.inputs, other.inputs) and np.array_equal(one.targets, other.targets))
    after = np.random.get_state(legacy=False)
    assert np.array_equal(before["state"]["key"], after["state"]["key"])
    assert before["state"]["pos"] == after["state"]["pos"]


@EACH
def test_has_frequency_says_whether_the_frequency_has_an_effect(named: NamedDataset) -> None:
    default, changed = made(named.name), made(named.name, frequency=2.5)
    assert np.array_equal(default.targets, changed.targets) != named.has_frequency


@pytest.mark.parametrize("name", REGRESSION)
def test_the_targets_are_those_of_the_true_function(name: str) -> None:
    dataset = made(name, frequency=2)
    assert dataset.truth is not None
    errors = dataset.targets[:, 0] - dataset.truth(dataset.coordinates)
    assert dataset.truth(dataset.coordinates[:3]).shape == (3,)
    assert (dataset.border, dataset.classes) == (None, ())
    if name == "noisy-sine":
        assert errors.std() == pytest.approx(0.2, rel=0.2)
    else:
        assert (errors == 0).all()


@pytest.mark.parametrize("name", REGRESSION)
def test_noise_is_added_to_the_targets_of_a_regression(name: str) -> None:
    clean, noisy = made(name, samples=5000), made(name, samples=5000, noise=0.3)
    np.testing.assert_array_equal(clean.coordinates, noisy.coordinates)
    noise = noisy.targets - clean.targets
    assert noise.std() == pytest.approx(0.3, rel=0.05)
    assert noise.mean() == pytest.approx(0, abs=0.02)
    assert clean.domain == noisy.domain


@pytest.mark.parametrize("name", sorted({*CLASSIFICATION} - {"digits"}))  # whose pixels have limits
def test_noise_is_added_to_the_coordinates_of_classes(name: str) -> None:
    clean, noisy = made(name, samples=5000), made(name, samples=5000, noise=0.3)
    np.testing.assert_array_equal(clean.targets, noisy.targets)
    assert (noisy.coordinates - clean.coordinates).std() == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize("name", CLASSIFICATION)
def test_targets_are_one_hot_and_classes_balanced(name: str) -> None:
    dataset = made(name)
    assert dataset.truth is None
    assert len(set(dataset.classes)) == len(dataset.classes) > 1
    assert set(np.unique(dataset.targets)) == {0, 1}
    np.testing.assert_array_equal(dataset.targets.sum(axis=1), np.ones(len(dataset)))
    assert dataset.targets.mean(axis=0) == pytest.approx(1 / len(dataset.classes), abs=0.06)


@pytest.mark.parametrize("name", ["sine", "sinc", "step"])
@pytest.mark.parametrize("samples", [2, 50, 62, 64])
def test_coordinates_are_evenly_spaced_over_the_domain(name: str, samples: int) -> None:
    dataset = made(name, samples=samples)
    steps = np.diff(dataset.coordinates[:, 0])
    assert steps == pytest.approx(steps[0])
    assert (dataset.coordinates[0, 0], dataset.coordinates[-1, 0]) == dataset.domain[0]


def test_true_functions_by_hand() -> None:
    for name, points, values in (
        ("sine", [[np.pi / 2], [np.pi]], [1, 0]),
        ("sinc", [[0], [1], [0.5]], [1, 0, 2 / np.pi]),
        ("step", [[-0.1], [0], [0.1]], [0, 1, 1]),
        ("plane", [[0, 0], [1, 0], [0, 1]], [0.1, 0.7, -0.2]),
        # 1 + 0.7 exp(-0.82/0.125) - 0.8 exp(-1.06/0.245) and -0.8 + exp(-1.06/0.18) + 0.7 exp(-0.8/0.125)
        ("hills", [[-0.4, 0.4], [0.1, -0.5]], [0.99042, -0.79607]),
    ):
        truth = made(name).truth
        assert truth is not None
        assert truth(np.array(points, dtype=np.float64)) == pytest.approx(values, abs=1e-3)


@pytest.mark.parametrize("samples", [441, 400])
@pytest.mark.parametrize("frequency", [1, 3])
def test_sine_border_is_a_grid_or_random_points_labeled_by_the_sine(samples: int, frequency: float) -> None:
    dataset = made("sine-border", samples=samples, frequency=frequency)
    x, y = dataset.coordinates.T
    np.testing.assert_array_equal(labels(dataset) == 1, y < np.sin(np.pi * x * frequency))
    on_grid = np.allclose(dataset.coordinates * 10, np.round(dataset.coordinates * 10))
    assert on_grid == (samples == 441)
    assert dataset.border is not None
    np.testing.assert_allclose(dataset.border[:, 1], np.sin(np.pi * dataset.border[:, 0] * frequency))


def test_circle_is_labeled_by_its_boundary() -> None:
    dataset = made("circle")
    assert dataset.border is not None
    assert np.hypot(*dataset.border.T) == pytest.approx(0.8)
    assert dataset.border[0].tolist() == dataset.border[-1].tolist()
    np.testing.assert_array_equal(labels(dataset) == 0, np.hypot(*dataset.coordinates.T) < 0.8)


def test_xor_is_labeled_by_the_signs() -> None:
    dataset = made("xor")
    x, y = dataset.coordinates.T
    np.testing.assert_array_equal(labels(dataset) == 0, x * y > 0)
    assert dataset.border is not None
    assert np.isnan(dataset.border).all(axis=1).tolist() == [False, False, True, False, False]
    assert dataset.border[[0, 1, 3, 4]].tolist() == [[-1, 0], [1, 0], [0, -1], [0, 1]]


def test_gaussians_have_their_centers_and_deviations() -> None:
    dataset = made("gaussians", samples=20_000)
    for label, center in enumerate((-0.4, 0.4)):
        cloud = dataset.coordinates[labels(dataset) == label]
        assert cloud.mean(axis=0) == pytest.approx([center, center], abs=0.01)
        assert cloud.std(axis=0) == pytest.approx([0.25, 0.25], abs=0.01)
    assert dataset.border is not None
    assert dataset.border.sum(axis=1).tolist() == [0, 0]


def test_blobs_overlap_and_their_boundary_is_halfway_between_centers() -> None:
    dataset = made("blobs", samples=6000)
    centers = np.array([dataset.coordinates[labels(dataset) == label].mean(axis=0) for label in range(3)])
    assert np.hypot(*centers.T) == pytest.approx([0.6] * 3, abs=0.02)
    top, left, right = centers
    assert top[1] > 0.5
    assert left[0] < -0.4
    assert right[0] > 0.4
    nearest = np.hypot(*(dataset.coordinates[:, np.newaxis] - centers).T).T.argmin(axis=1)
    assert 0.95 < (nearest == labels(dataset)).mean() < 1
    assert dataset.border is not None
    ends = dataset.border[~np.isnan(dataset.border[:, 0])]
    for end in ends[1::2]:  # equally far from two centers, and farther from the third
        nearest_distance, second, far = np.sort(np.hypot(*(end - centers).T))
        assert nearest_distance == pytest.approx(second, abs=0.05)
        assert far > second + 0.5


def test_the_boundary_of_the_spiral_separates_the_arms() -> None:
    dataset = made("spiral", samples=2000)
    border, points = dataset.border, dataset.coordinates
    assert border is not None
    # For the nearest segment of the line, directed outward, the arms lie on different sides.
    before, after = border[:-1], border[1:]
    middles = (before + after) / 2
    nearest = np.hypot(*(points[:, np.newaxis] - middles).T).T.argmin(axis=1)
    direction, offset = (after - before)[nearest], points - before[nearest]
    side = direction[:, 0] * offset[:, 1] - direction[:, 1] * offset[:, 0] > 0
    inner = np.hypot(*points.T) < 0.85  # farther out, the nearest segment may be the last one
    agree = (side == (labels(dataset) == 0))[inner].mean()
    assert agree in (0, 1)


def test_the_boundary_of_the_spiral_is_halfway_between_the_arms() -> None:
    border = made("spiral").border
    assert border is not None
    radius = np.hypot(*border.T)
    angle_from_arm = np.arctan2(border[:, 1], border[:, 0]) - 3 * np.pi * radius
    assert np.abs(np.sin(angle_from_arm))[radius > 0] == pytest.approx(1)
    assert (radius[0], radius[-1], radius.min()) == pytest.approx((1, 1, 0))
    assert np.hypot(*np.diff(border, axis=0).T).max() < 0.1


def test_moons_interleave() -> None:
    dataset = made("moons", samples=4000)
    upper, lower = (dataset.coordinates[labels(dataset) == label] for label in range(2))
    assert (upper.mean(axis=0) * 1.5).tolist() == pytest.approx([-0.5, 2 / np.pi - 0.25], abs=0.03)
    assert (lower.mean(axis=0) * 1.5).tolist() == pytest.approx([0.5, 0.25 - 2 / np.pi], abs=0.03)
    assert upper[:, 1].min() < lower[:, 1].max()
    assert dataset.border is None


def test_the_domain_contains_noisy_samples() -> None:
    dataset = made("circle", noise=2)
    for (low, high), values in zip(dataset.domain, dataset.coordinates.T, strict=True):
        assert low <= values.min() < low + 0.1 + 1e-9
        assert high - 0.1 - 1e-9 < values.max() <= high
        assert low * 10 == pytest.approx(round(low * 10))


def test_digits_have_the_same_bits_on_every_machine() -> None:
    dataset = made("digits", data_seed=3)
    assert zlib.crc32(dataset.coordinates.tobytes()) == 1228966726
    assert dataset.features[:9] == ("p0_0", "p0_1", "p0_2", "p0_3", "p0_4", "p0_5", "p0_6", "p0_7", "p1_0")
    assert 0 <= dataset.coordinates.min() < dataset.coordinates.max() <= 1


def test_digits_differ_and_look_like_what_they_are() -> None:
    """The mean of each class is nearest to the class's own samples of another data seed."""
    one, other = made("digits", samples=3000), made("digits", samples=500, data_seed=9)
    means = np.array([one.coordinates[labels(one) == label].mean(axis=0) for label in range(10)])
    nearest = np.square(other.coordinates[:, np.newaxis] - means).sum(axis=2).argmin(axis=1)
    assert 0.75 < (nearest == labels(other)).mean() < 0.95
    zero = means[0].reshape(8, 8)
    assert zero[3:5, 3:5].max() < 0.5 < zero[3:5].max()  # the hole, and the line around it
    assert len(np.unique(one.coordinates, axis=0)) == 3000
