"""The base of widgets that draw characters by role: a style for each role, in the colors of the theme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from rich.style import Style
from textual.content import Content
from textual.style import Style as VisualStyle
from textual.widget import Widget

from bptui.drawing import Legend

_VARIABLE = re.compile(r"\$([\w-]+)")


class RoleStyled(Widget):
    """A widget that has a style for each role.

    Textual's component classes could do this, but Textual matches each of them against the whole style sheet,
    as if it were a widget, whenever a class changes on an ancestor. For a plot this would take longer than
    drawing it.
    """

    ROLE_STYLES: ClassVar[Mapping[str, str]]
    """The style of each role as Textual content markup: `bold $text-warning`, `on $primary 20%`."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._role_styles: dict[tuple[str | None, str | None], Style] = {}

    def role_style(self, role: str | None, ground: str | None = None) -> Style:
        """The style of a role in this widget, on the background of another role if one is given."""
        key = role, ground
        if key not in self._role_styles:
            style = self.style_of(self.ROLE_STYLES[role]) if role else self.rich_style
            tint = self.style_of(self.ROLE_STYLES[ground]).bgcolor if ground else None
            # The terminal's own sixteen colors have no tints: a full color behind text would hide it.
            if tint is not None and tint.triplet is not None:
                style += Style(bgcolor=tint)
            self._role_styles[key] = style
        return self._role_styles[key]

    def legend(self, legend: Legend) -> Content:
        """The legend as a title of this widget, its signs in the colors of their roles."""
        return Content.assemble(
            *(
                (
                    span.text,
                    VisualStyle.parse(self._with_colors(self.ROLE_STYLES[span.role])) if span.role else "",
                )
                for span in legend.spans
            )
        )

    def style_of(self, style: str) -> Style:
        """The style that Textual content markup describes, in the colors of the theme."""
        return (self.visual_style + VisualStyle.parse(self._with_colors(style))).rich_style

    def _with_colors(self, style: str) -> str:
        # Substituted here, since Textual's parser would read a variable "auto 60%" as "auto".
        variables = self.app.theme_variables
        return _VARIABLE.sub(lambda found: variables[found[1]], style)

    def notify_style_update(self) -> None:
        """Forget the styles of another theme."""
        self._role_styles.clear()
        super().notify_style_update()
