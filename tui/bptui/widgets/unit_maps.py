"""The hidden-units panel: a small picture of each unit's output over the inputs."""

from __future__ import annotations

from textual.reactive import reactive

from bptui.drawing.spans import Span
from bptui.drawing.unit_maps import draw_unit_maps
from bptui.session.snapshot import Snapshot, State
from bptui.widgets.rows import Rows

_FRAMES = 3
"""While the run is running, one frame in so many draws the pictures: they are large and change slowly."""


class UnitMaps(Rows):
    """Draws the pictures layer by layer, as large as the space allows."""

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

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._drawn: Snapshot | None = None
        self._frames = 0

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Draw the new snapshot, unless it only continues a run that was just drawn."""
        self._frames += 1
        if self._frames >= _FRAMES or not _continues(self._drawn, snapshot):
            self._frames, self._drawn = 0, snapshot
            self.redraw()

    def watch_own_scales(self) -> None:
        """Draw with the other scales."""
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The pictures, or nothing before the first snapshot."""
        if self.snapshot is None:
            return []
        return draw_unit_maps(self.snapshot, width, height, own_scales=self.own_scales)


def _continues(drawn: Snapshot | None, now: Snapshot | None) -> bool:
    """Whether the run has only been trained since the drawn snapshot, and is still running."""
    if drawn is None or now is None:
        return False
    return (
        now.status.state is State.RUNNING
        and now.run.config == drawn.run.config
        and now.run.epoch >= drawn.run.epoch
    )
