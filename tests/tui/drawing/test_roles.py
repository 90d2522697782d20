"""The roles of a plot: described once, for the picture, its legend and the help."""

from __future__ import annotations

import pytest
from rich.color import ColorSystem
from textual.app import App, ComposeResult
from textual.theme import Theme

from bptui.drawing import ROLES
from bptui.terminal.themes import DARK, LIGHT, THEMES
from bptui.widgets.plot import Plot


class PlotApp(App[None]):
    """One plot."""

    def compose(self) -> ComposeResult:
        yield Plot()


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_every_role_has_a_style_in_every_theme(theme: str) -> None:
    app = PlotApp()
    for each in THEMES:
        app.register_theme(each)
    app.theme = theme
    async with app.run_test():
        plot = app.query_one(Plot)
        for role in ROLES:
            assert plot.role_style(role).color is not None
        assert plot.role_style("fit") != plot.role_style("target"), "the two curves that are compared"
        assert plot.role_style("above") != plot.role_style("below")


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
async def test_the_region_below_is_brown_and_not_red_in_256_colors(theme: Theme) -> None:
    app = PlotApp()
    app.register_theme(theme)
    app.theme = theme.name
    async with app.run_test():
        plot = app.query_one(Plot)
        tints = [plot.role_style("axes", f"{role}-2").bgcolor for role in ("above", "below", "third")]
        found = [tint.downgrade(ColorSystem.EIGHT_BIT).get_truecolor() for tint in tints if tint is not None]
        assert found[1] not in (found[0], found[2])
        red, green, blue = found[1]
        assert blue < green <= red
        assert green > red / 2
