"""Which run or data is meant by a word: a task, a data set, a file, or a run that was kept."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bpengine import DATASETS, FIELD, TASKS
from bptui.cli.file_checks import bad_folder, errors_naming
from bptui.cli.parsing import BadUseError, Parser, add_folder, not_with
from bptui.session.autosave.paths import RUNS, state_path
from bptui.session.autosave.runs_folder import NEWEST, KeptFolder, moment_of
from bptui.settings.options import DATA
from bpwords import Sentence, did_you_mean, either, must_be, printable_path, shown, word

if TYPE_CHECKING:
    from bpengine.training.run import RunState

MEANT = f"a checkpoint, the ID of a kept run (see bptui runs), or {NEWEST}"
NAMED = "TASK|DATASET|FILE"
_FLAGS = {".bptui": "--resume", ".json": "--resume", ".toml": "--config"}


def add_run(parser: Parser) -> None:
    """Add the run that a command is about, and the folder of kept runs."""
    parser.add_argument("run", metavar="RUN", help=MEANT)
    add_kept_folder(parser)


def add_kept_folder(group: argparse._ActionsContainer) -> None:
    """Add the folder of kept runs for a command that only reads them."""
    add_folder(group, "--state", "the kept runs are those in this folder")


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


def is_kept_run(text: str) -> bool:
    """Whether a text means a kept run. A file of this name takes precedence."""
    return (text == NEWEST or moment_of(text) is not None) and not Path(text).exists()


def run_named(name: str, argument: str, state: Path | None) -> RunState:
    """The run that a name means; if it was kept with another one, the run of the open tab.

    Args:
        name: one of those in `MEANT`.
        argument: the argument that the name was given for, for messages.
        state: the folder that --state names, if it does.

    Raises:
        BadUseError: there is no such run, or it can't be read.
    """
    with errors_naming(f"argument {argument}"):
        if not is_kept_run(name):
            from bpengine.checkpoint import read

            return read(name)
        from bptui.session.autosave.state_file import read_state

        kept = read_state(kept_folder(state).find(name).path)
        tab = kept.tabs.get(kept.open) or next(iter(kept.tabs.values()))
        return tab.document.run


def add_named(parser: Parser, *, otherwise: str, subcommands: Iterable[str] = ()) -> None:
    """Add the positional argument, which `open_named` turns into a task or into the value of a flag.

    Args:
        parser: the parser to add to.
        otherwise: what is opened without it, in words.
        subcommands: words that may stand in its place, but only as the first word.
    """
    parser.add_argument(
        "named",
        type=partial(_checked, subcommands=tuple(subcommands)),
        nargs="?",
        metavar=NAMED,
        help=f"what to open: {either(TASKS)} (whether the network predicts numbers or classes), a data set "
        "such as spiral, a CSV file, a checkpoint, a settings file or a kept run by its ID (default: what "
        f"--dataset, --data, --resume or --config names, otherwise {otherwise})",
    )
    parser.set_defaults(task=None)


def _checked(text: str, *, subcommands: tuple[str, ...]) -> str:
    """The text, if it names something."""
    files = (word("a CSV file"), word("a checkpoint"), word("a settings file"), word("the ID of a kept run"))
    data = Sentence("a data set ({names})")(names=either([*DATASETS]))
    others = [Sentence("a subcommand ({names})")(names=either(subcommands))] if subcommands else []
    allowed = either([*TASKS, data, *files, *others])
    if text in subcommands:
        first = Sentence("{name} is a subcommand and must come first")
        raise argparse.ArgumentTypeError(first(name=shown(text)))
    if text in TASKS or text in DATASETS or is_kept_run(text):
        return text
    path = Path(text)
    with contextlib.suppress(OSError, ValueError):
        if text and path.is_dir():
            folder = Sentence("{name} is a folder; must be {allowed}")
            raise argparse.ArgumentTypeError(folder(name=shown(text), allowed=allowed))
        if text and path.exists():
            return text
    if os.sep in text or path.suffix:
        raise argparse.ArgumentTypeError(f"{printable_path(text)}: {word('there is no such file')}")
    known = {name: data.synonyms for name, data in DATASETS.items()}
    meant = did_you_mean(text, known | dict.fromkeys((*TASKS, *subcommands), ()))
    raise argparse.ArgumentTypeError(must_be(allowed, text) + meant)


def open_named(options: argparse.Namespace) -> None:
    """Set the task, or the flag that opens what the word names; the word is then empty.

    Raises:
        BadUseError: the flag was given, too.
    """
    text, options.named = options.named, None
    if text is None:
        return
    if text in TASKS:
        options.task = text
        return
    flag = FIELD["dataset"].flag if text in DATASETS else flag_of(Path(text))
    name = flag.removeprefix("--")
    if is_kept_run(text) and hasattr(options, "continued"):
        flag, name = "--continue", "continued"  # both tabs, as they were
    if getattr(options, name) is not None:
        raise BadUseError(f"argument {flag}: {not_with(shown(text))}")
    setattr(options, name, Path(text) if flag in ("--resume", "--config") else text)


def flag_of(path: Path) -> str:
    """The flag that opens a kept run or a file: a checkpoint by its content, any other by its name."""
    from bpengine.checkpoint.container import is_container

    is_run = is_kept_run(str(path)) or is_container(path)
    return "--resume" if is_run else _FLAGS.get(path.suffix.lower(), DATA.flag)
