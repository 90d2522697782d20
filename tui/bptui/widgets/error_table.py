"""The error table: the reported epochs with their errors."""

from __future__ import annotations

from bisect import bisect_right
from itertools import compress

from rich.table import Table
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import EpochRecord
from bpengine.wording import number
from bptui.formatting import ERROR_WIDTH, change_text, error_text
from bptui.terminal.textual_internals import bind_commands

_MIN_WIDTH = 38
"""The fewest columns for two errors and the change; narrower tables leave out the change."""
_WHEEL_ROWS = 3
"""How many rows one notch of the mouse wheel scrolls."""


_ACTIONS = {
    "up": "scroll_rows(-1)",
    "down": "scroll_rows(1)",
    "page_up": "scroll_pages(-1)",
    "page_down": "scroll_pages(1)",
    "first": "scroll_to(0)",
    "last": "scroll_to(-1)",
}
"""What the keys of commands do here."""


class ErrorTable(Widget):
    """Shows as many reports as fit; the last one is the newest, or the one that the user scrolled to."""

    DEFAULT_CSS = """
    ErrorTable { color: $foreground; }
    """

    reports: reactive[tuple[EpochRecord, ...]] = reactive(())
    """The reported epochs, oldest first."""
    has_test: reactive[bool] = reactive(False)
    """Whether there is a test set, whose errors get a column."""
    last_epoch: reactive[int | None] = reactive(None)
    """The epoch of the last visible row; None keeps the newest report visible."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        bind_commands(self, _ACTIONS)

    def watch_reports(self) -> None:
        """Follow the newest report again if the run has gone back to before the visible reports."""
        if self.last_epoch is not None and (not self.reports or self.reports[-1].epoch <= self.last_epoch):
            self.last_epoch = None

    def action_scroll_rows(self, rows: int) -> None:
        """Scroll down by `rows` rows, or up if that is negative."""
        self._scroll_to_end(self._end + rows)

    def action_scroll_pages(self, pages: int) -> None:
        """Scroll down by `pages` pages, or up if that is negative."""
        self.action_scroll_rows(pages * self._rows)

    def action_scroll_to(self, place: int) -> None:
        """Scroll to the oldest report (0) or to the newest one (-1)."""
        self._scroll_to_end(place % (len(self.reports) + 1))

    def on_mouse_scroll_down(self) -> None:
        """Scroll down."""
        self.action_scroll_rows(_WHEEL_ROWS)

    def on_mouse_scroll_up(self) -> None:
        """Scroll up."""
        self.action_scroll_rows(-_WHEEL_ROWS)

    @property
    def _rows(self) -> int:
        """How many reports fit below the headings."""
        return max(0, self.size.height - 1)

    @property
    def _end(self) -> int:
        """The index after the last visible report."""
        if self.last_epoch is None:
            return len(self.reports)
        return self._within(bisect_right(self.reports, self.last_epoch, key=lambda report: report.epoch))

    def _within(self, end: int) -> int:
        """The nearest index at which the visible reports can end without leaving rows empty."""
        return min(max(end, self._rows), len(self.reports))

    def _scroll_to_end(self, end: int) -> None:
        end = self._within(end)
        self.last_epoch = None if end == len(self.reports) else self.reports[end - 1].epoch

    def render(self) -> Table:
        """A row for each epoch: its number, its errors, and the change since the report before."""
        width, end, newest = self.size.width, self._end, len(self.reports) - 1
        first = max(0, end - self._rows)
        table = Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style="dim")
        is_wide = not self.has_test or width >= _MIN_WIDTH
        headings = (
            "epoch",
            "epoch error" if is_wide else "error",
            "test error" if is_wide else "test",
            "change",
        )
        space = " " if is_wide else ""  # between a column on the right and one on the left
        wanted = (True, True, self.has_test, is_wide)
        for heading in compress(headings, wanted):
            is_error = heading not in (
                "epoch",
                "change",
            )  # a column of decimal fractions is aligned at the point
            if is_error:
                table.add_column(f"{space}{heading}", justify="left", no_wrap=True)
            else:
                table.add_column(heading, justify="right", no_wrap=True)
        epochs = max((len(str(record.epoch)) for record in self.reports[first:end]), default=0)
        room = ERROR_WIDTH if is_wide else (width - epochs - 2) // 2 - 1
        for index in range(first, end):
            record = self.reports[index]
            more = "↑" if index == first > 0 else "↓" if index == end - 1 < newest else ""
            cells = (
                f"{more}{record.epoch}",
                f"{space}{_fitted(record.error, room)}",
                f"{space}{_fitted(record.test_error, room)}",
                change_text(self.reports[index - 1].error, record.error) if index else "",
            )
            table.add_row(*compress(cells, wanted), style="bold" if index == newest else "")
        return table


def _fitted(error: float | None, width: int) -> str:
    """The error with as many digits as fit in `width` columns, at least one."""
    if error is None or width >= ERROR_WIDTH:
        return error_text(error)
    return next((text for digits in (3, 2) if len(text := number(error, digits)) <= width), number(error, 1))
