"""The base of the widgets that draw rows of spans, of which only the changed ones are painted."""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.widget import Widget

from bpengine import Edit
from bptui.screen.drawing import Legend, Span
from bptui.screen.drawing.roles import DIVERGING, SEQUENTIAL
from bptui.screen.terminal.capabilities import has_color_maps, is_projected, scale_colors
from bptui.screen.terminal.contrast import READABLE, legible
from bptui.screen.terminal.textual_internals import bind_commands
from bptui.session.units import Link, Place

_SCALES = frozenset((*DIVERGING, *SEQUENTIAL))
"""The grounds on which all signs are black or white: of a class, some could not be read in its own color."""
_VARIABLE = re.compile(r"\$([\w-]+)")


@dataclass
class WeightOpened(Message):
    """A weight or bias was clicked whose chain of derivatives is to be shown."""

    link: Link


@dataclass
class UnitChosen(Message):
    """Another unit was chosen, by a click or an arrow key."""

    unit: Place


@dataclass
class UnitEdited(Message):
    """A unit is to be edited."""

    command: str
    """freeze or knock_out, which also take that back; empty if one of its weights is set."""
    unit: Place
    edit: Edit | None = None
    """How the weight is set."""


class Rows(Widget):
    """Draws rows of spans over its whole area. It draws when it is painted: only then is its size certain.

    Each role of its characters has a style in the colors of the theme. Textual's component classes could do
    this, but Textual matches each of them against the whole style sheet, as if it were a widget, whenever a
    class changes on an ancestor. For a plot this would take longer than drawing it.
    """

    ACTIONS: ClassVar[Mapping[str, str]] = {}
    """What the keys of commands do in it, by the names of the commands."""
    ROLE_STYLES: ClassVar[Mapping[str, str]]
    """The style of each role as Textual content markup: `bold $text-warning`, `on $primary 20%`."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        bind_commands(self, self.ACTIONS)
        self._rows: list[list[Span]] = []
        self._drawn_for: Size | None = None
        self._drawn_in = (False, False)
        self._role_styles: dict[tuple[str | None, str | None], Style] = {}

    @abstractmethod
    def draw(self, width: int, height: int) -> list[list[Span]]:
        """Return `height` rows, each `width` characters long, or no rows at all."""

    def redraw(self) -> None:
        """Draw again, and refresh the rows that have changed. The driver sends only the changed cells."""
        if self._drawn_for != (size := self.size):
            self._drawn_for = None  # it may be painted in the size before this one
            self.refresh()
            return
        old = self._rows
        self._draw_rows()
        if len(old) != len(self._rows):
            self.refresh()
            return
        changed = [
            Region(0, y, size.width, 1)
            for y, (before, after) in enumerate(zip(old, self._rows, strict=True))
            if before != after
        ]
        if changed:
            self.refresh(*changed)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of a region; each look at the size takes Textual as long as a row."""
        if self._drawn_for != (size := self.size):
            self._drawn_for = size
            self._draw_rows()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One row."""
        width = self._drawn_for.width if self._drawn_for is not None else 0
        if y >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        segments = (Segment(span.text, self.role_style(span.role, span.ground)) for span in self._rows[y])
        return Strip(segments, width)

    def _draw_rows(self) -> None:
        self._rows, self._drawn_in = self.draw(*self.size), self._look

    @property
    def _look(self) -> tuple[bool, bool]:
        """What of the theme the rows depend on."""
        return has_color_maps(self.app), is_projected(self.app)

    def role_style(self, role: str | None, ground: str | None = None) -> Style:
        """The style of a role in this widget, on the background of another role if one is given."""
        key = role, ground
        if key not in self._role_styles:
            style = self._foreground(role) if role else self.rich_style
            keeps_own = "reverse" in self.ROLE_STYLES.get(role or "", "")
            tint = style_of(self, self.ROLE_STYLES[ground]).bgcolor if ground and not keeps_own else None
            # The terminal's own sixteen colors have no tints: a full color behind text would hide it.
            if tint is not None and tint.triplet is not None:
                style += Style(bgcolor=tint)
                if not _is_ground(self.ROLE_STYLES.get(role or "", "")):
                    style = legible(style, math.inf if ground in _SCALES else READABLE)
            self._role_styles[key] = style
        return self._role_styles[key]

    def _foreground(self, role: str) -> Style:
        """The style of a role's characters; a role of backgrounds colors them as it does backgrounds."""
        style = style_of(self, self.ROLE_STYLES[role])
        return self.rich_style + Style(color=style.bgcolor) if _is_ground(self.ROLE_STYLES[role]) else style

    def notify_style_update(self) -> None:
        """Forget the styles of another theme; and the rows, if they look different in more than colors."""
        self._role_styles.clear()
        if self._drawn_in != self._look:
            self._drawn_for = None
        super().notify_style_update()

    def legend(self, legend: Legend) -> Content:
        """The legend as a title of this widget, its signs in the colors of their roles."""
        return Content.assemble(*map(self._legend_part, legend.spans))

    def _legend_part(self, span: Span) -> tuple[str, VisualStyle | str]:
        """The text of a span and its style; two levels of a scale are the halves of a cell."""
        if span.ground is None:
            return span.text, _parsed(self, self.ROLE_STYLES[span.role]) if span.role else ""
        if not has_color_maps(self.app):
            return span.text, ""
        left, right = (self.ROLE_STYLES[role] for role in (span.role or span.ground, span.ground))
        return "▌" if left != right else " ", _parsed(self, f"{left.removeprefix('on ')} {right}")


def _is_ground(markup: str) -> bool:
    """Whether a style is that of a background alone."""
    return markup.startswith("on ")


def style_of(widget: Widget, markup: str) -> Style:
    """The style that Textual content markup describes, on a widget and in the colors of the theme."""
    return (widget.visual_style + _parsed(widget, markup)).rich_style


def _parsed(widget: Widget, markup: str) -> VisualStyle:
    # Substituted here, since Textual's parser would read a variable "auto 60%" as "auto".
    variables = {**scale_colors(widget.app), **widget.app.theme_variables}
    return VisualStyle.parse(_VARIABLE.sub(lambda found: variables[found[1]], markup))
