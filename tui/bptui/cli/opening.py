"""What a line names that is to be opened on the screen or in the dialogue: a file, with flags after it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NoReturn

from bpengine import ConfigError, DataError, Task
from bpengine.data.csv import Outline, Spelling, outline_of
from bptui.cli.flags import add_settings
from bptui.cli.inputs import read_inputs
from bptui.cli.parsing import BadUseError, Parser
from bptui.cli.which_run import add_kept_folder, add_named, flag_of
from bptui.settings.options import DATA, STDIN, TARGET, as_flag
from bptui.settings.start_settings import StartSettings
from bpwords import word

_PREFIX = "argument "
_FIRST_FLAG = re.compile(r"\s(?=--[a-z])")


class _LineParser(Parser):
    """A parser for a line that was typed on the screen."""

    def error(self, message: str) -> NoReturn:
        """Raise the error, which the screen shows."""
        raise BadUseError(message)


def try_open(line: str, open_task: Task, spell: Spelling = as_flag) -> StartSettings | Outline | str:
    """The content of a file, as at a start with it; the columns from which to choose the target; or why not.

    A checkpoint may have any name, and a settings file ends in .toml; any other file is CSV.

    Args:
        line: the name of a checkpoint, of a settings file or of a CSV file, and flags of the command line.
        open_task: the task of the open tab. A CSV file is opened for this task if possible.
        spell: how messages about a table write an option.
    """
    try:
        return _opened(line, open_task, spell)
    except BadUseError as error:
        return str(error)


def _opened(line: str, open_task: Task, spell: Spelling) -> StartSettings | Outline:
    name, flags = _split(line)
    if not name.strip():
        raise BadUseError(word("must be the name of a file"))
    try:
        path = Path(name).expanduser()
    except RuntimeError:  # the home of an unknown user
        path = Path(name)
    flag = flag_of(path)
    given = [f"{flag}={'./' if str(path) == STDIN else ''}{path}", *flags]
    if flag != DATA.flag:
        return _read(flag, given, None, open_task, spell)
    if not any(flag.split("=")[0] == TARGET.flag for flag in flags):
        choice = _choice(given)
        if choice is not None:
            return choice
    other: Task = "classification" if open_task == "regression" else "regression"
    try:
        return _read(flag, given, None, open_task, spell)
    except BadUseError as error:
        try:
            return _read(flag, given, other, other, spell)
        except BadUseError:
            raise error from None


def _split(line: str) -> tuple[str, list[str]]:
    """The name of the file, which may have spaces, and the flags after it."""
    match = _FIRST_FLAG.search(line)
    if match is None:
        return line, []
    try:
        return line[: match.start()].rstrip(), shlex.split(line[match.end() :])
    except ValueError:
        lacking = word("the flags have an opening quotation mark without a closing one")
        raise BadUseError(lacking) from None


def _choice(given: list[str]) -> Outline | None:
    """The outline of a CSV file; None if it can't be read: opening it will report that."""
    from bpengine.data.csv.files import read_text

    options = _parser().parse(given)
    try:
        text, _ = read_text(options.data)
        return outline_of(text, Path(options.data).name, options.header, options.dates)
    except DataError:
        return None


def _parser() -> Parser:
    parser = _LineParser(prog="bptui", add_help=False, allow_abbrev=False)
    add_named(parser, otherwise="")
    add_settings(parser)
    add_kept_folder(parser)
    return parser


def _read(flag: str, given: list[str], task: Task | None, otherwise: Task, spell: Spelling) -> StartSettings:
    try:
        options = _parser().parse([*([task] if task else []), *given])
        options.spell = spell
        return read_inputs(options, otherwise=otherwise)
    except (BadUseError, ConfigError, DataError) as error:
        message = str(error)
        for prefix in (f"{_PREFIX}{flag}: ", _PREFIX):
            message = message.removeprefix(prefix)
        raise BadUseError(message) from None
