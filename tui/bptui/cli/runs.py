"""`bptui runs`: list the kept runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from bptui.cli.parsing import Parser, make_parser
from bptui.formatting import error_text
from bptui.kept.folder import KeptFile, KeptFolder
from bptui.kept.paths import RUNS, state_path

HEADINGS = ("ID", "when", "task", "epochs", "error")


def parser() -> Parser:
    """Make the parser of `bptui runs`."""
    return make_parser(
        "bptui runs",
        "",
        "List the runs that were kept when their screens were left, the newest first.",
        """At a terminal the list is a table; in a pipe each line has the same columns, separated by tabs.

examples:
  bptui runs
  bptui --continue                          continue the newest run
  bptui --continue 20261125-143205-3fa92c   continue the run that has this ID

Exit status: 0 done, 2 bad use.""",
    )


def run(_options: argparse.Namespace) -> int:
    """Print the list; return the exit status."""
    rows = [row for kept in KeptFolder(state_path() / RUNS).files() for row in _rows(kept)]
    if not sys.stdout.isatty():
        for row in rows:
            print(*row, sep="\t")
    elif rows:
        _print_table(rows)
    else:
        print("No run was kept.")
    return 0


def _rows(kept: KeptFile) -> Iterator[tuple[str, ...]]:
    """A row for each run. A run without an error yet has a dash instead."""
    for each in kept.runs:
        when = f"{kept.time:%Y-%m-%d %H:%M:%S}"
        error = "-" if each.error is None else error_text(each.error)
        yield kept.id, when, each.task, f"{each.epoch}/{each.epochs}", error


def _print_table(rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in HEADINGS:
        table.add_column(heading, no_wrap=True, justify="right" if heading in ("epochs", "error") else "left")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
