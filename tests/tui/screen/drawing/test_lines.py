"""Lines as text: dots all along them and nowhere else, however long they are.

plotext rounds downward, so that a dot may be nearly one dot away from its line.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.screen.drawing import Kind
from tests.tui.support.plots import COLUMNS, RIGHT, TOP, Place, cells, dots, fuzz, in_dots, series, through


def distance(dot: Place, start: Place, end: Place) -> float:
    """From a dot to the line between two others."""
    along = np.subtract(end, start)
    t = np.dot(np.subtract(dot, start), along) / max(np.dot(along, along), 1e-300)
    return float(np.hypot(*(np.array(start) + np.clip(t, 0, 1) * along - dot)))


ENDS = st.tuples(st.integers(-300, 300), st.integers(-300, 300))


@fuzz
@given(ENDS, ENDS)
def test_a_line_has_the_dots_that_it_crosses(start: Place, end: Place) -> None:
    drawn = dots(in_dots(through([start, end])))
    for dot in drawn:
        assert distance(dot, start, end) < 1.5
        assert 0 <= dot[0] <= RIGHT
        assert 0 <= dot[1] <= TOP
    for t in np.linspace(0, 1, 601):
        u, v = np.array(start) + t * np.subtract(end, start)
        if 0 <= u <= RIGHT and 0 <= v <= TOP:
            assert any(max(abs(u - x), abs(v - y)) <= 1.5 for x, y in drawn), "a gap"


@pytest.mark.parametrize("far", [1e3, 1e6, 1e12])
def test_a_line_from_far_away_is_clipped(far: float) -> None:
    level = dots(in_dots(series([-far, far], [7, 7])))
    assert level == {(x, 7) for x in range(RIGHT + 1)}
    steep = dots(in_dots(series([9, 9], [far, -far])))
    assert steep == {(9, y) for y in range(TOP + 1)}
    slanted = dots(in_dots(series([-far, far], [-far, far])))
    assert slanted == {(k, k) for k in range(min(RIGHT, TOP) + 1)}
    for x, y in (
        ([-far, far], [-9, -9]),
        ([-far, -1], [3, 3]),
        ([far, far], [-far, far]),
        ([-far, 9], [9, far]),
    ):
        assert not dots(in_dots(series(x, y))), "it passes by"


@pytest.mark.parametrize("falling", [False, True])
def test_a_line_from_corner_to_corner_touches_both(falling: bool) -> None:
    ends = [TOP, 0] if falling else [0, TOP]
    drawn = dots(in_dots(series([0, RIGHT], ends)))
    assert {(0, ends[0]), (RIGHT, ends[1])} <= drawn
    assert {x for x, _ in drawn} == set(range(RIGHT + 1))
    assert {y for _, y in drawn} == set(range(TOP + 1))


@pytest.mark.parametrize("kind", [Kind.LINE, Kind.DASHED])
def test_a_line_of_one_point_is_a_dot(kind: Kind) -> None:
    assert dots(in_dots(series([3], [5], kind))) == {(3, 5)}
    assert dots(in_dots(series([3, 3, 3], [5, 5, 5], kind))) == {(3, 5)}


def test_dashes_have_gaps() -> None:
    drawn = cells(in_dots(series([0, RIGHT], [5, 5], Kind.DASHED)))["fit"]
    line = "".join("-" if (column, 1) in drawn else " " for column in range(COLUMNS))
    assert set(line.split()) == {"--"}
    assert set(line.split("--")) - {""} == {"  "}


@fuzz
@given(st.lists(ENDS, min_size=2, max_size=5))
def test_dashes_are_part_of_the_line(ends: list[Place]) -> None:
    solid, dashed = (dots(in_dots(through(ends, kind))) for kind in (Kind.LINE, Kind.DASHED))
    assert all(any(max(abs(u - x), abs(v - y)) <= 2 for x, y in solid) for u, v in dashed)
    if len(ends) == 2 and len(solid) > 40:
        assert 0.35 < len(dashed) / len(solid) < 0.65


def test_dashes_go_on_over_many_short_pieces() -> None:
    x = np.linspace(0, RIGHT, 200)
    long, short = (dots(in_dots(series(each, 0 * each + 5, Kind.DASHED))) for each in (x[[0, -1]], x))
    assert len(long ^ short) < len(long) / 2


@pytest.mark.parametrize("place", [0, 1, 33_333, 50_000, 99_998, 99_999])
@pytest.mark.parametrize("level", [20.0, math.nan])
def test_thinning_keeps_the_extremes(place: int, level: float) -> None:
    x = np.linspace(0, RIGHT, 100_000)
    y = np.full(100_000, level)
    low = (place + 30_000) % 100_000
    y[place], y[low] = TOP, 0
    for at in (place, low):  # a point between two that are not finite is no line
        y[[max(at - 1, 0), min(at + 1, 99_999)]] = y[at]
    drawn = dots(in_dots(series(x, y)))
    for at, height in ((place, TOP), (low, 0)):
        assert any(abs(column - x[at]) <= 1 and row == height for column, row in drawn)
    assert ((5, 20) in drawn) == math.isfinite(level)


def test_a_thinned_curve_is_still_the_curve() -> None:
    x = np.linspace(0, RIGHT, 100_000)
    y = TOP / 2 * (1 + np.sin(x / 8))
    drawn = np.array(sorted(dots(in_dots(series(x, y)))))
    away = np.maximum(abs(x[::10] - drawn[:, :1]), abs(y[::10] - drawn[:, 1:]))
    assert away.min(axis=1).max() < 1.0, "each dot is on the curve"
    assert away.min(axis=0).max() < 1.5, "the curve has dots all along"


def test_a_gap_in_a_long_curve_stays_one() -> None:
    x = np.linspace(0, RIGHT, 100_000)
    y = np.where((x > 30) & (x < 40), np.nan, 10.0)
    assert dots(in_dots(series(x, y))) == {(k, 10) for k in range(RIGHT + 1) if not 30 < k < 40}
    y = np.where(x < 40, 10.0, 30.0)
    y[np.searchsorted(x, 40)] = np.nan  # one point of a thousand in its column
    assert {row for _, row in dots(in_dots(series(x, y)))} == {10, 30}


@pytest.mark.parametrize("kind", [Kind.DASHED, Kind.DOTTED])
def test_a_pattern_stays_where_it_is_while_a_line_grows(kind: Kind) -> None:
    x = np.linspace(0, RIGHT, 300)
    y = TOP / 2 * (1 + np.sin(x / 8))
    grown = [dots(in_dots(series(x[:length], y[:length], kind))) for length in (20, 100, 101, 200, 300)]
    assert all(before <= after for before, after in itertools.pairwise(grown))
    assert len(grown[-1]) > 3 * len(grown[0]) > 0


def test_points_are_not_joined() -> None:
    assert dots(in_dots(series([0, 9, 20], [0, 9, 3], Kind.DOTS))) == {(0, 0), (9, 9), (20, 3)}


def test_a_dotted_line_is_a_sparse_one() -> None:
    level = dots(in_dots(series([0, RIGHT], [7, 7], Kind.DOTTED)))
    assert level == {(k, 7) for k in range(0, RIGHT + 1, 3)}
    diagonal = dots(in_dots(series([0, 30], [0, 30], Kind.DOTTED)))
    assert diagonal == {(k, k) for k in range(0, 31, 3)}
    for start, end in (((0, 0), (RIGHT, TOP)), ((0, TOP), (RIGHT, 0)), ((3, 0), (9, TOP))):
        solid, dotted = (dots(in_dots(through([start, end], kind))) for kind in (Kind.LINE, Kind.DOTTED))
        assert 0.25 * len(solid) < len(dotted) < 0.5 * len(solid)
        assert all(any(max(abs(u - x), abs(v - y)) <= 1 for x, y in solid) for u, v in dotted)


def test_pieces_of_a_series_are_lines_of_their_own() -> None:
    ends = np.array([[0, 0], [10, 0], [20, 5], [20, 15], [40, 8], [40, 8]], dtype=np.float64)
    each = replace(through(ends.tolist()), pieces=True)
    assert dots(in_dots(each)) == {*((k, 0) for k in range(11)), *((20, k) for k in range(5, 16)), (40, 8)}
    many = replace(through(ends.tolist() * 500), pieces=True)
    assert dots(in_dots(many)) == dots(in_dots(each)), "however many, none are left out"
    assert not dots(in_dots(replace(through([]), pieces=True)))
    gone = replace(through([(0, 0), (math.nan, 0), (3, 3), (9, 3)]), pieces=True)
    assert dots(in_dots(gone)) == {(k, 3) for k in range(3, 10)}
