"""The table of reports: the reported epochs or steps with their errors and other metrics."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from bptui.screen.terminal.textual_internals import bind_commands
from bpwords import word
from bpwords.numbers import ERROR_WIDTH, change_text, error_text, number

_BESIDE = 18
"""The columns of the number and the change; narrower tables leave out the change."""
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


class Metric(NamedTuple):
    """The heading of a metric."""

    name: str
    short: str
    """The heading in a narrow table, which may have several lines."""


class ReportRow(NamedTuple):
    """A row."""

    number: int
    """The epoch or the step."""
    values: tuple[float | None, ...]
    """The value of each metric; None for one that is not known."""
    older: frozenset[int] = frozenset()
    """The indices of values that were not reported here: they are from an earlier report."""


class ErrorTable(Widget):
    """Shows as many reports as fit; the last one is the newest, or the one that the user scrolled to.

    The change is that of the first metric since the row above.

    Args:
        counted: what the reports are numbered by.
    """

    DEFAULT_CSS = """
    ErrorTable { color: $foreground; }
    """

    reports: reactive[tuple[ReportRow, ...]] = reactive(())
    """The reports, oldest first."""
    metrics: reactive[tuple[Metric, ...]] = reactive(())
    """Their metrics, the most important ones first."""
    last_number: reactive[int | None] = reactive(None)
    """The number of the last visible row; None keeps the newest report visible."""

    def __init__(self, *, counted: str = "epoch", id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._counted = counted
        bind_commands(self, _ACTIONS)

    def watch_reports(self) -> None:
        """Follow the newest report again if the run has gone back to before the visible reports."""
        if self.last_number is not None and (not self.reports or self.reports[-1].number <= self.last_number):
            self.last_number = None

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
        more = max((metric.short.count("\n") for metric in self.metrics[: self._fitting[1]]), default=0)
        return max(0, self.size.height - 1 - more)

    @property
    def _fitting(self) -> tuple[bool, int, int]:
        """Whether everything fits, how many metrics have a column, and the columns of all of them."""
        room = self.size.width - (len(str(self.reports[-1].number)) if self.reports else 0) - 2
        widths = [max(map(cell_len, metric.short.split("\n"))) + 1 for metric in self.metrics]
        ends = list(accumulate(max(width, ERROR_WIDTH + 1) for width in widths))
        if len(ends) < 2 or self.size.width >= _BESIDE + ends[-1] + len(ends):
            return True, len(ends), room
        return False, max(sum(end <= room for end in ends), 2 if sum(widths[:2]) <= room else 1), room

    @property
    def _end(self) -> int:
        """The index after the last visible report."""
        if self.last_number is None:
            return len(self.reports)
        return self._within(bisect_right(self.reports, self.last_number, key=lambda report: report.number))

    def _within(self, end: int) -> int:
        """The nearest index at which the visible reports can end without leaving rows empty."""
        return min(max(end, self._rows), len(self.reports))

    def _scroll_to_end(self, end: int) -> None:
        end = self._within(end)
        self.last_number = None if end == len(self.reports) else self.reports[end - 1].number

    def render(self) -> Table:
        """A row for each report: its number, its metrics, and the change since the report before."""
        end, newest = self._end, len(self.reports) - 1
        first = max(0, end - self._rows)
        table = Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style="dim")
        table.add_column(word(self._counted, "axis"), justify="right", no_wrap=True, vertical="bottom")
        is_wide, count, columns = self._fitting
        metrics = self.metrics[:count]
        space = " " if is_wide else ""  # between a column on the right and one on the left
        for metric in metrics:  # decimal fractions are aligned at the point
            lines = (metric.name if is_wide else metric.short).split("\n")
            heading = Text("\n".join(f"{space}{line}" for line in lines))
            table.add_column(heading, justify="left", no_wrap=True, vertical="bottom")
        if is_wide and metrics:
            table.add_column(word("change", "title"), justify="right", no_wrap=True, vertical="bottom")
        room = ERROR_WIDTH if is_wide else columns // count - 1
        for index in range(first, end):
            report = self.reports[index]
            more = "↑" if index == first > 0 else "↓" if index == end - 1 < newest else ""
            cells = [Text(f"{more}{report.number}")]
            for place, value in enumerate(report.values[: len(metrics)]):
                style = "dim not bold" if place in report.older else ""
                cells.append(Text(f"{space}{_fitted(value, room)}", style))
            if is_wide and metrics:
                cells.append(Text(self._change(index)))
            table.add_row(*cells, style="bold" if index == newest else "")
        return table

    def _change(self, index: int) -> str:
        """The change of the first metric since the report before; empty if one of the two is not known."""
        if not index or 0 in self.reports[index].older:
            return ""
        before, after = self.reports[index - 1].values[0], self.reports[index].values[0]
        return "" if before is None or after is None else change_text(before, after)


def _fitted(error: float | None, width: int) -> str:
    """The error with as many digits as fit in `width` columns, at least one."""
    if error is None or width >= ERROR_WIDTH:
        return error_text(error)
    return next((text for digits in (3, 2) if len(text := number(error, digits)) <= width), number(error, 1))
