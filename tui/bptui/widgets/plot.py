"""A plot: a figure in its colors."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive

from bptui.drawing import Figure, Run, draw
from bptui.widgets.rows import Rows


class Plot(Rows[Run]):
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

    def watch_figure(self) -> None:
        """Draw the new one."""
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Run]]:
        """The figure, or nothing yet."""
        return [] if self.figure is None else draw(self.figure, width, height)

    def segment(self, run: Run) -> Segment:
        """Text on its ground."""
        text, role, ground = run
        style = self.look(role or "axes")
        tint = self.look(ground).bgcolor if ground else None
        # The terminal's own sixteen colors know no tints: as a ground, one of them would hide what is on it.
        if tint is not None and tint.triplet is not None:
            style += Style(bgcolor=tint)
        return Segment(text, style)
