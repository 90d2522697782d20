"""A dialog that asks a question, which one key answers."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from bptui.screen.overlays.dialog import Dialog, DialogFrame
from bptui.screen.terminal.textual_internals import bind_commands


class Confirmation(Dialog[str]):
    """Asks a question; returns "enter", what another key dismisses it with, or None after escape.

    Args:
        lines: the question.
        details: what is shown below it in a weaker color; empty for nothing.
        keys: what the keys do, in words.
        actions: the actions of commands whose keys work here, too.
    """

    is_question = True
    BINDINGS = [Binding("enter", "dismiss('enter')", "Yes", show=False)]

    def __init__(self, *lines: str, keys: str, actions: Mapping[str, str], details: str = "") -> None:
        super().__init__()
        bind_commands(self, actions)
        self._lines, self._details, self._keys = lines, details, keys

    def compose(self) -> ComposeResult:
        """Yield the question and the details."""
        with DialogFrame(*(Static(line, markup=False) for line in self._lines), keys=self._keys):
            if self._details:
                yield Static(self._details, classes="details", markup=False)
