"""A dialog that asks for a file to open."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, Static

from bptui.screens.dialog import Dialog


class OpenScreen(Dialog[None]):
    """Asks for a name until the file can be opened.

    Args:
        open_file: opens the file of this name, and returns why that is not possible, or an empty text.
    """

    BINDINGS = [Binding("escape", "dismiss", "Cancel", show=False)]

    def __init__(self, open_file: Callable[[str], str]) -> None:
        super().__init__()
        self._open_file = open_file

    def compose(self) -> ComposeResult:
        """Create the name, and a line for messages."""
        dialog = Vertical(id="open", classes="dialog")
        dialog.border_title = "open a file"
        dialog.border_subtitle = "enter open   esc cancel"
        with dialog:
            yield Static(
                "A checkpoint (.json), settings (.toml), or rows to learn from (.csv).", markup=False
            )
            box = Input(placeholder="name of the file")
            box.cursor_blink = False  # a blinking cursor sends bytes while nothing happens
            yield box
            yield Static(id="message", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the file, or say why that is not possible."""
        if not self.is_active:  # a key that arrived together with this one has closed or covered the dialog
            return
        problem = self._open_file(event.value)
        if problem:
            message = self.query_one("#message", Static)
            message.update(problem)
            message.add_class("-error")
        else:
            self.dismiss()
