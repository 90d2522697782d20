"""A map of two settings."""

from __future__ import annotations

from textual.reactive import reactive

from bptui.drawing.heat_map import STYLES
from bptui.drawing.spans import Span, padded
from bptui.widgets.rows import Rows


class HeatMap(Rows):
    """Shows the rows of a map, as high as they are many.

    They are spans and not a rich table, which takes ten times as long to draw: a map fills many times a
    second.
    """

    LOOKS = STYLES

    DEFAULT_CSS = """
    HeatMap { height: 1; }
    """

    shown: reactive[list[list[Span]]] = reactive(list, repaint=False)
    """The rows."""

    def watch_shown(self) -> None:
        """Draw the cells that have changed."""
        if self.styles.height is None or self.styles.height.value != len(self.shown):
            self.styles.height = max(len(self.shown), 1)
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The rows."""
        return [padded([*row, Span(" ")], width) for row in self.shown[:height]]  # or the last color goes on
