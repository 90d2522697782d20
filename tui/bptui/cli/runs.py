"""List the runs that were kept when their screens were left, the newest first.

usage: bptui runs [--state DIR]

At a terminal the list is a table; in a pipe each line has the same columns, separated by tabs.
Files that can't be read are named on standard error.

examples:
  bptui runs
  bptui --continue                            continue the newest run
  bptui --continue 20261125-143205-3fa92c4e   continue the run that has this ID
  bptui runs --state /var/lib/bptui/alice     list the runs of bptui --state /var/lib/bptui/alice

Exit status: 0 done, 2 bad use.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from bptui.cli.formats import print_problems, print_rows
from bptui.cli.parsing import Parser, make_parser
from bptui.cli.which_run import add_kept_folder, kept_folder
from bptui.session.autosave.runs_folder import KeptFile
from bpwords.numbers import error_text

HEADINGS = ("ID", "when", "task", "data", "epochs", "error")


def parser() -> Parser:
    """Make the parser of `bptui runs`."""
    made = make_parser(__doc__)
    add_kept_folder(made)
    return made


def run(options: argparse.Namespace) -> int:
    """Print the list; return the exit status."""
    files, problems = kept_folder(options.state).files()
    rows = [row for kept in files for row in _rows(kept)]
    print_rows(HEADINGS, rows, right=("epochs", "error"), nothing="No run was kept.")
    print_problems(options.prog, problems)
    return 0


def _rows(kept: KeptFile) -> Iterator[tuple[str, ...]]:
    """A row for each run. A run without an error yet has a dash instead."""
    for kept_run in kept.runs:
        when = f"{kept.time:%Y-%m-%d %H:%M:%S}"
        error = "-" if kept_run.error is None else error_text(kept_run.error)
        yield kept.id, when, kept_run.task, kept_run.data, f"{kept_run.epoch}/{kept_run.epochs}", error
