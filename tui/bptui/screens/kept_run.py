"""A dialog that offers to continue the run that an earlier session has kept."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from bptui.commands import key_of
from bptui.screens.dialog import Dialog
from bptui.terminal.textual_internals import bind_commands


class KeptRunScreen(Dialog[bool]):
    """Asks whether to continue the run; returns True after enter and False after escape.

    Args:
        when: the time at which the run was kept, in words.
        details: how far the run is.
    """

    BINDINGS = [
        Binding("enter", "dismiss(True)", "Continue", show=False),
        Binding("escape", "dismiss(False)", "Start again", show=False),
    ]

    def __init__(self, when: str, details: str) -> None:
        super().__init__()
        bind_commands(self, {"quit": "app.quit"})
        self._when = when
        self._details = details

    def compose(self) -> ComposeResult:
        """Yield the question, and how far the run is."""
        dialog = Vertical(
            Static(f"Your run of {self._when} was kept.", markup=False),
            Static("enter continues it, esc starts a new run", markup=False),
            Static(self._details, id="kept-details", markup=False),
            classes="dialog",
        )
        dialog.border_subtitle = f"enter continue   esc new run   {key_of('quit')} quit"
        yield dialog
