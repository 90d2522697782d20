"""The panel of the hidden units' pictures: it follows snapshot and size, and the pace of maps."""

from __future__ import annotations

import numpy as np

from bptui.experiments.grid import GRID_STEPS
from bptui.screen.drawing.redraw_rate import MapPace
from bptui.screen.widgets.network import UnitMaps
from bptui.session.snapshot import Stage
from tests.tui.support.apps import WidgetApp
from tests.tui.support.driving import resize, rest
from tests.tui.support.snapshots import changed, snapshot_of, with_unit_outputs

CURVES = snapshot_of(trained=50)
MAPS = snapshot_of("classification", trained=5)


async def test_the_panel_of_hidden_units_follows_snapshot_and_size() -> None:
    app = WidgetApp(UnitMaps())
    async with app.run_test(size=(46, 28)) as pilot:
        assert not app.widget.render_line(0).text.strip()
        app.widget.snapshot = CURVES
        assert "layer 1 sigmoid" in app.widget.render_line(0).text
        before = [app.widget.render_line(y).text for y in range(28)]
        await resize(pilot, 30, 10)
        assert [app.widget.render_line(y).cell_length for y in range(11)] == [30] * 11
        assert before[:10] != [app.widget.render_line(y).text for y in range(10)]
        app.widget.snapshot = MAPS
        assert any("▄" in app.widget.render_line(y).text for y in range(10))


async def test_the_panel_of_hidden_units_keeps_the_pace_of_maps() -> None:
    app = WidgetApp(UnitMaps())
    app.widget.map_pace = MapPace(clock=lambda: 0.0)
    async with app.run_test(size=(46, 28)) as pilot:
        app.widget.snapshot = changed(CURVES, stage=Stage.RUNNING)
        await rest(pilot)
        before = app.widget.render_line(1).text
        high = with_unit_outputs(CURVES, np.full(GRID_STEPS, 0.99))
        app.widget.snapshot = changed(high, stage=Stage.RUNNING)
        await rest(pilot)
        assert app.widget.render_line(1).text == before
        app.widget.snapshot = changed(high, stage=Stage.FINISHED)
        await rest(pilot)
        assert "saturated" in app.widget.render_line(1).text
