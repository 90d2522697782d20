"""Reading a CSV file as text, line by line."""

from __future__ import annotations

import codecs
import io
import os
import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import IO

from bpengine.errors import DataError
from bpengine.files import FileError, read_whole, why_unreadable
from bpengine.wording import printable_path
from bpwords import Sentence, word

MAX_BYTES = 100_000_000
"""The size of the largest file that is read."""
NOT_UTF8 = (
    "the file is not UTF-8 and was read as Western European (cp1252): save it as UTF-8 if letters are wrong"
)
_BEGINNING = 200
"""How many lines are read before the others, to find out how the cells are separated."""
_ESCAPED = re.compile(r"[\udc80-\udcff]")
"""A byte that is not UTF-8, as `surrogateescape` decodes it."""


class TextLines:
    """The lines of a file that is read once, from its beginning to its end, and may have any length.

    A file with a byte order mark of UTF-16 is decoded as that, and any other as UTF-8, with cp1252 for the
    bytes that are not UTF-8.

    Args:
        file: the file, open for reading.
        printable_name: its name as it appears in messages.

    Attributes:
        beginning: the first lines, as a text.
        note: a note about the encoding; empty for UTF-8 and UTF-16 up to here.

    Raises:
        DataError: the file can't be read or is not text; also while it is iterated over.
    """

    def __init__(self, file: io.BufferedReader, printable_name: str) -> None:
        self._name, self.note = printable_name, ""
        self._text = _decoded(file)  # it would close the file if it were deleted
        self._lines = self._checked()
        first = list(islice(self._lines, _BEGINNING))
        self.beginning = "".join(first)
        self._lines = chain(first, self._lines)

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def _checked(self) -> Iterator[str]:
        """The lines with their line breaks, without a byte order mark."""
        number = 0
        try:
            for number, line in enumerate(self._text, 1):
                yield line if line.isascii() else self._repaired(line, number)
        except OSError as error:
            raise DataError(f"{self._name}{word(': ', 'list')}{why_unreadable(error)}") from None
        except UnicodeDecodeError as error:  # of UTF-16, which is decoded some lines at a time
            place = Sentence("{file}, line {line} or later")(file=self._name, line=number + 1)
            raise _not_text(place, error, "UTF-16") from None

    def _repaired(self, line: str, number: int) -> str:
        """The line with letters of cp1252 for the bytes that are not UTF-8."""
        try:
            repaired, count = _ESCAPED.subn(_western, line)
        except UnicodeDecodeError as error:
            place = Sentence("{file}, line {line}")(file=self._name, line=number)
            raise _not_text(place, error, "UTF-8") from None
        if count:
            self.note = word(NOT_UTF8)
        return repaired


def _decoded(file: io.BufferedReader) -> IO[str]:
    """The file as text, with each byte that is not UTF-8 as `_ESCAPED`."""
    if file.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return io.TextIOWrapper(file, "utf-16", newline="")
    return io.TextIOWrapper(file, "utf-8-sig", "surrogateescape", newline="")


def _western(escaped: re.Match[str]) -> str:
    """The letter of cp1252 for a byte."""
    return bytes([ord(escaped[0]) - 0xDC00]).decode("cp1252")


def read_text(path: str | os.PathLike[str]) -> tuple[str, str]:
    """Return the text of a file, without a byte order mark, and a note about its encoding; see `TextLines`.

    Raises:
        DataError: the file is missing, is not a regular file, can't be read, is too large, or is not text.
    """
    name = printable_path(path)
    try:
        data = read_whole(path, MAX_BYTES)
    except FileError as error:
        raise DataError(f"{name}{word(': ', 'list')}{error}") from None
    return decode(data, name)


def decode(data: bytes, printable_name: str) -> tuple[str, str]:
    """Return the text of a file's content, and a note about its encoding; see `TextLines`.

    Raises:
        DataError: the content is not text.
    """
    lines = TextLines(io.BufferedReader(io.BytesIO(data)), printable_name)
    return "".join(lines), lines.note


def _not_text(place: str, error: UnicodeDecodeError, encoding: str) -> DataError:
    """The error for a byte that no encoding knows."""
    problem = Sentence("has byte {byte}, which is not {encoding}: the file must be saved as UTF-8")
    return DataError(
        f"{place}{word(': ', 'list')}{problem(byte=f'0x{error.object[error.start]:02x}', encoding=encoding)}"
    )
