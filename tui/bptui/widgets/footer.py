"""The footer: the keys that act now, as many as there is room for."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key, or several of one kind, and what they do now."""

    shown: str
    """The key as it is displayed."""
    label: str
    """What it does, in one or two words."""
    key: str
    """The key that a click presses, by its name in Textual; empty for none."""
    importance: int
    """Where there is too little room, the least important hints are left out, of equal ones the last."""


def edit_labels(edited: str) -> dict[str, str]:
    """What the commands freeze and knock_out do to a unit, as far as they do anything.

    Args:
        edited: what an edit made of the unit: frozen, or knocked out, which freezes it; empty for nothing.
    """
    if edited == "knocked out":
        return {"knock_out": "bring back"}
    return {"freeze": "unfreeze" if edited == "frozen" else "freeze", "knock_out": "knock out"}


class KeyFooter(Widget):
    """One line, drawn at once: it is there in the very first frame.

    Args:
        hints: what is shown at first.
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

    def render(self) -> Text:
        """The hints that fit."""
        style = self.get_component_rich_style("footer--key", partial=True)
        parts = [
            Text.assemble((hint.shown, style), " ", hint.label)
            for hint in fitting(self.hints, self.content_size.width)
        ]
        return Text("  ").join(parts)

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        place = event.get_content_offset(self)
        end = 0
        for hint in fitting(self.hints, self.content_size.width):
            end += _width(hint)
            if place is not None and place.x < end:
                if hint.key and place.x < end - 2:
                    self.app.simulate_key(hint.key)
                return


def fitting(hints: tuple[KeyHint, ...], width: int) -> list[KeyHint]:
    """The most important hints that fit a width, in their order."""
    shown = list(hints)
    while sum(map(_width, shown)) - 2 > width:
        least = min(hint.importance for hint in shown)
        shown.remove(next(hint for hint in reversed(shown) if hint.importance == least))
    return shown


def _width(hint: KeyHint) -> int:
    """The columns of a hint and the blanks behind it."""
    return len(hint.shown) + len(hint.label) + 3
