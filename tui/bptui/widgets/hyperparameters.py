"""The hyperparameters with their symbols and values, one of them chosen."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import FIELDS, TrainingConfig


class HyperparameterPanel(Widget):
    """One row a hyperparameter; the chosen one is marked and, where there is room, explained."""

    COMPONENT_CLASSES = {"hyperparameters--chosen", "hyperparameters--symbol"}

    DEFAULT_CSS = """
    HyperparameterPanel {
        .hyperparameters--chosen { background: $primary 40%; color: $foreground; text-style: bold; }
        .hyperparameters--symbol { color: $text-muted; text-style: italic; }
    }
    """

    config: reactive[TrainingConfig | None] = reactive(None)
    """The settings shown."""
    chosen: reactive[int] = reactive(0)
    """Which row left and right act on; an index into FIELDS."""

    def render(self) -> Group:
        """A row a hyperparameter, and what the chosen one does."""
        table = Table.grid(expand=True)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, justify="center", width=3)
        table.add_column(no_wrap=True, justify="right")
        if self.config is None:
            return Group()
        symbol_style = self.get_component_rich_style("hyperparameters--symbol", partial=True)
        for number, field in enumerate(FIELDS):
            value = field.format(getattr(self.config, field.name))
            chosen = number == self.chosen
            table.add_row(
                f"{'▸' if chosen else ' '}{field.label}",
                Text(field.symbol, symbol_style),
                f"‹{value}›" if chosen else f"{value} ",
                style=self.get_component_rich_style("hyperparameters--chosen") if chosen else "",
            )
        return Group(table, Text(f"\n{FIELDS[self.chosen].help}", symbol_style))
