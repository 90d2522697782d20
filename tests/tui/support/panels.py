"""What panels fit at which size, and which are seen."""

from __future__ import annotations

from bptui.screen.app import BptuiApp
from bptui.screen.tabs.panels import NAMES
from tests.tui.support.apps import lines

FIRST_FOUR = ("settings", "plot", "error", "table")
SHARING = ("network", "table", "metrics")
"""The panels that share a place on small terminals."""
SMALL = ("settings", "plot", "error", "network")
FITTING = {
    (60, 18): SMALL,
    (80, 24): SMALL,
    (119, 39): SMALL,
    (139, 35): SMALL,
    (140, 24): (*FIRST_FOUR, "network"),
    (200, 35): (*FIRST_FOUR, "network"),
    (60, 40): (*FIRST_FOUR, "network"),
    (90, 50): (*FIRST_FOUR, "network"),
    (119, 60): (*FIRST_FOUR, "network"),
    (120, 36): (*FIRST_FOUR, "metrics", "network"),
    (159, 60): (*FIRST_FOUR, "metrics", "network"),
    (200, 47): (*FIRST_FOUR, "metrics", "network"),
    (160, 48): tuple(name for name in NAMES if name != "units"),
    (200, 59): tuple(name for name in NAMES if name != "units"),
    (160, 60): NAMES,
    (200, 60): NAMES,
}
"""What there is room for."""
SIZES = [(60, 18), (90, 50), (120, 36), (160, 60)]
LAYOUTS = [(60, 18), (160, 60)]
"""The smallest of those at which each choice of panels fits."""


def seen(app: BptuiApp) -> set[str]:
    """The panels that have a place on the screen."""
    found = set()
    for name in NAMES:
        panel = app.view.query_one(f"#{name}")
        if all(node.display for node in panel.ancestors_with_self) and panel.region.area:
            assert app.screen.region.contains_region(panel.region), name
            assert min(panel.content_size) > 0, name
            found.add(name)
    return found


def text_of(app: BptuiApp) -> str:
    """All that is on the screen."""
    return "\n".join(lines(app))
