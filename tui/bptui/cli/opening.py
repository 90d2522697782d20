"""Opening a file from the screen as the command line would."""

from __future__ import annotations

from pathlib import Path

from bpengine import ConfigError, DataError, Task
from bptui.cli.flags import add_settings, add_task
from bptui.cli.inputs import read_inputs
from bptui.cli.parsing import BadUseError, make_parser
from bptui.startup.start_settings import StartSettings

_FLAGS = {".json": "--resume", ".toml": "--config"}
_PREFIX = "argument "
_AUTO = "auto"


def open_file(name: str, open_task: Task, kernel: str) -> StartSettings:
    """What the file contains, as for a start of the screen with it.

    By the suffix of its name it is a checkpoint or a settings file; any other file is CSV.

    Args:
        name: the name of a checkpoint, of a settings file or of a CSV file.
        open_task: the task of the open tab. A CSV file is for this task, if it can be.
        kernel: the kernel that was asked for when the screen was started.

    Raises:
        BadUseError: the file can't be used; the message is one line.
    """
    if not name.strip():
        raise BadUseError("must be the name of a file")
    try:
        path = Path(name).expanduser()
    except RuntimeError:  # nobody's home
        path = Path(name)
    flag = _FLAGS.get(path.suffix.lower(), "--data")
    if flag != "--data":
        return _read(flag, path, None, open_task, kernel)
    other: Task = "classification" if open_task == "regression" else "regression"
    try:
        return _read(flag, path, open_task, open_task, kernel)
    except BadUseError:
        try:
            return _read(flag, path, other, other, kernel)
        except BadUseError:
            pass
        raise


def try_open(name: str, open_task: Task, kernel: str) -> StartSettings | str:
    """What the file contains, or why it can't be opened; see `open_file`."""
    try:
        return open_file(name, open_task, kernel)
    except BadUseError as error:
        return str(error)


def _read(flag: str, path: Path, task: Task | None, otherwise: Task, kernel: str) -> StartSettings:
    parser = make_parser("bptui", "", "", "")
    add_task(parser, otherwise="")
    add_settings(parser, kernel=_AUTO)
    named = [] if kernel == _AUTO else [f"--kernel={kernel}"]
    options = parser.parse([*([task] if task else []), f"{flag}={path}", *named])
    try:
        return read_inputs(options, kernel=_AUTO, otherwise=otherwise, at_once=True).start(paused=True)
    except (BadUseError, ConfigError, DataError) as error:
        message = str(error)
        for prefix in (f"{_PREFIX}{flag}: ", _PREFIX):
            message = message.removeprefix(prefix)
        raise BadUseError(message) from None
