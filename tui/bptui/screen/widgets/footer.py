"""The lines of hints: the keys that act now in the footer, and the panels out of sight beside the tabs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from bptui.commands import COMMAND, Command, arrow_keys, keys_of
from bpwords import Sentence, columns, word

_FIRST_LESSON = "first-steps"
"""Named here, since the welcome is shown without reading the lessons."""
_WELCOME = (
    Sentence("The plots show the fit and its error; {lessons} opens the lesson {id}"),
    Sentence("New? {lessons} opens the lesson {id}"),
)
_WELCOME_KEYS = 3
"""How many key presses remove the welcome."""
_ROOM_FOR_KEYS = 40
"""The fewest columns beside the welcome: for the keys that run, find, explain and quit."""
_BETWEEN = 2
"""The blanks between two hints, and between the welcome and the first hint."""


class KeyHint(NamedTuple):
    """A key, or several related keys, and what they do now."""

    shown: str
    """The key as it is displayed."""
    label: str
    """What it does, in one or two words."""
    importance: int = 0
    """If not all hints fit, those of the least importance are left out; among equals, the last ones first."""
    key: str = ""
    """The key that a click presses, by its name in Textual; empty for none."""

    @property
    def said(self) -> str:
        """The label in the language of the screen."""
        return word(self.label, "key")

    @classmethod
    def of(cls, command: Command, label: str, importance: int) -> Self:
        """The hint about a command's first key, which a click presses."""
        return cls(command.shown.partition(" ")[0], label, importance, command.keys.split(",")[0])


def welcome() -> tuple[str, ...]:
    """What the screen shows and where to begin, for people who are new to it; the shorter version is last."""
    return tuple(version(id=_FIRST_LESSON) for version in _WELCOME)


CANCEL, CLOSE = KeyHint("esc", "cancel"), KeyHint("esc", "close")


def hint_of(commands: str | tuple[str, ...], label: str, importance: int = 0) -> KeyHint:
    """The hint about a command of the trainer, or about several, of which a click presses none."""
    if isinstance(commands, str):
        return KeyHint.of(COMMAND[commands], label, importance)
    return KeyHint(keys_of(*commands), label, importance)


def choose() -> KeyHint:
    """The hint about the arrow keys of a list."""
    return KeyHint(arrow_keys("up", "down"), "choose")


def line_of(hints: Iterable[KeyHint]) -> str:
    """All of these hints in one line."""
    return "   ".join(f"{hint.shown} {hint.said}" for hint in hints)


class KeyFooter(Widget):
    """Shows the hints in as many lines as it is high. It is part of the first frame.

    Args:
        hints: the hints that are shown at first.
    """

    COMPONENT_CLASSES = {"footer--key", "footer--welcome"}

    DEFAULT_CSS = """
    KeyFooter {
        dock: bottom; height: 1; padding: 0 1;
        color: $footer-description-foreground; background: $footer-background;
        .footer--key { color: $footer-key-foreground; text-style: bold; }
        .footer--welcome { color: $text; background: $primary 30%; }
    }
    """

    hints: reactive[tuple[KeyHint, ...]] = reactive(())
    """The hints, in the order in which they are shown."""
    welcome: reactive[tuple[str, ...]] = reactive(())
    """A sentence in front of the hints, and shorter versions of it; a few key presses remove it."""

    def __init__(self, hints: tuple[KeyHint, ...] = ()) -> None:
        super().__init__()
        self.set_reactive(KeyFooter.hints, hints)
        self._keys = 0

    def count_key(self) -> None:
        """Note that a key was pressed."""
        self._keys += 1
        if self._keys >= _WELCOME_KEYS:
            self.welcome = ()

    @property
    def _shown_welcome(self) -> str:
        """The version of the welcome that fits beside the keys; empty if there is none."""
        room = self.content_size.width - _BETWEEN - _ROOM_FOR_KEYS
        return next((text for text in self.welcome if columns(text) <= room), "")

    @property
    def _left(self) -> int:
        """The columns of the welcome and of the blanks after it; 0 if it is not shown."""
        return columns(self._shown_welcome) + _BETWEEN if self._shown_welcome else 0

    @property
    def _rows(self) -> list[list[KeyHint]]:
        width, height = self.content_size
        return arranged(self.hints, max(width - self._left, 0), height)

    def render(self) -> Text:
        """The hints that fit."""
        style = self.get_component_rich_style("footer--key", partial=True)
        rows = [
            Text("  ").join(Text.assemble((hint.shown, style), " ", hint.said) for hint in row)
            for row in self._rows
        ]
        hints = Text("\n").join(rows)
        if not self._left:
            return hints
        welcome = Text(self._shown_welcome, self.get_component_rich_style("footer--welcome", partial=True))
        return Text(" " * _BETWEEN).join([welcome, hints])

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        place, rows = event.get_content_offset(self), self._rows
        if place is None or place.y >= len(rows):
            return
        end = self._left
        for hint in rows[place.y]:
            start, end = end, end + _width(hint)
            if start <= place.x < end:
                if hint.key and place.x < end - 2:
                    self.app.simulate_key(hint.key)
                return


def fitting(hints: Sequence[KeyHint], width: int) -> list[KeyHint]:
    """The most important hints that fit in one line, in their order."""
    return [hint for row in arranged(hints, width, 1) for hint in row]


def arranged(hints: Sequence[KeyHint], width: int, lines: int) -> list[list[KeyHint]]:
    """The most important hints that fit in `lines` lines, in their order, line by line."""
    shown = list(hints)
    while True:
        rows = _filled(shown, width)
        if len(rows) <= lines and all(_length(row) <= width for row in rows):
            return rows
        least = min(hint.importance for hint in shown)
        shown.remove(next(hint for hint in reversed(shown) if hint.importance == least))


def _filled(hints: list[KeyHint], width: int) -> list[list[KeyHint]]:
    """The hints in as many lines as they need."""
    rows: list[list[KeyHint]] = []
    for hint in hints:
        if rows and _length([*rows[-1], hint]) <= width:
            rows[-1].append(hint)
        else:
            rows.append([hint])
    return rows


def _length(row: list[KeyHint]) -> int:
    return sum(map(_width, row)) - 2


def _width(hint: KeyHint) -> int:
    """The columns of a hint and of the blanks after it."""
    return columns(hint.shown) + columns(hint.said) + 3


class PanelBar(Widget):
    """The line beside the tabs: which panels are not visible, and how to show them.

    Shows the first of several versions of a text that fits. The names of panels in it can be clicked.
    """

    @dataclass
    class Chosen(Message):
        """The name of a panel was clicked."""

        panel: str

    DEFAULT_CSS = """
    PanelBar { height: 1; padding: 0 1; text-align: right; color: $text-muted; background: $panel; }
    """

    versions: reactive[tuple[str, ...]] = reactive(())
    """The versions of the text, from the longest to the shortest; empty for none."""
    names: reactive[frozenset[str]] = reactive(frozenset())
    """The words that are names of panels."""

    def render(self) -> Text:
        """The first version that fits, aligned to the right."""
        width = self.content_size.width
        return Text(next((text for text in self.versions if columns(text) <= width), ""), justify="right")

    def on_click(self, event: events.Click) -> None:
        """Request the panel whose name was clicked."""
        text = self.render().plain
        place = event.get_content_offset(self)
        if place is None:
            return
        column = self.content_size.width - columns(text)
        for part in text.split(" "):
            name = next((name for name in self.names if word(name, "panel") == part), None)
            if name is not None and column <= place.x < column + columns(part):
                self.post_message(self.Chosen(name))
            column += columns(part) + 1
