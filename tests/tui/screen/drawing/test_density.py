"""Density: when shades replace the signs of samples, what they mean, and what the legend says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bptui.screen.drawing import Axis, Figure, Kind, Legend, Series, Span, draw, with_density
from tests.tui.support.plots import COLUMNS, HEIGHT, ROWS, WIDTH, cells, series

AXES = Axis(0, COLUMNS - 1, ((0.0, "0"),)), Axis(0, ROWS - 1, ((0.0, "0"),))
LEGEND = Legend.of("network", Span("•", "sample"), "samples")


def samples(counts: dict[tuple[int, int], int], role: str = "sample") -> Series:
    """So many samples in these cells."""
    places = np.repeat(np.array(list(counts), dtype=float).reshape(-1, 2), list(counts.values()), axis=0)
    x, y = places.T
    return replace(series(x, y, Kind.POINTS, role, "•"), is_sample=True)


def block(columns: int, each: int) -> dict[tuple[int, int], int]:
    """The first columns, full of samples."""
    return {(column, row): each for column in range(columns) for row in range(ROWS)}


@pytest.mark.parametrize(
    ("columns", "each", "is_dense"), [(10, 9, False), (11, 9, True), (11, 4, False), (40, 1, False)]
)
def test_shades_replace_signs_that_fill_a_quarter_and_stand_for_many(
    columns: int, each: int, is_dense: bool
) -> None:
    figure = Figure(*AXES, (samples(block(columns, each)),))
    figure, legend = with_density(figure, LEGEND, WIDTH, HEIGHT)
    drawn = cells(draw(figure, WIDTH, HEIGHT))["sample"]
    assert set(drawn.values()) == {"▓" if is_dense else "•"}
    assert set(drawn) == set(block(columns, each))
    assert str(legend) == ("network ░▒▓ samples up to 9 a cell" if is_dense else "network • samples")
    without = Legend.of("network")
    assert str(with_density(figure, without, WIDTH, HEIGHT)[1]) == (
        "network ░▒▓ up to 9 a cell" if is_dense else "network"
    )


def test_a_shade_is_the_darker_the_more_samples_and_lines_are_over_it() -> None:
    counts = block(12, 9) | {(20, 3): 1, (21, 3): 30, (22, 3): 90}
    line = series([0, COLUMNS - 1], [5, 5], Kind.THICK)
    figure, _ = with_density(Figure(*AXES, (samples(counts), line)), LEGEND, WIDTH, HEIGHT)
    drawn = cells(draw(figure, WIDTH, HEIGHT))
    assert [drawn["sample"][column, 3] for column in (0, 20, 21, 22)] == ["░", "░", "▒", "▓"]
    assert len({column for column, _ in drawn["fit"]}) == COLUMNS, "drawn through"


def test_a_shade_has_the_color_of_the_most_samples_and_signs_stay_without_colors() -> None:
    many, few = samples(block(15, 20), "above"), samples(block(8, 50), "below")
    legend = Legend.of(Span("+", "above"), "above", Span("x", "below"), "below")
    figure = Figure(*AXES, (many, few))
    dense, said = with_density(figure, legend, WIDTH, HEIGHT)
    drawn = cells(draw(dense, WIDTH, HEIGHT))
    assert {column for column, _ in drawn["below"]} == set(range(8))
    assert {column for column, _ in drawn["above"]} == set(range(8, 15))
    assert str(said) == "▒ above ▒ below ░▒▓ up to 70 a cell"
    assert with_density(figure, legend, WIDTH, HEIGHT, colors=False) == (figure, legend)


@pytest.mark.parametrize("size", [(0, 0), (7, 4), (8, 4)])
def test_any_size_and_any_samples_are_fine(size: tuple[int, int]) -> None:
    wild = series([np.nan, np.inf, 1e300] * 50, [0, 1, -np.inf] * 50, Kind.POINTS, "sample")
    for each in (samples({}), samples(block(40, 9)), replace(wild, is_sample=True)):
        figure, _ = with_density(Figure(*AXES, (each,)), LEGEND, *size)
        assert len(draw(figure, *size)) == size[1]
