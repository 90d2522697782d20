"""The widget that shows a map of two settings."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.reactive import reactive

from bptui.drawing.heat_map import STYLES
from bptui.drawing.spans import Span, padded
from bptui.widgets.rows import Rows


class HeatMap(Rows):
    """Shows the rows of a map; its height is their number.

    The rows are spans instead of a rich table, which takes ten times as long to draw: a map that fills is
    drawn many times a second.
    """

    ROLE_STYLES = STYLES

    @dataclass
    class Clicked(Message):
        """A place was clicked."""

        x: int
        """The column of the character."""
        y: int
        """The row of the character."""

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

    def on_click(self, event: events.Click) -> None:
        """Report which place was clicked."""
        place = event.get_content_offset(self)
        if place is not None:
            self.post_message(self.Clicked(place.x, place.y))

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The rows."""
        return [padded([*row, Span(" ")], width) for row in self.shown[:height]]  # or the last color goes on
