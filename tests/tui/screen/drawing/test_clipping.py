"""What is drawn of a series: whole dots inside the plot, and long lines with fewer points."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.screen.drawing import Axis, Kind, Series
from bptui.screen.drawing.clipping import CleanSeries, clean
from tests.tui.support.any_figure import any_axis, any_series
from tests.tui.support.plots import dots, fuzz, in_dots, series

COLUMNS, ROWS = 150, 50
UNIT = Axis(0, 1)


def cleaned(x: object, y: object, kind: Kind = Kind.LINE) -> CleanSeries:
    return clean(series(x, y, kind), UNIT, UNIT, COLUMNS, ROWS)


@fuzz
@given(any_series(), any_axis(), any_axis(), st.integers(4, 200), st.integers(2, 60))
def test_all_dots_are_whole_and_inside_the_plot(
    each: Series, x: Axis, y: Axis, columns: int, rows: int
) -> None:
    layer = clean(each, x, y, columns, rows)
    assert len(layer.x) == len(layer.y)
    is_fine = each.kind not in (Kind.POINTS, Kind.SIGNS)
    for places, size in ((layer.x, columns * (2 if is_fine else 1)), (layer.y, rows * (4 if is_fine else 1))):
        assert places.dtype == np.int64
        assert all(0 <= place < size for place in places.tolist())


@pytest.mark.parametrize("kind", [Kind.LINE, Kind.THICK, Kind.DASHED, Kind.DOTTED])
@pytest.mark.parametrize("count", [700, 20_000, 500_000])
def test_noise_that_fills_the_plot_is_thinned_to_a_few_thousand_dots(kind: Kind, count: int) -> None:
    y = np.random.RandomState(0).uniform(-1, 2, count)
    assert len(cleaned(np.linspace(0, 1, count), y, kind).x) < 10_000
    falling = cleaned(np.linspace(0, 1, count), np.arange(count) % 2, kind)
    assert len(falling.x) < 10_000
    if kind in (Kind.LINE, Kind.THICK):
        assert {2, 4 * ROWS - 2} <= set(falling.y.tolist()), "its ends are still seen"


def test_a_smooth_curve_is_not_thinned() -> None:
    x = np.linspace(0, 1, 200)
    layer = cleaned(x, x * x)
    assert set(zip(layer.x.tolist(), layer.y.tolist(), strict=True)) >= {
        (math.floor(298 * u + 1), math.floor(196 * u * u + 2)) for u in x.tolist()
    }


def test_a_curve_that_leaves_and_comes_back_is_broken() -> None:
    drawn = dots(in_dots(series([0, 10, 20, 30], [20, 200, 20, 20])))
    assert not {x for x, y in drawn if y > 45} & set(range(4, 17))
