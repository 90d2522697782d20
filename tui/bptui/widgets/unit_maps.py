"""The outputs of the hidden units over the inputs: a small picture for each unit."""

from __future__ import annotations

from textual.reactive import reactive

from bptui.drawing.spans import Span
from bptui.drawing.unit_maps import draw_unit_maps
from bptui.session.snapshot import Snapshot, State
from bptui.widgets.rows import Rows

_FRAMES = 3
"""Of so many frames of a run in progress, one draws the pictures: they change slowly, and they are large."""


class UnitMaps(Rows):
    """Draws the pictures layer by layer, as large as they fit."""

    ROLE_STYLES = {
        "map": "$text-primary",
        "below": "$text-warning",
        "below-ground": "on $warning 20%",
        "label": "$text-muted",
        "warning": "$text-warning",
    }

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    """The run shown."""
    own_scales: reactive[bool] = reactive(False, repaint=False)
    """Whether each unit is drawn over its own range of outputs."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawn: Snapshot | None = None
        self._frames = 0

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Draw the new snapshot, unless it only continues a run that was just drawn."""
        self._frames += 1
        if self._frames >= _FRAMES or not _continues(self._drawn, snapshot):
            self._frames, self._drawn = 0, snapshot
            self.redraw()

    def watch_own_scales(self) -> None:
        """Draw in the other scales."""
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The pictures, or nothing before the first snapshot."""
        if self.snapshot is None:
            return []
        return draw_unit_maps(self.snapshot, width, height, own_scales=self.own_scales)


def _continues(drawn: Snapshot | None, now: Snapshot | None) -> bool:
    """Whether nothing but training has happened since a snapshot, and still goes on."""
    if drawn is None or now is None:
        return False
    return (
        now.status.state is State.RUNNING
        and now.run.config == drawn.run.config
        and now.run.epoch >= drawn.run.epoch
    )
