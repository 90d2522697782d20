"""The mouse chooses and opens what keys can, too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widget import Widget

from bpengine import FIELD, FIELDS
from bptui.screen.drawing.network import NetworkPicture
from bptui.screen.overlays.box import BoxScreen
from bptui.screen.overlays.box_page import BoxNetwork
from bptui.screen.overlays.choice import ChoiceScreen
from bptui.screen.overlays.unit import UnitScreen
from bptui.screen.terminal.textual_internals import screen_strips
from bptui.screen.widgets.network import NetworkPanel
from bptui.screen.widgets.weight_bars import WeightBars
from bptui.session.units import Link, Place
from tests.tui.support.apps import lines, make_app
from tests.tui.support.driving import click, press, rest, turn_wheel
from tests.tui.support.snapshots import snapshot_of


async def click_on(pilot: Pilot[int], panel: Widget, text: str, times: int = 1) -> None:
    """Click on it in the panel."""
    for y, strip in enumerate(screen_strips(pilot.app)):
        x = strip.text.find(text, panel.region.x)
        if panel.region.contains(x, y):
            await click(pilot, panel, offset=(x - panel.region.x, y - panel.region.y), times=times)
            return
    raise AssertionError(f"no {text!r}")


async def test_a_click_chooses_a_setting_and_a_second_one_opens_it() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await click_on(pilot, app.view.query_one("#settings"), "optimizer")
        assert app.view.field is FIELD["optimizer"]
        assert app.view.snapshot is not None
        assert app.view.snapshot.status.advice == FIELD["optimizer"].help
        await click_on(pilot, app.view.query_one("#settings"), "optimizer", times=2)
        assert isinstance(app.screen, ChoiceScreen)
        await press(pilot, "escape")
        assert app.view.field is FIELD["optimizer"]


async def test_the_wheel_goes_through_the_settings() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        settings = app.view.query_one("#settings")

        async def turn(event: type[events.MouseScrollDown | events.MouseScrollUp]) -> int:
            await turn_wheel(pilot, settings, event)
            return app.view.options.setting

        assert await turn(events.MouseScrollDown) == 3
        assert [await turn(events.MouseScrollUp) for _ in range(4)] == [2, 1, 0, 0]
        await press(pilot, "up")
        assert app.view.options.setting == len(FIELDS) - 1
        assert await turn(events.MouseScrollDown) == len(FIELDS) - 1


async def test_a_click_chooses_a_unit_and_a_second_one_opens_it() -> None:
    app = make_app(hidden_units=(3, 2))
    async with app.run_test(size=(139, 44)) as pilot:
        await click_on(pilot, app.view.query_one("#network"), "(3 ")
        assert app.view.options.unit == (0, 2)
        assert app.view.panel_layout.focused == "network"
        await click_on(pilot, app.view.query_one("#network"), "(2 ", times=2)
        assert isinstance(app.screen, UnitScreen)
        assert app.screen.unit == app.view.options.unit == (0, 1)


async def test_a_click_on_the_weight_of_a_link_opens_its_chain_of_derivatives() -> None:
    app = make_app(hidden_units=(3, 2))

    async def click_link(panel: Widget, find: Callable[[int, int], Link | None], link: Link) -> str:
        """Click where a picture has this link, and return what the screen says then."""
        cells = ((x, y) for y in range(panel.size.height) for x in range(panel.size.width))
        cell = next(cell for cell in cells if find(*cell) == link)
        await click(pilot, panel, offset=panel.content_region.offset - panel.region.offset + cell)
        return "\n".join(lines(app))

    async with app.run_test(size=(139, 44)) as pilot:
        panel = app.view.query_one("#network")
        assert isinstance(panel, NetworkPanel)
        await click_on(pilot, panel, "(3 ")
        snapshot = panel.snapshot
        assert snapshot is not None
        find = NetworkPicture.of(snapshot, (0, 2), *panel.size).link_at
        assert "Chain of dL/dW1[1,3]" in await click_link(panel, find, (0, 2, 0))
        await press(pilot, "escape", "escape")
        assert "Chain of dL/dW2[3,2]" in await click_link(panel, find, (1, 1, 2))
        assert isinstance(app.screen, BoxScreen)
        network = app.screen.query_one(BoxNetwork)
        assert network.shown is not None
        now, picture = network.shown
        width, height = network.size
        find = NetworkPicture.of(now, picture.chosen, width, height - 1, picture.highlight).link_at
        assert "Chain of dL/dW2[1,2]" in await click_link(network, find, (1, 1, 0))
        await click_on(pilot, network, "(2 ")
        assert "Chain of dL/db1[2]" in "\n".join(lines(app)), "a unit's own is its bias"
        await press(pilot, "p")
        assert "Chain" not in await click_link(network, find, (1, 1, 2)), "while numbers are asked for"


async def test_a_click_on_a_weight_in_a_unit_s_details_opens_its_chain_of_derivatives() -> None:
    app = make_app(hidden_units=(3, 2))
    async with app.run_test(size=(139, 44)) as pilot:
        await click_on(pilot, app.view.query_one("#network"), "(3 ", times=2)
        details = app.screen
        assert isinstance(details, UnitScreen)
        weights, facts = details.query_one(WeightBars), details.query_one("#facts")
        for widget, text, name in (
            (weights, "x ", "W1[1,3]"),
            (weights, "unit 2", "W2[3,2]"),
            (facts, "bias", "b1[3]"),
        ):
            await click_on(pilot, widget, text)
            await rest(pilot)
            assert len(app.screen_stack) == 3, "the box over the unit"
            assert f"Chain of dL/d{name}" in "\n".join(lines(app))
            await press(pilot, "escape", "escape")
            assert len(app.screen_stack) == 2
        for widget, text in ((weights, "outgoing"), (facts, "highest")):
            await click_on(pilot, widget, text)
            assert len(app.screen_stack) == 2, "only where a weight or bias is"


async def test_a_double_click_maximizes_a_plot_and_restores_it() -> None:
    app = make_app("classification")
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "m")
        for name, text in (("plot", "1.0"), ("table", "epoch")):
            for is_zoomed in (True, False):
                await click_on(pilot, app.view.query_one(f"#{name}"), text, times=2)
                await rest(pilot)
                assert app.view.panel_layout.focused == name
                assert app.view.panel_layout.zoomed == is_zoomed


@pytest.mark.parametrize("chosen", [None, (0, 1), (1, 0)])
@pytest.mark.parametrize("size", [(60, 16), (40, 8), (14, 5), (3, 2)])
def test_every_unit_is_where_it_is_drawn(chosen: Place | None, size: tuple[int, int]) -> None:
    snapshot = snapshot_of(hidden_units=(4, 3))
    found: dict[Place, str] = {}
    picture = NetworkPicture.of(snapshot, chosen, *size)
    for y, row in enumerate(picture.rows()):
        text = "".join(span.text for span in row)
        for x, character in enumerate(text):
            unit = picture.unit_at(x, y)
            if unit is not None:
                found[unit] = found.get(unit, "") + character
    assert all(0 <= layer <= 2 for layer, _ in found)
    assert all(text[0] in "([●■" and text[-1] in ")]●■" for text in found.values())
    if size == (60, 16):
        assert len(found) == 4 + 3 + 1
        assert found[0, 1].strip("([])").startswith("2 ")


def test_a_click_beside_the_units_chooses_none() -> None:
    assert NetworkPicture.of(snapshot_of(), None, 0, 0).unit_at(0, 0) is None
    assert NetworkPicture.of(snapshot_of(), None, 60, 16).unit_at(0, 0) is None
