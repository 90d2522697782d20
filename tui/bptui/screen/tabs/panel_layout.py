"""Which panels are visible, given the terminal's size and what the user has hidden or maximized.

A small file in the user's state folder has the layout for the next start. It does not record that a panel was
maximized: a screen that opens with a single panel would look broken.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from bpengine.files import is_replaceable, json_of, read_whole, write_whole
from bptui.screen.tabs.arrangement import ARRANGEMENTS, arrangement_for
from bptui.screen.tabs.panels import NAMES

_TAKING_TURNS = frozenset().union(*(arrangement.in_turn for arrangement in ARRANGEMENTS))
"""The panels that share a place with others on smaller terminals."""


@dataclass(frozen=True, slots=True)
class PanelLayout:
    """Which panels the user has hidden, focused and maximized."""

    hidden: frozenset[str] = frozenset()
    """The hidden panels."""
    focused: str = NAMES[0]
    """The panel that keys act on."""
    zoomed: bool = False
    """Whether the focused panel is maximized."""
    turn: str = ""
    """The panel that is shown where it shares a place with others; empty for the first of them."""
    theme: str = ""
    """The name of the theme that the user has chosen on the screen; empty for none."""

    def shown(self, width: int, height: int, has_lesson: bool = False) -> frozenset[str]:
        """The panels that are visible on a terminal of this size, at least one.

        A focused panel that does not fit beside the others is shown alone.
        """
        fitting = self._fitting(width, height, has_lesson) - self.hidden
        return frozenset({self.focused}) if self.zoomed or self.focused not in fitting else fitting

    def focusing_next(self, direction: int) -> Self:
        """The layout with the next (1) or previous (-1) panel focused; hidden panels are skipped."""
        order = [name for name in NAMES if name not in self.hidden or name == self.focused]
        return self.focusing(order[(order.index(self.focused) + direction) % len(order)])

    def focusing(self, name: str) -> Self:
        """The layout with this panel focused."""
        return replace(self, focused=name)

    def revealing(self, name: str) -> Self:
        """The layout with this panel shown and focused, and no panel maximized."""
        turn = name if name in _TAKING_TURNS else self.turn
        return replace(self, hidden=self.hidden - {name}, focused=name, zoomed=False, turn=turn)

    def at_start(self, width: int, height: int) -> Self:
        """The layout at the start of a session: no panel is maximized or shown alone.

        Hidden panels stay hidden.
        """
        restored = replace(self, zoomed=False)
        return restored if restored.focused in restored._fitting(width, height) else restored.focusing_first()

    def toggling_zoom(self) -> Self:
        """The layout with the focused panel maximized, or restored if it was maximized."""
        return replace(self, zoomed=not self.zoomed)

    def hiding_focused(self) -> Self:
        """The layout with the focused panel hidden and the next one focused; the last panel stays."""
        if len(self.hidden) == len(NAMES) - 1:
            return self
        following = self.focusing_next(1).focused
        return replace(self, hidden=self.hidden | {self.focused}, focused=following, zoomed=False)

    def showing_all(self, width: int, height: int, has_lesson: bool = False) -> Self:
        """The layout with no panel hidden; the settings get the focus if the focused panel would be alone."""
        whole = replace(self, hidden=frozenset(), zoomed=False)
        return whole if self.focused in whole._fitting(width, height, has_lesson) else whole.focusing_first()

    def focusing_first(self) -> Self:
        """The layout with the first panel that is not hidden focused, and none maximized."""
        return replace(self, focused=next(name for name in NAMES if name not in self.hidden), zoomed=False)

    def taking_turns(self, width: int, height: int, has_lesson: bool = False) -> Self:
        """The layout with the next of the panels that share a place; unchanged if there are none.

        The panel that appears is no longer hidden, and takes over the focus of the other one.
        """
        panels = arrangement_for(width, height, has_lesson).in_turn
        if not panels:
            return self
        now = self._now_of(panels)
        following = panels[(panels.index(now) + 1) % len(panels)]
        focused = following if self.focused == now else self.focused
        return replace(self, turn=following, hidden=self.hidden - {following}, focused=focused)

    def _now_of(self, panels: tuple[str, ...]) -> str:
        """The one of these panels that is shown: the focused one, the chosen one or the first one."""
        wanted = (self.focused, self.turn, *panels)
        return next((name for name in wanted if name in panels and name not in self.hidden), panels[0])

    def _fitting(self, width: int, height: int, has_lesson: bool = False) -> frozenset[str]:
        arrangement = arrangement_for(width, height, has_lesson)
        panels = arrangement.in_turn
        return arrangement.names - (frozenset(panels) - {self._now_of(panels)} if panels else frozenset())


_MAX_BYTES = 100_000
"""The size of the largest file that is read."""


class SavedLayout:
    """The file of the panel layout. I/O errors are ignored.

    Args:
        path: the file; None to save nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @property
    def is_first_time(self) -> bool:
        """Whether there is a path, but no layout has been saved there yet."""
        if self._path is not None:
            with contextlib.suppress(OSError, ValueError):
                return not self._path.exists()
        return False

    def load(self) -> PanelLayout:
        """The saved layout, or the default."""
        if self._path is None:
            return PanelLayout()
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
            saved = json_of(read_whole(self._path, _MAX_BYTES))
            hidden = frozenset(name for name in NAMES if name in saved["hidden"])
            turn = saved.get("turn") if saved.get("turn") in NAMES else ""
            if saved["focused"] in NAMES and saved["focused"] not in hidden:
                return PanelLayout(hidden, saved["focused"], turn=turn, theme=str(saved.get("theme", "")))
        return PanelLayout()

    def save(self, layout: PanelLayout) -> None:
        """Save the layout for the next start."""
        if self._path is None:
            return
        values = asdict(layout) | {"hidden": sorted(layout.hidden)}
        with contextlib.suppress(OSError, ValueError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if is_replaceable(self._path):  # a pipe would wait for a reader
                write_whole(self._path, json.dumps(values))
