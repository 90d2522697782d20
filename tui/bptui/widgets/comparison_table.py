"""The table of the compared runs: their errors, and the settings that differ from those of the live run."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from bptui.drawing import ROLES
from bptui.formatting import error_text
from bptui.session.snapshot import ComparedRun, Snapshot


def comparison_table(snapshot: Snapshot, *, is_wide: bool) -> Table:
    """A row for the run before a what-if and for each pin.

    Args:
        snapshot: the live run.
        is_wide: whether there is room for headings, epochs, a row for the live run, and differences that take
            several rows.
    """
    compared = snapshot.comparison.runs
    is_tested = any(run.run.test_error is not None for run in (snapshot, *(run.snapshot for run in compared)))
    table = Table(
        box=None, expand=True, padding=(0, 1, 0, 0), header_style="dim", show_header=is_wide, pad_edge=False
    )
    table.add_column("run", no_wrap=True)
    for heading in (*(("epoch",) if is_wide else ()), "epoch error", *(("test error",) if is_tested else ())):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("settings, this run → live", ratio=1, no_wrap=not is_wide)
    for run in (*((ComparedRun("live", snapshot),) if is_wide else ()), *compared):
        progress = run.snapshot.run
        cells = [error_text(progress.error), *([error_text(progress.test_error)] if is_tested else [])]
        if is_wide:
            cells.insert(0, "–" if progress.error_epoch is None else str(progress.error_epoch))
        same = "" if run.label == "live" else "the same settings"
        changes = Text(", ".join(run.changes) or same, overflow="fold" if is_wide else "ellipsis")
        table.add_row(_name(run), *cells, changes)
    return table


def _name(run: ComparedRun) -> str:
    return f"{ROLES['compared'].sign}{run.label}" if len(run.label) == 1 else run.label or "before"
