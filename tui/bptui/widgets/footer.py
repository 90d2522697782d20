"""The footer: the keys that act now, as far as they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.widget import Widget

from bptui.commands import command_of, key_of


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key, or several related keys, and what they do now."""

    shown: str
    """The key as it is displayed."""
    label: str
    """What it does, in one or two words."""
    key: str
    """The key that a click presses, by its name in Textual; empty for none."""
    importance: int
    """If not all hints fit, those of the least importance are left out; among equals, the last ones first."""


def hint_of(command: str, label: str, importance: int) -> KeyHint:
    """The hint about a command's first key, which a click presses."""
    return KeyHint(key_of(command), label, command_of(command).keys.split(",")[0], importance)


class KeyFooter(Widget):
    """Shows the hints in as many lines as it is high. It is part of the first frame.

    Args:
        hints: the hints that are shown at first.
    """

    COMPONENT_CLASSES = {"footer--key"}

    DEFAULT_CSS = """
    KeyFooter {
        dock: bottom; height: 1; padding: 0 1;
        color: $footer-description-foreground; background: $footer-background;
        .footer--key { color: $footer-key-foreground; text-style: bold; }
    }
    """

    hints: reactive[tuple[KeyHint, ...]] = reactive(())
    """The hints, in the order in which they are shown."""

    def __init__(self, hints: tuple[KeyHint, ...] = ()) -> None:
        super().__init__()
        self.set_reactive(KeyFooter.hints, hints)

    @property
    def _rows(self) -> list[list[KeyHint]]:
        return arranged(self.hints, *self.content_size)

    def render(self) -> Text:
        """The hints that fit."""
        style = self.get_component_rich_style("footer--key", partial=True)
        rows = [
            Text("  ").join(Text.assemble((hint.shown, style), " ", hint.label) for hint in row)
            for row in self._rows
        ]
        return Text("\n").join(rows)

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        place, rows = event.get_content_offset(self), self._rows
        if place is None or place.y >= len(rows):
            return
        end = 0
        for hint in rows[place.y]:
            end += _width(hint)
            if place.x < end:
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
    return len(hint.shown) + len(hint.label) + 3
