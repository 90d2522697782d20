"""The hints about keys and panels that fit the situation: in the footer, and in a line at the top.

This module does not import the engine, so that the first frame can be drawn before the engine is loaded.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from bptui.screen.widgets.footer import KeyHint, hint_of
from bpwords import Sentence, word

_ZOOMED = Sentence("{zoom} restores the other panels"), Sentence("{zoom} restores others")
_ALONE = Sentence("{to_settings} shows the other panels"), Sentence("{to_settings} shows others")
_HIDDEN = Sentence("hidden: {names} ({show_panels} shows)")
_SOME_HIDDEN = Sentence("{count} hidden: {show_panels} shows")
_ELSEWHERE = Sentence("{focus_next}: {names}")
_MORE_PANELS = Sentence("{focus_next}: {count} more panels")
_MORE = Sentence("{focus_next}: {count} more")
_SETTINGS_HIDDEN = Sentence("The settings are hidden: {show_panels} shows all panels.")
_SETTINGS_ELSEWHERE = Sentence("The settings are out of sight: {to_settings} shows them.")

ARROWS = ("up", "down", "less", "more")
TAKING_ARROWS = frozenset({"network", "error", "table"})
"""The panels that, while they are focused, use the arrow keys themselves."""


class Situation(NamedTuple):
    """All that the hints depend on."""

    state: str = "running"
    """What the run is doing; see `session.snapshot.Stage`."""
    what_if: bool = False
    """Whether each change retrains to the current epoch."""
    pinned: bool = False
    """Whether the run is pinned in its current state."""
    focused: str = "settings"
    """The name of the focused panel."""
    zoomed: bool = False
    """Whether the focused panel is maximized."""
    shown: tuple[str, ...] = ()
    """The visible panels."""
    elsewhere: tuple[str, ...] = ()
    """The panels that do not fit, in the order in which the tab key reaches them."""
    hidden: tuple[str, ...] = ()
    """The panels that the user has hidden."""
    scrubs: bool = False
    """Whether there is an earlier epoch to view."""
    viewing: bool = False
    """Whether an earlier epoch is viewed."""
    edits: tuple[tuple[str, str], ...] = ()
    """What the commands freeze and knock_out do to the unit chosen in the network; see `unit_edits`."""
    has_sheet: bool = False
    """Whether the plot is a sheet of pictures, of which the arrow keys choose one."""
    has_plane: bool = False
    """Whether the plot is over two columns of a table, which the arrow keys choose."""

    @property
    def arrows_change_settings(self) -> bool:
        """Whether the arrow keys change settings, which are visible, and no other panel takes these keys."""
        takes = self.focused in TAKING_ARROWS or (
            self.focused == "plot" and (self.has_sheet or self.has_plane)
        )
        return "settings" in self.shown and not takes

    @property
    def alone(self) -> bool:
        """Whether only one panel is visible although there are others."""
        return len(self.shown) == 1 and bool(self.elsewhere)


def key_hints(now: Situation) -> tuple[KeyHint, ...]:
    """The hints for the footer, in their order."""
    ended = now.state in ("finished", "diverged")
    edits = now.focused == "network"  # its keys come before the global ones, which the help lists
    hints = []
    if now.zoomed:
        hints.append(hint_of("zoom", "restore", 8 if now.viewing else 10))
    elif now.alone and not now.viewing:
        hints.append(hint_of("to_settings", "back", 10))
    if now.viewing:
        hints.append(hint_of("to_settings", "latest", 10))
        hints.append(hint_of(("scrub_back", "scrub_on"), "epoch", 8 if edits else 9))
    if edits:
        hints.append(hint_of(ARROWS, "unit", 8 if now.viewing else 9))
        hints.append(hint_of("edit", "open", 11))
        hints += [hint_of(command, label, 11) for command, label in now.edits]
    on_plot = now.focused == "plot"
    if now.has_sheet:
        hints += [hint_of(ARROWS, "picture", 9), hint_of("edit", "open", 8)] if on_plot else []
        hints.append(hint_of("predict", "draw", 7 if on_plot else 5))
    if not ended:
        rank = 9 if edits else 10
        runs = now.state != "running"
        hints.append(hint_of("toggle_run", "branch" if now.viewing else "run" if runs else "pause", rank))
        hints.append(hint_of("step_epoch", "step", 4))
    if now.state == "diverged":
        hints.append(hint_of("rewind", "rewind", 7))
    hints.append(hint_of("restart", "restart", (9 if edits else 10) if ended else 5))
    hints.append(hint_of("new_seed", "new seed", 5 if ended else 3))
    hints += [hint_of(ARROWS, "columns", 9), hint_of("edit", "name", 6)] if on_plot and now.has_plane else []
    if now.focused == "settings":
        hints.append(hint_of(ARROWS[2:], "change", 3))
        hints.append(hint_of("edit", "set", 2))
        hints.append(hint_of("filter", "find a setting", 1))
    if now.scrubs and not now.viewing:
        hints.append(hint_of(("scrub_back", "scrub_on"), "earlier", 5 if ended else 4))
    hints.append(hint_of("toggle_pin", "unpin" if now.pinned else "pin", 3))
    if now.what_if:
        hints.append(hint_of("toggle_what_if", "end what if", 7 if edits else 8))
    else:
        hints.append(hint_of("toggle_what_if", "what if", 3))
    if now.hidden:
        hints.append(hint_of("show_panels", "show all", 7))
    hints.append(hint_of("describe", "words", 6))
    hints.append(hint_of("focus_next", "panels", 7 if edits else 8))
    hints.append(hint_of("command_palette", "find", 8 if edits else 9))
    hints.append(hint_of("help", "help", 10))
    hints.append(hint_of("quit", "quit", 7 if edits else 9))
    return tuple(hints)


def panels_out_of_sight(now: Situation) -> tuple[str, ...]:
    """Which panels are not visible and how to show them, longest version first; empty if all are visible."""
    parts: list[tuple[str, ...]] = []  # the most important first, each as versions from long to short
    if now.alone:
        parts.append(tuple(version() for version in (_ZOOMED if now.zoomed else _ALONE)))
    if now.hidden:
        parts.append((_HIDDEN(names=_names(now.hidden)), _SOME_HIDDEN(count=len(now.hidden))))
    if now.elsewhere and not now.alone:
        names, count = _names(now.elsewhere), len(now.elsewhere)
        parts.append((_ELSEWHERE(names=names), _MORE_PANELS(count=count), _MORE(count=count)))
    texts = ["  ".join(version) for version in product(*parts)] if parts else []
    return (*texts, *(versions[-1] for versions in parts[:1]))


def settings_out_of_sight(now: Situation) -> str:
    """Why an arrow key does not change a setting, and what to do; empty if the settings are visible."""
    if "settings" in now.shown:
        return ""
    if "settings" in now.hidden:
        return _SETTINGS_HIDDEN()
    return _SETTINGS_ELSEWHERE()


def _names(panels: tuple[str, ...]) -> str:
    return " ".join(word(name, "panel") for name in panels)
