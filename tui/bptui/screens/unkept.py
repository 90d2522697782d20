"""A dialog that asks whether to quit although the runs can't be kept."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from bptui.commands import key_of
from bptui.screens.dialog import Dialog
from bptui.terminal.textual_internals import bind_commands


class UnkeptScreen(Dialog[str]):
    """Asks whether to quit without keeping; returns "quit", "save", or None after escape.

    Args:
        problem: why the runs can't be kept.
        can_save: whether the user may write files.
    """

    BINDINGS = [
        Binding("enter", "dismiss('quit')", "Quit", show=False),
        Binding("escape", "dismiss", "Back", show=False),
    ]

    def __init__(self, problem: str, *, can_save: bool) -> None:
        super().__init__()
        if can_save:
            bind_commands(self, {"save": "dismiss('save')"})
        self._problem = problem
        self._can_save = can_save

    def compose(self) -> ComposeResult:
        """Yield the reason and the question."""
        key = key_of("save")
        elsewhere, save = (f", {key} saves elsewhere", f"   {key} save") if self._can_save else ("", "")
        dialog = Vertical(
            Static(f"The run can't be kept: {self._problem}.", markup=False),
            Static(f"enter quits without keeping, esc goes back{elsewhere}", markup=False),
            classes="dialog",
        )
        dialog.border_subtitle = f"enter quit   esc back{save}"
        yield dialog
