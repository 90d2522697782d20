"""The help: every key, every hyperparameter, and the signs on the screen."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from bpengine import FIELDS
from bptui.commands import COMMANDS
from bptui.drawing import ROLES
from bptui.screens.dialog import Dialog

_INTRODUCTION = (
    "A small neural network learns from examples. For each sample it computes an output, measures the error, "
    "and moves every weight a little in the direction that reduces the error (back-propagation). One pass "
    "through all samples is an epoch. Choose a setting with ↑↓ and change it with ←→: the effect shows at "
    "once. p pins the run to compare others with it, i shows what a change would have done, t describes the "
    "run in words, and tab focuses the next panel. The mouse works, too: click a panel, a setting or a unit "
    "to choose it, and double-click a setting or a unit to open it."
)
_SIGNS = (
    *((role.sign, role.meaning) for role in ROLES.values() if role.sign),
    ("+ -", "in the network: a positive or negative weight; a stronger line is a larger weight"),
    (
        "epoch error",
        "the mean error of an epoch's samples, each measured before its update, while the weights changed",
    ),
    ("error now", "the mean error of all samples with the present weights; after an update it is another"),
    ("( )", "around a value: the setting has no effect with the current values of the others"),
)


class HelpScreen(Dialog[None]):
    """All of the help in one text that scrolls."""

    BINDINGS = [Binding("question_mark,escape,q,space", "dismiss", "Close", show=False)]

    def compose(self) -> ComposeResult:
        """A scrolling dialog."""
        scroll = VerticalScroll(Static(self._text()), id="help")
        scroll.border_title = "help"
        scroll.border_subtitle = "↑↓ scroll   ? or esc close"
        yield scroll

    @staticmethod
    def _text() -> Group:
        keys = _two_columns((command.shown, command.help) for command in COMMANDS)
        hyperparameters = _two_columns(
            (f"{field.label} {field.symbol}", f"{field.help} Allowed: {field.allowed}.") for field in FIELDS
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
