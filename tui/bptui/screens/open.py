"""A dialog that asks for a file to open."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from bpengine.wording import printable
from bptui.commands import arrow_keys
from bptui.screens.dialog import Dialog, DialogFrame, DialogInput, DialogMessage, DialogOptions
from bptui.startup.start_settings import TargetChoice

NAME_WIDTH = 24
"""The most characters of a name."""
ROW_WIDTH = 54
"""The most characters of a row, which is not wrapped."""
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
            self.app.push_screen(TargetScreen(answer), self._take_target)
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


class TargetScreen(Dialog[int]):
    """Lists the columns of a CSV file; returns the position of one, from 1, or None after escape.

    Args:
        choice: the columns.
    """

    DEFAULT_CSS = "TargetScreen DialogOptions { max-height: 12; }"

    def __init__(self, choice: TargetChoice) -> None:
        super().__init__()
        self._choice = choice

    def compose(self) -> ComposeResult:
        """Yield the list, with the last column chosen."""
        names = [printable(name, NAME_WIDTH) for name, _ in self._choice.columns]
        width = max(map(len, names))
        rows = DialogOptions(
            *(
                Content(printable(f"{name:<{width}}  {values}", ROW_WIDTH))
                for name, (_, values) in zip(names, self._choice.columns, strict=True)
            ),
            markup=False,
        )
        rows.highlighted = len(names) - 1
        yield DialogFrame(
            Static("The network learns to predict this column from all others.", markup=False),
            rows,
            title="column to predict",
            keys=f"{arrow_keys('up', 'down')} choose   enter open   esc cancel",
            id="target",
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the position of the column."""
        self.dismiss(event.option_index + 1)
