"""The surface: the principal plane of a path, random planes, and the errors over them, beside plain loops."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
import pytest

from bpengine import DataError, Task, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.explain.surface import Plane, measuring_errors, principal_plane, random_plane
from bpengine.training.sharpness import completed
from tests.engine import plain


def trained(task: Task, epochs: int, **settings: Any) -> tuple[Trainer, list[Array]]:
    """A run, and its weights after each epoch."""
    run = Trainer(TrainingConfig.defaults(task, epochs=epochs, **settings))
    path = [run.parameters_now()]
    for _ in range(epochs):
        run.run_epoch()
        path.append(run.parameters_now())
    return run, path


@pytest.mark.parametrize(
    ("task", "settings"),
    [
        ("regression", {"hidden_units": (4, 3), "activation": "tanh", "l2": 0.01}),
        ("classification", {"dataset": "moons", "dropout": 0.2, "optimizer": "adam"}),
    ],
)
def test_the_principal_plane_of_a_path_and_the_errors_over_it(task: Task, settings: dict[str, Any]) -> None:
    run, path = trained(task, 12, **settings)
    plane = principal_plane(path)
    points = np.array(path)
    _, lengths, directions = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(np.sum(directions[:2] * plane.directions, axis=1)), 1, rtol=1e-9)
    assert plane.share == pytest.approx((lengths[:2] ** 2).sum() / (lengths**2).sum(), rel=1e-9)
    (start, *_, end), limits = plane.places(points), np.array(plane.limits)
    assert (end == 0).all() and (start <= 0).all()  # at the right and top
    assert ((limits[:, 0] < plane.places(points)) & (plane.places(points) < limits[:, 1])).all()

    errors = completed(measuring_errors(plane, 5, copy(run.network), run.dataset))
    finer = completed(measuring_errors(plane, 9, copy(run.network), run.dataset, errors))
    assert np.array_equal(finer[::2, ::2], errors)
    for row, column in ((0, 0), (1, 4), (7, 3), (8, 8)):
        a, b = (
            low + (high - low) * n / 8 for (low, high), n in zip(plane.limits, (column, row), strict=True)
        )
        weights = path[-1] + a * plane.directions[0] + b * plane.directions[1]
        *_, u = plain.sums(run.network.sizes, run.network.activations, weights, run.dataset.inputs)
        expected = plain.losses(task, u, run.dataset.targets).mean()
        assert finer[row, column] == pytest.approx(expected, rel=1e-5)
    here = Plane(plane.origin, plane.directions, ((0.0, 0.0), (0.0, 0.0)))
    now = completed(measuring_errors(here, 1, copy(run.network), run.dataset))
    assert now[0, 0] == run.metrics().error  # the error now, to the last bit

    aside = run.gradient()
    inside = plane.projected(aside) @ plane.directions
    assert plane.share_of(aside) == pytest.approx(inside @ inside / (aside @ aside))
    np.testing.assert_allclose(plane.directions @ (aside - inside), 0, atol=1e-12)


def test_a_random_plane_has_directions_as_long_as_each_unit_and_none_for_what_is_frozen() -> None:
    run, path = trained("regression", 3, hidden_units=(4,))
    run.freeze(0, 1)
    plane = random_plane(path[-1], run.sizes, run.frozen, 5)
    for direction in plane.directions:
        for (weights, biases), (own, bias) in zip(
            plain.layers(run.sizes, direction), plain.layers(run.sizes, path[-1]), strict=True
        ):
            drawn, wanted = np.vstack([weights, biases]), np.vstack([own, bias])
            frozen = ~drawn.any(axis=0)
            assert frozen.sum() == (len(biases) == 4)
            np.testing.assert_allclose(
                np.linalg.norm(drawn, axis=0)[~frozen], np.linalg.norm(wanted, axis=0)[~frozen]
            )
    np.testing.assert_allclose(plane.places(plane.at(0.3, -0.7)), [0.3, -0.7], rtol=1e-9)
    assert not np.array_equal(random_plane(path[-1], run.sizes, run.frozen, 6).directions, plane.directions)


def test_without_two_directions_there_is_no_plane() -> None:
    run, path = trained("regression", 3, hidden_units=())
    with pytest.raises(DataError, match="fewer than three states"):
        principal_plane(path[:2])
    with pytest.raises(DataError, match="lie on a line"):
        principal_plane([path[0], path[1], path[0] + 2 * (path[1] - path[0])])
    with pytest.raises(DataError, match="lie on a line"):
        principal_plane([path[0]] * 4)
    run.freeze(0, 0, "bias")
    with pytest.raises(DataError, match="needs two weights or biases that are neither 0 nor frozen, got 1"):
        random_plane(path[-1], run.sizes, run.frozen, 0)
    with pytest.raises(DataError, match="got 0"):
        random_plane(np.zeros(2), run.sizes, np.zeros(2, dtype=bool), 0)
    with pytest.raises(DataError, match="too large"):
        random_plane(np.array([1e200, 1.0]), run.sizes, np.zeros(2, dtype=bool), 0)
    assert principal_plane([1e200 * point for point in path]).share is not None
