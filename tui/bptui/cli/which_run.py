"""Which run is meant: that of a checkpoint, or one that was kept when its screen was left."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bptui.cli.files import bad_folder, errors_naming
from bptui.cli.parsing import Parser
from bptui.kept.folder import NEWEST, KeptFolder, moment_of
from bptui.kept.paths import RUNS, state_path

if TYPE_CHECKING:
    from bpengine.run import RunState

MEANT = f"a checkpoint, the ID of a kept run (see bptui runs), or {NEWEST}"


def add_run(parser: Parser) -> None:
    """Add the run that a command is about, and the folder of kept runs."""
    parser.add_argument("run", metavar="RUN", help=MEANT)
    add_kept_folder(parser)


def add_kept_folder(group: argparse._ActionsContainer) -> None:
    """Add the folder of kept runs for a command that only reads them."""
    group.add_argument("--state", type=Path, metavar="DIR", help="the kept runs are those in this folder")


def kept_folder(state: Path | None) -> KeptFolder:
    """The kept runs.

    Args:
        state: the folder that --state names, if it does.

    Raises:
        BadUseError: the folder does not exist, or can't be read.
    """
    if state is None:
        return KeptFolder(state_path() / RUNS)
    try:
        next(state.iterdir(), None)
    except (OSError, ValueError) as error:
        raise bad_folder(state, error) from None
    return KeptFolder(state / RUNS)


def is_kept_run(word: str) -> bool:
    """Whether a word means a kept run. A file of this name takes precedence."""
    return (word == NEWEST or moment_of(word) is not None) and not Path(word).exists()


def run_named(word: str, argument: str, state: Path | None) -> RunState:
    """The run that a word means; if it was kept with another one, the run of the open tab.

    Args:
        word: one of the words in `MEANT`.
        argument: the argument that the word was given for, for messages.
        state: the folder that --state names, if it does.

    Raises:
        BadUseError: there is no such run, or it can't be read.
    """
    with errors_naming(f"argument {argument}"):
        if not is_kept_run(word):
            from bpengine.checkpoint import read

            return read(word)
        from bptui.kept.state_file import read_state

        kept = read_state(kept_folder(state).find(word).path, screen=False)
        tab = kept.tabs.get(kept.open) or next(iter(kept.tabs.values()))
        return tab.session.document.run
