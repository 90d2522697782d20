"""The area of a tab's panels, which places each panel by the arrangement for the terminal's size."""

from __future__ import annotations

from textual.geometry import NULL_SPACING, Offset, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from bptui.views.arrangement import ARRANGEMENTS, Arrangement


class _PanelPlaces(Layout):
    """Puts each visible panel in its place."""

    name = "panel-places"

    def __init__(self) -> None:
        self.arrangement = ARRANGEMENTS[-1]

    def arrange(
        self,
        parent: Widget,  # noqa: ARG002  Textual's
        children: list[Widget],
        size: Size,
        greedy: bool = True,  # noqa: ARG002  Textual's
    ) -> ArrangeResult:
        """Return the places of the panels, which are the visible children."""
        panels = {str(child.id): child for child in children}
        places = self.arrangement.places(panels.keys(), *size)
        return [
            WidgetPlacement(places[name], Offset(), NULL_SPACING, panel) for name, panel in panels.items()
        ]


class PanelArea(Widget):
    """Holds all panels, in the order of the tab key; their ids are their names."""

    def __init__(self, *panels: Widget) -> None:
        super().__init__(*panels)
        self._places = _PanelPlaces()

    @property
    def layout(self) -> Layout:
        """The layout of the panels, which replaces that of the style sheet."""
        return self._places

    def use(self, arrangement: Arrangement) -> None:
        """Put the panels where they are in this arrangement."""
        self.set_class(arrangement.framed, "-framed")
        if arrangement is not self._places.arrangement:
            self._places.arrangement = arrangement
            self.refresh(layout=True)
