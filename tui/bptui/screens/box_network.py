"""The network in the box, with the number under way lit up."""

from __future__ import annotations

from textual.reactive import reactive

from bptui.box.picture import Picture
from bptui.drawing.network import draw_network
from bptui.drawing.spans import Span
from bptui.session.snapshot import Snapshot
from bptui.widgets.network import NetworkPanel
from bptui.widgets.rows import Rows


class BoxNetwork(Rows):
    """The network with the number under way lit up."""

    LOOKS = NetworkPanel.LOOKS

    shown: reactive[tuple[Snapshot, Picture] | None] = reactive(None, repaint=False)
    """The run, and what stands out."""

    def watch_shown(self) -> None:
        """Draw it."""
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The network, and below it what the numbers in it are."""
        if self.shown is None or height < 2:
            return []
        snapshot, picture = self.shown
        rows = draw_network(snapshot, picture.chosen, width, height - 1, picture.lit)
        return [*rows, [Span(f"{picture.caption:<{width}}"[:width], "caption")]]
