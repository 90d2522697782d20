"""What the word after `bptui` names: a task, a data set, a file or a kept run, which the screen opens."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from bpengine import DATASETS, FIELD, TASKS
from bpengine.wording import did_you_mean, either, must_be, printable_path, shown
from bptui.cli import HELP, SUBCOMMANDS
from bptui.cli.parsing import BadUseError, Parser
from bptui.cli.which_run import is_kept_run

_ALLOWED = (
    f"{', '.join(TASKS)}, a data set ({either([*DATASETS])}), a CSV file, a checkpoint, a settings file, "
    f"the ID of a kept run or a subcommand ({either(SUBCOMMANDS)})"
)


def add_named(parser: Parser) -> None:
    """Add the positional argument, which `open_named` turns into a task or into the value of a flag."""
    parser.add_argument(
        "named",
        type=_checked,
        nargs="?",
        metavar="TASK|DATASET|FILE",
        help=f"what to open: {either(TASKS)} (whether the network predicts numbers or classes), a data set "
        "such as spiral, a CSV file, a checkpoint, a settings file or a kept run by its ID (default: what "
        "--dataset, --resume or --config names, otherwise regression)",
    )
    parser.set_defaults(task=None)


def _checked(text: str) -> str:
    """The text, if it names something."""
    if text in (*SUBCOMMANDS, HELP):
        raise argparse.ArgumentTypeError(f"{shown(text)} is a subcommand and must come first")
    if text in TASKS or text in DATASETS or is_kept_run(text):
        return text
    path = Path(text)
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except (OSError, ValueError):
        is_folder = exists = False
    if text and exists and not is_folder:
        return text
    if text and is_folder:
        raise argparse.ArgumentTypeError(f"{shown(text)} is a folder; must be {_ALLOWED}")
    if os.sep in text or path.suffix:
        raise argparse.ArgumentTypeError(f"{printable_path(text)}: there is no such file")
    known = {name: data.synonyms for name, data in DATASETS.items()}
    meant = did_you_mean(text, known | dict.fromkeys((*TASKS, *SUBCOMMANDS, HELP), ()))
    raise argparse.ArgumentTypeError(must_be(_ALLOWED, text) + meant)


def open_named(options: argparse.Namespace) -> None:
    """Set the task, or the flag that opens what the word names.

    Raises:
        BadUseError: the flag was given, too.
    """
    text = options.named
    if text is None:
        return
    if text in TASKS:
        options.task = text
        return
    from bptui.cli.opening import flag_of  # which loads what reads files

    if is_kept_run(text):
        flag, name = "--continue", "continued"  # both tabs, as they were
    else:
        flag = FIELD["dataset"].flag if text in DATASETS else flag_of(Path(text))
        name = flag.removeprefix("--")
    if getattr(options, name) is not None:
        raise BadUseError(f"argument {flag}: not allowed with {shown(text)}")
    setattr(options, name, Path(text) if flag in ("--resume", "--config") else text)
