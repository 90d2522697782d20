"""Walking through the network panel, and the unit behind it."""

from __future__ import annotations

import numpy as np
from textual.pilot import Pilot

from bpengine import FIELD
from bptui.screen.overlays.unit import UnitScreen
from bptui.screen.tabs.panels import NAMES
from bptui.screen.widgets.weight_bars import WeightBars
from bptui.session import commands
from tests.tui.support.apps import EPOCHS, make_app
from tests.tui.support.driving import press, rest, until
from tests.tui.support.panels import text_of


async def to_network(pilot: Pilot[int]) -> None:
    """Put it in focus."""
    await press(pilot, *["tab"] * NAMES.index("network"))


async def test_arrows_walk_through_the_network_and_enter_opens_the_unit() -> None:
    app = make_app(hidden_units=(3, 2))
    async with app.run_test(size=(60, 18)) as pilot:
        await press(pilot, "s")
        await to_network(pilot)
        config, chosen = app.view.session.config, app.view.options.setting
        places = []
        for key in ("down", "down", "down", "up", "right", "right", "right", "left", "left", "left"):
            await press(pilot, key)
            places.append(app.view.options.unit)
        assert places[:4] == [(0, 1), (0, 2), (0, 2), (0, 1)]
        assert [layer for layer, _ in places[4:]] == [1, 2, 2, 1, 0, 0]
        assert (app.view.session.config, app.view.options.setting) == (config, chosen), "no setting moved"
        for close in ("escape", "q", "q"):
            await press(pilot, "enter")
            assert isinstance(app.screen, UnitScreen)
            assert app.screen.unit == app.view.options.unit
            await rest(pilot)
            assert "…" not in text_of(app)
            await press(pilot, "right", close)
            assert not isinstance(app.screen, UnitScreen)
        assert app.view.options.unit[0] == 2, "the panel followed the walk above it"
        await press(pilot, "escape", "right")
        assert app.view.session.config.learning_rate == 0.2


async def test_the_run_continues_below_an_open_unit_which_follows_it() -> None:
    app = make_app(epochs=EPOCHS)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "-")  # an epoch a tick leaves time between two ticks
        await to_network(pilot)
        await press(pilot, "enter")
        screen = app.screen
        assert isinstance(screen, UnitScreen)
        first = screen.query_one(WeightBars).shown
        assert first is not None
        await press(pilot, "escape", "space", "enter")
        screen = app.screen
        assert isinstance(screen, UnitScreen)
        bars = screen.query_one(WeightBars)

        def weights() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
            assert bars.shown is not None
            return bars.shown[0].network.layers[0]

        for _ in range(3):
            before = weights()
            await until(pilot, lambda before=before: bool((weights() != before).any()))  # type: ignore[misc]
        assert app.view.snapshot is not None
        assert bars.shown is not None
        assert bars.shown[0] is app.view.snapshot
        await press(pilot, "escape", "space")


async def test_an_open_unit_follows_into_a_smaller_network() -> None:
    app = make_app(hidden_units=(5, 5))
    async with app.run_test(size=(120, 36)) as pilot:
        await to_network(pilot)
        await press(pilot, *["down"] * 4, "right", "enter")
        assert app.view.options.unit[0] == 1
        app.view.session.do(commands.change, FIELD["hidden_units"], (2,))
        app.view.frames.show_now()
        await rest(pilot)
        assert isinstance(app.screen, UnitScreen)
        sizes = (2, 1)
        layer, unit = app.screen.unit
        assert unit < sizes[layer]
        await press(pilot, "left", "down", "escape")
        assert app.view.options.unit == (0, 1)
