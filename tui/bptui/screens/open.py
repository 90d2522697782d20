"""A dialog that asks for a file to open."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widgets import Input, Static

from bptui.screens.dialog import Dialog, DialogFrame, DialogInput, DialogMessage
from bptui.screens.listing import ListScreen
from bptui.screens.questions import target_of
from bptui.startup.start_settings import TargetChoice

TARGET = " --target="
"""The flag that is appended to a file's name, before the position of the column to predict."""


class OpenScreen(Dialog[None]):
    """Asks for a file until one can be opened; for a CSV file, it also asks for the target.

    Args:
        open_file: opens a file, given its name followed by flags. Returns an empty text on success, the
            columns if a target has to be chosen first, or why the file can't be opened.
    """

    def __init__(self, open_file: Callable[[str], TargetChoice | str]) -> None:
        super().__init__()
        self._open_file = open_file

    def compose(self) -> ComposeResult:
        """Yield the input for the name, and a line for messages."""
        about = (
            "A checkpoint (.bptui), settings (.toml), or rows to learn from (.csv). Flags may follow the "
            "name, such as --missing mean."
        )
        name = DialogInput(placeholder="name of the file")
        parts = Static(about, markup=False), name, DialogMessage()
        yield DialogFrame(*parts, title="open a file", keys="enter open   esc cancel", id="open")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the file, ask for its target, or say why it can't be opened."""
        if not self.is_active:  # a key that arrived together with this one has closed or covered the dialog
            return
        self._open(event.value)

    def _open(self, name: str) -> None:
        answer = self._open_file(name)
        if isinstance(answer, TargetChoice):
            self.app.push_screen(ListScreen(target_of(answer)), self._take_target)
        elif answer:
            self.query_one(DialogMessage).say(answer, error=True)
        else:
            self.dismiss()

    def _take_target(self, position: int | None) -> None:
        """Open the file with the chosen target, which stays in the input if the file can't be opened."""
        if position is not None:
            box = self.query_one(Input)
            box.value += f"{TARGET}{position}"
            self._open(box.value)
