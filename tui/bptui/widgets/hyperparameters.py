"""The settings panel: each hyperparameter with its symbol and value, one of them chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import FIELDS, TrainingConfig

_HELP_ROWS = 3
"""The rows of the help, which is shown where there is room for more than all hyperparameters."""
_MIN_LABEL = 6
"""The fewest columns of a label, with its mark, that is cut."""
_SYMBOL = 4
"""The columns of the symbol."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A hyperparameter as it is displayed."""

    label: str
    symbol: Text
    before: str
    """The value of the run to compare with and an arrow, if the values differ."""
    value: str
    style: str | Style

    def fitted(self, width: int, labels: int) -> Text:
        """One line of `width` columns, without the parts that there is no room for.

        Args:
            width: columns of the line.
            labels: columns of the longest label.
        """
        shown = self.before + self.value
        label = self.label.ljust(labels)
        room = width - len(self.symbol) - len(shown) - 2
        if len(label) > room:  # as much of it as tells it from the others; the symbol names it, too
            label = self.label if len(self.label) <= room else f"{self.label[: room - 1].rstrip()}."
            label = label.ljust(room) if room >= _MIN_LABEL else self.label[:1]
        left = Text.assemble(label, " ", self.symbol, " ")
        if len(left) + len(shown) > width:
            shown = self.value
        line = Text.assemble(left, shown.rjust(width - len(left)), style=self.style, no_wrap=True)
        line.truncate(width, overflow="ellipsis")
        return line


class HyperparameterPanel(Widget):
    """As many hyperparameters around the chosen one as fit, and its help where there is more room."""

    @dataclass
    class Chosen(Message):
        """Another row was chosen by the mouse."""

        number: int
        """An index into FIELDS."""

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

    settings: reactive[tuple[TrainingConfig, frozenset[str]] | None] = reactive(None)
    """The settings, and the names of those that have no effect."""
    texts: reactive[Mapping[str, str]] = reactive(dict[str, str])
    """What is shown in place of the values of some settings, by their names."""
    pinned: reactive[TrainingConfig | None] = reactive(None)
    """The settings of the run to compare with, shown where they differ."""
    chosen: reactive[int] = reactive(0)
    """The row that left and right act on; an index into FIELDS."""

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked; a double click edits the chosen one."""
        place = event.get_content_offset(self)
        first, last = self._shown_rows()
        if place is not None and first + place.y < last:
            self.post_message(self.Chosen(first + place.y))
        if event.chain == 2:
            self.post_message(self.Opened())

    def on_mouse_scroll_down(self) -> None:
        """Choose the next row."""
        self.post_message(self.Chosen(min(self.chosen + 1, len(FIELDS) - 1)))

    def on_mouse_scroll_up(self) -> None:
        """Choose the previous row."""
        self.post_message(self.Chosen(max(self.chosen - 1, 0)))

    def render(self) -> Group:
        """The rows, and what the chosen hyperparameter does."""
        if self.settings is None:
            return Group()
        config, unused = self.settings
        rows: list[_Row] = []
        symbol_style = self.get_component_rich_style("hyperparameters--symbol", partial=True)
        unused_style = self.get_component_rich_style("hyperparameters--unused", partial=True)
        first, last = self._shown_rows()
        for number in range(first, last):
            field = FIELDS[number]
            value = getattr(config, field.name)
            before = value if self.pinned is None else getattr(self.pinned, field.name)
            text = self.texts.get(field.name, field.brief(value))
            chosen = number == self.chosen
            has_no_effect = field.name in unused
            plain = f"({text})" if has_no_effect and field.name not in self.texts else f"{text} "
            more = "↑" if number == first > 0 else "↓" if number == last - 1 < len(FIELDS) - 1 else " "
            row_style = unused_style if has_no_effect else ""
            rows.append(
                _Row(
                    f"{'▸' if chosen else more}{field.label}",
                    Text(field.symbol, unused_style if has_no_effect else symbol_style),
                    "" if before == value else f"{field.brief(before)} → ",
                    f"‹{text}›" if chosen else plain,
                    self.get_component_rich_style("hyperparameters--chosen") if chosen else row_style,
                )
            )
        return Group(self._table(rows), Text(f"\n{FIELDS[self.chosen].help}", symbol_style))

    def _table(self, rows: list[_Row]) -> RenderableType:
        """One line for each row; a row that is too long loses its label, because its symbol names it, too."""
        width, labels = self.size.width, max(len(row.label) for row in rows)
        if all(len(row.before + row.value) <= width - labels - _SYMBOL for row in rows):
            table = Table.grid(expand=True)
            table.add_column(no_wrap=True)
            table.add_column(no_wrap=True, justify="center", width=_SYMBOL)
            table.add_column(no_wrap=True, justify="right")
            for row in rows:
                table.add_row(row.label, row.symbol, Text(row.before + row.value), style=row.style)
            return table
        return Group(*(row.fitted(width, labels) for row in rows))

    def _shown_rows(self) -> tuple[int, int]:
        """The indices of the first visible row and of the one after the last."""
        height = max(1, self.size.height)
        if height >= len(FIELDS) + 1 + _HELP_ROWS:
            return 0, len(FIELDS)
        rows = min(height, len(FIELDS))
        first = min(max(self.chosen - rows // 2, 0), len(FIELDS) - rows)
        return first, first + rows
