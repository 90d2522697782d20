"""Plots: a figure in the colors of its roles, and the error curve with a cursor that reads it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive

from bptui.drawing import ROLES, Figure, Span, draw
from bptui.terminal.capabilities import TerminalApp
from bptui.widgets.rows import Rows

_FAR = 10
"""The strides of a large step."""
_ACROSS = 1_000
"""More strides than there are from end to end."""


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
        plain = isinstance(self.app, TerminalApp) and self.app.is_plain
        return [] if self.figure is None else draw(self.figure, width, height, plain=plain)


class ErrorCurve(Plot):
    """A plot over epochs whose keys ask for the cursor to be moved."""

    BINDINGS = [
        Binding("left", "move(-1)", "Earlier epoch", show=False),
        Binding("right", "move(1)", "Later epoch", show=False),
        Binding("shift+left,less_than_sign", f"move(-{_FAR})", "Much earlier epoch", show=False),
        Binding("shift+right,greater_than_sign", f"move({_FAR})", "Much later epoch", show=False),
        Binding("home", f"move(-{_ACROSS})", "First epoch", show=False),
        Binding("end", f"move({_ACROSS})", "Last epoch", show=False),
        Binding("escape", "leave", "Remove the cursor", show=False),
    ]

    @dataclass
    class CursorMoved(Message):
        """A key has moved the cursor, or is to show it."""

        strides: int
        """How far: to earlier epochs if negative."""

    class CursorLeft(Message):
        """The cursor is to be removed."""

    def action_move(self, strides: int) -> None:
        """Ask for the cursor to be moved by so many strides."""
        self.post_message(self.CursorMoved(strides))

    def action_leave(self) -> None:
        """Ask for the cursor to be removed."""
        self.post_message(self.CursorLeft())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the escape key to the app while there is no cursor."""
        if action == "leave" and (self.figure is None or self.figure.cursor is None):
            return False
        return super().check_action(action, parameters)
