"""An app that draws what its terminal can show, and no faster than that can take it."""

from __future__ import annotations

import os

from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter

from bptui.terminal.ascii_filter import AsciiFilter
from bptui.terminal.flow_control import PacedScreen
from bptui.terminal.themes import DARK, FEW, LOOKS, THEMES, NoColors


class TerminalApp(App[int]):
    """Has the themes, takes the one that suits the terminal, and does without colors or in ASCII.

    Args:
        ascii: whether all that is drawn is ASCII.
        driver_class: speaks to the terminal; None where there is none, which has all colors.
    """

    CSS = LOOKS

    def __init__(self, *, ascii: bool, driver_class: type[Driver] | None) -> None:
        super().__init__(driver_class=driver_class)
        self._own_filters: list[LineFilter] = [NoColors(enabled=self.no_color), AsciiFilter(enabled=ascii)]
        for theme in THEMES:
            self.register_theme(theme)
        if "TEXTUAL_THEME" not in os.environ:
            few = self.no_color or self.console.color_system in (None, "standard")
            self.theme = (FEW if few and driver_class is not None else DARK).name

    def get_default_screen(self) -> PacedScreen:
        """One that waits for the terminal, and is arranged for its size from the start."""
        screen = PacedScreen(id="_default")
        width, height = self.size
        for size, breakpoints in ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS)):
            reached = [name for least, name in sorted(breakpoints or ()) if least <= size]
            screen.add_class(*reached[-1:])
        return screen

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's, and those that the terminal needs."""
        return [*super().get_line_filters(), *(own for own in self._own_filters if own.enabled)]
