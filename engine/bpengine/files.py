"""Files that are read only if they are plain ones of a sensible size, and written whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
_FOLDER = "is a folder, not a file"


class FileError(OSError):
    """A file can't be read; the message says why, without its name."""


def read_whole(path: str | os.PathLike[str], most_bytes: int) -> bytes:
    """The content of a regular file.

    Raises:
        FileError: it is missing, not a regular file, not readable or too large.
    """
    too_large = f"is too large: it takes at most {most_bytes // 1_000_000} MB"
    try:
        status = Path(path).stat()
        if stat.S_ISDIR(status.st_mode):
            raise FileError(_FOLDER)
        if not stat.S_ISREG(status.st_mode):
            raise FileError("is not a regular file")
        if status.st_size > most_bytes:
            raise FileError(too_large)
        with Path(path).open("rb") as file:
            data = file.read(most_bytes + 1)  # it may have grown since
    except FileError:
        raise
    except OSError as error:
        raise FileError(why_unreadable(error)) from None
    except ValueError:  # a NUL or half a character in the path
        raise FileError("is not a possible file name") from None
    if len(data) > most_bytes:
        raise FileError(too_large)
    return data


def why_unreadable(error: OSError) -> str:
    """What a message about a file that can't be read says after its name."""
    match error:
        case FileNotFoundError():
            return "there is no such file"
        case PermissionError():
            return "there is no permission to read it"
        case IsADirectoryError():
            return _FOLDER
        case _:
            return f"can't be read: {reason_of(error)}"


def reason_of(error: OSError) -> str:
    """The system's own words, as they stand within a sentence."""
    return (error.strerror or type(error).__name__).lower()


def write_whole(path: str | os.PathLike[str], data: bytes | str | IO[bytes]) -> None:
    """Write to a temporary file beside the target, flush it to the disk, and rename it into place.

    A file that was there keeps its permissions. A link's target is replaced and not the link; a device, a
    pipe or an open file's number, as in /dev/fd/3, is written to directly.

    Args:
        path: the target.
        data: text becomes UTF-8; a file is copied from where it stands to its end.

    Raises:
        OSError: it could not be written, with the path; what was there before is still there.
    """
    if isinstance(data, str):
        data = data.encode("utf-8")
    content = io.BytesIO(data) if isinstance(data, bytes) else data
    target = Path(path)
    try:
        opened = _open_directly(target)
        if opened is None:
            _replace(target.resolve(), content)
        else:
            with open(opened, "wb") as file:  # noqa: PTH123  it has a number only
                shutil.copyfileobj(content, file)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def mode_of(path: Path) -> int:
    """The kind of file and its permissions; 0 if there is none."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return 0


def number_of(path: Path) -> int | None:
    """That of the open file that the path stands for, as /dev/fd/3 does; None if it doesn't."""
    match = re.fullmatch(r"/(?:dev|proc/self)/fd/(\d{1,9})", str(path))
    return int(match[1]) if match else _STREAMS.get(str(path))


def replaces(path: Path) -> bool:
    """Whether writing there replaces a file or makes one; else it goes to what the path leads to."""
    mode = mode_of(path)
    return number_of(path) is None and (not mode or stat.S_ISREG(mode))


def _open_directly(path: Path) -> int | None:
    """A descriptor for what can't be replaced; None for a file, be it there or not."""
    if replaces(path):
        return None
    number = number_of(path)
    return os.open(path, os.O_WRONLY) if number is None else os.dup(number)


def _replace(target: Path, content: IO[bytes]) -> None:
    old = mode_of(target)
    with _temporary(target.parent) as (descriptor, temporary):
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            shutil.copyfileobj(content, file)
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
