"""Reading regular files of limited size, and writing files either completely or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
_PIECE = 1 << 20
_IS_A_FOLDER = "is a folder, not a file"


class FileError(OSError):
    """A file can't be read. The message gives the reason without the file's name."""


def read_whole(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    """Return the content of a regular file.

    Raises:
        FileError: the file is missing, is not a regular file, can't be read, or is too large.
    """
    with regular_file(path, max_bytes) as file:
        data = bytearray()
        while piece := file.read(_PIECE):  # to ask for max_bytes would set aside so much memory
            data += piece
            if len(data) > max_bytes:  # the file has grown since it was measured
                raise _too_large(max_bytes)
    return bytes(data)


@contextlib.contextmanager
def regular_file(path: str | os.PathLike[str], max_bytes: int) -> Iterator[IO[bytes]]:
    """Open a regular file for reading. Nothing else is opened, since a pipe would wait for a writer.

    Raises:
        FileError: the file is missing, is not a regular file, can't be read, or is too large.
    """
    try:
        try:
            status = Path(path).stat()
        except ValueError:  # the path contains a NUL or an unpaired surrogate
            raise FileError("is not a valid file name") from None
        if stat.S_ISDIR(status.st_mode):
            raise FileError(_IS_A_FOLDER)
        if not stat.S_ISREG(status.st_mode):
            raise FileError("is not a regular file")
        if status.st_size > max_bytes:
            raise _too_large(max_bytes)
        with Path(path).open("rb") as file:
            yield file
    except FileError:
        raise
    except OSError as error:
        raise FileError(why_unreadable(error)) from None


def _too_large(max_bytes: int) -> FileError:
    return FileError(f"is too large: the limit is {max_bytes // 1_000_000} MB")


def why_unreadable(error: OSError) -> str:
    """Return the reason why a file can't be read, for use after the file's name in a message."""
    match error:
        case FileNotFoundError():
            return "there is no such file"
        case IsADirectoryError():
            return _IS_A_FOLDER
        case _:
            return f"can't be read: {reason_of(error)}"


def reason_of(error: OSError) -> str:
    """Return the operating system's description of an error, in lower case."""
    return (error.strerror or type(error).__name__).lower()


def write_whole(path: str | os.PathLike[str], data: bytes | str | IO[bytes]) -> None:
    """Write a file completely, or leave it as it was.

    The data is written to a temporary file in the same folder, flushed to disk, and renamed. An existing file
    keeps its permissions. For a symbolic link, the file that it points to is replaced. A device, a pipe or an
    open file descriptor such as /dev/fd/3 is written to directly.

    Args:
        path: the file to write.
        data: text is encoded as UTF-8; an open file is copied from its current position to its end.

    Raises:
        OSError: the file can't be written. The error names the path, and an existing file is unchanged.
    """
    if isinstance(data, str):
        data = data.encode("utf-8")
    content = io.BytesIO(data) if isinstance(data, bytes) else data
    write_with(path, lambda file: shutil.copyfileobj(content, file))


def write_with(path: str | os.PathLike[str], write: Callable[[IO[bytes]], None]) -> None:
    """Write a file completely, or leave it as it was; see `write_whole`.

    Args:
        path: the file to write.
        write: writes to the open file. If it raises an error, the file stays as it was.

    Raises:
        OSError: the file can't be written. The error names the path, and an existing file is unchanged.
    """
    target = Path(path)
    try:
        descriptor = _open_in_place(target)
        if descriptor is None:
            _replace(target.resolve(), write)
        else:
            with open(descriptor, "wb") as file:  # noqa: PTH123  a descriptor has no path
                write(file)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def mode_of(path: Path) -> int:
    """Return the file's type and permissions as one number, or 0 if the file does not exist."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return 0


def descriptor_of(path: Path) -> int | None:
    """Return the file descriptor that a path such as /dev/fd/3 stands for, or None for any other path."""
    match = re.fullmatch(r"/(?:dev|proc/self)/fd/(\d{1,9})", str(path))
    return int(match[1]) if match else _STREAMS.get(str(path))


def is_replaceable(path: Path) -> bool:
    """Whether `write_whole` replaces or creates the file, since it is a regular file or does not exist."""
    mode = mode_of(path)
    return descriptor_of(path) is None and (not mode or stat.S_ISREG(mode))


def _open_in_place(path: Path) -> int | None:
    """Open for writing what can't be replaced, such as a device; return None for what can be."""
    if is_replaceable(path):
        return None
    descriptor = descriptor_of(path)
    return os.open(path, os.O_WRONLY) if descriptor is None else os.dup(descriptor)


def _replace(target: Path, write: Callable[[IO[bytes]], None]) -> None:
    old_mode = mode_of(target)
    with _temporary_file(target.parent) as (descriptor, temporary):
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            write(file)
            file.flush()
            os.fsync(descriptor)
        temporary.chmod(stat.S_IMODE(old_mode) if old_mode else 0o666 & ~_umask())
        temporary.replace(target)


@contextlib.contextmanager
def _temporary_file(folder: Path) -> Iterator[tuple[int, Path]]:
    """Create and open a temporary file; close it at the end, and delete it after any error."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".bptui.")
    try:
        yield descriptor, Path(name)
    except BaseException:  # includes KeyboardInterrupt, which must not leave the file behind either
        Path(name).unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
