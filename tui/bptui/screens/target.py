"""A dialog for choosing the column to predict."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from bpengine.wording import printable
from bptui.commands import arrow_keys
from bptui.screens.dialog import Dialog
from bptui.screens.option_list import DialogOptions
from bptui.startup.start_settings import TargetChoice

NAME_WIDTH = 24
"""The most characters of a name."""
ROW_WIDTH = 54
"""The most characters of a row, which is not wrapped."""


class TargetScreen(Dialog[int]):
    """Lists the columns of a CSV file; returns the position of one, from 1, or None after escape.

    Args:
        choice: the columns.
    """

    BINDINGS = [Binding("escape", "dismiss", "Cancel", show=False)]

    DEFAULT_CSS = "TargetScreen DialogOptions { max-height: 12; }"

    def __init__(self, choice: TargetChoice) -> None:
        super().__init__()
        self._choice = choice

    def compose(self) -> ComposeResult:
        """Yield the list, with the last column chosen."""
        names = [printable(name, NAME_WIDTH) for name, _ in self._choice.columns]
        width = max(map(len, names))
        dialog = Vertical(id="target", classes="dialog")
        dialog.border_title = "column to predict"
        dialog.border_subtitle = f"{arrow_keys('up', 'down')} choose   enter open   esc cancel"
        with dialog:
            yield Static("The network learns to predict this column from all others.", markup=False)
            rows = DialogOptions(
                *(
                    Content(printable(f"{name:<{width}}  {values}", ROW_WIDTH))
                    for name, (_, values) in zip(names, self._choice.columns, strict=True)
                ),
                markup=False,
            )
            rows.highlighted = len(names) - 1
            yield rows

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the position of the column."""
        self.dismiss(event.option_index + 1)
