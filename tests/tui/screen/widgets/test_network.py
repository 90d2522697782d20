"""The panel of the network: what it draws again, and how roles look."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.strip import Strip

from bptui.screen.drawing.network import ROLES
from bptui.screen.drawing.redraw_rate import MapPace
from bptui.screen.widgets.network import NetworkPanel
from bptui.session.snapshot import Snapshot, Stage
from tests.tui.support.apps import WidgetApp
from tests.tui.support.driving import resize, rest
from tests.tui.support.plots import braille
from tests.tui.support.snapshots import changed, network, snapshot_of, with_weight


class NotedPanel(NetworkPanel):
    """A panel that notes which of its rows are drawn."""

    drawn: ClassVar[set[int]] = set()

    def render_line(self, y: int) -> Strip:
        self.drawn.add(y)
        return super().render_line(y)


def panel_app(snapshot: Snapshot) -> WidgetApp[NotedPanel]:
    """The panel with its first unit chosen."""
    panel = NotedPanel()
    panel.chosen, panel.snapshot = (0, 0), snapshot
    return WidgetApp(panel)


async def test_the_panel_of_the_network_follows_snapshot_unit_and_size() -> None:
    app = panel_app(snapshot_of(trained=5))
    async with app.run_test(size=(60, 14)) as pilot:
        assert "[1 " in "\n".join(app.widget.render_line(y).text for y in range(14))
        app.widget.chosen = (0, 2)
        await rest(pilot)
        assert "[3 " in "\n".join(app.widget.render_line(y).text for y in range(14))
        app.widget.snapshot = snapshot_of("classification")
        await rest(pilot)
        assert "(above " in "\n".join(app.widget.render_line(y).text for y in range(14))
        await resize(pilot, 30, 8)
        assert [app.widget.render_line(y).cell_length for y in range(9)] == [30] * 9


async def test_only_changed_rows_of_the_network_are_drawn_again() -> None:
    snapshot = network(1, 3, 1)
    app = panel_app(snapshot)
    async with app.run_test(size=(60, 14)) as pilot:
        await rest(pilot)
        app.widget.drawn.clear()
        app.widget.snapshot = with_weight(snapshot, 0, (1, 2), 5.55)  # the bias of the last unit
        await rest(pilot)
        (row,) = app.widget.drawn
        assert "+5.55" in app.widget.render_line(row).text


async def test_each_role_of_the_network_has_a_look_of_its_own() -> None:
    app = panel_app(network(2, 3, 2))
    async with app.run_test(size=(60, 14)):
        looks = {role: str(app.widget.role_style(role)) for role in ROLES}
        assert len({looks[role] for role in ("positive", "negative", "far-positive", "far-negative")}) == 4
        assert "reverse" in looks["chosen"]


@pytest.mark.parametrize(("width", "has_pictures"), [(139, 0), (140, 9)])
async def test_pictures_are_drawn_from_140_columns_on_at_the_pace_of_maps(
    width: int, has_pictures: int
) -> None:
    snapshot = snapshot_of(trained=5)
    app = panel_app(snapshot)
    app.widget.map_pace = MapPace(clock=lambda: 0.0)
    async with app.run_test(size=(width, 20)) as pilot:
        await rest(pilot)
        assert braille(app.widget.draw(width, 20), "map") >= has_pictures
        assert has_pictures or not braille(app.widget.draw(width, 20), "map")
        for weight in (5.55, 6.66):
            await rest(pilot)
            app.widget.drawn.clear()
            app.widget.snapshot = changed(with_weight(snapshot, 0, (1, 0), weight), stage=Stage.RUNNING)
        await rest(pilot)
        assert bool(app.widget.drawn) != bool(has_pictures)
