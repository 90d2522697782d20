"""The base of the widgets that draw rows of spans, of which only the changed parts are painted."""

from __future__ import annotations

from abc import abstractmethod

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip

from bptui.drawing.spans import Span
from bptui.widgets.role_styled import RoleStyled


class Rows(RoleStyled):
    """Draws rows of spans over its whole area. It draws when it is painted: only then is its size certain."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: list[list[Span]] = []
        self._drawn_for: Size | None = None

    @abstractmethod
    def draw(self, width: int, height: int) -> list[list[Span]]:
        """Return `height` rows, each `width` characters long, or no rows at all."""

    def redraw(self) -> None:
        """Draw again, and refresh the parts that have changed."""
        if self._drawn_for != self.size:
            self.refresh()  # it was never painted in this size
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
        segments = (Segment(span.text, self.role_style(span.role, span.ground)) for span in self._rows[y])
        return Strip(segments, self.size.width)


def changed_columns(before: list[Span], after: list[Span]) -> list[tuple[int, int]]:
    """The columns in which two rows differ: all between the spans that both rows begin and end with."""
    if before == after:
        return []
    most = min(len(before), len(after))
    same = next((count for count in range(most) if before[count] != after[count]), most)
    start = sum(len(span.text) for span in after[:same])
    left = most - same
    same = next((count for count in range(left) if before[-1 - count] != after[-1 - count]), left)
    end = sum(len(span.text) for span in after[: len(after) - same])
    return [(start, end)]
