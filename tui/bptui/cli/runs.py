"""`bptui runs`: list the kept runs; and finding one of them, or a checkpoint, for another command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bptui.cli.files import bad_folder, errors_naming
from bptui.cli.formats import print_list
from bptui.cli.parsing import Parser, make_parser
from bptui.formatting import error_text
from bptui.kept.folder import KeptFile, KeptFolder, moment_of
from bptui.kept.paths import RUNS, state_path

if TYPE_CHECKING:
    from bpengine.run import RunState

HEADINGS = ("ID", "when", "task", "epochs", "error")


def parser() -> Parser:
    """Make the parser of `bptui runs`."""
    made = make_parser(
        "bptui runs",
        "[--state DIR]",
        "List the runs that were kept when their screens were left, the newest first.",
        """At a terminal the list is a table; in a pipe each line has the same columns, separated by tabs.
Files that can't be read are named on standard error.

examples:
  bptui runs
  bptui --continue                            continue the newest run
  bptui --continue 20261125-143205-3fa92c4e   continue the run that has this ID
  bptui runs --state /var/lib/bptui/alice     list the runs of bptui --state /var/lib/bptui/alice

Exit status: 0 done, 2 bad use.""",
    )
    made.add_argument("--state", type=Path, metavar="DIR", help="list the runs that were kept in this folder")
    return made


def add_run(parser: Parser) -> None:
    """Add the run that a command is about, and the folder of kept runs."""
    parser.add_argument(
        "run",
        metavar="RUN",
        help="a checkpoint, or the ID of a kept run (see bptui runs): that of the open tab",
    )
    parser.add_argument("--state", type=Path, metavar="DIR", help="find the ID among the runs in this folder")


def run_of(options: argparse.Namespace) -> RunState:
    """The run that the arguments of `add_run` name.

    Raises:
        BadUseError: there is none, or it can't be read.
    """
    from bpengine.checkpoint import read

    name: str = options.run
    with errors_naming("argument RUN"):
        if moment_of(name) is None or Path(name).exists():
            return read(name)
        from bptui.kept.state_file import read_state

        state = read_state(KeptFolder(_state(options.state) / RUNS).find(name).path, screen=False)
        tab = state.tabs.get(state.open) or next(iter(state.tabs.values()))
        return tab.session.document.run


def run(options: argparse.Namespace) -> int:
    """Print the list; return the exit status."""
    files, problems = KeptFolder(_state(options.state) / RUNS).files()
    rows = [row for kept in files for row in _rows(kept)]
    print_list(options.prog, HEADINGS, rows, problems, right=("epochs", "error"), nothing="No run was kept.")
    return 0


def _state(requested: Path | None) -> Path:
    """The state folder.

    Raises:
        BadUseError: the requested one does not exist, or can't be read.
    """
    if requested is None:
        return state_path()
    try:
        next(requested.iterdir(), None)
    except (OSError, ValueError) as error:
        raise bad_folder(requested, error) from None
    return requested


def _rows(kept: KeptFile) -> Iterator[tuple[str, ...]]:
    """A row for each run. A run without an error yet has a dash instead."""
    for each in kept.runs:
        when = f"{kept.time:%Y-%m-%d %H:%M:%S}"
        error = "-" if each.error is None else error_text(each.error)
        yield kept.id, when, each.task, f"{each.epoch}/{each.epochs}", error
