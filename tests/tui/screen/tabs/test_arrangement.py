"""The places of the panels: they fill the room without overlapping, whatever is hidden."""

from __future__ import annotations

from itertools import combinations

import pytest
from textual.geometry import Region

from bpengine import FIELDS
from bptui.screen.tabs.arrangement import ARRANGEMENTS, Part, arrangement_for, lesson_place, sizes
from bptui.screen.tabs.panel_layout import PanelLayout
from bptui.screen.tabs.panels import NAMES
from tests.tui.support.panels import FITTING

FRAME = 2
"""The rows of a frame."""


def test_panels_fill_the_room_whatever_is_hidden() -> None:
    for width, height in FITTING:
        arrangement = arrangement_for(width, height)
        for count in range(3):
            for hidden in combinations(NAMES, count):
                shown = PanelLayout(
                    frozenset(hidden), focused="plot", turn="metrics" if count == 1 else ""
                ).shown(width, height)
                places = arrangement.places(shown, width, height - 4)
                assert places.keys() == shown
                assert all(place.area for place in places.values())
                assert all(not a.overlaps(b) for a, b in combinations(places.values(), 2))
                gaps = 0 if arrangement.framed else 2
                assert Region.from_union(list(places.values())) == Region(0, 0, width, height - 4)
                missing = width * (height - 4) - sum(place.area for place in places.values())
                assert 0 <= missing <= gaps * (height - 4)


@pytest.mark.parametrize("size", [(160, 48), (200, 60), (300, 90)])
def test_all_settings_fit_large_terminals(size: tuple[int, int]) -> None:
    arrangement = arrangement_for(*size)
    places = arrangement.places(arrangement.names, size[0], size[1] - 5)  # tabs, timeline, status and footer
    assert places["settings"].height >= len(FIELDS) + FRAME
    assert places["network"].width >= 56
    assert places["network"].area >= 3 * places["diagnostics"].area
    assert places["table"].height >= FRAME + 1 + 7, "there is room for seven reported epochs"
    assert places["metrics"].height <= 13, "it has no use for more"


def test_in_a_portrait_the_plot_is_above_everything() -> None:
    for width, height in ((60, 40), (90, 50), (119, 60)):
        arrangement = arrangement_for(width, height)
        places = arrangement.places(arrangement.names - {"metrics"}, width, height - 4)
        assert all(
            places[name].y >= places["plot"].bottom for name in ("error", "network", "settings", "table")
        )


def test_a_room_is_divided_by_shares_within_limits() -> None:
    assert sizes([Part("a", 2), Part("b", 1)], 30) == [20, 10]
    assert sizes([Part("a", 2), Part("b", 1, low=15)], 30) == [15, 15]
    assert sizes([Part("a", 2, high=5), Part("b", 1), Part("c", 1)], 30) == [5, 12, 13]
    assert sizes([Part("a", high=5), Part("b", high=5)], 30) == [5, 25], "the last one gets the rest"
    assert sizes([Part("a", low=20), Part("b", low=10)], 15) == [10, 5], "too little for all"
    assert sizes([Part("a"), Part("b")], 0) == [0, 0]
    assert sizes([], 9) == []


def test_every_panel_has_a_place_somewhere() -> None:
    assert frozenset().union(*(each.names for each in ARRANGEMENTS)) == set(NAMES)
    assert [each.names for each in ARRANGEMENTS] == sorted(
        (each.names for each in ARRANGEMENTS), key=len, reverse=True
    )


def test_beside_a_lesson_there_is_an_arrangement_on_every_terminal() -> None:
    for width in (0, 1, 79, 80, 119, 120, 139, 200, 500):
        for height in (0, 1, 2, 3, 23, 24, 200):
            arrangement_for(*lesson_place(width, height).room_beside(width, height))
