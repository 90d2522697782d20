"""The error table: the reported epochs with their errors."""

from __future__ import annotations

from rich.table import Table
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import EpochRecord
from bptui.formatting import change_text, error_text


class ErrorTable(Widget):
    """The newest reports that there is room for, the newest at the bottom."""

    DEFAULT_CSS = """
    ErrorTable { color: $foreground; }
    """

    reports: reactive[tuple[EpochRecord, ...]] = reactive(())
    """The reported epochs, oldest first."""

    def render(self) -> Table:
        """A row for each epoch: its number, its error, and the change since the report before."""
        table = Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style="dim")
        for heading in ("epoch", "epoch error", "change"):
            table.add_column(heading, justify="right", no_wrap=True)
        rows = max(0, self.size.height - 1)
        shown = self.reports[-rows:] if rows else ()
        start = len(self.reports) - len(shown)
        for number, record in enumerate(shown, start):
            change = change_text(self.reports[number - 1].error, record.error) if number else ""
            newest = number == len(self.reports) - 1
            table.add_row(str(record.epoch), error_text(record.error), change, style="bold" if newest else "")
        return table
