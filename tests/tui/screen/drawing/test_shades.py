"""What lies behind the series: shades and grounds."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.screen.drawing import SHADES, Axis, Figure, Kind, Series, Shade, Span, draw
from tests.tui.support.any_figure import ANYTHING, HEIGHTS, ROLE_NAMES, SMALL, WIDTHS, any_axis, any_series
from tests.tui.support.plots import COLUMNS, HEIGHT, ROWS, WIDTH, Rows, assert_well_formed, series, texts

BANDS = np.array([[0, 1], [1, 2]])  # the lowest row first
UNIT = (0.0, 1.0)
GROUNDS = ("above-1", "below-1")


def shaded(shade: Shade, *each: Series, margin: float = 0.0) -> Rows:
    tick = ((0.0, "0"),)
    axis = Axis(-margin, 1 + margin, tick)
    return draw(Figure(axis, axis, each, shade), WIDTH, HEIGHT)


def test_a_shade_fills_the_plot_and_series_are_drawn_over_it() -> None:
    point = series([0], [0], Kind.POINTS, marker="@")
    rows = shaded(Shade(BANDS, UNIT, UNIT, " ░▓", ("shade", "part-1", "border")), point)
    lines = [line[2:] for line in texts(rows[:ROWS])]
    half = COLUMNS // 2
    assert lines[0] == "░" * half + "▓" * half
    assert lines[ROWS - 1] == "@" + " " * (half - 1) + "░" * half
    assert [span.role for span in rows[0]] == ["axes", "part-1", "border"]
    assert [span.role for span in rows[ROWS - 1]] == ["axes", "fit", "part-1"]
    parts = Shade.of_parts(np.array([[-1.0, 0.5, 2.0]]), UNIT, UNIT)
    assert parts.bands.tolist() == [[0, len(SHADES) // 2, len(SHADES) - 1]]


def test_a_cell_has_the_band_of_the_nearest_node() -> None:
    """Nodes are at the ends of their range: of three the middle one has half of the plot."""
    quarter = COLUMNS // 4
    rows = shaded(Shade(np.array([[0, 1, 2]]), UNIT, UNIT, "abc", ("part-1", "shade", "border")))
    assert texts(rows)[0][2:] == "a" * quarter + "b" * 2 * quarter + "c" * quarter
    rows = shaded(Shade(np.array([[0, 1, 2]]), UNIT, UNIT, "abc", ("part-1", "shade", "border")), margin=0.5)
    wide = texts(rows)[0][2:]  # beyond the range the outermost go on
    assert set(wide) == set("abc")
    assert abs(wide.count("b") - quarter) <= 1
    assert abs(wide.count("a") - wide.count("c")) <= 1


def test_grounds_are_behind_the_series_and_cost_few_runs() -> None:
    places = np.arange(0, COLUMNS, 2) / (COLUMNS - 1)
    each = series(places, np.zeros(len(places)), Kind.POINTS, marker="+")
    shade = Shade(BANDS, UNIT, UNIT, "   ", ("shade",) * 3, (None, "above-1", "below-1"))
    rows = shaded(shade, each)
    half = COLUMNS // 2
    assert rows[0] == [
        Span(" │", "axes"),
        Span(" " * half, None, "above-1"),
        Span(" " * half, None, "below-1"),
    ]
    assert rows[ROWS - 1] == [
        Span("0┤", "axes"),
        Span("+ " * (half // 2), "fit"),
        Span("+ " * (half // 2), "fit", "above-1"),
    ]
    shifted = series(places + 1 / (COLUMNS - 1), np.zeros(len(places)), Kind.POINTS, marker="+")
    assert shaded(shade, shifted)[ROWS - 1] == [
        Span("0┤ ", "axes"),
        Span(("+ " * (half // 2))[:-1], "fit"),
        Span(" +" * (half // 2), "fit", "above-1"),
    ]
    other = series([0.75], [0.0], Kind.POINTS, "target", "x")
    looks = [(role, ground) for _, role, ground in shaded(shade, shifted, other)[ROWS - 1]]
    assert looks == [
        ("axes", None),
        ("fit", None),
        ("fit", "above-1"),
        ("target", "above-1"),
        ("fit", "above-1"),
    ]


def test_a_shade_is_drawn_again_without_what_was_before() -> None:
    shade = Shade(BANDS, UNIT, UNIT, " ░▓", ("shade", "part-1", "border"), (None, "above-1", "below-1"))
    assert shaded(shade) == shaded(shade)
    point = series([0.5], [0.5], Kind.POINTS)
    changed = [one != other for one, other in zip(shaded(shade), shaded(shade, point), strict=True)]
    assert sum(changed) == 1


@st.composite
def any_shade(make: st.DrawFn) -> Shade:
    shape = make(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    bands = np.array(make(st.lists(st.integers(0, 3), min_size=math.prod(shape), max_size=math.prod(shape))))
    ranges = st.tuples(ANYTHING, ANYTHING)
    grounds = make(st.sampled_from([(), (None, *GROUNDS, None), GROUNDS * 2]))
    return Shade(
        bands.reshape(shape), make(ranges), make(ranges), " ·░ ", ("shade", "fit", "shade", "part-1"), grounds
    )


@settings(max_examples=80)
@given(
    st.builds(
        Figure,
        any_axis(),
        any_axis(),
        st.lists(any_series(), max_size=3).map(tuple),
        any_shade(),
        st.lists(ANYTHING, max_size=5).map(tuple),
    ),
    SMALL | st.tuples(WIDTHS, HEIGHTS),
)
def test_shades_and_marks_fit_whatever_they_are(figure: Figure, size: tuple[int, int]) -> None:
    rows = draw(figure, *size)
    assert_well_formed(rows, *size, {*ROLE_NAMES, "shade", "part-1", "mark"}, GROUNDS)
