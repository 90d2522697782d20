"""The settings panel: each setting with its symbol and value; one of them is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from bptui.screen.terminal.contrast import legible
from bpwords import printable, word

_MIN_LABEL = 6
"""The fewest columns of a shortened label, including its mark."""
_SYMBOL = 4
"""The columns of the symbol."""


class SettingRow(NamedTuple):
    """A setting, as the panel is given it. The panel translates its label and its help."""

    label: str
    symbol: str
    value: str
    help: str
    """What it does, in a sentence."""
    before: str = ""
    """The value to compare with; empty if it is the same."""
    is_unused: bool = False
    """Whether it has no effect with the values of the others."""
    is_fixed: bool = False
    """Whether the value is a text in place of what the setting has."""


def shortened(text: str, width: int) -> str:
    """A printable text in at most `width` columns: the middle is left out, as the end is often a number."""
    text = printable(text, 200)
    if cell_len(text) <= width:
        return text
    begin = set_cell_size(text, (width - 1) // 2).rstrip()
    return f"{begin}…{set_cell_size(text[::-1], width - 1 - cell_len(begin)).rstrip()[::-1]}"


class _Row(NamedTuple):
    """A setting as it is displayed."""

    label: str
    symbol: Text
    before: str
    """The value of the run to compare with and an arrow, if the values differ."""
    value: str
    style: str | Style

    def fitted(self, width: int, labels: int) -> Text:
        """One line of `width` columns, without the parts that do not fit.

        Args:
            width: columns of the line.
            labels: columns of the longest label.
        """
        shown = self.before + self.value
        label = set_cell_size(self.label, labels)
        room = width - self.symbol.cell_len - cell_len(shown) - 2
        if labels > room:  # a shortened label is enough: the symbol names the setting as well
            label = self.label if self.symbol.plain else shortened(self.label, room)
            if cell_len(label) > room:
                label = f"{set_cell_size(label, max(room - 1, 0)).rstrip()}."
            label = set_cell_size(label, room) if room >= _MIN_LABEL else self.label[:1]
        left = Text.assemble(label, " ", self.symbol, " ")
        if left.cell_len + cell_len(shown) > width:
            shown = self.value
        blanks = " " * (width - left.cell_len - cell_len(shown))
        line = Text.assemble(left, blanks, shown, style=self.style, no_wrap=True)
        line.truncate(width, overflow="ellipsis")
        return line


class HyperparameterPanel(Widget):
    """Shows as many settings around the chosen one as fit and, if there is room, its help."""

    @dataclass
    class Chosen(Message):
        """Another row was chosen by the mouse."""

        number: int
        """An index into `settings`."""

    class Opened(Message):
        """The chosen row is to be edited."""

    COMPONENT_CLASSES = {"hyperparameters--chosen", "hyperparameters--symbol", "hyperparameters--unused"}

    DEFAULT_CSS = """
    HyperparameterPanel {
        .hyperparameters--chosen { background: $primary 40%; color: $foreground; text-style: bold; }
        .hyperparameters--symbol { color: $text-muted; text-style: italic; }
        .hyperparameters--unused { text-style: dim; }
    }
    """

    settings: reactive[tuple[SettingRow, ...]] = reactive(())
    """The settings."""
    chosen: reactive[int] = reactive(0)
    """The row that the left and right keys act on; an index into `settings`."""

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked; a double click edits the chosen one."""
        place = event.get_content_offset(self)
        rows = self._shown_rows()
        if place is not None and place.y < len(rows):
            self.post_message(self.Chosen(rows[place.y]))
        if event.chain == 2:
            self.post_message(self.Opened())

    def on_mouse_scroll_down(self) -> None:
        """Choose the next row."""
        self._scroll(1)

    def on_mouse_scroll_up(self) -> None:
        """Choose the previous row."""
        self._scroll(-1)

    def _scroll(self, direction: int) -> None:
        self.post_message(self.Chosen(min(max(self.chosen + direction, 0), len(self.settings) - 1)))

    @property
    def page(self) -> int:
        """The number of rows in a page."""
        return max(len(self._shown_rows()) - 1, 1)

    def render(self) -> Group:
        """The rows, and what the chosen setting does."""
        if not self.settings:
            return Group()
        rows: list[_Row] = []
        symbol_style = self.get_component_rich_style("hyperparameters--symbol", partial=True)
        unused_style = self.get_component_rich_style("hyperparameters--unused", partial=True)
        chosen_style = legible(self.get_component_rich_style("hyperparameters--chosen"))
        chosen_symbol_style = legible(symbol_style + Style(bgcolor=chosen_style.bgcolor))
        last, shown = len(self.settings) - 1, self._shown_rows()
        for number in shown:
            setting = self.settings[number]
            chosen = number == self.chosen
            plain = (
                f"({setting.value})" if setting.is_unused and not setting.is_fixed else f"{setting.value} "
            )
            is_first, is_last = number == shown[0] != 0, number == shown[-1] != last
            more = "↑" if is_first else "↓" if is_last else " "
            row_style = unused_style if setting.is_unused else ""
            symbol = unused_style if setting.is_unused else chosen_symbol_style if chosen else symbol_style
            rows.append(
                _Row(
                    f"{'▸' if chosen else more}{word(setting.label, 'setting')}",
                    Text(setting.symbol, symbol),
                    f"{setting.before} → " if setting.before else "",
                    f"‹{setting.value}›" if chosen else plain,
                    chosen_style if chosen else row_style,
                )
            )
        help = word(self.settings[min(self.chosen, last)].help)
        return Group(self._table(rows), Text(f"\n{help}", symbol_style))

    def _table(self, rows: list[_Row]) -> RenderableType:
        """One line for each row. A row that is too long loses its label: its symbol names it as well."""
        width, labels = self.size.width, max([cell_len(row.label) for row in rows])
        if max([cell_len(row.before + row.value) for row in rows]) <= width - labels - _SYMBOL:
            table = Table.grid(expand=True)
            table.add_column(no_wrap=True)
            table.add_column(no_wrap=True, justify="center", width=_SYMBOL)
            table.add_column(no_wrap=True, justify="right")
            for row in rows:
                table.add_row(Text(row.label), row.symbol, Text(row.before + row.value), style=row.style)
            return table
        return Group(*(row.fitted(width, labels) for row in rows))

    def _shown_rows(self) -> range:
        """The indices of the visible rows."""
        count, height = len(self.settings), max(1, self.size.height)
        rows = min(height, count)
        first = min(max(self.chosen - rows // 2, 0), count - rows)
        return range(first, first + rows)
