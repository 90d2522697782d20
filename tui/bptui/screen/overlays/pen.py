"""The base of screens on which a pen draws: by the mouse, or by keys."""

from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.geometry import Offset
from textual.widget import Widget

from bptui.screen.overlays.dialog import RunDialog
from bptui.session.snapshot import Snapshot


class PenScreen(RunDialog):
    """A screen with a pen. What it draws, moves and undoes is up to those that inherit from it.

    Args:
        snapshot: the run.
        paper: what the mouse draws on.
    """

    ACTIONS = {
        "less": "move(-1, 0)",
        "more": "move(1, 0)",
        "up": "move(0, -1)",
        "down": "move(0, 1)",
        "toggle_run": "draw",
        "undo": "undo",
    }

    BINDINGS = [Binding("x", "draw(True)", "Erase", show=False)]

    def __init__(self, snapshot: Snapshot, paper: Widget) -> None:
        super().__init__(snapshot)
        self._paper = paper
        self._mouse: Offset | None = None

    def touch(self, column: int, row: int, *, erases: bool) -> None:
        """Draw or erase in a cell of the paper, and let the pen follow."""
        raise NotImplementedError

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Draw where the mouse is pressed; the right button erases."""
        self._mouse = event.get_content_offset(self._paper)
        if self._mouse is not None:
            self.touch(*self._mouse, erases=event.button == 3)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Draw where the mouse is dragged: in all cells on its way, of which Textual leaves some out."""
        place, before = event.get_content_offset(self._paper), self._mouse
        if not event.button:
            return
        self._mouse = place
        if place is None or before is None:
            return
        steps = max(abs(place.x - before.x), abs(place.y - before.y))
        for step in range(1, steps + 1):
            column, row = (
                round(start + (end - start) * step / steps) for start, end in zip(before, place, strict=True)
            )
            self.touch(column, row, erases=event.button == 3)
