"""What a word names that is to be opened: after `bptui`, and in the dialog for a file on the screen."""

from __future__ import annotations

import argparse
import os
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from bpengine import DATASETS, FIELD, TASKS, ConfigError, DataError, Task
from bpengine.data.csv import Outline, outline_of
from bpengine.wording import did_you_mean, either, must_be, printable_path, shown
from bptui.cli import HELP, SUBCOMMANDS
from bptui.cli.flags import add_settings, add_task
from bptui.cli.inputs import read_inputs
from bptui.cli.parsing import BadUseError, Parser
from bptui.cli.which_run import add_kept_folder, is_kept_run
from bptui.settings.options import DATA, STDIN, TARGET
from bptui.startup.start_settings import StartSettings

_FLAGS = {".bptui": "--resume", ".json": "--resume", ".toml": "--config"}
_PREFIX = "argument "
_FIRST_FLAG = re.compile(r"\s(?=--[a-z])")
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
    if is_kept_run(text):
        flag, name = "--continue", "continued"  # both tabs, as they were
    else:
        flag = FIELD["dataset"].flag if text in DATASETS else flag_of(Path(text))
        name = flag.removeprefix("--")
    if getattr(options, name) is not None:
        raise BadUseError(f"argument {flag}: not allowed with {shown(text)}")
    setattr(options, name, Path(text) if flag in ("--resume", "--config") else text)


class _LineParser(Parser):
    """A parser for a line that was typed on the screen."""

    def error(self, message: str) -> NoReturn:
        """Raise the error, which the screen shows."""
        raise BadUseError(message)


def try_open(line: str, open_task: Task) -> StartSettings | Outline | str:
    """The content of a file, as at a start with it; the columns from which to choose the target; or why not.

    A checkpoint may have any name, and a settings file ends in .toml; any other file is CSV.

    Args:
        line: the name of a checkpoint, of a settings file or of a CSV file, and flags of the command line.
        open_task: the task of the open tab. A CSV file is opened for this task if possible.
    """
    try:
        return _opened(line, open_task)
    except BadUseError as error:
        return str(error)


def _opened(line: str, open_task: Task) -> StartSettings | Outline:
    name, flags = _split(line)
    if not name.strip():
        raise BadUseError("must be the name of a file")
    try:
        path = Path(name).expanduser()
    except RuntimeError:  # the home of an unknown user
        path = Path(name)
    flag = flag_of(path)
    given = [f"{flag}={'./' if str(path) == STDIN else ''}{path}", *flags]
    if flag != DATA.flag:
        return _read(flag, given, None, open_task)
    if not any(flag.split("=")[0] == TARGET.flag for flag in flags):
        choice = _choice(given)
        if choice is not None:
            return choice
    from bpengine.data.csv.messages import TEXTS_ARE_CLASSES

    other: Task = "classification" if open_task == "regression" else "regression"
    try:
        return _read(flag, given, open_task, open_task)
    except BadUseError as error:
        try:
            return _read(flag, given, other, other)
        except BadUseError as other_error:
            # A file with classes can't be opened for a regression.
            raise (other_error if TEXTS_ARE_CLASSES in str(error) else error) from None


def flag_of(path: Path) -> str:
    """The flag that opens a kept run or a file: a checkpoint by its content, any other by its name."""
    from bpengine.checkpoint.container import is_container

    is_run = is_kept_run(str(path)) or is_container(path)
    return "--resume" if is_run else _FLAGS.get(path.suffix.lower(), DATA.flag)


def _split(line: str) -> tuple[str, list[str]]:
    """The name of the file, which may have spaces, and the flags after it."""
    match = _FIRST_FLAG.search(line)
    if match is None:
        return line, []
    try:
        return line[: match.start()].rstrip(), shlex.split(line[match.end() :])
    except ValueError:
        raise BadUseError("the flags have an opening quotation mark without a closing one") from None


def _choice(given: list[str]) -> Outline | None:
    """The outline of a CSV file; None if it can't be read: opening it will report that."""
    from bpengine.data.csv.files import read_text

    options = _parser().parse(given)
    try:
        text, _ = read_text(options.data)
        return outline_of(text, Path(options.data).name, options.header)
    except DataError:
        return None


def _parser() -> Parser:
    parser = _LineParser(prog="bptui", add_help=False, allow_abbrev=False)
    add_task(parser, otherwise="")
    add_settings(parser)
    add_kept_folder(parser)
    return parser


def _read(flag: str, given: list[str], task: Task | None, otherwise: Task) -> StartSettings:
    try:
        options = _parser().parse([*([task] if task else []), *given])
        inputs = read_inputs(options, otherwise=otherwise)
    except (BadUseError, ConfigError, DataError) as error:
        message = str(error)
        for prefix in (f"{_PREFIX}{flag}: ", _PREFIX):
            message = message.removeprefix(prefix)
        raise BadUseError(message) from None
    return replace(inputs, paused=True)
