"""A plot: a figure as strips, of which only changed rows are drawn again."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from bptui.plotting import Figure, Run, draw


class Plot(Widget):
    """Draws a figure over its whole area; its title is the legend."""

    COMPONENT_CLASSES = {
        "plot--axes",
        "plot--target",
        "plot--output",
        "plot--above",
        "plot--below",
        "plot--third",
        "plot--wrong",
        "plot--sample",
        "plot--test",
        "plot--shade",
        "plot--ghost",
        "plot--error",
    }

    DEFAULT_CSS = """
    Plot {
        .plot--axes { color: $text-muted; }
        .plot--target { color: $text-secondary; }
        .plot--output { color: $text-warning; text-style: bold; }
        .plot--above { color: $text-primary; }
        .plot--below { color: $text-warning; }
        .plot--third { color: $text-success; }
        .plot--sample { color: $text-muted; }
        .plot--test { color: $text-primary; }
        .plot--shade { color: $secondary-darken-1; }
        .plot--ghost { color: $text-secondary; text-style: dim; }
        .plot--wrong { color: $text-error; text-style: bold; }
        .plot--error { color: $text-success; }
    }
    """

    figure: reactive[Figure | None] = reactive(None, repaint=False)
    """What is drawn; rows that come out as before are left alone."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: list[list[Run]] = []

    def watch_figure(self) -> None:
        """Draw, and refresh the rows that changed."""
        old, self._rows = self._rows, self._draw()
        if len(old) != len(self._rows):
            self.refresh()
            return
        width = self.size.width
        changed = [
            Region(0, y, width, 1)
            for y, (before, after) in enumerate(zip(old, self._rows, strict=True))
            if before != after
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
        return Strip([Segment(text, self._style(role)) for text, role in self._rows[y]], self.size.width)

    def _style(self, role: str | None) -> Style:
        return self.get_component_rich_style(f"plot--{role or 'axes'}")
