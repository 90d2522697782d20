"""Axes: their ticks, their marks and their logarithms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.screen.drawing import (
    LOG_FLOOR,
    Axis,
    Figure,
    Kind,
    axis_around,
    axis_over,
    draw,
    nice_ticks,
)
from bptui.screen.drawing.plot_area import area_for
from tests.tui.support.plots import (
    COLUMNS,
    HEIGHT,
    TOP,
    WIDTH,
    assert_well_formed,
    cells,
    dots,
    fuzz,
    in_dots,
    series,
    texts,
)


def test_ticks_are_at_their_values() -> None:
    x = Axis(0, 10, ((0, "low"), (5, "half"), (10, "high")))
    y = Axis(0, 1, ((0, "0.0"), (0.5, "0.5"), (1, "1.0")))
    lines = texts(draw(Figure(x, y), 44, 13))
    assert [line[:4] for line in lines[:11]] == ["1.0┤", *["   │"] * 4, "0.5┤", *["   │"] * 4, "0.0┤"]
    assert lines[-1].split() == ["low", "half", "high"]
    assert [index for index, character in enumerate(lines[-2]) if character == "┬"] == [4, 23, 42], (
        "equally far apart"
    )


def test_labels_thin_out_where_rows_are_few() -> None:
    ticks = tuple((float(tick), f"{tick:2}") for tick in range(11))
    rows = draw(Figure(Axis(0, 1), Axis(0, 10, ticks)), 20, 8)
    labels = [line[:2].strip() for line in texts(rows)]
    assert list(filter(None, labels)) == ["8", "4", "0"]


@pytest.mark.parametrize(("width", "labels"), [(14, [0, 5, 10, 15, 20]), (12, [0, 10, 20]), (8, [0, 10, 20])])
def test_labels_thin_out_evenly_where_columns_are_few(width: int, labels: list[int]) -> None:
    ticks = tuple((float(tick), f"{tick}") for tick in (0, 5, 10, 15, 20))
    axis, line = texts(draw(Figure(Axis(0, 20, ticks), Axis(0, 1)), width, 8))[-2:]
    assert line.split() == [str(label) for label in labels]
    assert axis.count("┬") == len(labels)


def test_a_logarithmic_axis_spaces_powers_evenly() -> None:
    axis = Axis(1e-4, 1, ((1e-4, "0"),), log=True)
    y = [1e-4, 1e-3, 1e-2, 1e-1, 1]
    drawn = [dots(in_dots(series([3], [each]), y=axis)) for each in y]
    assert drawn == [{(3, math.floor(k * (TOP - 3) / 4 + 2))} for k in range(5)]


@pytest.mark.parametrize("value", [0.0, -1.0, -1e300, -math.inf, 1e-300, LOG_FLOOR])
def test_values_without_a_logarithm_are_drawn_at_the_floor(value: float) -> None:
    x, y = [3, 3], [value, value]
    deep = Axis(LOG_FLOOR, 1, ((1, "0"),), log=True)
    assert dots(in_dots(series(x, y), y=deep)) == {(3, 2)}
    assert not dots(in_dots(series(x, y), y=deep._replace(low=1e-3))), "below this one"
    falling = dots(in_dots(series([0, 9], [1, value]), y=deep._replace(low=1e-3)))
    assert {y for _, y in falling} == set(range(TOP)), "it leaves at the bottom"


@pytest.mark.parametrize("value", [math.nan, math.inf, 10])
def test_values_above_a_logarithmic_axis_are_not_drawn(value: float) -> None:
    axis = Axis(1e-3, 1, ((1, "0"),), log=True)
    for kind in Kind:
        assert not cells(in_dots(series([3, 9], [value, value], kind), y=axis))["fit"]


@fuzz
@given(st.floats(-1e6, 1e6), st.floats(1e-9, 1e9), st.integers(2, 20))
def test_ticks_are_few_and_even_and_round(low: float, span: float, most: int) -> None:
    high = low + max(span, 1e-6 * abs(low))
    ticks = nice_ticks(low, high, most)
    assert len(ticks) <= most
    assert all(low - 1e-6 * (high - low) <= tick <= high + 1e-6 * (high - low) for tick in ticks)
    steps = np.diff(ticks)
    if len(steps):
        assert np.allclose(steps, steps[0], rtol=1e-6)
        mantissa = float(f"{steps.mean():.6e}".partition("e")[0])
        assert mantissa in (1, 2, 5)
        assert np.allclose(
            np.array(ticks) / steps.mean(), np.round(np.array(ticks) / steps.mean()), atol=1e-3
        )
    assert len(ticks) > (most - 1) / 2.5 - 1, "not fewer than steps of 1, 2 and 5 make it"


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0, 2000, 5, [0, 500, 1000, 1500, 2000]),
        (0, 100, 5, [0, 50, 100]),
        (0, 1, 4, [0, 0.5, 1]),
        (-1, 1, 5, [-1, -0.5, 0, 0.5, 1]),
        (0, 1e300, 4, [0, 5e299, 1e300]),
        (3, 3, 4, [3]),
        (3, 2, 4, [3]),
        (0, math.inf, 4, [0]),
        (-1e308, 1e308, 4, [-1e308]),
    ],
)
def test_nice_ticks_are_the_expected_ones(low: float, high: float, most: int, ticks: list[float]) -> None:
    found = nice_ticks(low, high, most)
    assert found == pytest.approx(ticks)
    assert "-0.0" not in map(str, found)


def test_marks_are_drawn_on_the_axis() -> None:
    tick = ((0.0, "0"),)
    axis = Axis(0, COLUMNS - 1, tick)
    bare = draw(Figure(axis, axis), WIDTH, HEIGHT)
    rows = draw(Figure(axis, axis, marks=(5, 6, 5.2, COLUMNS - 1, -3, COLUMNS, math.nan)), WIDTH, HEIGHT)
    drawn = {place for place in enumerate(texts(rows)[-2], -2) if place[1] == "▴"}
    assert {column for column, _ in drawn} == {5, 6, COLUMNS - 1}
    assert [span.text for span in rows[-2] if span.role == "mark"] == ["▴▴", "▴"]
    assert rows[:-2] == bare[:-2], "the data are left alone"
    assert rows[-1] == bare[-1]


@pytest.mark.parametrize(
    ("values", "low", "high", "labels"),
    [
        ([-1.0, 1.0], -1.3, 1.3, [" -1.0", " -0.5", "  0.0", "  0.5", "  1.0"]),
        ([0.0, 1.0], -0.15, 1.15, ["  0.0", "  0.5", "  1.0"]),
        ([3.0, 3.0], 1.05, 4.95, ["    2", "    3", "    4"]),
        ([math.nan, math.inf], -0.15, 1.15, ["  0.0", "  0.5", "  1.0"]),
        ([0.0, 2e9], -3e8, 2.3e9, ["    0", "  5e8", "  1e9", "1.5e9", "  2e9"]),
    ],
)
def test_an_axis_covers_its_values(values: list[float], low: float, high: float, labels: list[str]) -> None:
    axis = axis_over(np.array(values), margin=0.15, width=5)
    assert (axis.low, axis.high) == pytest.approx((low, high))
    assert [label for _, label in axis.ticks] == labels


@pytest.mark.parametrize(
    "values",
    [[-1e308, 1e308], [0, 1.79e308], [1e16, 1e16 + 2], [-1e16, -1e16 + 2], [5e-324, 1], [1e-320, 2e-320]],
)
@pytest.mark.parametrize("margin", [0.0, 0.15, 2.0])
def test_an_axis_over_any_values_can_be_drawn(values: list[float], margin: float) -> None:
    with np.errstate(all="ignore"):
        axis = axis_over(np.array(values), margin=margin)
    assert_well_formed(draw(Figure(axis, axis), 80, 24), 80, 24, set())


def test_an_axis_follows_curves_in_few_round_steps() -> None:
    data = np.array([-1.0, 1.0])
    highs = []
    for reach in np.linspace(0.5, 190, 3000).tolist():
        axis = axis_around(data, [data, np.array([0.3, reach, math.nan])])
        assert axis.low == pytest.approx(-1.3)
        assert reach <= axis.high <= max(1.31, 1.7 * reach)
        highs.append(axis.high)
    assert highs == sorted(highs)
    steps = [1.3, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200]
    assert sorted(set(highs)) == pytest.approx(steps)
    for far in (201.0, -1e300, math.inf, math.nan):
        assert axis_around(data, [np.array([far])]) == axis_around(data, [])
    assert axis_around(1000 + data, [np.array([990.0])]).low == pytest.approx(990)


@pytest.mark.parametrize("tick", [math.nan, math.inf, -math.inf, 1e308, -0.1, 1.1])
def test_a_tick_that_is_not_on_the_axis_is_left_out(tick: float) -> None:
    axis = Axis(0, 1, ((0.5, "half"), (tick, "off")))
    text = "".join(texts(draw(Figure(axis, axis), 40, 10)))
    assert text.count("half") == 2
    assert "off" not in text


def named(x: str = "", y: str = "", *, width: int = 44, ticks: tuple[float, ...] = (0, 5, 10)) -> list[str]:
    """A plot of named axes, with a label in its lowest row."""
    x_axis = Axis(0, 10, tuple((tick, f"{tick}") for tick in ticks))
    return texts(draw(Figure(x_axis, Axis(0, 1, ((0, " 0.0"),)), x_name=x, y_name=y), width, 8))


def test_names_of_axes_are_where_they_hide_nothing() -> None:
    plain, lines = named(), named("epoch", "size")
    assert lines[0].startswith("size│")
    assert lines[-2].endswith(" epoch ─┬")
    assert [lines[-2][x] for x, each in enumerate(plain[-2]) if each == "┬"] == ["┬"] * 3
    assert lines[-1] == plain[-1]
    assert lines[1:-2] == plain[1:-2]


def test_a_name_is_where_there_is_room() -> None:
    close = named("feature", ticks=(0, 7, 8, 9, 10))
    assert "─ feature ─" in close[-2], "between the first two ticks"
    assert f"─ {'x' * 5}" in named("x" * 40)[-2] and "x…" in named("x" * 40)[-2], "cut, in the widest room"
    assert named(y="temperature")[0].startswith("tem…│")
    assert named("x", width=8, ticks=(0, 10))[-2] == "└┬─ x ─┬"
    assert named("xy", width=8, ticks=(0, 10))[-2] == "└┬─────┬"


def test_the_name_of_an_axis_and_the_marks_on_it_do_not_hide_each_other() -> None:
    axis = Axis(0, 10, ((0, "0"), (5, "5"), (10, "10")))
    *_, line, _ = texts(draw(Figure(axis, Axis(0, 1), marks=(8.5,), x_name="epoch"), 44, 8))
    assert " epoch " in line and "▴" in line
    assert line.index("epoch") < line.index("▴")


def test_of_crowded_labels_zero_is_left() -> None:
    ticks = tuple((float(tick), f"{tick:2}") for tick in range(-3, 3))
    lines = texts(draw(Figure(Axis(0, 1), Axis(-3.5, 2.5, ticks)), 20, 12))
    assert [line[:2].strip() for line in lines if "┤" in line] == ["2", "0", "-2"]


def test_ticks_give_way_to_the_name_of_a_column() -> None:
    ticks = tuple((number / 4, str(number + 1)) for number in range(5))
    heights = ((0.0, "0"), (1.0, "9"))
    for names_x, shown in ((False, "12345"), (True, "135")):
        area = area_for(42, 12, ticks, heights, "flavanoids", "ash", names_x=names_x)
        assert "".join(label for _, label in area.x_ticks) == shown
