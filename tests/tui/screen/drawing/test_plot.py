"""Figures as text: always of the size asked for, and only what is in the data, where it belongs."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
from dataclasses import replace
from unittest import mock

import numpy as np
import plotext
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from bptui.screen.drawing import Axis, Figure, Kind, Series, Shade, Span, draw
from bptui.screen.drawing.axis import class_axis
from tests.tui.support.any_figure import ANYTHING, HEIGHTS, ROLE_NAMES, SMALL, WIDTHS, any_axis, any_series
from tests.tui.support.plots import (
    COLUMNS,
    RIGHT,
    ROWS,
    TOP,
    assert_well_formed,
    cells,
    dots,
    fuzz,
    in_cells,
    in_dots,
    series,
    texts,
    through,
)
from tests.tui.support.terminal import DEADLINE


@settings(max_examples=60)
@given(
    st.builds(Figure, any_axis(), any_axis(), st.lists(any_series(), max_size=4).map(tuple)),
    WIDTHS,
    HEIGHTS,
    st.sampled_from([(), (Kind.DASHED,), tuple(Kind)]),
)
def test_any_figure_is_drawn_in_the_size_asked_for(
    figure: Figure, width: int, height: int, coarse: tuple[Kind, ...]
) -> None:
    rows = draw(figure, width, height, coarse=coarse)
    assert_well_formed(rows, width, height, {each.role for each in figure.series})


@pytest.mark.parametrize("width", range(16, 40))
def test_names_of_wide_characters_keep_their_columns(width: int) -> None:
    curve = series([0, 1], [0, 3])
    y = Axis(0, 1, ((0.0, "0.0"),))
    figure = Figure(class_axis(["山鸢尾", "维吉尼亚"]), y, (curve,), x_name="品种", y_name="花瓣宽度")
    lines = texts(draw(replace(figure, note="正在测量"), width, 9))
    assert {cell_len(line) for line in lines} == {width}
    assert "山鸢尾" in lines[-1] and "正在测量" in "".join(lines) and "…" in "".join(lines)


@settings(max_examples=60)
@given(st.builds(Figure, any_axis(), any_axis(), st.tuples(any_series())), SMALL)
def test_a_figure_is_drawn_in_the_smallest_sizes(figure: Figure, size: tuple[int, int]) -> None:
    assert_well_formed(draw(figure, *size), *size, ROLE_NAMES)


@pytest.mark.parametrize("size", [(0, 0), (0, 9), (7, 4), (8, 3), (200, 3), (7, 60)])
def test_a_figure_without_room_is_blank(size: tuple[int, int]) -> None:
    figure = Figure(Axis(0, 1), Axis(0, 1), (series([0, 1], [0, 1]),))
    assert draw(figure, *size) == [[Span(" " * size[0])]] * size[1]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("label", ["x" * length for length in (3, 5, 6, 7, 30)], ids=len)
@pytest.mark.parametrize("size", [(8, 4), (9, 5), (20, 8)])
def test_labels_may_leave_no_room_for_the_plot(label: str, size: tuple[int, int], kind: Kind) -> None:
    axis = Axis(0, 1, ((0, label), (1, label)))
    each = series(np.linspace(0, 1, 50), np.linspace(0, 1, 50), kind)
    assert_well_formed(draw(Figure(axis, axis, (each,)), *size), *size, {"fit"})


@fuzz
@given(st.lists(st.tuples(st.floats(-5, COLUMNS + 5), st.floats(-5, ROWS + 5)), max_size=20))
def test_points_are_drawn_at_their_places(places: list[tuple[float, float]]) -> None:
    drawn = cells(in_cells(through(places, Kind.POINTS)))["fit"]
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
def test_values_that_are_not_finite_are_never_drawn(places: list[tuple[float, float]]) -> None:
    def is_finite(place: tuple[float, float]) -> bool:
        return all(map(math.isfinite, place))

    kept = list(filter(is_finite, places))
    assert in_cells(through(places, Kind.POINTS)) == in_cells(through(kept, Kind.POINTS))
    stretches = [list(group) for finite, group in itertools.groupby(places, is_finite) if finite]
    if len(places) > 1:  # a point between two others that are not finite is no line
        stretches = [stretch for stretch in stretches if len(stretch) > 1]
    parts = [dots(in_dots(through(stretch))) for stretch in stretches]
    assert dots(in_dots(through(places))) == set().union(*parts)


@pytest.mark.parametrize("first", Kind)
@pytest.mark.parametrize("second", Kind)
def test_later_series_are_drawn_over_earlier_ones(first: Kind, second: Kind) -> None:
    one = series([0, RIGHT], [0, TOP], first, "fit")
    other = series([0, RIGHT], [0, TOP], second, "target", "x")
    alone = cells(in_dots(other))["target"]
    drawn = cells(in_dots(one, other))
    assert drawn["target"].keys() == alone.keys()
    assert drawn["fit"].keys() == cells(in_dots(one))["fit"].keys() - alone.keys()


def test_no_figure_aborts_the_process() -> None:
    script = """
import numpy as np
from bptui.screen.drawing import Axis, Figure, Kind, Series, draw
bad = np.array([np.nan, np.inf, -np.inf, 1e308, -1e308, 0.0, 1.0, np.nan])
for log in (False, True):
    axis = Axis(0, 1, ((0, "0"), (1, "1")), log=log)
    every = tuple(Series(a, b, "fit", k) for k in Kind for a in (bad, bad[::-1]) for b in (bad, -bad))
    print(len(draw(Figure(axis, axis, every), 80, 24)))
"""
    command = (sys.executable, "-W", "error", "-c", script)
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "24\n24\n", "")


def test_an_unknown_role_is_refused_by_its_name() -> None:
    x = np.zeros(1)
    with pytest.raises(ValueError, match="unknown role 'gost': a plot has axes, target, fit, "):
        Series(x, x, "gost", Kind.LINE)
    bands = np.zeros((1, 1), dtype=np.int64)
    for roles, grounds in ((("gost",), ()), (("fit",), ("gost",)), (("fit",), (None, "gost"))):
        with pytest.raises(ValueError, match="unknown role 'gost'"):
            Shade(bands, (0, 1), (0, 1), " ", roles, grounds)


def test_axes_that_have_not_changed_are_drawn_once() -> None:
    curve = np.linspace(0, 50, 200)
    with mock.patch("plotext.clear_data", wraps=plotext.clear_data) as build:
        rows = in_dots(series(curve, curve / 3))
        built = build.call_count
        assert built <= 2
        assert in_dots(series(curve + 3, curve / 3)) != rows
        assert build.call_count == built + 1, "only the line"
        assert in_dots(series(curve + 3, curve / 3)) != rows
        assert build.call_count == built + 1


def test_axes_do_not_depend_on_the_order_of_a_set() -> None:
    script = """
from bptui.screen.drawing import Axis, Figure, draw
figures = []
for last in range(1, 12):
    x = Axis(0, last, tuple((tick, f"{tick * 10**tick}") for tick in range(last + 1)))
    y = Axis(0, last, tuple((tick, f"{tick}") for tick in range(last + 1)))
    figures.append(Figure(x, y, x_name="x", y_name="y"))
print([draw(figure, width, height) for figure in figures for width, height in ((12, 6), (33, 9), (80, 24))])
"""
    drawn = set()
    for seed in "01":
        command = (sys.executable, "-c", script)
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=DEADLINE, check=True, env=environment
        )
        drawn.add(done.stdout)
    assert len(drawn) == 1
