"""The metrics panel: RMSE and R2, or accuracy and the confusion matrix."""

from __future__ import annotations

import textwrap

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import Metrics
from bptui.formatting import error_text, share_text
from bptui.session.snapshot import Snapshot

_MAX_CLASSES = 6
"""The most classes that the panel has room for."""
_FIGURE_WIDTH = 9
"""The width of an error such as 1.234e-05; only the errors of nearly diverged runs are longer."""

_TWO_ERRORS = "Error now: of the present weights. Epoch error: the mean of an epoch, while they changed."


class MetricsPanel(Widget):
    """The metrics of the training samples and, if there are any, of the test samples beside them."""

    snapshot: reactive[Snapshot | None] = reactive(None)
    """The run that is shown."""

    def render(self) -> RenderableType:
        """A table of figures and, for classes, the confusion matrix."""
        if self.snapshot is None:
            return Text()
        snapshot = self.snapshot
        columns = [("train", snapshot.run.metrics)]
        if snapshot.run.test_metrics is not None:
            columns.append(("test", snapshot.run.test_metrics))
        table = Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style="dim")
        # The column that is cut where there is too little room.
        room = self.content_size.width - len(columns) * (_FIGURE_WIDTH + 1) - 1
        table.add_column("", overflow="ellipsis", no_wrap=True, max_width=max(room, 1))
        for name, _ in columns:
            table.add_column(name, justify="right", no_wrap=True, min_width=_FIGURE_WIDTH)
        for label in ("error now", "RMSE", "R²", "accuracy"):
            values = [_figure(label, metrics) for _, metrics in columns]
            if any(values):
                table.add_row(label, *values)
        if snapshot.run.is_partly_measured:
            table.caption = f"on {len(snapshot.run.dataset)} of {snapshot.run.samples} samples"
        parts = [table]
        if snapshot.run.metrics.confusion is not None:
            parts.append(_confusion(snapshot.run.metrics, snapshot.run.dataset.classes))
        lines = textwrap.wrap(_TWO_ERRORS, max(self.content_size.width, 1))
        if sum(part.row_count + 1 for part in parts) + len(lines) <= self.content_size.height:
            return Group(*parts, Text("\n".join(lines), "dim"))
        return Group(*parts)


def _figure(label: str, metrics: Metrics) -> str:
    match label:
        case "error now":
            return error_text(metrics.error)
        case "RMSE":
            return "" if metrics.rmse is None else error_text(metrics.rmse)
        case "R²":
            if metrics.r2 is None:
                return ""
            return f"{metrics.r2:.5f}" if metrics.r2 > -100 else error_text(metrics.r2)
        case _:
            return "" if metrics.accuracy is None else share_text(metrics.accuracy)


def _confusion(metrics: Metrics, classes: tuple[str, ...]) -> Table:
    """A row for each actual class, a column for each predicted one."""
    table = Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style="dim")
    shown = classes[:_MAX_CLASSES]
    table.add_column("actual \\ predicted", no_wrap=True)
    for name in shown:
        table.add_column(Text(name[:8]), justify="right", no_wrap=True)
    assert metrics.confusion is not None  # checked by the caller
    for number, name in enumerate(shown):
        counts = metrics.confusion[number, : len(shown)]
        table.add_row(Text(name[:11]), *(str(count) for count in counts))
    if len(classes) > len(shown):
        table.add_row(f"and {len(classes) - len(shown)} more")
    return table
