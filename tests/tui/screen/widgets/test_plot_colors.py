"""The colors of a plot: each role has its style, and what is drawn can be read in every theme."""

from __future__ import annotations

import numpy as np
import pytest
from rich.color import ColorSystem
from textual.theme import Theme

from bptui.screen.drawing import ROLES, Axis, ColorMap, Figure
from bptui.screen.drawing.roles import DIVERGING, SEQUENTIAL
from bptui.screen.terminal.contrast import READABLE, contrast
from bptui.screen.terminal.themes import DARK, LIGHT, THEMES
from bptui.screen.widgets.plot import Plot
from tests.tui.support.apps import WidgetApp
from tests.tui.support.driving import rest


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_every_role_has_a_style_in_every_theme(theme: str) -> None:
    app = WidgetApp(Plot())
    for each in THEMES:
        app.register_theme(each)
    app.theme = theme
    async with app.run_test():
        plot = app.widget
        for role in ROLES:
            assert plot.role_style(role).color is not None
        assert plot.role_style("fit") != plot.role_style("target"), "the two curves that are compared"
        assert plot.role_style("above") != plot.role_style("below")


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
async def test_the_region_below_is_brown_and_not_red_in_256_colors(theme: Theme) -> None:
    app = WidgetApp(Plot())
    app.register_theme(theme)
    app.theme = theme.name
    async with app.run_test():
        plot = app.widget
        tints = [plot.role_style("axes", f"{role}-2").bgcolor for role in ("above", "below", "third")]
        found = [tint.downgrade(ColorSystem.EIGHT_BIT).get_truecolor() for tint in tints if tint is not None]
        assert found[1] not in (found[0], found[2])
        red, green, blue = found[1]
        assert blue < green <= red
        assert green > red / 2


async def test_text_on_a_map_can_be_read_and_half_cells_have_the_colors_of_their_levels() -> None:
    app = WidgetApp(Plot())
    async with app.run_test():
        plot = app.widget
        for ground in (*DIVERGING, *SEQUENTIAL):
            for role in ("sample", "above", "below", "wrong", "border"):
                style = plot.role_style(role, ground)
                assert style.color is not None and style.bgcolor is not None
                assert contrast(style.color, style.bgcolor) >= READABLE
            half = plot.role_style(ground, DIVERGING[3])
            assert half.color == plot.role_style("sample", ground).bgcolor
            assert half.bgcolor == plot.role_style("sample", DIVERGING[3]).bgcolor


async def test_a_theme_of_sixteen_colors_draws_shades() -> None:
    app = WidgetApp(Plot())
    async with app.run_test() as pilot:
        plot = app.widget
        axis, unit = Axis(0, 1, ((0.0, "0"),)), (0.0, 1.0)
        slope = ColorMap.of_numbers(np.array([[-1.0, 0.3], [-0.3, 1.0]]), -1.0, 1.0, unit, unit)
        plot.figure = Figure(axis, axis, shade=slope)
        for theme, sign, other in (("ansi-dark", "░", "▀"), ("textual-light", "▀", "░")):
            app.theme = theme
            await rest(pilot)
            picture = "".join(plot.render_line(y).text for y in range(10))
            assert sign in picture and other not in picture
