"""The titles of a tab's panels, with a mark on the focused one."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content
from textual.widget import Widget

from bptui.drawing import Legend
from bptui.views.panels import PANELS
from bptui.widgets.role_styled import RoleStyled


class PanelTitles:
    """Sets the titles of panels, and paints a panel only if its title has changed.

    Args:
        widgets: the panels by name.
    """

    def __init__(self, widgets: Mapping[str, Widget]) -> None:
        self._widgets = widgets
        self._titles: dict[str, str | Legend] = {panel.name: panel.first_title for panel in PANELS}
        self._painted: dict[str, Content] = {}

    def set(self, name: str, title: str | Legend, *, focused: bool) -> None:
        """Set the title of a panel."""
        self._titles[name] = title
        self.paint(name, focused=focused)

    def paint(self, name: str, *, focused: bool) -> None:
        """Paint the title of a panel, whose colors or mark may have changed."""
        widget, title = self._widgets[name], self._titles[name]
        # Not markup: the names of the user's classes may contain brackets.
        if isinstance(title, Legend) and isinstance(widget, RoleStyled):
            text = widget.legend(title)
        else:
            text = Content(str(title))
        if focused:
            text = Content("▸ ").append(text)
        before = self._painted.get(name)
        if before is None or not before.is_same(text):  # setting a title paints the whole panel again
            self._painted[name] = text
            widget.border_title = text
