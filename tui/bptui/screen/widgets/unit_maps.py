"""The hidden-units panel: a small picture of each unit's output over the inputs."""

from __future__ import annotations

from textual.reactive import reactive

from bptui.screen.drawing.redraw_rate import MapPace
from bptui.screen.drawing.roles import PICTURE_STYLES
from bptui.screen.drawing.spans import Span
from bptui.screen.drawing.unit_maps import draw_unit_maps
from bptui.screen.terminal.capabilities import has_color_maps
from bptui.screen.widgets.rows import Rows
from bptui.session.snapshot import Snapshot


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
