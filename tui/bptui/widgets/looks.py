"""How what is drawn character by character looks: a role's style, in the colors of the theme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from rich.style import Style
from textual.style import Style as VisualStyle
from textual.widget import Widget

_VARIABLE = re.compile(r"\$([\w-]+)")


class Looks(Widget):
    """Has a style for each role.

    Textual's component classes would do, but it matches each of them with the whole style sheet as if it were
    a widget, whenever a class changes somewhere above: a plot's would take longer than all there is to see.
    """

    LOOKS: ClassVar[Mapping[str, str]]
    """By role, in Textual's words for content: `bold $text-warning`, `on $primary 20%`."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._looks: dict[str, Style] = {}

    def look(self, role: str) -> Style:
        """The role's style upon the widget's own."""
        if role not in self._looks:
            # Put in here, since Textual's parser would take a variable "auto 60%" for "auto".
            variables = self.app.theme_variables
            text = _VARIABLE.sub(lambda found: variables[found[1]], self.LOOKS[role])
            self._looks[role] = (self.visual_style + VisualStyle.parse(text)).rich_style
        return self._looks[role]

    def notify_style_update(self) -> None:
        """Another theme has other colors."""
        self._looks.clear()
        super().notify_style_update()
