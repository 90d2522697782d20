"""The panels of a tab, placed for the size of the terminal, their titles, and the lines below them."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import NULL_SPACING, Offset, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from bptui.screen.drawing import Legend
from bptui.screen.tabs.arrangement import ARRANGEMENTS, Arrangement
from bptui.screen.widgets.rows import Rows
from bptui.screen.widgets.status_line import StatusLine, TimelineRow


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


class PanelTitles:
    """Sets the titles of panels, and paints a panel only if its title has changed.

    Args:
        widgets: the panels by name.
        first: their titles until others are set.
    """

    def __init__(self, widgets: Mapping[str, Widget], first: Mapping[str, str]) -> None:
        self._widgets = widgets
        self._titles: dict[str, str | Legend] = {**first}
        self._painted: dict[str, tuple[str | Legend, bool, bool, Mapping[str, str]]] = {}

    def set(self, name: str, title: str | Legend, *, focused: bool) -> None:
        """Set the title of a panel."""
        self._titles[name] = title
        self.paint(name, focused=focused)

    def paint(self, name: str, *, focused: bool) -> None:
        """Paint the title of a panel, whose colors or mark may have changed."""
        widget, title = self._widgets[name], self._titles[name]
        pointed = widget.has_class("-pointed")
        shown = (
            title,
            focused,
            pointed,
            widget.app.theme_variables,
        )  # which follow the name of the theme later
        if self._painted.get(name) == shown:  # setting a title paints the whole panel again
            return
        self._painted[name] = shown
        # Not markup: the names of the user's classes may contain brackets.
        if isinstance(title, Legend) and isinstance(widget, Rows):
            text = widget.legend(title)
        else:
            text = Content(str(title))
        if focused:
            text = Content("▸ ").append(text)
        if pointed:
            text = Content("◆ ").append(text)
        widget.border_title = text


class PanelView(Vertical):
    """Panels and, below them, the timeline and the status line.

    Args:
        widgets: the panels by name.
        titles: their first titles.
        id: the id of the widget.
    """

    def __init__(
        self, widgets: Mapping[str, Widget], titles: Mapping[str, str], *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._widgets = widgets
        for widget in widgets.values():
            widget.can_focus = True  # so that keys reach the bindings of the focused panel first
        self._area, self._titles = PanelArea(*widgets.values()), PanelTitles(widgets, titles)
        self._timeline, self._status = TimelineRow(), StatusLine()

    def compose(self) -> ComposeResult:
        """Yield the panels, and below them the timeline and the status line."""
        yield self._area
        yield self._timeline
        yield self._status
