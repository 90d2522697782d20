"""The settings panel: each setting with its symbol and value; one of them is chosen."""

from __future__ import annotations

from collections.abc import Sequence
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

from bpengine.wording import printable
from bptui.commands import COMMAND
from bptui.commands.matching import abbreviates
from bptui.terminal.contrast import legible
from bpwords import Sentence, word

_HELP_ROWS = 3
"""The rows of the help, which is shown where there is room for more than all settings."""
_MIN_LABEL = 6
"""The fewest columns of a shortened label, including its mark."""
_MAX_WANTED = 40
"""The most characters of a search text."""
_SYMBOL = 4
"""The columns of the symbol."""


class SettingRow(NamedTuple):
    """A setting, as the panel is given it."""

    label: str
    symbol: str
    value: str
    help: str
    """What it does, in a sentence."""
    names: tuple[str, ...]
    """All words by which it is found."""
    before: str = ""
    """The value to compare with; empty if it is the same."""
    is_unused: bool = False
    """Whether it has no effect with the values of the others."""
    is_fixed: bool = False
    """Whether the value is a text in place of what the setting has."""


def matching(text: str, rows: Sequence[SettingRow]) -> tuple[int, ...]:
    """The indices of the settings that match a text; an empty text matches all.

    A match contains the text in one of its names. If there is none, the help texts are searched, and then
    names that the text abbreviates.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return tuple(range(len(rows)))
    matches = [n for n, row in enumerate(rows) if any(wanted in name.casefold() for name in row.names)]
    matches = matches or [n for n, row in enumerate(rows) if wanted in row.help.casefold()]
    return tuple(matches or (n for n, row in enumerate(rows) if abbreviates(text, row.names[0])))


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
    """Shows as many settings around the chosen one as fit and, if there is room, its help.

    While the user searches for a setting, a line above the rows shows the search text, and only the
    settings that match have rows.
    """

    @dataclass
    class Chosen(Message):
        """Another row was chosen by the mouse."""

        number: int
        """An index into `settings`."""

    class Opened(Message):
        """The chosen row is to be edited."""

    @dataclass
    class SearchToggled(Message):
        """The user begins or ends a search for a setting."""

        begins: bool

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
    wanted: reactive[str | None] = reactive(None)
    """The search text, a part of a setting's name; None if there is no search."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._chosen_before = 0

    def action_find(self) -> None:
        """Begin to search for a setting: the next keys are typed text."""
        if self.wanted is None:
            self._chosen_before = self.chosen
            self.wanted = ""

    def _end_search(self, *, keep: bool) -> None:
        self.wanted = None
        if not keep:
            self._choose(self._chosen_before)

    def watch_wanted(self, before: str | None, wanted: str | None) -> None:
        """Take the keys of commands as text during a search, and give them back to the app after it."""
        if (before is None) != (wanted is None):
            self.post_message(self.SearchToggled(begins=wanted is not None))

    def on_blur(self) -> None:
        """End the search, and keep the chosen setting."""
        self.wanted = None

    def on_key(self, event: events.Key) -> None:
        """During a search, handle typed text and the keys that move the choice or end the search."""
        if self._takes(event):
            event.stop()
            event.prevent_default()

    def _takes(self, event: events.Key) -> bool:
        if self.wanted is None:
            if event.key in COMMAND["filter"].keys.split(","):
                self.action_find()
            return self.wanted is not None
        numbers = self._matching
        at = numbers.index(self.chosen) if self.chosen in numbers else 0
        last, page = len(numbers) - 1, max(self.size.height - 2, 1)
        moves = {
            "up": at - 1,
            "down": at + 1,
            "home": 0,
            "end": last,
            "pageup": at - page,
            "pagedown": at + page,
        }
        if event.is_printable:
            self._look_for(self.wanted + str(event.character))
        elif event.key == "backspace":
            self._look_for(self.wanted[:-1])
        elif event.key in ("enter", "escape"):
            self._end_search(keep=event.key == "enter")
        elif event.key in moves:
            if numbers:
                self._choose(numbers[min(max(moves[event.key], 0), last)])
        else:
            return False
        return True

    def _look_for(self, text: str) -> None:
        self.wanted = text[:_MAX_WANTED]
        numbers = self._matching
        if numbers and self.chosen not in numbers:
            self._choose(numbers[0])

    def _choose(self, number: int) -> None:
        self.chosen = number  # at once: the next key may arrive before the message is answered
        self.post_message(self.Chosen(number))

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked; a double click edits the chosen one."""
        place = event.get_content_offset(self)
        rows = self._shown_rows()
        y = -1 if place is None else place.y - (self.wanted is not None)
        if 0 <= y < len(rows):
            self.post_message(self.Chosen(rows[y]))
        if event.chain == 2:
            self.post_message(self.Opened())

    def on_mouse_scroll_down(self) -> None:
        """Choose the next row."""
        self._scroll(1)

    def on_mouse_scroll_up(self) -> None:
        """Choose the previous row."""
        self._scroll(-1)

    def _scroll(self, direction: int) -> None:
        numbers = self._matching
        if self.chosen in numbers:
            at = numbers.index(self.chosen) + direction
            self.post_message(self.Chosen(numbers[min(max(at, 0), len(numbers) - 1)]))

    @property
    def page(self) -> int:
        """The number of rows in a page."""
        return max(len(self._shown_rows()) - 1, 1)

    @property
    def _matching(self) -> tuple[int, ...]:
        """The indices of the settings that the search text matches; all of them without a search."""
        return matching(self.wanted or "", self.settings)

    def render(self) -> Group:
        """The rows, and what the chosen setting does."""
        if not self.settings:
            return Group()
        rows: list[_Row] = []
        symbol_style = self.get_component_rich_style("hyperparameters--symbol", partial=True)
        unused_style = self.get_component_rich_style("hyperparameters--unused", partial=True)
        chosen_style = legible(self.get_component_rich_style("hyperparameters--chosen"))
        chosen_symbol_style = legible(symbol_style + Style(bgcolor=chosen_style.bgcolor))
        numbers, shown = self._matching, self._shown_rows()
        for number in shown:
            setting = self.settings[number]
            chosen = number == self.chosen
            plain = (
                f"({setting.value})" if setting.is_unused and not setting.is_fixed else f"{setting.value} "
            )
            is_first, is_last = number == shown[0] != numbers[0], number == shown[-1] != numbers[-1]
            more = "↑" if is_first else "↓" if is_last else " "
            row_style = unused_style if setting.is_unused else ""
            symbol = unused_style if setting.is_unused else chosen_symbol_style if chosen else symbol_style
            rows.append(
                _Row(
                    f"{'▸' if chosen else more}{setting.label}",
                    Text(setting.symbol, symbol),
                    f"{setting.before} → " if setting.before else "",
                    f"‹{setting.value}›" if chosen else plain,
                    chosen_style if chosen else row_style,
                )
            )
        table = self._table(rows) if rows else Text(f" {word('no setting matches this text')}", symbol_style)
        above = [] if self.wanted is None else [self._wanted_line(len(numbers))]
        help = self.settings[min(self.chosen, len(self.settings) - 1)].help
        return Group(*above, table, Text(f"\n{help}", symbol_style))

    def _wanted_line(self, found: int) -> Text:
        """The search text, only the end of a long one, and how many settings match."""
        count = f" {Sentence('{found} of {count}')(found=found, count=len(self.settings))} "
        room = max(self.size.width - cell_len(count), 3)
        return Text(f"/{str(self.wanted)[2 - room :]}▏".ljust(room) + count, no_wrap=True, style="bold")

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

    def _shown_rows(self) -> tuple[int, ...]:
        """The indices of the visible rows."""
        numbers = self._matching
        height = max(1, self.size.height - (self.wanted is not None))
        if height >= len(numbers) + 1 + _HELP_ROWS:
            return numbers
        rows = min(height, len(numbers))
        at = numbers.index(self.chosen) if self.chosen in numbers else 0
        first = min(max(at - rows // 2, 0), len(numbers) - rows)
        return numbers[first : first + rows]
