"""The panels of the network, with the links between its units, and of the pictures of its hidden units."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.reactive import reactive

from bptui.screen.drawing.network import NetworkPicture
from bptui.screen.drawing.redraw_rate import MapPace
from bptui.screen.drawing.roles import PICTURE_STYLES
from bptui.screen.drawing.spans import Span
from bptui.screen.drawing.unit_maps import draw_unit_maps
from bptui.screen.terminal.capabilities import has_color_maps
from bptui.screen.widgets.rows import Rows, UnitChosen, UnitEdited, WeightOpened
from bptui.session.snapshot import Snapshot
from bptui.session.units import Place, move, sizes_of

PICTURE_COLUMNS = 140
"""The fewest columns of a terminal in which units are drawn with pictures of their outputs."""


class NetworkPanel(Rows):
    """Draws layers as columns of units, and links by size and sign, the chosen unit's links on top."""

    ACTIONS = {
        **dict.fromkeys(("less", "much_less"), "move(-1, 0)"),
        **dict.fromkeys(("more", "much_more"), "move(1, 0)"),
        "up": "move(0, -1)",
        "down": "move(0, 1)",
        "edit": "open",
        "freeze": "edit_unit('freeze')",
        "knock_out": "edit_unit('knock_out')",
    }

    class Opened(Message):
        """The chosen unit is to be inspected."""

    ROLE_STYLES = {
        **PICTURE_STYLES,
        "positive": "$text-primary",
        "negative": "$text-warning",
        "far-positive": "dim $text-primary",
        "far-negative": "dim $text-warning",
        "unit": "$foreground",
        "frozen": "$text-accent",
        "out": "dim strike $foreground",
        "chosen": "bold reverse $foreground",
        "input": "$text-secondary",
        "caption": "$text-muted",
        "words": "$foreground",
    }

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    """The run shown."""
    chosen: reactive[Place | None] = reactive(None, repaint=False)
    """The layer and number of the unit that stands out; the first hidden layer is 0."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.map_pace = MapPace(1 / 6)
        """When to draw pictures of the units again."""
        self._has_pictures = False
        self._drawn: Snapshot | None = None

    def action_move(self, layers: int, units: int) -> None:
        """Choose a neighbor of the chosen unit."""
        if self.snapshot is not None and self.chosen is not None:
            self.chosen = move(self.chosen, layers, units, sizes_of(self.snapshot))  # before the next key
            self.post_message(UnitChosen(self.chosen))

    def action_edit_unit(self, command: str) -> None:
        """Ask for an edit of the chosen unit."""
        if self.chosen is not None:
            self.post_message(UnitEdited(command, self.chosen))

    def action_open(self) -> None:
        """Ask for the chosen unit's details."""
        self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """Choose the unit that was clicked; a double click opens the chosen unit.

        A click on the weight or the sign at the end of a link of the chosen unit opens the weight's chain.
        """
        place = event.get_content_offset(self)
        if place is not None and self.snapshot is not None:
            picture = self._picture(self.snapshot, *self.size)
            unit, link = picture.unit_at(*place), picture.link_at(*place)
            if unit is not None:
                self.post_message(UnitChosen(unit))
            if unit is None and link is not None:
                self.post_message(WeightOpened(link))
                return
        if event.chain == 2:
            self.post_message(self.Opened())

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Draw the new snapshot, unless its network is drawn already, and only other settings differ."""
        if snapshot is not None and snapshot.has_network_of(self._drawn):
            return
        if not self._has_pictures or self.map_pace.is_due(snapshot, self.chosen):
            self.redraw()

    def watch_chosen(self) -> None:
        """Draw the links of the newly chosen unit on top."""
        self.redraw()

    def _picture(self, snapshot: Snapshot, width: int, height: int) -> NetworkPicture:
        self._has_pictures, colors = self.app.size.width >= PICTURE_COLUMNS, has_color_maps(self.app)
        pictures = self._has_pictures
        return NetworkPicture.of(snapshot, self.chosen, width, height, pictures=pictures, colors=colors)

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The network, or nothing before the first snapshot."""
        self._drawn = self.snapshot
        return [] if self.snapshot is None else self._picture(self.snapshot, width, height).rows()


class UnitMaps(Rows):
    """Draws the pictures layer by layer, as large as the space allows."""

    ROLE_STYLES = {
        **PICTURE_STYLES,
        "label": "$text-muted",
        "warning": "$text-warning",
    }

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    """The run shown."""
    own_scales: reactive[bool] = reactive(False, repaint=False)
    """Whether each unit is drawn over its own range of outputs."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.map_pace = MapPace(1 / 3)
        """When to draw the pictures again."""

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Draw the new snapshot, unless it only continues a run that was just drawn."""
        if self.map_pace.is_due(snapshot):
            self.redraw()

    def watch_own_scales(self) -> None:
        """Draw with the other scales."""
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The pictures, or nothing before the first snapshot."""
        if self.snapshot is None:
            return []
        colors = has_color_maps(self.app)
        return draw_unit_maps(self.snapshot, width, height, own_scales=self.own_scales, colors=colors)
