"""Reading files of others within limits, and writing files either completely or not at all.

Whatever reads a file checks its size first (`read_whole`, `regular_file`), and then what it would make of the
content (`json_of`, `toml_of`), before anything of that size is made.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import IO, Any

from bpwords import Sentence, word

MAX_LISTS, MAX_VALUES, MAX_DEPTH = 50_000, 500_000, 50
"""The most lists and objects in a text of JSON, the most values, and how deep they may be nested."""
MAX_DIGITS = 300
"""The most digits of a whole number, any of which a float can hold."""
MAX_TOML, MAX_DOTS = 250_000, 1000
"""The most bytes of a TOML file that is read, and the most dots on a line, since long keys take long."""

_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
_PIECE = 1 << 20
_IS_A_FOLDER = "is a folder, not a file"


class FileError(OSError):
    """A file can't be read. The message gives the reason without the file's name."""


class TooLargeError(FileError):
    """A file is larger than the limit."""


def read_whole(path: str | os.PathLike[str], max_bytes: int, *, or_stream: bool = False) -> bytes:
    """Return the content of a file; see `regular_file`."""
    with regular_file(path, max_bytes, or_stream=or_stream) as file:
        data = bytearray()
        while piece := file.read(_PIECE):  # to ask for max_bytes would set aside so much memory
            data += piece
            if len(data) > max_bytes:  # the file has grown since it was measured
                raise _too_large(max_bytes)
    return bytes(data)


@contextlib.contextmanager
def regular_file(
    path: str | os.PathLike[str], max_bytes: int, *, or_stream: bool = False
) -> Iterator[IO[bytes]]:
    """Open a regular file for reading. Nothing else is opened, since a pipe would wait for a writer.

    Args:
        path: the file.
        max_bytes: the size of the largest file that is opened.
        or_stream: whether a pipe or a device is opened all the same.

    Raises:
        FileError: the file is missing, is not a regular file, can't be read, or is too large.
    """
    try:
        try:
            status = Path(path).stat()
        except ValueError:  # the path contains a NUL or an unpaired surrogate
            raise FileError(word("is not a possible file name")) from None
        if stat.S_ISDIR(status.st_mode):
            raise FileError(word(_IS_A_FOLDER))
        if not stat.S_ISREG(status.st_mode) and not or_stream:
            raise FileError(word("is not a regular file"))
        if status.st_size > max_bytes:
            raise _too_large(max_bytes)
        with Path(path).open("rb") as file:
            yield file
    except FileError:
        raise
    except OSError as error:
        raise FileError(why_unreadable(error)) from None


def json_of(data: bytes | str) -> Any:
    """Return the value of a text of JSON. Its lists, values and depth are counted before anything is made.

    Raises:
        ValueError: it is not valid JSON, or exceeds a limit; the message says which in a few words.
    """
    try:
        text = data if isinstance(data, str) else data.decode()
        if len(text) > 2 * MAX_DEPTH:  # a shorter one can't exceed a limit
            _check_structure(text)
        return _DECODER.decode(text)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise ValueError("is not valid JSON") from None


def _check_structure(text: str) -> None:
    if text.count('"') > 4 * MAX_VALUES:
        raise ValueError("has too many values")
    signs = "".join(text.replace("\\\\", "").replace('\\"', "").split('"')[::2])  # without strings
    if signs.count("[") + signs.count("{") > MAX_LISTS or signs.count(",") > MAX_VALUES:
        raise ValueError("has too many values")
    steps = ((sign in "[{") - (sign in "]}") for sign in re.findall(r"[][{}]", signs))
    if max(accumulate(steps), default=0) > MAX_DEPTH:
        raise ValueError("is nested too deeply")


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("has a huge number")
    return int(digits)


def read_toml(path: str | os.PathLike[str], *, or_stream: bool = False) -> dict[str, Any]:
    """Return the content of a TOML file; see `toml_of` and `regular_file`.

    Raises:
        FileError: the file can't be read, is not TOML, or exceeds a limit.
    """
    try:
        return toml_of(read_whole(path, MAX_TOML, or_stream=or_stream))
    except ValueError as error:
        raise FileError(str(error)) from None


def toml_of(data: bytes) -> dict[str, Any]:
    """Return the content of a TOML file of at most `MAX_TOML` bytes.

    Raises:
        ValueError: it is not TOML, or exceeds a limit; the message says which, and where.
    """
    import tomllib  # noqa: PLC0415  slow, and rarely needed

    try:
        text = data.decode("utf-8-sig")
        if max(line.count(".") for line in text.split("\n")) > MAX_DOTS:
            raise RecursionError
        content = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(Sentence("is not UTF-8 text (at line {line})")(line=line)) from None
    except RecursionError:
        raise ValueError(word("is nested too deeply")) from None
    except ValueError as error:
        if not isinstance(error, tomllib.TOMLDecodeError):  # Python refuses thousands of digits
            raise ValueError(word("has a huge number")) from None
        end = f"at line {text.count(chr(10)) + 1}"
        reason = str(error).partition("\n")[0][:200].replace("at end of document", end)
        raise ValueError(Sentence("is not TOML: {reason}")(reason=reason)) from None
    level: list[Any] = [content]
    for _ in range(MAX_DEPTH):
        parts = [
            part
            for container in level
            for part in (container.values() if isinstance(container, dict) else container)
        ]
        if any(isinstance(part, int) and abs(part) >= 10**MAX_DIGITS for part in parts):
            raise ValueError("has a huge number")
        level = [part for part in parts if isinstance(part, (dict, list))]
    if level:
        raise ValueError("is nested too deeply")
    return content


_DECODER = json.JSONDecoder(parse_int=_whole)


def _too_large(max_bytes: int) -> TooLargeError:
    limit = f"{max_bytes // 1_000_000} MB" if max_bytes >= 1_000_000 else f"{max_bytes // 1000} kB"
    return TooLargeError(Sentence("is too large: the limit is {limit}")(limit=limit))


def why_unreadable(error: OSError) -> str:
    """Return the reason why a file can't be read, for use after the file's name in a message."""
    match error:
        case FileNotFoundError():
            return word("there is no such file")
        case IsADirectoryError():
            return word(_IS_A_FOLDER)
        case _:
            return Sentence("can't be read: {reason}")(reason=reason_of(error))


def reason_of(error: OSError) -> str:
    """Return the operating system's description of an error, in lower case."""
    return word((error.strerror or type(error).__name__).lower())


def unwritten(name: str, reason: object) -> str:
    """That a file can't be written, and why not; see `reason_of`."""
    return Sentence("{name}: can't be written: {reason}")(name=name, reason=reason)


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
