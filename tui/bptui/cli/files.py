"""The files that flags name: whether they can be written, and are not the same; and what complaints say."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bpengine import CheckpointError, DataError
from bpengine.files import descriptor_of, mode_of, reason_of, write_whole
from bpengine.wording import printable_path, shown
from bptui.cli.parsing import BadUseError
from bptui.settings.reading import SettingsFileError


@contextlib.contextmanager
def named_by(place: str) -> Iterator[None]:
    """Have complaints about a file say what named it.

    Args:
        place: `argument --flag`, or a settings file and its key.

    Raises:
        BadUseError: the file can't be used.
    """
    try:
        yield
    except (CheckpointError, DataError, SettingsFileError) as error:
        raise BadUseError(f"{place}: {error}") from None


def write_output(path: Path, content: str | bytes | IO[bytes], flag: str = "--output") -> None:
    """Write the file whole or not at all.

    Args:
        path: the file.
        content: what it is to hold.
        flag: which one named it.

    Raises:
        BadUseError: it can't be written.
        BrokenPipeError: it is a pipe whose reader has gone, which is no mistake.
    """
    try:
        write_whole(path, content)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise BadUseError(
            f"argument {flag}: {printable_path(path)}: can't be written: {reason_of(error)}"
        ) from None


def check_distinct(**files: Path | None) -> None:
    """See that no two flags name the same file, but for --resume and --save: a run may go on in its place.

    Args:
        files: by the flags' names without dashes; None where one wasn't given.

    Raises:
        BadUseError: two do.
    """
    flags: dict[Path, str] = {}
    for flag, path in files.items():
        if path is None or _is_stream(path):
            continue
        try:
            target = path.resolve()
        except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL: whoever opens it will say so
            continue
        other = flags.setdefault(target, flag)
        if {flag, other} != {"resume", "save"} and flag != other:
            raise BadUseError(f"argument --{flag}: {printable_path(path)}: is the file of --{other}, too")


def check_target(path: Path, flag: str = "--output") -> None:
    """See early, before any work, whether the file can be written.

    Args:
        path: the file.
        flag: which one named it.

    Raises:
        BadUseError: it can't; the message says why.
    """
    try:
        reason = _obstacle(path)
    except OSError as error:  # a loop of links, a name too long, a number that is not open, ...
        reason = f"can't be written: {reason_of(error)}"
    if reason:
        raise BadUseError(f"argument {flag}: {printable_path(path)}: {reason}")


def _obstacle(path: Path) -> str:
    """Why the file can't be written, as far as can be seen; empty if it can."""
    number = descriptor_of(path)
    if number is not None:
        writable = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
        return "" if writable else "is open for reading only"
    mode = mode_of(path)
    if stat.S_ISDIR(mode):
        return "is a folder, not a file"
    if stat.S_ISSOCK(mode):
        return "is a socket, not a file"
    replaced = not mode or stat.S_ISREG(mode)
    folder = path.resolve().parent if replaced else path.parent
    if not folder.is_dir():
        return f"can't be written: there is no folder {shown(path.parent, 200)}"
    if (replaced and not os.access(folder, os.W_OK | os.X_OK)) or (mode and not os.access(path, os.W_OK)):
        return "can't be written: permission denied"
    return ""


def _is_stream(path: Path) -> bool:
    """Whether it is there and no file, such as a terminal, a pipe or the null device."""
    try:
        mode = mode_of(path)
        return descriptor_of(path) is not None or (mode != 0 and not stat.S_ISREG(mode))
    except (OSError, ValueError):
        return False
