"""Which panels are to be seen: the rules."""

from __future__ import annotations

from itertools import product

import pytest

from bptui.views.panel_layout import PanelLayout
from bptui.views.panels import NAMES
from tests.tui.support.panels import FIRST_FOUR, FITTING


@pytest.mark.parametrize("size", FITTING)
def test_the_panels_that_fit_are_shown(size: tuple[int, int]) -> None:
    assert PanelLayout().shown(*size) == set(FITTING[size])


@pytest.mark.parametrize("size", FITTING)
@pytest.mark.parametrize("name", NAMES)
def test_a_panel_without_a_place_gets_the_whole_room(size: tuple[int, int], name: str) -> None:
    shown = PanelLayout().focusing(name).shown(*size)
    assert shown == (set(FITTING[size]) if name in FITTING[size] else {name})
    assert PanelLayout(focused=name, zoomed=True).shown(*size) == {name}


def test_hidden_panels_are_neither_shown_nor_focused() -> None:
    layout = PanelLayout(hidden=frozenset({"plot", "metrics"}))
    assert layout.shown(200, 50) == set(NAMES) - {"plot", "metrics"}
    order = [name for name in NAMES if name not in layout.hidden]
    visited = [layout := layout.focusing_next(1) for _ in order]
    assert [each.focused for each in visited] == [*order[1:], order[0]]
    assert layout.focusing_next(-1).focused == order[-1]
    assert layout.focusing_next(-1).focusing_next(-1).focused == order[-2]


def test_the_last_panel_cannot_be_hidden() -> None:
    layout = PanelLayout()
    for count in range(1, len(NAMES) + 3):
        layout = layout.hiding_focused()
        assert len(layout.hidden) == min(count, len(NAMES) - 1)
        assert layout.focused not in layout.hidden
        assert layout.shown(200, 50) >= {layout.focused}
    assert layout.shown(60, 18) == layout.shown(200, 50) == {NAMES[-1]}
    assert layout.focusing_next(1) == layout.focusing_next(-1) == layout
    assert layout.showing_all(200, 50).shown(200, 50) == set(NAMES)


def test_hiding_ends_the_zoom() -> None:
    layout = PanelLayout(focused="plot", zoomed=True).hiding_focused()
    assert (layout.zoomed, layout.focused) == (False, "error")


@pytest.mark.parametrize("hidden, focused", [((), "settings"), (("settings",), "plot"), (NAMES[:3], "table")])
def test_escape_focuses_the_first_panel_that_is_not_hidden(hidden: tuple[str, ...], focused: str) -> None:
    layout = PanelLayout(hidden=frozenset(hidden), focused="units", zoomed=True).focusing_first()
    assert (layout.focused, layout.zoomed) == (focused, False)
    assert layout.shown(80, 24) == set(FIRST_FOUR) - set(hidden)


def test_metrics_take_the_tables_place_and_its_focus() -> None:
    layout = PanelLayout().toggling_metrics()
    assert layout.shown(80, 24) == {"settings", "plot", "error", "metrics"}
    assert layout.focused == "settings"
    assert layout.shown(120, 36) == set(FITTING[120, 36]), "there is room for both"
    assert layout.toggling_metrics() == PanelLayout()
    layout = PanelLayout(focused="table").toggling_metrics()
    assert layout.focused == "metrics"
    assert layout.shown(80, 24) == {"settings", "plot", "error", "metrics"}
    assert layout.toggling_metrics() == PanelLayout(focused="table")


def test_metrics_that_were_hidden_are_shown_when_asked_for() -> None:
    layout = PanelLayout(hidden=frozenset({"metrics"})).toggling_metrics()
    assert layout.shown(80, 24) == {"settings", "plot", "error", "metrics"}


def test_in_every_state_at_every_size_the_panel_in_focus_is_seen() -> None:
    hidden = [
        frozenset(NAMES[number] for number in range(len(NAMES)) if bits >> number & 1)
        for bits in range(2 ** len(NAMES) - 1)
    ]
    for each, focused, zoomed, metrics in product(hidden, NAMES, (False, True), (False, True)):
        layout = PanelLayout(each, focused, zoomed, metrics)
        for size in ((1, 1), (80, 24), (120, 36), (160, 48)):
            shown = layout.shown(*size)
            assert focused in shown
            assert shown == {focused} or not shown & each


def test_all_panels_are_shown_though_one_without_a_place_had_the_focus() -> None:
    network = PanelLayout(focused="network", hidden=frozenset({"table"}))
    assert network.shown(80, 24) == {"network"}
    assert network.showing_all(80, 24).shown(80, 24) == {"settings", "plot", "error", "table"}
    assert network.showing_all(120, 36).focused == "network", "there it has a place"
