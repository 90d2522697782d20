"""The welcome line at the very first start: what the screen shows, and three keys to try."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from bptui.commands import key_of

KEYS = 3
"""How many key presses remove the line."""
REMOVAL_SECONDS = 0.5
"""How long after the last of them the line is removed. Then the screen is laid out anew, which would delay
the answer to the key."""


class Welcome(Static):
    """A line that removes itself after a few key presses."""

    DEFAULT_CSS = """
    Welcome { height: auto; padding: 0 1; background: $primary 30%; }
    """

    def __init__(self) -> None:
        run, more, explain = (Text(key_of(each), "bold") for each in ("toggle_run", "more", "help"))
        text = Text.assemble(
            "The plot shows the network's answers, the curve its error. Try: ",
            *(run, " runs or pauses, ", more, " takes larger steps, ", explain, " explains."),
        )
        super().__init__(text)
        self._keys = 0

    def count_key(self) -> None:
        """Note that a key was pressed."""
        self._keys += 1
        if self._keys == KEYS:
            self.set_timer(REMOVAL_SECONDS, self.remove)
