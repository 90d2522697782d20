"""Reading a CSV file as text."""

from __future__ import annotations

import codecs
import contextlib
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


def decode(data: bytes, printable_name: str) -> tuple[str, str]:
    """Decode a file's content: UTF-16 if it has a byte order mark of that, otherwise UTF-8 or else cp1252.

    Args:
        data: the content.
        printable_name: the file's name as it appears in messages.

    Returns:
        The text without a byte order mark, and a note that is empty for UTF-8 and UTF-16.

    Raises:
        DataError: the content is none of these.
    """
    encoding = "UTF-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "UTF-8"
    try:
        return data.decode(encoding).removeprefix("\ufeff"), ""
    except UnicodeDecodeError as error:
        if encoding == "UTF-8":
            with contextlib.suppress(UnicodeDecodeError):
                return data.decode("cp1252"), NOT_UTF8
        line = data.count(b"\n", 0, error.start) + 1
        problem = f"has byte 0x{data[error.start]:02x}, which is not {encoding}"
        message = f"{printable_name}, line {line}: {problem}: the file must be saved as UTF-8"
        raise DataError(message) from None
