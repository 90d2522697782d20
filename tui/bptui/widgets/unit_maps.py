"""What each hidden unit makes of the inputs: a small picture for each."""

from __future__ import annotations

from textual.reactive import reactive

from bptui.drawing.spans import Span
from bptui.drawing.unit_maps import draw_unit_maps
from bptui.session.snapshot import Snapshot
from bptui.widgets.rows import Rows


class UnitMaps(Rows):
    """Pictures of the hidden units over the domain, layer by layer, as large as fit."""

    LOOKS = {"map": "$text-primary", "label": "$text-muted", "warning": "$text-warning"}

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    """The moment shown."""

    def watch_snapshot(self) -> None:
        """Draw the new moment."""
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The pictures, or nothing yet."""
        return [] if self.snapshot is None else draw_unit_maps(self.snapshot, width, height)
