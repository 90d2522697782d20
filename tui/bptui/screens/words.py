"""A screen that describes the run in words, for people who can't see the plots or want to quote the text."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from bptui.commands import key_of
from bptui.screens.dialog import Dialog
from bptui.terminal.textual_internals import bind_commands


class WordsScreen(Dialog[None]):
    """Shows a text, which scrolls if it does not fit.

    Args:
        text: the description.
        title: what is described.
    """

    BINDINGS = [Binding("escape,q,space,enter", "dismiss", "Close", show=False)]

    def __init__(self, text: str, *, title: str = "the run in words") -> None:
        super().__init__()
        bind_commands(self, {"describe": "dismiss"})
        self._text, self._title = text, title

    def compose(self) -> ComposeResult:
        """Yield the text."""
        scroll = VerticalScroll(Static(self._text, markup=False), id="words")
        scroll.border_title = self._title
        scroll.border_subtitle = f"{key_of('describe')} or esc close"
        yield scroll
