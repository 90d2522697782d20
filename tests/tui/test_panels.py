"""Which panels are seen, which one keys act on, and the unit behind the network panel."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot

from bpengine import FIELD, TASKS, Task
from bptui.app import BptuiApp
from bptui.screens.unit import UnitScreen
from bptui.snapshot import State
from bptui.views.layout import PANELS, Layout
from bptui.widgets.weight_bars import WeightBars
from tests.tui.apps import make_app
from tests.tui.test_keys import EPOCHS, until
from tests.tui.test_layout import lines

FIRST_FOUR = ("settings", "plot", "error", "table")
FITTING = {
    (60, 18): FIRST_FOUR,
    (80, 24): FIRST_FOUR,
    (119, 60): FIRST_FOUR,
    (200, 35): FIRST_FOUR,
    (120, 36): (*FIRST_FOUR, "metrics", "network"),
    (159, 60): (*FIRST_FOUR, "metrics", "network"),
    (200, 47): (*FIRST_FOUR, "metrics", "network"),
    (160, 48): PANELS,
    (200, 50): PANELS,
}
"""What there is room for."""
SIZES = [(60, 18), (80, 24), (120, 36), (160, 48), (200, 50)]
LAYOUTS = [(60, 18), (120, 36), (160, 48)]
"""The smallest of those at which each choice of panels fits."""


def seen(app: BptuiApp) -> set[str]:
    """The panels that have a place on the screen."""
    found = set()
    for name in PANELS:
        panel = app.view.query_one(f"#{name}")
        if all(node.display for node in panel.ancestors_with_self) and panel.region.area:
            assert app.screen.region.contains_region(panel.region), name
            assert min(panel.content_size) > 0, name
            found.add(name)
    return found


def text_of(app: BptuiApp) -> str:
    """All that is on the screen."""
    return "\n".join(lines(app))


# The rules.


@pytest.mark.parametrize("size", FITTING)
def test_what_fits_is_shown(size: tuple[int, int]) -> None:
    assert Layout().shown(*size) == set(FITTING[size])


@pytest.mark.parametrize("size", FITTING)
@pytest.mark.parametrize("name", PANELS)
def test_a_panel_without_a_place_gets_the_whole_room(size: tuple[int, int], name: str) -> None:
    shown = Layout().focusing(name).shown(*size)
    assert shown == (set(FITTING[size]) if name in FITTING[size] else {name})
    assert Layout(focused=name, zoomed=True).shown(*size) == {name}


def test_hidden_panels_are_left_out_by_sight_and_by_walk() -> None:
    layout = Layout(hidden=frozenset({"plot", "metrics"}))
    assert layout.shown(200, 50) == set(PANELS) - {"plot", "metrics"}
    walked = [layout := layout.walked(1) for _ in range(6)]
    assert [each.focused for each in walked] == [
        *("error", "table", "network", "units", "diagnostics", "settings")
    ]
    assert layout.walked(-1).focused == "diagnostics"
    assert layout.walked(-1).walked(-1).focused == "units"


def test_hiding_goes_on_to_the_last_one_which_stays() -> None:
    layout = Layout()
    for count in range(1, 12):
        layout = layout.without_focused()
        assert len(layout.hidden) == min(count, 7)
        assert layout.focused not in layout.hidden
        assert layout.shown(200, 50) >= {layout.focused}
    assert layout.shown(60, 18) == layout.shown(200, 50) == {"diagnostics"}
    assert layout.walked(1) == layout.walked(-1) == layout
    assert layout.whole().shown(200, 50) == set(PANELS)


def test_hiding_ends_the_zoom() -> None:
    layout = Layout(focused="plot", zoomed=True).without_focused()
    assert (layout.zoomed, layout.focused) == (False, "error")


@pytest.mark.parametrize(
    "hidden, focused", [((), "settings"), (("settings",), "plot"), (PANELS[:3], "table")]
)
def test_back_is_to_the_first_that_is_not_hidden(hidden: tuple[str, ...], focused: str) -> None:
    layout = Layout(hidden=frozenset(hidden), focused="units", zoomed=True).back()
    assert (layout.focused, layout.zoomed) == (focused, False)
    assert layout.shown(80, 24) == set(FIRST_FOUR) - set(hidden)


def test_metrics_take_the_tables_place_and_its_focus() -> None:
    layout = Layout().with_other_figures()
    assert layout.shown(80, 24) == {"settings", "plot", "error", "metrics"}
    assert layout.focused == "settings"
    assert layout.shown(120, 36) == set(FITTING[120, 36]), "there is room for both"
    assert layout.with_other_figures() == Layout()
    layout = Layout(focused="table").with_other_figures()
    assert layout.focused == "metrics"
    assert layout.shown(80, 24) == {"settings", "plot", "error", "metrics"}
    assert layout.with_other_figures() == Layout(focused="table")


def test_metrics_that_were_hidden_are_shown_when_asked_for() -> None:
    layout = Layout(hidden=frozenset({"metrics"})).with_other_figures()
    assert layout.shown(80, 24) == {"settings", "plot", "error", "metrics"}


def test_in_every_state_at_every_size_the_panel_in_focus_is_seen() -> None:
    hidden = [frozenset(PANELS[number] for number in range(8) if bits >> number & 1) for bits in range(255)]
    for each, focused, zoomed, metrics in product(hidden, PANELS, (False, True), (False, True)):
        layout = Layout(each, focused, zoomed, metrics)
        for size in ((1, 1), (80, 24), (120, 36), (160, 48)):
            shown = layout.shown(*size)
            assert focused in shown
            assert shown == {focused} or not shown & each


# On the screen.


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("task", TASKS)
async def test_tab_walks_through_all_and_nothing_is_cut_off(size: tuple[int, int], task: Task) -> None:
    app = make_app(task)
    app.view.session.advance_to(400)
    fitting = set(FITTING[size])
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for number in range(1, len(PANELS) + 1):
            await pilot.press("tab")
            focused = app.view.arrangement.focused
            assert focused == PANELS[number % len(PANELS)]
            assert seen(app) == (fitting if focused in fitting else {focused})
            text = text_of(app)
            assert text.count("▸ ") == 1
            assert "…" not in text


async def test_shift_tab_walks_the_other_way() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        for number in range(1, len(PANELS) + 1):
            await pilot.press("shift+tab")
            assert app.view.arrangement.focused == PANELS[-number % len(PANELS)]


@pytest.mark.parametrize("size", LAYOUTS)
async def test_z_zooms_and_tab_walks_on_zoomed(size: tuple[int, int]) -> None:
    app = make_app()
    app.view.session.advance_to(400)
    async with app.run_test(size=size) as pilot:
        await pilot.press("z")
        for name in PANELS:
            assert seen(app) == {name}
            region = app.view.query_one(f"#{name}").region
            assert (region.x, region.width) == (0, size[0])
            assert region.height >= size[1] - 5, "but for tabs, status and footer"
            assert "…" not in text_of(app)
            await pilot.press("tab")
        await pilot.press("z")
        await pilot.pause()
        assert seen(app) == set(FITTING[size])
        await pilot.press("z", "escape")
        await pilot.pause()
        assert seen(app) == set(FITTING[size])


@pytest.mark.parametrize("size", LAYOUTS)
async def test_x_hides_one_after_the_other_and_capital_x_shows_all(size: tuple[int, int]) -> None:
    app = make_app()
    app.view.session.advance_to(400)
    async with app.run_test(size=size) as pilot:
        for number in range(1, 10):
            await pilot.press("x")
            left = PANELS[min(number, 7) :]
            fitting = {name for name in left if name in FITTING[size]}
            assert seen(app) == (fitting or {left[0]})
            assert "…" not in text_of(app)
        await pilot.press("X", "escape")
        await pilot.pause()
        assert seen(app) == set(FITTING[size])
        assert app.view.arrangement == Layout()


async def test_escape_brings_every_panel_back_to_its_place() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x", *["tab"] * 4)
        await pilot.pause()
        assert len(seen(app)) == 1
        await pilot.press("escape")
        await pilot.pause()
        assert seen(app) == {"plot", "error", "table"}


async def test_m_with_the_table_in_focus_shows_the_metrics() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", "tab", "m")
        await pilot.pause()
        assert seen(app) == {"settings", "plot", "error", "metrics"}
        await pilot.press("m")
        await pilot.pause()
        assert seen(app) == set(FIRST_FOUR)
        assert app.view.arrangement.focused == "table"


async def test_the_arrangement_holds_on_both_tabs() -> None:
    app = make_app()
    async with app.run_test(size=(160, 48)) as pilot:
        await pilot.press("tab", "x", "2")
        await pilot.pause()
        assert seen(app) == set(PANELS) - {"plot"}
        await pilot.press("X", "z", "1")
        await pilot.pause()
        assert seen(app) == {"error"}


@pytest.mark.parametrize("task", TASKS)
async def test_a_panel_that_comes_into_sight_by_a_new_size_is_filled(task: Task) -> None:
    app, fresh = make_app(task), make_app(task)
    for each in (app, fresh):
        each.view.session.advance_to(20)
    async with fresh.run_test(size=(160, 48)) as pilot:
        await pilot.pause()
        whole = text_of(fresh)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.resize_terminal(160, 48)
        await until(pilot, lambda: text_of(app) == whole)


async def test_resizing_under_way_loses_nothing() -> None:
    app = make_app(epochs=EPOCHS)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", "x", "down", "right", "l", "e", "p", "space")
        before = app.view.arrangement
        config = app.view.session.config
        for size in ((200, 50), (10, 3), (60, 18), (160, 48), (1, 1), (120, 36), (80, 24)):
            await pilot.resize_terminal(*size)
            epoch = app.view.session.snapshot().epoch
            await until(pilot, lambda epoch=epoch: app.view.session.snapshot().epoch > epoch)  # type: ignore[misc]
            assert app.view.arrangement == before
            if size[0] >= 60:
                await until(pilot, lambda size=size: seen(app) == set(FITTING[size]) - {"error"})  # type: ignore[misc]
        assert app.view.session.config == config
        snapshot = app.view.snapshot
        assert snapshot is not None
        assert snapshot.pin is not None
        assert (app.view.log_errors, app.view.smooth) == (False, True)


async def test_a_click_focuses_a_panel() -> None:
    app = make_app()
    async with app.run_test(size=(160, 48)) as pilot:
        for name in (*PANELS[1:], "settings"):
            await pilot.click(f"#regression #{name}")
            await until(pilot, lambda name=name: app.view.arrangement.focused == name)  # type: ignore[misc]
            assert app.view.query_one(f"#{name}").has_class("-focused")
        await pilot.click("StatusLine")
        await pilot.pause()
        assert app.view.arrangement.focused == "settings"


async def test_a_run_that_is_out_of_sight_holds_still_whatever_is_arranged() -> None:
    app = make_app(epochs=EPOCHS)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        hidden = app.view
        await until(pilot, lambda: hidden.session.snapshot().epoch > 1)
        await pilot.press("2", "tab", "z", "m")
        await pilot.resize_terminal(160, 48)
        held = hidden.session.snapshot()
        await pilot.press("space", *["+"] * 5)
        await until(pilot, lambda: app.view.session.snapshot().epoch > 5)
        now = hidden.session.snapshot()
        assert (now.epoch, now.sample, now.state) == (held.epoch, held.sample, State.RUNNING)
        await pilot.press("1")
        await until(pilot, lambda: hidden.session.snapshot().epoch > held.epoch)


async def test_a_key_right_after_the_tabs_acts_on_the_new_one() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        for key in ("2", "s", "1"):
            app.post_message(events_key(key))
        await until(pilot, lambda: app.view.id == "regression")
        await pilot.pause()
        other = app.query_one("#classification")
        assert app.view.session.state is State.READY
        assert other.session.state is State.PAUSED  # type: ignore[attr-defined]


def events_key(key: str) -> events.Key:
    """A key as a driver sends it."""
    return events.Key(key, key if len(key) == 1 else None)


# The network panel and the unit behind it.


async def to_network(pilot: Pilot[int]) -> None:
    """Put it in focus."""
    await pilot.press(*["tab"] * PANELS.index("network"))


@pytest.mark.parametrize("size", LAYOUTS)
async def test_arrows_walk_through_the_network_and_enter_opens_the_unit(size: tuple[int, int]) -> None:
    app = make_app(hidden_units=(3, 2))
    async with app.run_test(size=size) as pilot:
        await pilot.press("s")
        await to_network(pilot)
        config, chosen = app.view.session.config, app.view.chosen
        places = []
        for key in ("down", "down", "down", "up", "right", "right", "right", "left", "left", "left"):
            await pilot.press(key)
            places.append(app.view.unit)
        assert places[:4] == [(0, 1), (0, 2), (0, 2), (0, 1)]
        assert [layer for layer, _ in places[4:]] == [1, 2, 2, 1, 0, 0]
        assert (app.view.session.config, app.view.chosen) == (config, chosen), "no setting moved"
        for close in ("escape", "q", "enter"):
            await pilot.press("enter")
            assert isinstance(app.screen, UnitScreen)
            assert app.screen.unit == app.view.unit
            await pilot.pause()
            assert "…" not in text_of(app)
            await pilot.press("right", close)
            assert not isinstance(app.screen, UnitScreen)
        assert app.view.unit[0] == 2, "the panel followed the walk above it"
        await pilot.press("escape", "right")
        assert app.view.session.config.learning_rate == 0.2


async def test_the_run_goes_on_below_the_unit_which_follows_it() -> None:
    app = make_app(epochs=EPOCHS)
    async with app.run_test(size=(120, 36)) as pilot:
        await to_network(pilot)
        await pilot.press("enter")
        screen = app.screen
        assert isinstance(screen, UnitScreen)
        first = screen.query_one(WeightBars).shown
        assert first is not None
        await pilot.press("enter", "space", "enter")
        screen = app.screen
        assert isinstance(screen, UnitScreen)
        bars = screen.query_one(WeightBars)

        def weights() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
            assert bars.shown is not None
            return bars.shown[0].layers[0]

        for _ in range(3):
            before = weights()
            await until(pilot, lambda before=before: bool((weights() != before).any()))  # type: ignore[misc]
        assert app.view.snapshot is not None
        assert bars.shown is not None
        assert bars.shown[0] is app.view.snapshot
        await pilot.press("escape", "space")


async def test_the_unit_follows_into_a_smaller_network() -> None:
    app = make_app(hidden_units=(5, 5))
    async with app.run_test(size=(120, 36)) as pilot:
        await to_network(pilot)
        await pilot.press(*["down"] * 4, "right", "enter")
        assert app.view.unit[0] == 1
        app.view.session.change(FIELD["hidden_units"], (2,))
        app.view.show_now()
        await pilot.pause()
        assert isinstance(app.screen, UnitScreen)
        sizes = (2, 1)
        layer, unit = app.screen.unit
        assert unit < sizes[layer]
        await pilot.press("left", "down", "escape")
        assert app.view.unit == (0, 1)
