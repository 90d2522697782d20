"""The dialog that lists rows, of which one is chosen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import OptionList, Static

from bptui.screen.overlays.dialog import Dialog, DialogFrame, DialogOptions
from bptui.screen.overlays.questions import Listed
from bptui.screen.terminal.textual_internals import bind_commands


class ListScreen(Dialog[int]):
    """Lists rows; returns the number of one, counted from 1, or None after escape.

    Args:
        listed: the rows.
    """

    is_question = True
    DEFAULT_CSS = "ListScreen DialogOptions { max-height: 14; }"

    def __init__(self, listed: Listed) -> None:
        super().__init__()
        bind_commands(self, {listed.closing: "dismiss"} if listed.closing else {})
        self._listed = listed

    def compose(self) -> ComposeResult:
        """Yield what is to be chosen, and the rows."""
        listed = self._listed
        about = Static(listed.about, markup=False)
        about.display = listed.about != ""
        rows = DialogOptions(*listed.rows, markup=False)
        rows.highlighted = listed.chosen if listed.rows else None
        frame = DialogFrame(about, rows, title=listed.title, keys=listed.keys)
        frame.styles.width = listed.width
        yield frame

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the row."""
        self.dismiss(event.option_index + 1)
