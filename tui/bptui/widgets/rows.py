"""What widgets that draw characters have in common: rows of runs, of which only changed ones are sent."""

from __future__ import annotations

from abc import abstractmethod

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from bptui.runs import Run
from bptui.widgets.looks import Looks


class Rows(Looks):
    """Draws rows of runs over its whole area, each in the style of its role."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: list[list[Run]] = []

    @abstractmethod
    def draw(self, width: int, height: int) -> list[list[Run]]:
        """As many rows as the height, each as long as the width."""

    def redraw(self) -> None:
        """Draw, and refresh the rows that changed."""
        old, self._rows = self._rows, self._drawn()
        if len(old) != len(self._rows):
            self.refresh()
            return
        changed = [
            Region(0, y, self.size.width, 1)
            for y, (before, after) in enumerate(zip(old, self._rows, strict=True))
            if before != after
        ]
        if changed:
            self.refresh(*changed)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._rows = self._drawn()
        self.refresh()

    def _drawn(self) -> list[list[Run]]:
        return self.draw(*self.size) if self.size.area else []

    def render_line(self, y: int) -> Strip:
        """One row."""
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        plain = self.rich_style
        return Strip(
            [Segment(text, self.look(role) if role else plain) for text, role in self._rows[y]],
            self.size.width,
        )
