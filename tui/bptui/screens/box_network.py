"""The network in the box, with the unit of the current number highlighted."""

from __future__ import annotations

from rich.cells import set_cell_size
from textual import events
from textual.reactive import reactive

from bptui.box.picture import BoxPicture
from bptui.drawing.network import NetworkPicture
from bptui.drawing.spans import Span
from bptui.session.snapshot import Snapshot
from bptui.widgets.network import NetworkPanel
from bptui.widgets.rows import Rows, WeightOpened


class BoxNetwork(Rows):
    """The network with the unit of the current number highlighted."""

    ROLE_STYLES = NetworkPanel.ROLE_STYLES

    shown: reactive[tuple[Snapshot, BoxPicture] | None] = reactive(None, repaint=False)
    """The run, and the picture of the current number."""

    def watch_shown(self) -> None:
        """Draw the new picture."""
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Request the chain of the weight whose number or sign at the end of a link was clicked.

        A click on a unit requests the chain of its bias.
        """
        place = event.get_content_offset(self)
        if place is None or self.shown is None:
            return
        drawn = self._drawn(*self.shown, *self.size)
        unit, link = drawn.unit_at(*place), drawn.link_at(*place)
        if unit is not None:
            link = (*unit, None)
        if link is not None:
            self.post_message(WeightOpened(link))

    @staticmethod
    def _drawn(snapshot: Snapshot, picture: BoxPicture, width: int, height: int) -> NetworkPicture:
        """The picture above the caption."""
        return NetworkPicture(snapshot, picture.chosen, width, height - 1, picture.highlight)

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The network, and below it a caption for the numbers in the units."""
        if self.shown is None or height < 2:
            return []
        _, picture = self.shown
        rows = self._drawn(*self.shown, width, height).rows()
        drawn = "".join(span.text for row in rows for span in row)
        numbers = () if picture.highlight is None else picture.highlight.numbers.values()
        # A large network has room for no number.
        caption = picture.caption if any(number in drawn for number in numbers) else ""
        return [*rows, [Span(set_cell_size(caption, width), "caption")]]
