"""Maps of numbers: their levels, their colors in every kind of terminal, and what is drawn over them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from rich.color import Color, ColorSystem
from rich.style import Style

from bptui.screen.drawing import Axis, ColorMap, Figure, Kind, Scale, draw
from bptui.screen.drawing.roles import DIVERGING, SEQUENTIAL
from bptui.screen.terminal.contrast import contrast, legible
from bptui.screen.terminal.themes import scale_variables
from tests.tui.support.plots import COLUMNS, HEIGHT, ROWS, WIDTH, series

UNIT = (0.0, 1.0)
EDGE = ((0.0, "0"),)


def lightness(color: Color) -> float:
    """The lightness L* of a color, from 0 to 100."""
    luminance = 1.05 / contrast(color, Color.parse("#ffffff")) - 0.05
    cube_root: float = luminance ** (1 / 3)
    return 116 * cube_root - 16 if luminance > 0.008856 else 903.3 * luminance


def test_0_is_the_middle_of_a_scale_if_there_are_numbers_on_both_sides() -> None:
    scale = Scale.over(-0.5, 2.0)
    assert scale.roles == DIVERGING
    assert scale.levels(np.array([-9, -2, -1e-9, 0, 2, 9, np.nan, np.inf])).tolist() == [
        *(0, 0, 7, 8, 15, 15, -1, 15)
    ]
    for low, high in ((0.0, 4.0), (-4.0, 0.0), (3.0, 7.0)):
        scale = Scale.over(low, high)
        assert scale.roles == SEQUENTIAL
        assert scale.levels(np.linspace(low, high, 17)).tolist() == [*range(16), 15]
    assert Scale.over(1.0, 1.0).levels(np.array([1.0])).tolist() == [0]
    assert set(Scale.over(-1e308, 1e308).levels(np.array([-1e308, 0.0, 1e308])).tolist()) == {0, 8, 15}


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("few", [True, False])
def test_neighboring_levels_stay_apart_and_in_order(*, dark: bool, few: bool) -> None:
    variables = scale_variables(dark=dark, few=few)
    for roles in (DIVERGING, SEQUENTIAL):
        colors = [Color.parse(variables[role]) for role in roles]
        if few:  # as the terminal shows them
            shown = [color.downgrade(ColorSystem.EIGHT_BIT).get_truecolor() for color in colors]
            assert [tuple(each) for each in shown] == [tuple(color.get_truecolor()) for color in colors]
        assert len({color.get_truecolor() for color in colors}) == 16
        light = [lightness(color) for color in colors]
        sides = (light[7::-1], light[8:]) if roles is DIVERGING else (light, light[:1])
        for side in sides:
            steps = [after - before for before, after in pairwise(side)]
            assert all(step > 1 for step in steps) if dark else all(step < -1 for step in steps)


def test_between_nodes_the_numbers_are_interpolated() -> None:
    corners = ColorMap.of_numbers(np.array([[-1.0, -1.0], [1.0, 1.0]]), -1.0, 1.0, UNIT, UNIT)
    axis = Axis(0, 1, EDGE)
    rows = draw(Figure(axis, axis, shade=corners), WIDTH, HEIGHT)[:ROWS]
    seen = []
    for row in reversed(rows):
        ((text, role, ground),) = row[1:]
        assert len(text) == COLUMNS and set(text) <= {"▀", " "}
        seen += [ground, role] if text[0] == "▀" else [ground, ground]
    levels = [DIVERGING.index(role or "") for role in seen]
    assert levels == sorted(levels)
    assert set(levels) == set(range(16)), "24 halves for 16 levels"
    assert "▀" not in str(draw(Figure(axis, axis, shade=corners), WIDTH, HEIGHT, colors=False))


def test_a_sample_on_a_map_has_its_color_behind_it() -> None:
    flat = ColorMap.of_numbers(np.full((2, 2), 0.9), -1.0, 1.0, UNIT, UNIT)
    axis = Axis(0, 1, EDGE)
    point = series([0.5], [0.5], Kind.POINTS, "sample", "+")
    rows = draw(Figure(axis, axis, (point,), shade=flat), WIDTH, HEIGHT)
    assert {ground for row in rows[:ROWS] for text, _, ground in row[1:]} == {DIVERGING[15]}
    assert "+" in str(rows)


def test_a_color_is_kept_where_it_can_be_read() -> None:
    assert legible(Style.parse("bold #ffff00 on #101010")) == Style.parse("bold #ffff00 on #101010")
    assert legible(Style.parse("bold #ffff00 on #eeee00")) == Style.parse("bold #000000 on #eeee00")
    assert legible(Style.parse("#0000ff on #000044")) == Style.parse("#ffffff on #000044")
