"""The default data set of each task is exactly that of the original program."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.baseline import grid_samples, sine_samples
from bpengine import TASKS, Dataset, Task, TrainingConfig
from bpengine.training.training_data import make_dataset


def default(task: Task) -> Dataset:
    """Return the default data set of a task."""
    return make_dataset(TrainingConfig.defaults(task))


def test_the_sine_has_the_original_samples() -> None:
    sine = default("regression")
    assert (sine.name, sine.task, sine.classes) == ("sine", "regression", ())
    assert len(sine) == 63
    assert (sine.inputs.shape, sine.targets.shape, sine.coordinates.shape) == ((63, 1), (63, 1), (63, 1))
    assert sine.coordinates[[0, 1, -1], 0] == pytest.approx([0, 0.1, 6.2])
    inputs, targets = sine_samples()
    np.testing.assert_array_equal(sine.inputs, inputs)
    np.testing.assert_allclose(sine.targets, targets, rtol=1e-15)
    assert sine.truth is not None
    np.testing.assert_array_equal(sine.truth(sine.coordinates), sine.targets[:, 0])
    assert sine.inputs[0, 0] == -1
    assert sine.domain == ((0, 2 * np.pi),)


def test_the_grid_has_the_original_samples() -> None:
    grid = default("classification")
    assert (grid.name, grid.task, grid.classes) == ("sine-border", "classification", ("above", "below"))
    assert len(grid) == 441
    inputs, targets = grid_samples()
    np.testing.assert_array_equal(grid.inputs, inputs)
    np.testing.assert_array_equal(grid.targets, targets)
    np.testing.assert_array_equal(grid.coordinates, inputs)
    corners = grid.coordinates[[0, 1, 21, -1]].round(12).tolist()
    assert corners == [[-1, -1], [-1, -0.9], [-0.9, -1], [1, 1]]
    assert grid.domain == ((-1, 1), (-1, 1))


def test_the_grid_is_labeled_by_the_sine() -> None:
    grid = default("classification")
    above, below = grid.targets.T
    assert (above.sum(), below.sum()) == (220, 221)
    np.testing.assert_array_equal(above + below, np.ones(441))
    border = np.sin(np.pi * grid.coordinates[:, 0])
    np.testing.assert_array_equal(below == 1, grid.coordinates[:, 1] < border)


def test_rounding_errors_decide_the_class_of_points_on_the_boundary() -> None:
    # With exact coordinates, these three points would lie on the boundary and be of class "above". In the
    # grid that `arange` makes, y is -2e-16 rather than 0, and 1 - 4e-16 rather than 1.
    grid = default("classification")
    exact = np.round(grid.coordinates, 1)
    below = exact[:, 1] < np.round(np.sin(np.pi * exact[:, 0]), 12)
    moved = below != (grid.targets[:, 1] == 1)
    assert exact[moved].tolist() == [[-1, 0], [0.5, 1], [1, 0]]
    assert grid.targets[moved].tolist() == [[0, 1]] * 3


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("data_seed", [1, 77])
def test_the_data_seed_does_not_change_the_default_samples(task: Task, data_seed: int) -> None:
    dataset, other = default(task), make_dataset(TrainingConfig.defaults(task, data_seed=data_seed))
    np.testing.assert_array_equal(dataset.inputs, other.inputs)
    np.testing.assert_array_equal(dataset.targets, other.targets)
