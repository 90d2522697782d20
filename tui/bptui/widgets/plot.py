"""A plot: a figure as strips, of which only changed rows are drawn again."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from bptui.plotting import Figure, Run, draw
from bptui.widgets.looks import Looks


class Plot(Looks):
    """Draws a figure over its whole area; its title is the legend."""

    LOOKS = {
        "axes": "$text-muted",
        "target": "$text-secondary",
        "output": "bold $text-warning",
        "fit": "$text-warning",
        "part": "$text-primary",
        "above": "$text-primary",
        "below": "$text-warning",
        "third": "$text-success",
        "sample": "$text-muted",
        "test": "$text-primary",
        "border": "$text",
        "shade": "$secondary-darken-1",
        "ghost": "dim $text-secondary",
        "wrong": "bold $text-error",
        "error": "$text-success",
        "raw": "dim $text-success",
        "mark": "$text-warning",
        **{
            f"{role}-{strength}": f"on ${color} {tint}%"
            for role, color in (("above", "primary"), ("below", "warning"), ("third", "success"))
            for strength, tint in enumerate((10, 20, 35), 1)
        },
    }

    figure: reactive[Figure | None] = reactive(None, repaint=False)
    """What is drawn; rows that come out as before are left alone."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: list[list[Run]] = []

    def watch_figure(self) -> None:
        """Draw, and refresh what changed."""
        old, self._rows = self._rows, self._draw()
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

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._rows = self._draw()
        self.refresh()

    def _draw(self) -> list[list[Run]]:
        return draw(self.figure, *self.size) if self.figure is not None else []

    def render_line(self, y: int) -> Strip:
        """One row."""
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        segments = [Segment(text, self._style(role, ground)) for text, role, ground in self._rows[y]]
        return Strip(segments, self.size.width)

    def _style(self, role: str | None, ground: str | None) -> Style:
        style = self.look(role or "axes")
        tint = self.look(ground).bgcolor if ground else None
        # The terminal's own sixteen colors know no tints: as a ground, one of them would hide what is on it.
        return style + Style(bgcolor=tint) if tint is not None and tint.triplet is not None else style


def changed_columns(before: list[Run], after: list[Run]) -> list[tuple[int, int]]:
    """From which to which column two rows differ: between the runs that both begin and end with."""
    if before == after:
        return []
    most = min(len(before), len(after))
    same = next((count for count in range(most) if before[count] != after[count]), most)
    start = sum(len(text) for text, _, _ in after[:same])
    left = most - same
    same = next((count for count in range(left) if before[-1 - count] != after[-1 - count]), left)
    end = sum(len(text) for text, _, _ in after[: len(after) - same])
    return [(start, end)]
