"""A plot: a figure in the colors of its roles."""

from __future__ import annotations

from textual.reactive import reactive

from bptui.drawing import ROLES, Figure, Span, draw
from bptui.widgets.rows import Rows


class Plot(Rows):
    """Draws a figure over its whole area; its title is the legend."""

    LOOKS = {name: role.look for name, role in ROLES.items()}

    figure: reactive[Figure | None] = reactive(None, repaint=False)
    """What is drawn; rows that come out as before are left alone."""

    def watch_figure(self) -> None:
        """Draw the new figure."""
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The figure, or nothing before the first one."""
        return [] if self.figure is None else draw(self.figure, width, height)
