"""The metrics panel: RMSE and R2, or accuracy and the confusion matrix."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import Metrics
from bpengine.arithmetic.arrays import IntArray
from bptui.formatting import interval_text, unit_of
from bptui.screen.widgets.comparison_table import comparison_table
from bptui.session.description.classes import confused
from bptui.session.snapshot import Snapshot
from bpwords import Sentence, translatable, word
from bpwords.numbers import ERROR_WIDTH, R2_DIGITS, error_text, number, share_text
from bpwords.wrapping import lines_of

_NAMES = (
    ("error now", "error"),
    ("RMSE", "RMSE"),
    ("R²", "R²"),
    ("accuracy", "acc."),
    ("likely range", "range"),
)
_LABELS = translatable(_NAMES, "metric")
"""The names of the figures, and their short names."""
_HEADINGS = translatable(("actual \\ predicted", "actual\\pred.", "actual ↓", ""), "title")
"""The texts for the corner of the table, from the longest to none."""
_TEST_HEADINGS = translatable(("test: actual \\ predicted", "test: act.\\pred.", "test ↓", ""), "title")
"""The same for test samples."""
_SHORTEST = 3
"""The fewest cells of a shortened name."""

_TWO_ERRORS = "Error now: of the current weights. Epoch error: the mean of an epoch, while they changed."


class MetricsPanel(Widget):
    """Shows the metrics of the training samples and, beside them, of the test samples if there are any."""

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    """The run that is shown."""

    def watch_snapshot(self, before: Snapshot | None, snapshot: Snapshot | None) -> None:
        """Paint the new snapshot, unless it only has other settings, which this panel does not show."""
        compares = any(
            shown is not None and (shown.comparison.runs or shown.comparison.cloud)
            for shown in (before, snapshot)
        )
        same = before and snapshot and before.run.references is snapshot.run.references
        if compares or snapshot is None or not same or not snapshot.has_network_of(before):
            self.refresh()

    def render(self) -> RenderableType:
        """A table of figures and, for a classification, the confusion matrix."""
        if self.snapshot is None:
            return Text()
        snapshot = self.snapshot
        columns, tests = [(word("train", "title"), snapshot.run.metrics, 0)], snapshot.run.dataset.test
        if snapshot.run.test_metrics is not None and tests is not None:
            columns.append((word("test", "legend"), snapshot.run.test_metrics, len(tests)))
        width, height = self.content_size
        table = Table(box=None, expand=True, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
        room = width - len(columns) * (ERROR_WIDTH + 1)
        table.add_column("", no_wrap=True)
        for samples, _, _ in columns:
            table.add_column(samples, justify="right", no_wrap=True, min_width=ERROR_WIDTH)
        for name, *values in self._rows(snapshot, columns, room):
            table.add_row(name, *values)
        for reference in snapshot.run.references if len(columns) > 1 else ():
            said = word(reference.name, "metric")
            said = said if cell_len(said) <= room else said[: max(room, 0)]
            table.add_row(Text(said, "dim"), "", Text(error_text(reference.metrics.error), "dim"))
        if snapshot.run.is_partly_measured:
            on = Sentence("on {count} of {samples} samples")
            table.caption = on(count=len(snapshot.run.dataset), samples=snapshot.run.samples)
        parts = [table]
        rows = table.row_count + 1 + (table.caption is not None)
        if snapshot.comparison.reference is not None:
            parts.append(comparison_table(snapshot, width=width))
            rows += parts[-1].row_count + 1
        of_test = snapshot.run.test_metrics is not None
        confusion = (snapshot.run.test_metrics or snapshot.run.metrics).confusion
        if confusion is not None and rows + 2 <= height:
            classes, digits = snapshot.run.dataset.classes, len(str(int(confusion.max(initial=0))))
            if len(classes) + 1 <= height - rows and _width(classes, _SHORTEST, digits) <= width:
                parts.append(confusion_table(confusion, classes, width, height - rows, of_test=of_test))
            else:
                parts.append(confusions(snapshot, height - rows))
            rows += parts[-1].row_count + 1
        lines = lines_of(word(_TWO_ERRORS), max(width, 1))
        if rows + len(lines) <= height:
            return Group(*parts, Text("\n".join(lines), "dim"))
        return Group(*parts)

    def _rows(
        self, snapshot: Snapshot, columns: list[tuple[str, Metrics, int]], room: int
    ) -> list[list[str]]:
        """The figures of the run, and as many of the cloud as leave space for the confusion matrix.

        In the smallest space, the mean of the starts takes the row of the likely range.
        """
        rows = []
        for label, short in _LABELS:
            values = [_figure(label, metrics, tests) for _, metrics, tests in columns]
            if any(values):
                unit = unit_of(snapshot.run.dataset.target) if label == "RMSE" else ""
                said = word(label, "metric")
                names = (*((f"{said},{unit}",) if unit else ()), said, word(short, "metric"))
                name = next((name for name in names if cell_len(name) <= room), short[: max(room, 0)])
                rows.append([name, *values])
        references = snapshot.run.references if len(columns) > 1 else ()
        starts, classes = _of_starts(snapshot), snapshot.run.dataset.classes
        free = self.content_size.height - len(rows) - len(references) - (len(classes) + 2 if classes else 1)
        if starts and free < 1 and classes and len(columns) > 1:
            rows.pop()
            free += 1
        return rows + starts[: max(free, 1)]


def _of_starts(snapshot: Snapshot) -> list[list[str]]:
    """With a cloud: the error of the mean of its answers, and those of single starts; see `Together`."""
    cloud = snapshot.comparison.cloud
    together = () if cloud is None or cloud.band is None else cloud.band.together
    names = (word("mean of the starts"), word("median start"), word("best start"))
    rows = zip(names, *(each[:3] for each in together), strict=True) if together else ()
    return [[name, *map(error_text, errors)] for name, *errors in rows]


def _figure(label: str, metrics: Metrics, tests: int) -> str:
    """A figure of the training samples or of so many test samples; empty if there is none."""
    match label:
        case "error now":
            return error_text(metrics.error)
        case "RMSE":
            return "" if metrics.rmse is None else error_text(metrics.rmse)
        case "R²" if (
            metrics.r2 is not None and abs(metrics.r2) < 10
        ):  # of one width while it grows from 0 to 1
            return f"{metrics.r2:.{R2_DIGITS}f}"
        case "R²":
            return "" if metrics.r2 is None else number(metrics.r2, R2_DIGITS, keeps_zeros=True)
        case "likely range":
            return interval_text(metrics.accuracy, tests) if tests and metrics.accuracy is not None else ""
        case _:
            return "" if metrics.accuracy is None else f"{share_text(metrics.accuracy, 1):>6}"


def confusion_table(
    confusion: IntArray, classes: tuple[str, ...], width: int, height: int, *, of_test: bool = False
) -> Table:
    """Return a table with a row for each actual and a column for each predicted class, as far as they fit.

    Args:
        confusion: how many samples of each class were predicted as each; shape (classes, classes).
        classes: the names of the classes.
        width: the columns of the space.
        height: the rows of the space, including the headings.
        of_test: whether the heading says that these are test samples.
    """
    digits = len(str(int(confusion.max(initial=0))))
    most = max(height - 1, 1)
    count = len(classes) if len(classes) <= most else max(most - 1, 1)  # a row for the classes left out
    while count > 1 and _width(classes[:count], _SHORTEST, digits) > width:
        count -= 1
    longest = max(cell_len(name) for name in classes[:count])
    fitting = (
        size for size in range(longest, _SHORTEST, -1) if _width(classes[:count], size, digits) <= width
    )
    names = distinct_names(classes[:count], next(fitting, _SHORTEST))
    corner = width - sum(max(cell_len(name), digits) + 1 for name in names)
    table = Table(box=None, expand=True, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    headings = (word(text, "title") if text else "" for text in (_TEST_HEADINGS if of_test else _HEADINGS))
    heading = next(text for text in headings if cell_len(text) <= max(corner - 1, 0))
    table.add_column(Text(heading), no_wrap=True)
    for name in names:
        table.add_column(Text(name), justify="right", no_wrap=True, min_width=max(cell_len(name), digits))
    for name, counts in zip(names, confusion, strict=False):
        table.add_row(Text(name), *(str(value) for value in counts[:count]))
    if count < len(classes):
        table.add_row(Sentence("and {n} more")(n=len(classes) - count))
    return table


def confusions(snapshot: Snapshot, height: int) -> Table:
    """Return the pairs of classes that are confused most often, of the test samples if there are any.

    Args:
        snapshot: the run.
        height: the rows of the space, including the heading.
    """
    metrics, classes = snapshot.run.test_metrics or snapshot.run.metrics, snapshot.run.dataset.classes
    pairs = [] if metrics.confusion is None else confused(metrics.confusion)
    wrong = sum(count for _, _, count in pairs)
    heading = Sentence(
        "test: {n} wrong, most often" if snapshot.run.test_metrics else "{n} wrong, most often"
    )
    table = Table(box=None, expand=True, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(heading(n=wrong), no_wrap=True)
    pair = Sentence("{actual} as {predicted}: {n}")
    for actual, predicted, count in pairs[: max(height - 1, 1)]:
        table.add_row(Text(pair(actual=classes[actual], predicted=classes[predicted], n=count)))
    return table


def _width(names: tuple[str, ...], size: int, digits: int) -> int:
    """The columns of a table with names of at most `size` cells."""
    cells = [min(cell_len(name), size) for name in names]
    return max(cells) + sum(max(cell, digits) + 1 for cell in cells)


def distinct_names(names: tuple[str, ...], size: int) -> list[str]:
    """The names in at most `size` cells: their beginnings or, if these are not unique, their ends."""

    def cut(name: str, *, end: bool) -> str:
        if cell_len(name) <= size:
            return name
        kept = set_cell_size(name[::-1] if end else name, size - 1).rstrip()
        return f"…{kept[::-1]}" if end else f"{kept}…"

    heads = [cut(name, end=False) for name in names]
    return heads if len(set(heads)) == len(set(names)) else [cut(name, end=True) for name in names]
