"""The outputs of the hidden units over the inputs: a small picture for each unit."""

from __future__ import annotations

from textual.reactive import reactive

from bptui.drawing.spans import Span
from bptui.drawing.unit_maps import draw_unit_maps
from bptui.session.snapshot import Snapshot
from bptui.widgets.rows import Rows


class UnitMaps(Rows):
    """Draws the pictures layer by layer, as large as they fit."""

    LOOKS = {"map": "$text-primary", "label": "$text-muted", "warning": "$text-warning"}

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    """The run shown."""

    def watch_snapshot(self) -> None:
        """Draw the new snapshot."""
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The pictures, or nothing before the first snapshot."""
        return [] if self.snapshot is None else draw_unit_maps(self.snapshot, width, height)
