"""Which panels are to be seen: the rules."""

from __future__ import annotations

from itertools import product

import pytest

from bptui.screen.tabs.panel_layout import PanelLayout
from bptui.screen.tabs.panels import NAMES
from tests.tui.support.panels import FITTING, SHARING, SMALL


@pytest.mark.parametrize("size", FITTING)
def test_the_panels_that_fit_are_shown(size: tuple[int, int]) -> None:
    assert PanelLayout().shown(*size) == set(FITTING[size])


@pytest.mark.parametrize("size", FITTING)
def test_a_panel_without_a_place_gets_the_whole_room(size: tuple[int, int]) -> None:
    for name in NAMES:
        shown = PanelLayout().focusing(name).shown(*size)
        others = {*FITTING[size]} - shown
        if name in SHARING and others:
            assert others <= set(SHARING), "it takes the place that it shares with them"
        else:
            assert shown == (set(FITTING[size]) if name in FITTING[size] else {name})
        assert PanelLayout(focused=name, zoomed=True).shown(*size) == {name}


def test_hidden_panels_are_neither_shown_nor_focused() -> None:
    layout = PanelLayout(hidden=frozenset({"plot", "metrics"}))
    assert layout.shown(200, 60) == set(NAMES) - {"plot", "metrics"}
    order = [name for name in NAMES if name not in layout.hidden]
    visited = [layout := layout.focusing_next(1) for _ in order]
    assert [each.focused for each in visited] == [*order[1:], order[0]]
    assert layout.focusing_next(-1).focused == order[-1]
    assert layout.focusing_next(-1).focusing_next(-1).focused == order[-2]


def test_hiding_a_maximized_panel_shows_the_others() -> None:
    layout = PanelLayout(focused="plot", zoomed=True).hiding_focused()
    assert layout == PanelLayout(frozenset({"plot"}), "error")


def test_the_last_panel_cannot_be_hidden() -> None:
    layout = PanelLayout()
    for count in range(1, len(NAMES) + 3):
        layout = layout.hiding_focused()
        assert len(layout.hidden) == min(count, len(NAMES) - 1)
        assert layout.focused not in layout.hidden
        assert layout.shown(200, 60) >= {layout.focused}
    assert layout.shown(60, 18) == layout.shown(200, 60) == {NAMES[-1]}
    assert layout.focusing_next(1) == layout.focusing_next(-1) == layout
    assert layout.showing_all(200, 60).shown(200, 60) == set(NAMES)


@pytest.mark.parametrize("hidden, focused", [((), "settings"), (("settings",), "plot"), (NAMES[:2], "error")])
def test_escape_focuses_the_first_panel_that_is_not_hidden(hidden: tuple[str, ...], focused: str) -> None:
    layout = PanelLayout(hidden=frozenset(hidden), focused="units", zoomed=True).focusing_first()
    assert (layout.focused, layout.zoomed) == (focused, False)
    assert layout.shown(80, 24) == set(SMALL) - set(hidden)


def test_panels_that_share_a_place_take_turns_and_pass_on_the_focus() -> None:
    rest = {"settings", "plot", "error"}
    layout = PanelLayout()
    seen = []
    for _ in range(4):
        (shown,) = layout.shown(80, 24) - rest
        seen.append(shown)
        assert layout.focused == "settings"
        assert layout.shown(120, 36) == set(FITTING[120, 36]), "there is room for all"
        layout = layout.taking_turns(80, 24)
    assert seen == ["network", "table", "metrics", "network"]
    assert layout.taking_turns(120, 36) == layout
    layout = PanelLayout(focused="network").taking_turns(80, 24)
    assert layout.focused == "table"
    assert layout.shown(80, 24) == {*rest, "table"}
    layout = layout.taking_turns(140, 24)
    assert layout.focused == "metrics", "there the network has a place of its own"
    assert layout.shown(140, 24) == {*rest, "network", "metrics"}


def test_a_panel_that_was_hidden_is_shown_when_it_is_its_turn() -> None:
    layout = PanelLayout(hidden=frozenset({"table"})).taking_turns(80, 24)
    assert layout.shown(80, 24) == {"settings", "plot", "error", "table"}


def test_in_every_state_at_every_size_the_panel_in_focus_is_seen() -> None:
    hidden = [
        frozenset(NAMES[number] for number in range(len(NAMES)) if bits >> number & 1)
        for bits in range(2 ** len(NAMES) - 1)
    ]
    for each, focused, zoomed, turn in product(hidden, NAMES, (False, True), ("", "table", "metrics")):
        layout = PanelLayout(each, focused, zoomed, turn)
        for size in ((1, 1), (80, 24), (120, 36), (160, 60)):
            shown = layout.shown(*size)
            assert focused in shown
            assert shown == {focused} or not shown & each


def test_all_panels_are_shown_though_one_without_a_place_had_the_focus() -> None:
    units = PanelLayout(focused="units", hidden=frozenset({"error"}))
    assert units.shown(80, 24) == {"units"}
    assert units.showing_all(80, 24).shown(80, 24) == {"settings", "plot", "error", "network"}
    assert units.showing_all(200, 60).focused == "units", "there it has a place"


def test_a_session_starts_with_no_panel_maximized_or_alone() -> None:
    hidden = frozenset({"table"})
    assert PanelLayout(hidden, "error", zoomed=True).at_start(80, 24) == PanelLayout(hidden, "error")
    assert PanelLayout(hidden, "units").at_start(80, 24) == PanelLayout(hidden)
    assert PanelLayout(hidden, "units").at_start(200, 60).focused == "units", "there it has a place"
