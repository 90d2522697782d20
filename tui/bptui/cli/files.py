"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bptui.cli.parsing import BadUseError, shown

_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}


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
            raise BadUseError(f"argument --{flag}: {shown(path, 200)} is the file of --{other}, too")


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
        reason = f"can't be written: {(error.strerror or str(error)).lower()}"
    if reason:
        raise BadUseError(f"argument {flag}: {shown(path, 200)} {reason}")


def write_whole(path: Path, text: str) -> None:
    """Write to a temporary file beside the target, flush it to the disk, and rename it into place.

    A link's target is replaced and not the link; a device, a pipe or an open file's number, as in /dev/fd/3,
    is written to directly.

    Raises:
        OSError: it could not be written, with the path; what was there before is still there.
    """
    try:
        opened = _open_directly(path)
        if opened is None:
            _replace(path.resolve(), text)
        else:
            with open(opened, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123  it has a number only
                file.write(text)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _obstacle(path: Path) -> str:
    """Why the file can't be written, as far as can be seen; empty if it can."""
    number = _number(path)
    if number is not None:
        writable = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
        return "" if writable else "is open for reading only"
    mode = _mode(path)
    if stat.S_ISDIR(mode):
        return "is a folder: it takes a file's name"
    if stat.S_ISSOCK(mode):
        return "is a socket: it takes a file's name"
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
        mode = _mode(path)
        return _number(path) is not None or (mode != 0 and not stat.S_ISREG(mode))
    except (OSError, ValueError):
        return False


def _mode(path: Path) -> int:
    """The kind of file and its permissions; 0 if there is none."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return 0


def _number(path: Path) -> int | None:
    """That of the open file which the path stands for, if it does."""
    match = re.fullmatch(r"/(?:dev|proc/self)/fd/(\d{1,9})", str(path))
    return int(match[1]) if match else _STREAMS.get(str(path))


def _open_directly(path: Path) -> int | None:
    """A descriptor for what can't be replaced; None for a file, be it there or not."""
    number = _number(path)
    if number is not None:
        return os.dup(number)
    mode = _mode(path)
    return os.open(path, os.O_WRONLY) if mode and not stat.S_ISREG(mode) else None


def _replace(target: Path, text: str) -> None:
    old = _mode(target)
    with _temporary(target.parent) as (descriptor, temporary):
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="", closefd=False) as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        temporary.chmod(stat.S_IMODE(old) if old else 0o666 & ~_umask())
        temporary.replace(target)


@contextlib.contextmanager
def _temporary(folder: Path) -> Iterator[tuple[int, Path]]:
    """A new file, open; it is closed, and removed if anything at all goes wrong before it is renamed."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".bptui.")
    try:
        yield descriptor, Path(name)
    except BaseException:  # ctrl+c, too, may not leave it behind
        Path(name).unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
