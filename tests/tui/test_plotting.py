"""Figures as text: always of the size asked for, and only what is in the data, where it belongs."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.plotting import LOG_FLOOR, Axis, Figure, Kind, Run, Series, Shade, axis_over, draw, nice_ticks
from tests.terminal import DEADLINE

WIDTH, HEIGHT = 42, 14
COLUMNS, ROWS = WIDTH - 2, HEIGHT - 2  # of data, beside and above the axes of `cells` and `dots`
RIGHT, TOP = 2 * COLUMNS - 1, 4 * ROWS - 1  # the last dots
BRAILLE = dict(zip((1, 2, 4, 64, 8, 16, 32, 128), itertools.product((0, 1), (3, 2, 1, 0)), strict=True))
"""Unicode's bits -> where the dot is in its cell, from the lower left."""

Rows = list[list[Run]]
Place = tuple[int, int]
"""Column and row, from the lower left."""

fuzz = settings(deadline=None, max_examples=100)


def series(x: object, y: object, kind: Kind = Kind.LINE, role: str = "a", marker: str = "+") -> Series:
    return Series(np.array(x, dtype=np.float64), np.array(y, dtype=np.float64), role, kind, marker)


def through(places: Sequence[tuple[float, float]], kind: Kind = Kind.LINE) -> Series:
    x, y = np.reshape(places, (-1, 2)).T
    return series(x, y, kind)


def in_cells(*each: Series) -> Rows:
    """Drawn with a character cell as the unit of both axes."""
    tick = ((0.0, "0"),)
    return draw(Figure(Axis(0, COLUMNS - 1, tick), Axis(0, ROWS - 1, tick), each), WIDTH, HEIGHT)


def in_dots(*each: Series, y: Axis | None = None) -> Rows:
    """Drawn with a braille dot as the unit of both axes."""
    tick = ((0.0, "0"),)
    return draw(Figure(Axis(0, RIGHT, tick), y or Axis(0, TOP, tick), each), WIDTH, HEIGHT)


def cells(rows: Rows) -> dict[str, dict[Place, str]]:
    """Role -> place -> what is drawn there, blanks left out."""
    drawn: dict[str, dict[Place, str]] = defaultdict(dict)
    for row, runs in enumerate(reversed(rows), -2):
        column = -2
        for text, role, _ in runs:
            for character in text:
                if role is not None and character != " ":
                    drawn[role][column, row] = character
                column += 1
    return drawn


def texts(rows: Rows) -> list[str]:
    return ["".join(text for text, _, _ in runs) for runs in rows]


def dots(rows: Rows, role: str = "a") -> set[Place]:
    """The role's braille dots."""
    return {
        (2 * column + x, 4 * row + y)
        for (column, row), character in cells(rows)[role].items()
        for bit, (x, y) in BRAILLE.items()
        if ord(character) - 0x2800 & bit
    }


def assert_well_formed(
    rows: Rows, width: int, height: int, roles: set[str], grounds: Collection[str] = ()
) -> None:
    assert [sum(len(text) for text, _, _ in runs) for runs in rows] == [width] * height
    for runs in rows:
        assert {role for _, role, _ in runs} <= roles | {None}
        assert {ground for _, _, ground in runs} <= {*grounds, None}
        for (_, *before), (text, *look) in itertools.pairwise(runs):
            assert before != look, "neighbors of one look are one run"
            assert text.strip() or before[1] != look[1], "blanks belong to the run before, or make a ground"
        for (text, _, before_ground), (_, _, ground) in itertools.pairwise(runs[1:]):
            assert text.strip() or before_ground != ground, "blanks in front belong to the run behind"


ANYTHING = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(-2, 100),
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 5e-324, 1e-12, 1e300, -1e300, math.nan, math.inf, -math.inf]),
)


@st.composite
def any_series(make: st.DrawFn) -> Series:
    length = make(st.sampled_from([0, 1, 2, 3, 10]))
    x, y = (make(st.lists(ANYTHING, min_size=length, max_size=length)) for _ in "xy")
    times = make(st.sampled_from([1, 1, 200]))  # long ones are thinned
    kind, role, marker = (make(st.sampled_from(choice)) for choice in (Kind, "abc", "+x⊕"))
    return series(x * times, y * times, kind, role, marker)


@st.composite
def any_axis(make: st.DrawFn) -> Axis:
    low, high = make(
        st.sampled_from([(0, 1), (-1.3, 1.3), (0, 1e300), (-1e300, 1e300), (1e-5, 1e-4), (0, 1e-300)])
        | st.tuples(st.floats(-1e6, 0), st.floats(1, 1e6))
    )
    ticks = make(st.lists(st.tuples(st.floats(low, high), st.sampled_from(["", "0", "-1.05", "1e-05"]))))
    return Axis(low, high, tuple(ticks), log=low >= 0 and high > LOG_FLOOR and make(st.booleans()))


WIDTHS, HEIGHTS = st.integers(0, 200), st.integers(0, 60)
SMALL = st.tuples(st.integers(0, 12), st.integers(0, 8))


@settings(deadline=None, max_examples=250)
@given(
    st.builds(Figure, any_axis(), any_axis(), st.lists(any_series(), max_size=4).map(tuple)), WIDTHS, HEIGHTS
)
def test_whatever_it_is_it_has_the_size_asked_for(figure: Figure, width: int, height: int) -> None:
    rows = draw(figure, width, height)
    assert_well_formed(rows, width, height, {each.role for each in figure.series})


@settings(deadline=None, max_examples=100)
@given(st.builds(Figure, any_axis(), any_axis(), st.tuples(any_series())), SMALL)
def test_however_small_it_has_the_size_asked_for(figure: Figure, size: tuple[int, int]) -> None:
    assert_well_formed(draw(figure, *size), *size, {"a", "b", "c"})


@pytest.mark.parametrize("size", [(0, 0), (0, 9), (7, 4), (8, 3), (200, 3), (7, 60)])
def test_without_room_it_is_blank(size: tuple[int, int]) -> None:
    figure = Figure(Axis(0, 1), Axis(0, 1), (series([0, 1], [0, 1]),))
    assert draw(figure, *size) == [[(" " * size[0], None, None)]] * size[1]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("label", ["x" * length for length in (3, 5, 6, 7, 30)], ids=len)
@pytest.mark.parametrize("size", [(8, 4), (9, 5), (20, 8)])
def test_labels_may_leave_no_room(label: str, size: tuple[int, int], kind: Kind) -> None:
    axis = Axis(0, 1, ((0, label), (1, label)))
    each = series(np.linspace(0, 1, 50), np.linspace(0, 1, 50), kind)
    assert_well_formed(draw(Figure(axis, axis, (each,)), *size), *size, {"a"})


def test_ticks_are_where_they_belong() -> None:
    x = Axis(0, 10, ((0, "low"), (5, "half"), (10, "high")))
    y = Axis(0, 1, ((0, "0.0"), (0.5, "0.5"), (1, "1.0")))
    lines = texts(draw(Figure(x, y), 44, 13))
    assert [line[:4] for line in lines[:11]] == ["1.0┤", *["   │"] * 4, "0.5┤", *["   │"] * 4, "0.0┤"]
    assert lines[-1].split() == ["low", "half", "high"]
    assert [index for index, character in enumerate(lines[-2]) if character == "┬"] == [4, 24, 43]


def test_labels_thin_out_where_rows_are_few() -> None:
    ticks = tuple((float(tick), f"{tick:2}") for tick in range(11))
    rows = draw(Figure(Axis(0, 1), Axis(0, 10, ticks)), 20, 8)
    labels = [runs[0][0][:2].strip() for runs in rows]
    assert list(filter(None, labels)) == ["9", "6", "3", "0"]


@fuzz
@given(st.lists(st.tuples(st.floats(-5, COLUMNS + 5), st.floats(-5, ROWS + 5)), max_size=20))
def test_points_are_where_they_belong(places: list[tuple[float, float]]) -> None:
    drawn = cells(in_cells(through(places, Kind.POINTS)))["a"]
    surely, perhaps = set(), set()
    for u, v in places:
        corners = itertools.product((math.floor(u), math.floor(u) + 1), (math.floor(v), math.floor(v) + 1))
        near = {(x, y) for x, y in corners if max(abs(x - u), abs(y - v)) < 0.5 + 1e-9}
        perhaps |= near
        surely |= near if len(near) == 1 else set()  # others are halfway between cells
    inside = set(itertools.product(range(COLUMNS), range(ROWS)))
    assert surely & inside <= set(drawn) <= perhaps
    assert set(drawn.values()) <= {"+"}


@fuzz
@given(st.lists(st.tuples(ANYTHING, ANYTHING), max_size=20))
def test_what_is_not_finite_is_never_drawn(places: list[tuple[float, float]]) -> None:
    def is_finite(place: tuple[float, float]) -> bool:
        return all(map(math.isfinite, place))

    kept = list(filter(is_finite, places))
    assert in_cells(through(places, Kind.POINTS)) == in_cells(through(kept, Kind.POINTS))
    stretches = [list(group) for finite, group in itertools.groupby(places, is_finite) if finite]
    if len(places) > 1:  # a point between two others that are not finite is no line
        stretches = [stretch for stretch in stretches if len(stretch) > 1]
    parts = [dots(in_dots(through(stretch))) for stretch in stretches]
    assert dots(in_dots(through(places))) == set().union(*parts)


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
        assert distance(dot, start, end) < 0.5**0.5 + 1e-6
        assert 0 <= dot[0] <= RIGHT
        assert 0 <= dot[1] <= TOP
    for t in np.linspace(0, 1, 601):
        u, v = np.array(start) + t * np.subtract(end, start)
        if 0 <= u <= RIGHT and 0 <= v <= TOP:
            assert any(max(abs(u - x), abs(v - y)) <= 1 for x, y in drawn), "a gap"


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
def test_from_corner_to_corner_it_touches_both(falling: bool) -> None:
    ends = [TOP, 0] if falling else [0, TOP]
    drawn = dots(in_dots(series([0, RIGHT], ends)))
    assert {(0, ends[0]), (RIGHT, ends[1])} <= drawn
    assert {x for x, _ in drawn} == set(range(RIGHT + 1))
    assert {y for _, y in drawn} == set(range(TOP + 1))


@pytest.mark.parametrize("kind", [Kind.LINE, Kind.DASHED])
def test_a_line_of_one_point_is_a_dot(kind: Kind) -> None:
    assert dots(in_dots(series([3], [5], kind))) == {(3, 5)}
    assert dots(in_dots(series([3, 3, 3], [5, 5, 5], kind))) == {(3, 5)}


@pytest.mark.parametrize("first", Kind)
@pytest.mark.parametrize("second", Kind)
def test_later_series_are_drawn_over_earlier_ones(first: Kind, second: Kind) -> None:
    one = series([0, RIGHT], [0, TOP], first, "one")
    other = series([0, RIGHT], [0, TOP], second, "other", "x")
    alone = cells(in_dots(other))["other"]
    drawn = cells(in_dots(one, other))
    assert drawn["other"].keys() == alone.keys()
    assert drawn["one"].keys() == cells(in_dots(one))["one"].keys() - alone.keys()


def test_dashes_have_gaps() -> None:
    drawn = cells(in_dots(series([0, RIGHT], [5, 5], Kind.DASHED)))["a"]
    line = "".join("-" if (column, 1) in drawn else " " for column in range(COLUMNS))
    assert set(line.split()) == {"--"}
    assert set(line.split("--")) - {""} == {"  "}


@fuzz
@given(st.lists(ENDS, min_size=2, max_size=5))
def test_dashes_are_part_of_the_line(ends: list[Place]) -> None:
    solid, dashed = (dots(in_dots(through(ends, kind))) for kind in (Kind.LINE, Kind.DASHED))
    assert dashed <= solid
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
    assert away.min(axis=1).max() < 0.6, "each dot is on the curve"
    assert away.min(axis=0).max() < 1.0, "the curve has dots all along"


def test_a_gap_in_a_long_curve_stays_one() -> None:
    x = np.linspace(0, RIGHT, 100_000)
    y = np.where((x > 30) & (x < 40), np.nan, 10.0)
    assert dots(in_dots(series(x, y))) == {(k, 10) for k in range(RIGHT + 1) if not 30 < k < 40}
    y = np.where(x < 40, 10.0, 30.0)
    y[np.searchsorted(x, 40)] = np.nan  # one point of a thousand in its column
    assert {row for _, row in dots(in_dots(series(x, y)))} == {10, 30}


def test_a_logarithmic_axis() -> None:
    axis = Axis(1e-4, 1, ((1e-4, "0"),), log=True)
    y = [1e-4, 1e-3, 1e-2, 1e-1, 1]
    drawn = [dots(in_dots(series([3], [each]), y=axis)) for each in y]
    assert drawn == [{(3, math.floor(k * TOP / 4 + 0.5))} for k in range(5)]


@pytest.mark.parametrize("value", [0.0, -1.0, -1e300, -math.inf, 1e-300, LOG_FLOOR])
def test_what_has_no_logarithm_is_at_the_floor(value: float) -> None:
    x, y = [3, 3], [value, value]
    deep = Axis(LOG_FLOOR, 1, ((1, "0"),), log=True)
    assert dots(in_dots(series(x, y), y=deep)) == {(3, 0)}
    assert not dots(in_dots(series(x, y), y=replace(deep, low=1e-3))), "below this one"
    falling = dots(in_dots(series([0, 9], [1, value]), y=replace(deep, low=1e-3)))
    assert {y for _, y in falling} == set(range(TOP + 1)), "it leaves at the bottom"


@pytest.mark.parametrize("value", [math.nan, math.inf, 10])
def test_what_is_above_a_logarithmic_axis_is_not_drawn(value: float) -> None:
    axis = Axis(1e-3, 1, ((1, "0"),), log=True)
    for kind in Kind:
        assert not cells(in_dots(series([3, 9], [value, value], kind), y=axis))["a"]


def test_nothing_aborts_the_process() -> None:
    script = """
import numpy as np
from bptui.plotting import Axis, Figure, Kind, Series, draw
bad = np.array([np.nan, np.inf, -np.inf, 1e308, -1e308, 0.0, 1.0, np.nan])
for log in (False, True):
    axis = Axis(0, 1, ((0, "0"), (1, "1")), log=log)
    every = tuple(Series(a, b, "a", k) for k in Kind for a in (bad, bad[::-1]) for b in (bad, -bad))
    print(len(draw(Figure(axis, axis, every), 80, 24)))
"""
    command = (sys.executable, "-W", "error", "-c", script)
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "24\n24\n", "")


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
def test_ticks(low: float, high: float, most: int, ticks: list[float]) -> None:
    found = nice_ticks(low, high, most)
    assert found == pytest.approx(ticks)
    assert "-0.0" not in map(str, found)


BANDS = np.array([[0, 1], [1, 2]])  # the lowest row first
UNIT = (0.0, 1.0)


def shaded(shade: Shade, *each: Series, margin: float = 0.0) -> Rows:
    tick = ((0.0, "0"),)
    axis = Axis(-margin, 1 + margin, tick)
    return draw(Figure(axis, axis, each, shade), WIDTH, HEIGHT)


def test_a_shade_fills_the_plot_and_series_are_drawn_over_it() -> None:
    point = series([0], [0], Kind.POINTS, marker="@")
    rows = shaded(Shade(BANDS, UNIT, UNIT, " ░▓", ("low", "middle", "high")), point)
    lines = [line[2:] for line in texts(rows[:ROWS])]
    half = COLUMNS // 2
    assert lines[0] == "░" * half + "▓" * half
    assert lines[ROWS - 1] == "@" + " " * (half - 1) + "░" * half
    assert [role for _, role, _ in rows[0]] == [None, "middle", "high"]
    assert [role for _, role, _ in rows[ROWS - 1]] == [None, "a", "middle"]


def test_a_cell_has_the_band_of_the_nearest_node() -> None:
    """Nodes are at the ends of their range: of three the middle one has half of the plot."""
    quarter = COLUMNS // 4
    rows = shaded(Shade(np.array([[0, 1, 2]]), UNIT, UNIT, "abc", ("a", "b", "c")))
    assert texts(rows)[0][2:] == "a" * quarter + "b" * 2 * quarter + "c" * quarter
    rows = shaded(Shade(np.array([[0, 1, 2]]), UNIT, UNIT, "abc", ("a", "b", "c")), margin=0.5)
    wide = texts(rows)[0][2:]  # beyond the range the outermost go on
    assert set(wide) == set("abc")
    assert abs(wide.count("b") - quarter) <= 1
    assert abs(wide.count("a") - wide.count("c")) <= 1


def test_grounds_are_behind_the_series_and_cost_few_runs() -> None:
    places = np.arange(0, COLUMNS, 2) / (COLUMNS - 1)
    each = series(places, np.zeros(len(places)), Kind.POINTS, marker="+")
    shade = Shade(BANDS, UNIT, UNIT, "   ", ("s",) * 3, (None, "one", "two"))
    rows = shaded(shade, each)
    half = COLUMNS // 2
    assert rows[0] == [(" │", None, None), (" " * half, None, "one"), (" " * half, None, "two")]
    assert rows[ROWS - 1] == [
        ("0┤", None, None),
        ("+ " * (half // 2), "a", None),
        ("+ " * (half // 2), "a", "one"),
    ]
    shifted = series(places + 1 / (COLUMNS - 1), np.zeros(len(places)), Kind.POINTS, marker="+")
    runs = shaded(shade, shifted)[ROWS - 1]
    assert runs[1:] == [(" +" * (half // 2), "a", None), (" +" * (half // 2), "a", "one")]
    other = series([0.75], [0.0], Kind.POINTS, "b", "x")
    runs = shaded(shade, shifted, other)[ROWS - 1]
    assert [(role, ground) for _, role, ground in runs[1:]] == [
        ("a", None),
        ("a", "one"),
        ("b", "one"),
        ("a", "one"),
    ]


def test_a_shade_is_drawn_anew_without_what_was_before() -> None:
    shade = Shade(BANDS, UNIT, UNIT, " ░▓", ("low", "middle", "high"), (None, "one", "two"))
    assert shaded(shade) == shaded(shade)
    point = series([0.5], [0.5], Kind.POINTS)
    changed = [one != other for one, other in zip(shaded(shade), shaded(shade, point), strict=True)]
    assert sum(changed) == 1


@st.composite
def any_shade(make: st.DrawFn) -> Shade:
    shape = make(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    bands = np.array(make(st.lists(st.integers(0, 3), min_size=math.prod(shape), max_size=math.prod(shape))))
    ranges = st.tuples(ANYTHING, ANYTHING)
    grounds = make(st.sampled_from([(), (None, "g", "h", None), ("g", "h", "g", "h")]))
    return Shade(bands.reshape(shape), make(ranges), make(ranges), " ·░ ", ("s", "a", "s", "t"), grounds)


@settings(deadline=None, max_examples=150)
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
    assert_well_formed(rows, *size, {"a", "b", "c", "s", "t", "mark"}, {"g", "h"})


def test_marks_are_on_the_axis() -> None:
    tick = ((0.0, "0"),)
    axis = Axis(0, COLUMNS - 1, tick)
    bare = draw(Figure(axis, axis), WIDTH, HEIGHT)
    rows = draw(Figure(axis, axis, marks=(5, 6, 5.2, COLUMNS - 1, -3, COLUMNS, math.nan)), WIDTH, HEIGHT)
    drawn = {place for place in enumerate(texts(rows)[-2], -2) if place[1] == "▴"}
    assert {column for column, _ in drawn} == {5, 6, COLUMNS - 1}
    assert [text for text, role, _ in rows[-2] if role == "mark"] == ["▴▴", "▴"]
    assert rows[:-2] == bare[:-2], "the data are left alone"
    assert rows[-1] == bare[-1]


def test_dots_are_not_joined() -> None:
    assert dots(in_dots(series([0, 9, 20], [0, 9, 3], Kind.DOTS))) == {(0, 0), (9, 9), (20, 3)}


def test_a_dotted_line_is_a_sparse_one() -> None:
    level = [dots(in_dots(series([0, RIGHT], [7, 7], kind))) for kind in (Kind.LINE, Kind.DOTTED)]
    assert len(level[1]) == len(level[0]) / 2
    diagonal = dots(in_dots(series([0, 30], [0, 30], Kind.DOTTED)))
    assert diagonal == {(k, k) for k in range(0, 31, 2)}
    for start, end in (((0, 0), (RIGHT, TOP)), ((0, TOP), (RIGHT, 0)), ((3, 0), (9, TOP))):
        solid, dotted = (dots(in_dots(through([start, end], kind))) for kind in (Kind.LINE, Kind.DOTTED))
        assert 0.3 * len(solid) < len(dotted) < 0.7 * len(solid)
        assert all(any(max(abs(u - x), abs(v - y)) <= 1 for x, y in solid) for u, v in dotted)


def test_pieces_are_lines_of_their_own() -> None:
    ends = np.array([[0, 0], [10, 0], [20, 5], [20, 15], [40, 8], [40, 8]], dtype=np.float64)
    each = replace(through(ends.tolist()), pieces=True)
    assert dots(in_dots(each)) == {*((k, 0) for k in range(11)), *((20, k) for k in range(5, 16)), (40, 8)}
    many = replace(through(ends.tolist() * 500), pieces=True)
    assert dots(in_dots(many)) == dots(in_dots(each)), "however many, none are left out"
    assert not dots(in_dots(replace(through([]), pieces=True)))
    gone = replace(through([(0, 0), (math.nan, 0), (3, 3), (9, 3)]), pieces=True)
    assert dots(in_dots(gone)) == {(k, 3) for k in range(3, 10)}


@pytest.mark.parametrize(
    ("values", "low", "high", "labels"),
    [
        ([-1.0, 1.0], -1.3, 1.3, [" -1.0", " -0.5", "  0.0", "  0.5", "  1.0"]),
        ([0.0, 1.0], -0.15, 1.15, ["  0.0", "  0.5", "  1.0"]),
        ([3.0, 3.0], 1.05, 4.95, ["    2", "    3", "    4"]),
        ([math.nan, math.inf], -0.15, 1.15, ["  0.0", "  0.5", "  1.0"]),
        ([0.0, 2e9], -3e8, 2.3e9, ["    0", "5e+08", "1e+09", "1.5e+09", "2e+09"]),
    ],
)
def test_an_axis_over_values(values: list[float], low: float, high: float, labels: list[str]) -> None:
    axis = axis_over(np.array(values), margin=0.15, width=5)
    assert (axis.low, axis.high) == pytest.approx((low, high))
    assert [label for _, label in axis.ticks] == labels
