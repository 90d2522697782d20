"""What the terminal of an app can show, and a screen that draws no faster than the terminal."""

from __future__ import annotations

import os
import sys
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.filter import LineFilter
from textual.geometry import Size

from bptui.screen.terminal.ascii_filter import AsciiFilter
from bptui.screen.terminal.driver import TerminalDriver, frames_in_flight, is_fast
from bptui.screen.terminal.flow_control import MAX_FRAMES_IN_FLIGHT
from bptui.screen.terminal.textual_internals import DeferrableScreen, driver_of
from bptui.screen.terminal.themes import ANSI, DARK, PROJECTOR, THEMES, NoColors, scale_variables


class PacedScreen(DeferrableScreen, inherit_bindings=False):
    """Draws no more frames than the terminal can show, so that no frames queue up on a slow connection.

    Unlike on Textual's screens, the tab key is free for the app.
    """

    BINDINGS = [Binding("super+c", "screen.copy_text", "Copy selected text", show=False)]

    def may_draw(self) -> bool:
        """Whether the terminal has drawn enough of the frames that were sent."""
        return frames_in_flight(self.app) < MAX_FRAMES_IN_FLIGHT


def paced_screen(app: App[Any]) -> PacedScreen:
    """A screen that waits for the terminal, and has the classes for its size from the first frame on."""
    width, height = app.size
    classes = []
    for size, breakpoints in ((width, app.HORIZONTAL_BREAKPOINTS), (height, app.VERTICAL_BREAKPOINTS)):
        reached = [name for min_size, name in sorted(breakpoints or ()) if min_size <= size]
        classes += reached[-1:]
    return PacedScreen(id="_default", classes=" ".join(classes))


def announce_size(app: App[Any], size: Size) -> None:
    """Tell the driver the new size before a frame of that size is drawn."""
    driver = driver_of(app)
    if isinstance(driver, TerminalDriver):
        driver.resize(*size)


def heed_missing_colors() -> None:
    """Ask Textual for no colors if the terminal has none. Call this before the app is created."""
    if _lacks_colors():
        os.environ["NO_COLOR"] = "1"  # Textual removes it again


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


def use_themes(app: App[Any]) -> None:
    """Register the app's own themes, and use the one that suits the terminal unless the user names one."""
    for theme in THEMES:
        app.register_theme(theme)
    if "TEXTUAL_THEME" in os.environ:
        return
    few_colors = app.no_color or app.console.color_system in (None, "standard")
    if few_colors and _has_terminal(app):
        app.theme = ANSI.name
    else:
        # Nothing has been drawn yet, and Textual's own theme is dark, too. Assigning `app.theme` would only
        # parse all style sheets and style all widgets a second time.
        app.set_reactive(App.theme, DARK.name)
        app.stylesheet.set_variables(app.get_css_variables())


def filters_for(app: App[Any], *, ascii: bool) -> list[LineFilter]:
    """The filters that an app needs in addition to Textual's to draw without colors, or in ASCII."""
    filters: list[LineFilter] = [NoColors()] if app.no_color else []
    return [*filters, AsciiFilter()] if ascii else filters


def is_plain(app: App[Any]) -> bool:
    """Whether there are no colors, or only ASCII characters."""
    return any(isinstance(line_filter, NoColors | AsciiFilter) for line_filter in app.get_line_filters())


def is_ascii(app: App[Any]) -> bool:
    """Whether there are only ASCII characters."""
    return any(isinstance(line_filter, AsciiFilter) for line_filter in app.get_line_filters())


def has_scale(app: App[Any]) -> bool:
    """Whether the terminal can show a scale of colors. Sixteen colors are too few."""
    many = not _has_terminal(app) or app.console.color_system in ("256", "truecolor")
    return many and not app.no_color


def has_color_maps(app: App[Any]) -> bool:
    """Whether maps of numbers are drawn in colors: not in ASCII, nor in a theme of 16 colors."""
    return has_scale(app) and not is_ascii(app) and not app.current_theme.ansi


def is_projected(app: App[Any]) -> bool:
    """Whether lines are thick and panels few, for a projector."""
    return bool(app.theme == PROJECTOR.name)


def opens_with_maps(app: App[Any]) -> bool:
    """Whether maps are drawn in colors, and the line is fast enough to send them unasked."""
    return has_color_maps(app) and is_fast(app)


def scale_colors(app: App[Any]) -> dict[str, str]:
    """The color of each level of the scales of numbers."""
    few = _has_terminal(app) and app.console.color_system == "256"
    return scale_variables(dark=app.current_theme.dark, few=few)


def _has_terminal(app: App[Any]) -> bool:
    """Whether the app draws on a terminal. Without one, it has all colors."""
    return issubclass(app.driver_class, TerminalDriver)
