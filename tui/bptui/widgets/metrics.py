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
from bptui.widgets.comparison_table import comparison_table
from bptui.widgets.confusion import confusion_table

_LABELS = (("error now", "error"), ("RMSE", "RMSE"), ("R²", "R²"), ("accuracy", "acc."))
"""The names of the figures, and their short names."""
_FIGURE_WIDTH = 9
"""The width of an error such as 1.234e-05; only the errors of nearly diverged runs are longer."""

_TWO_ERRORS = "Error now: of the current weights. Epoch error: the mean of an epoch, while they changed."


class MetricsPanel(Widget):
    """Shows the metrics of the training samples and, beside them, of the test samples if there are any."""

    snapshot: reactive[Snapshot | None] = reactive(None)
    """The run that is shown."""

    def render(self) -> RenderableType:
        """A table of figures and, for a classification, the confusion matrix."""
        if self.snapshot is None:
            return Text()
        snapshot = self.snapshot
        columns = [("train", snapshot.run.metrics)]
        if snapshot.run.test_metrics is not None:
            columns.append(("test", snapshot.run.test_metrics))
        width, height = self.content_size
        table = Table(box=None, expand=True, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
        room = width - len(columns) * (_FIGURE_WIDTH + 1)
        table.add_column("", no_wrap=True)
        for name, _ in columns:
            table.add_column(name, justify="right", no_wrap=True, min_width=_FIGURE_WIDTH)
        for label, short in _LABELS:
            values = [_figure(label, metrics) for _, metrics in columns]
            if any(values):
                table.add_row(label if len(label) <= room else short[: max(room, 0)], *values)
        if snapshot.run.is_partly_measured:
            table.caption = f"on {len(snapshot.run.dataset)} of {snapshot.run.samples} samples"
        parts = [table]
        rows = table.row_count + 1 + (table.caption is not None)
        if snapshot.comparison.reference is not None:
            parts.append(comparison_table(snapshot, width=width))
            rows += parts[-1].row_count + 1
        confusion = snapshot.run.metrics.confusion
        if confusion is not None and rows + 2 <= height:
            parts.append(confusion_table(confusion, snapshot.run.dataset.classes, width, height - rows))
            rows += parts[-1].row_count + 1
        lines = textwrap.wrap(_TWO_ERRORS, max(width, 1))
        if rows + len(lines) <= height:
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
