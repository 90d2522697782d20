"""The panel of the hidden units' pictures: it follows snapshot and size, and the pace of maps."""

from __future__ import annotations

import numpy as np
from textual.app import App, ComposeResult

from bptui.drawing.pace import MapPace
from bptui.session.snapshot import State
from bptui.starts.grid import GRID_STEPS
from bptui.widgets.unit_maps import UnitMaps
from tests.tui.support.driving import resize, rest
from tests.tui.support.snapshots import changed, snapshot_of, with_unit_outputs

CURVES = snapshot_of(trained=50)
MAPS = snapshot_of("classification", trained=5)


class MapsApp(App[None]):
    """Shows the pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = UnitMaps()
        self.maps.styles.height = "100%"

    def compose(self) -> ComposeResult:
        yield self.maps


async def test_the_panel_of_hidden_units_follows_snapshot_and_size() -> None:
    app = MapsApp()
    async with app.run_test(size=(46, 28)) as pilot:
        assert not app.maps.render_line(0).text.strip()
        app.maps.snapshot = CURVES
        assert "layer 1 sigmoid" in app.maps.render_line(0).text
        before = [app.maps.render_line(y).text for y in range(28)]
        await resize(pilot, 30, 10)
        assert [app.maps.render_line(y).cell_length for y in range(11)] == [30] * 11
        assert before[:10] != [app.maps.render_line(y).text for y in range(10)]
        app.maps.snapshot = MAPS
        assert any("▄" in app.maps.render_line(y).text for y in range(10))


async def test_the_panel_of_hidden_units_keeps_the_pace_of_maps() -> None:
    app = MapsApp()
    app.maps.map_pace = MapPace(clock=lambda: 0.0)
    async with app.run_test(size=(46, 28)) as pilot:
        app.maps.snapshot = changed(CURVES, state=State.RUNNING)
        await rest(pilot)
        before = app.maps.render_line(1).text
        high = with_unit_outputs(CURVES, np.full(GRID_STEPS, 0.99))
        app.maps.snapshot = changed(high, state=State.RUNNING)
        await rest(pilot)
        assert app.maps.render_line(1).text == before
        app.maps.snapshot = changed(high, state=State.FINISHED)
        await rest(pilot)
        assert "saturated" in app.maps.render_line(1).text
