"""The help: every key, every hyperparameter, and what the screen's signs mean."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from bpengine import FIELDS
from bptui.commands import COMMANDS
from bptui.drawing import ROLES

_INTRODUCTION = (
    "A small network learns from examples: it answers, sees how wrong it was, and moves each weight a little "
    "down the slope of that error (back-propagation). One pass through all samples is an epoch. Choose a "
    "setting with ↑↓ and change it with ←→: the run shows at once what that does. p keeps a run to compare "
    "with, i shows what a change would have done, t tells all of it in words, tab goes to the next panel. "
    "A mouse isn't needed, but may choose a panel, a setting or a unit by a click, and open it by two."
)
_SIGNS = (
    *((role.sign, role.meaning) for role in ROLES.values() if role.sign),
    ("+ -", "in the network: a positive or a negative weight; the stronger the line, the larger"),
    ("( )", "around a value: it has no effect beside the other settings"),
)


class HelpScreen(ModalScreen[None]):
    """Scrolls where it does not fit."""

    BINDINGS = [Binding("question_mark,escape,q,space", "dismiss", "Close", show=False)]

    def compose(self) -> ComposeResult:
        """One long text."""
        scroll = VerticalScroll(Static(self._text()), id="help")
        scroll.border_title = "help"
        scroll.border_subtitle = "↑↓ scroll   ? or esc close"
        yield scroll

    @staticmethod
    def _text() -> Group:
        keys = _two_columns((command.shown, command.help) for command in COMMANDS)
        hyperparameters = _two_columns(
            (f"{field.label} {field.symbol}", f"{field.help} Takes {field.allowed}.") for field in FIELDS
        )
        return Group(
            Text(_INTRODUCTION),
            _heading("Keys"),
            keys,
            _heading("Hyperparameters"),
            hyperparameters,
            _heading("Signs"),
            _two_columns(_SIGNS),
        )


def _heading(text: str) -> Text:
    return Text(f"\n{text}", "bold")


def _two_columns(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    for left, right in rows:
        table.add_row(left, right)
    return table
