"""From a path to text, without ever reading what is no plain file of a sensible size."""

from __future__ import annotations

import os

from bpengine.errors import DataError
from bpengine.files import FileError, read_whole
from bpengine.wording import printable_path

MAX_BYTES = 100_000_000
"""The largest file that is read."""


def read_text(path: str | os.PathLike[str]) -> str:
    """The file's text, without a byte order mark.

    Raises:
        DataError: it is missing, not a regular file, not readable, too large, or not UTF-8.
    """
    shown = printable_path(path)
    try:
        data = read_whole(path, MAX_BYTES)
    except FileError as error:
        raise DataError(f"{shown}: {error}") from None
    return decode(data, shown)


def line_at(text: str, position: int) -> int:
    """The line, counted from 1, that a character is in; lines end at \\n, \\r or \\r\\n."""
    pairs = text.count("\r\n", 0, position)
    return text.count("\n", 0, position) + text.count("\r", 0, position) - pairs + 1


def decode(data: bytes, shown: str) -> str:
    """A file's content as text, without a byte order mark; `shown` is what messages call the file.

    Raises:
        DataError: it is not UTF-8.
    """
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        kind = "is UTF-16" if utf16 else f"byte 0x{data[error.start]:02x} is not UTF-8"
        before = data[: error.start].decode("utf-8")
        line = line_at(before, len(before))
        raise DataError(f"{shown}, line {line}: {kind}: save it as UTF-8 text") from None
