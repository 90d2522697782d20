"""The roles of a plot: described once, for the picture, its legend and the help."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from bptui.drawing import ROLES
from bptui.terminal.themes import THEMES
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
            assert plot.look(role).color is not None
        assert plot.look("fit") != plot.look("target"), "the two curves that are compared"
        assert plot.look("above") != plot.look("below")
