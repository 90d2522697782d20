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
        "plot--fit",
        "plot--part",
        "plot--above",
        "plot--below",
        "plot--third",
        "plot--wrong",
        "plot--sample",
        "plot--test",
        "plot--border",
        "plot--shade",
        "plot--ghost",
        "plot--error",
        "plot--raw",
        "plot--mark",
        *(f"plot--{tint}-{strength}" for tint in ("above", "below", "third") for strength in (1, 2, 3)),
    }

    DEFAULT_CSS = """
    Plot {
        .plot--axes { color: $text-muted; }
        .plot--target { color: $text-secondary; }
        .plot--output { color: $text-warning; text-style: bold; }
        .plot--fit { color: $text-warning; }
        .plot--part { color: $text-primary; }
        .plot--above { color: $text-primary; }
        .plot--below { color: $text-warning; }
        .plot--third { color: $text-success; }
        .plot--above-1 { background: $primary 10%; }
        .plot--above-2 { background: $primary 20%; }
        .plot--above-3 { background: $primary 35%; }
        .plot--below-1 { background: $warning 10%; }
        .plot--below-2 { background: $warning 20%; }
        .plot--below-3 { background: $warning 35%; }
        .plot--third-1 { background: $success 10%; }
        .plot--third-2 { background: $success 20%; }
        .plot--third-3 { background: $success 35%; }
        .plot--sample { color: $text-muted; }
        .plot--test { color: $text-primary; }
        .plot--border { color: $text; }
        .plot--shade { color: $secondary-darken-1; }
        .plot--ghost { color: $text-secondary; text-style: dim; }
        .plot--wrong { color: $text-error; text-style: bold; }
        .plot--error { color: $text-success; }
        .plot--raw { color: $text-success; text-style: dim; }
        .plot--mark { color: $text-warning; }
    }
    """

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
        style = self.get_component_rich_style(f"plot--{role or 'axes'}")
        tint = self.get_component_rich_style(f"plot--{ground}").bgcolor if ground else None
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
