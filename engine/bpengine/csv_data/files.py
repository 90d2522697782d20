"""Reading a CSV file as text."""

from __future__ import annotations

import os

from bpengine.errors import DataError
from bpengine.files import FileError, read_whole
from bpengine.wording import printable_path

MAX_BYTES = 100_000_000
"""The size of the largest file that is read."""
NOT_UTF8 = (
    "the file is not UTF-8 and was read as Western European (cp1252): save it as UTF-8 if letters are wrong"
)


def read_text(path: str | os.PathLike[str]) -> tuple[str, str]:
    """Return the text of a file, without a byte order mark, and a note about its encoding; see `decode`.

    Raises:
        DataError: the file is missing, is not a regular file, can't be read, is too large, or is not text.
    """
    printable_name = printable_path(path)
    try:
        data = read_whole(path, MAX_BYTES)
    except FileError as error:
        raise DataError(f"{printable_name}: {error}") from None
    return decode(data, printable_name)


def line_at(text: str, position: int) -> int:
    """Return the number, counted from 1, of the line at a position; lines end with \\n, \\r or \\r\\n."""
    pairs = text.count("\r\n", 0, position)
    return text.count("\n", 0, position) + text.count("\r", 0, position) - pairs + 1


def decode(data: bytes, printable_name: str) -> tuple[str, str]:
    """Decode a file's content, without a byte order mark, as UTF-8 or else as cp1252.

    Args:
        data: the content.
        printable_name: the file's name as it appears in messages.

    Returns:
        The text, and a note that is empty for UTF-8.

    Raises:
        DataError: the content is neither, or it has a NUL byte, which no text has.
    """
    try:
        return data.decode("utf-8").removeprefix("\ufeff"), ""
    except UnicodeDecodeError as error:
        is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        if not is_utf16 and b"\0" not in data:
            try:
                return data.decode("cp1252"), NOT_UTF8
            except UnicodeDecodeError:
                pass
        problem = "is UTF-16" if is_utf16 else f"has byte 0x{data[error.start]:02x}, which is not UTF-8"
        before = data[: error.start].decode("utf-8")
        line = line_at(before, len(before))
        raise DataError(
            f"{printable_name}, line {line}: {problem}: the file must be saved as UTF-8"
        ) from None
