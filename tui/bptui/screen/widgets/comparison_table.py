"""The table of the compared runs: their errors, and the settings that differ from those of the live run."""

from __future__ import annotations

import math
from itertools import accumulate

from rich.console import OverflowMethod
from rich.table import Table
from rich.text import Text

from bptui.formatting import difference_text
from bptui.screen.drawing import ROLES
from bptui.session.snapshot import ComparedRun, Snapshot, test_errors
from bpwords import translatable, word
from bpwords.numbers import error_text

_SETTINGS = "settings, this run → live"
_HEADINGS = translatable(("run", "epoch", "epoch error", "test error", _SETTINGS), "title")
_WIDTHS = dict(zip(_HEADINGS, (6, 5, 12, 10, 8), strict=True))
"""The columns by their headings, each with the room that it needs."""


def comparison_table(snapshot: Snapshot, *, width: int | None = None) -> Table:
    """A row for the run before a what-if and for each pin.

    Args:
        snapshot: the live run.
        width: the room in a panel; the last columns are left out if they do not fit. The default is for a
            screen: with a row for the live run, with settings that may take several rows, and with how the
            test errors differ now.
    """
    is_panel, compared = width is not None, snapshot.comparison.runs
    is_tested = any(run.run.test_error is not None for run in (snapshot, *(run.snapshot for run in compared)))
    headings = [heading for heading in _WIDTHS if is_tested or heading != "test error"]
    ends = accumulate(_WIDTHS[heading] + 1 for heading in headings)
    headings = [
        heading
        for heading, end in zip(headings, ends, strict=True)
        if end <= (math.inf if width is None else width + 1)
    ]
    table = Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style="dim", pad_edge=False)
    for heading in headings:
        if heading == _SETTINGS:
            table.add_column(word("settings" if is_panel else heading, "title"), ratio=1, no_wrap=is_panel)
        else:
            said = f"{' ' * (heading == 'epoch error')}{word(heading, 'title')}"
            table.add_column(said, justify="right" if heading == "epoch" else "left", no_wrap=True)
    for run in (*(() if is_panel else (ComparedRun(translatable("live", "legend"), snapshot),)), *compared):
        cells = _cells(run, overflow="ellipsis" if is_panel else "fold")
        if not is_panel and (difference := test_errors(run.snapshot, snapshot)) and run.label != "live":
            cells["test error"] = f"{cells['test error']}\n{difference_text(*difference)}"
        table.add_row(*(cells[heading] for heading in headings))
    return table


def _cells(run: ComparedRun, *, overflow: OverflowMethod) -> dict[str, str | Text]:
    """The cells of a run by the headings of their columns."""
    progress = run.snapshot.run
    same = "" if run.label == "live" else word("same settings")
    return {
        "run": _name(run),
        "epoch": "–" if progress.error_epoch is None else str(progress.error_epoch),
        "epoch error": f" {error_text(progress.error)}",
        "test error": error_text(progress.test_error),
        _SETTINGS: Text(word(", ", "list").join(run.changes) or same, overflow=overflow),
    }


def _name(run: ComparedRun) -> str:
    if len(run.label) == 1:
        return f"{ROLES['compared'].sign}{run.label}"
    return word(run.label or "before", "legend")
