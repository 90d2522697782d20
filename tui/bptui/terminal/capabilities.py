"""An app that uses the capabilities of its terminal, and draws no faster than the terminal."""

from __future__ import annotations

import os
import sys

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter

from bptui.commands import spell_arrows
from bptui.terminal.ascii_filter import AsciiFilter
from bptui.terminal.driver import TerminalDriver, frames_in_flight
from bptui.terminal.flow_control import MAX_FRAMES_IN_FLIGHT
from bptui.terminal.textual_internals import DeferrableScreen, driver_of
from bptui.terminal.themes import ANSI, DARK, THEME_CSS, THEMES, NoColors


class PacedScreen(DeferrableScreen):
    """Draws no more frames than the terminal can show, so that no frames queue up on a slow connection."""

    def may_draw(self) -> bool:
        """Whether the terminal has drawn enough of the frames that were sent."""
        return frames_in_flight(self.app) < MAX_FRAMES_IN_FLIGHT


def _lacks_colors() -> bool:
    """Whether the terminal has no colors according to terminfo, such as a VT100."""
    if os.environ.get("COLORTERM"):
        return False
    try:
        import curses
    except ImportError:  # Python was built without it
        return False
    try:
        curses.setupterm(fd=sys.__stderr__.fileno() if sys.__stderr__ else 2)
        return curses.tigetnum("colors") <= 0
    except (OSError, curses.error):  # no entry
        return False


class TerminalApp(App[int]):
    """The base of the app: registers the themes, chooses one, and draws without colors or in ASCII if needed.

    Args:
        ascii: whether to draw in ASCII.
        driver_class: the driver; None for an app without a terminal, which has all colors.
    """

    CSS = THEME_CSS

    def __init__(self, *, ascii: bool, driver_class: type[Driver] | None) -> None:
        if driver_class is not None and _lacks_colors():
            os.environ["NO_COLOR"] = "1"  # Textual removes it again
        super().__init__(driver_class=driver_class)
        spell_arrows(on=ascii)
        self._own_filters: list[LineFilter] = [NoColors(enabled=self.no_color), AsciiFilter(enabled=ascii)]
        for theme in THEMES:
            self.register_theme(theme)
        if "TEXTUAL_THEME" not in os.environ:
            few_colors = self.no_color or self.console.color_system in (None, "standard")
            self.theme = (ANSI if few_colors and driver_class is not None else DARK).name
        self._has_driver = driver_class is not None

    @property
    def is_plain(self) -> bool:
        """Whether there are no colors, or only ASCII characters."""
        return any(own.enabled for own in self._own_filters)

    @property
    def is_ascii(self) -> bool:
        """Whether there are only ASCII characters."""
        return any(own.enabled for own in self._own_filters if isinstance(own, AsciiFilter))

    @property
    def has_scale(self) -> bool:
        """Whether the terminal can show a scale of colors. Sixteen colors are too few."""
        many = not self._has_driver or self.console.color_system in ("256", "truecolor")
        return many and not self.no_color

    def get_default_screen(self) -> PacedScreen:
        """A screen that waits for the terminal, and has the classes for its size from the first frame on."""
        screen = PacedScreen(id="_default")
        width, height = self.size
        for size, breakpoints in ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS)):
            reached = [name for min_size, name in sorted(breakpoints or ()) if min_size <= size]
            screen.add_class(*reached[-1:])
        return screen

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's filters, and those that the terminal needs."""
        return [*super().get_line_filters(), *(own for own in self._own_filters if own.enabled)]

    def on_resize(self, event: events.Resize) -> None:
        """Tell the driver the new size before a frame of that size is drawn."""
        driver = driver_of(self)
        if isinstance(driver, TerminalDriver):
            driver.resize(*event.size)
