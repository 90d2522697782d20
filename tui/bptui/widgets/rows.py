"""What widgets that draw characters have in common: rows of runs, of which only what changed is sent."""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, TypeVar

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip

from bptui import drawing
from bptui.drawing import spans
from bptui.widgets.looks import Looks

Run = TypeVar("Run", spans.Run, drawing.Run)
"""Characters in one look; the first is the text."""


class Rows(Looks, Generic[Run]):
    """Draws rows of runs over its whole area: when it is painted, for only then its size is certain."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: list[list[Run]] = []
        self._drawn_for: Size | None = None

    @abstractmethod
    def draw(self, width: int, height: int) -> list[list[Run]]:
        """As many rows as the height, each as long as the width; or none."""

    def segment(self, run: Run) -> Segment:
        """The run in its role's look."""
        text, role = run[:2]
        return Segment(text, self.look(role) if role else self.rich_style)

    def redraw(self) -> None:
        """Refresh what changes with what there is to draw now."""
        if self._drawn_for != self.size:
            self.refresh()  # it has never been painted like this
            return
        old, self._rows = self._rows, self.draw(*self.size)
        if len(old) != len(self._rows):
            self.refresh()
            return
        changed = [
            Region(start, y, end - start, 1)
            for y, (before, after) in enumerate(zip(old, self._rows, strict=True))
            for start, end in changed_columns(before, after)
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """One row."""
        if self._drawn_for != self.size:
            self._drawn_for = self.size
            self._rows = self.draw(*self.size)
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        return Strip(map(self.segment, self._rows[y]), self.size.width)


def changed_columns(before: list[Run], after: list[Run]) -> list[tuple[int, int]]:
    """From which to which column two rows differ: between the runs that both begin and end with."""
    if before == after:
        return []
    most = min(len(before), len(after))
    same = next((count for count in range(most) if before[count] != after[count]), most)
    start = sum(len(run[0]) for run in after[:same])
    left = most - same
    same = next((count for count in range(left) if before[-1 - count] != after[-1 - count]), left)
    end = sum(len(run[0]) for run in after[: len(after) - same])
    return [(start, end)]
