"""The present state in words, for people who can't see the pictures, and for those who want to quote them."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static


class WordsScreen(ModalScreen[None]):
    """Sentences; scrolls where they do not fit."""

    BINDINGS = [Binding("t,escape,q,space,enter", "dismiss", "Close", show=False)]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """One text."""
        scroll = VerticalScroll(Static(self._text, markup=False), id="words")
        scroll.border_title = "in words"
        scroll.border_subtitle = "t or esc close"
        yield scroll
