"""The line above the panels: which of them are not visible."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


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
        return Text(next((text for text in self.versions if len(text) <= width), ""), justify="right")

    def on_click(self, event: events.Click) -> None:
        """Request the panel whose name was clicked."""
        text = self.render().plain
        place = event.get_content_offset(self)
        if place is None:
            return
        column = place.x - (self.content_size.width - len(text))
        if 0 <= column < len(text) and text[column] != " ":
            word = text[: column + 1].split(" ")[-1] + text[column + 1 :].split(" ")[0]
            if word in self.names:
                self.post_message(self.Chosen(word))
