"""The learned border: where neighboring nodes of a grid have different most probable classes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bpengine.arithmetic.arrays import Array
from bptui.screen.tabs.contour import border, winners

UNIT = (0.0, 1.0)


def of_two(share: Array) -> Array:
    """Probabilities of which the second is this; shape (rows, columns, 2)."""
    return np.stack([1 - share, share], axis=-1)


def plane(rows: int, columns: int) -> tuple[Array, Array]:
    """x and y of each node of the unit square."""
    y, x = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 1, columns), indexing="ij")
    return x, y


def ends(across: Array) -> tuple[Array, Array]:
    """Each piece's two ends; shape (pieces, 2) each."""
    x, y = border(across, UNIT, UNIT)
    points = np.column_stack([x, y])
    return points[::2], points[1::2]


@pytest.mark.parametrize(
    ("a", "b", "c"), [(1, 0, 0.37), (0, 1, 0.8), (1, 1, 1.1), (2, -1, 0.2), (1, -1, 0.0)]
)
def test_a_straight_border_is_found_exactly(a: float, b: float, c: float) -> None:
    x, y = plane(13, 17)
    starts, stops = ends(of_two(0.5 + 0.1 * (a * x + b * y - c)))
    for point in (starts, stops):
        assert point @ [a, b] == pytest.approx(np.full(len(point), c), abs=1e-12)
        assert ((point >= 0) & (point <= 1)).all()
    length = np.hypot(*(stops - starts).T).sum()
    t = np.linspace(-2, 2, 400_001)
    foot = np.array([a, b]) * c / (a * a + b * b)
    along = foot + t[:, np.newaxis] * [-b, a] / np.hypot(a, b)
    whole = ((along >= 0) & (along <= 1)).all(axis=1).mean() * 4
    assert length == pytest.approx(whole, abs=1e-3), "all of it, and nothing twice"


def test_a_round_border_is_closed() -> None:
    x, y = plane(60, 80)
    radius = np.hypot(x - 0.5, y - 0.5)
    starts, stops = ends(of_two(1 / (1 + np.exp(-20 * (radius - 0.3)))))
    assert np.hypot(*(starts - 0.5).T) == pytest.approx(np.full(len(starts), 0.3), abs=2e-3)
    assert np.hypot(*(stops - starts).T).sum() == pytest.approx(2 * np.pi * 0.3, rel=5e-3)
    places, counts = np.unique(np.round(np.concatenate([starts, stops]), 9), axis=0, return_counts=True)
    assert len(places) > 100
    assert (counts % 2 == 0).all(), "each end meets another"


def test_three_classes_meet_in_a_star() -> None:
    across = np.array([[[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]], [[0.1, 0.1, 0.8], [0.1, 0.1, 0.8]]])
    starts, stops = ends(across)
    assert {tuple(point) for point in starts} == {(0.5, 0.0), (0.0, 0.5), (1.0, 0.5)}
    assert stops == pytest.approx(np.tile([0.5, 1 / 3], (3, 1)))


def test_the_contour_is_in_the_units_of_the_ranges() -> None:
    x, y = border(of_two(np.array([[0.2, 0.6], [0.2, 0.6]])), (-10.0, 10.0), (100.0, 300.0))
    assert x == pytest.approx([5.0] * 4)
    assert sorted(y) == pytest.approx([100, 200, 200, 300])


def test_one_class_has_no_border() -> None:
    x, y = border(of_two(np.full((4, 5), 0.3)), UNIT, UNIT)
    assert len(x) == len(y) == 0


def test_a_point_with_equal_outputs_is_on_the_border() -> None:
    across = np.array([[[0.4, 0.4, 0.2], [0.2, 0.5, 0.3]]] * 2)
    assert set(border(across, UNIT, UNIT)[0]) == {0.0}
    across = np.array([[[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]]] * 2)
    assert len(border(across, UNIT, UNIT)[0]) == 0, "but a plateau has none"


def test_outputs_that_are_not_finite_have_no_class() -> None:
    across = of_two(np.array([[0.2, np.nan, 0.7], [0.2, 0.1, 0.7]]))
    assert winners(across).tolist() == [[0, 2, 1], [0, 0, 1]]
    starts, _ = ends(across)
    assert len(starts) == 1, "only the edge between two nodes that have one"


@settings(max_examples=100)
@given(arrays(np.float64, st.tuples(st.integers(2, 6), st.integers(2, 6), st.integers(2, 4))))
def test_borders_stay_inside_any_grid(across: Array) -> None:
    x, y = border(across, UNIT, UNIT)
    assert x.shape == y.shape
    assert len(x) % 2 == 0
    for values in (x, y):
        assert ((values >= 0) & (values <= 1)).all(), "finite, too"
