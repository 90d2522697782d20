"""Reading a CSV file as text, line by line."""

from __future__ import annotations

import codecs
import io
import os
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from bpengine.data.csv.messages import fewer_rows
from bpengine.errors import DataError
from bpengine.files import FileError, TooLargeError, read_whole, why_unreadable
from bpwords import Sentence, printable_path, translatable, word

MAX_BYTES = 100_000_000
"""The size of the largest file that is read."""
WESTERN = translatable(
    "the file is not UTF-8 and was read as Western European (cp1252): save it as UTF-8 if letters are wrong"
)
CHINESE = translatable(
    "the file is not UTF-8 and was read as Chinese (GBK): save it as UTF-8 if letters are wrong"
)
UTF16 = translatable("the file was read as UTF-16")
SPREADSHEET = translatable(
    "is a spreadsheet's own format (such as .xlsx): save the sheet as CSV UTF-8 in the spreadsheet program"
)
_BEGINNING = 200
"""How many lines are read before the others, to find out how the cells are separated."""
_PEEKED = 1000
"""How many bytes are looked at to tell UTF-16 without a byte order mark."""
_LEAST_ZEROS = 0.2
"""The least share of the two-byte units of such a file of which one byte is 0."""
_ESCAPED = re.compile(r"[\udc80-\udcff]")
"""A byte that is not UTF-8, as `surrogateescape` decodes it."""
_COMMON_CHINESE = re.compile(rb"[\xa1-\xa9\xb0-\xd7][\xa1-\xfe]")
"""A punctuation mark or one of the 3,755 common characters of GB 2312. In cp1252 the first byte is a sign or
a capital letter, which hardly ever stands before another letter that is not ASCII."""
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""The beginnings of .xlsx and .ods files, which are ZIP archives, and of .xls files."""


class TextLines:
    """The lines of a file that is read once, from its beginning to its end, and may have any length.

    A file of UTF-16, with or without a byte order mark, is decoded as that, and any other as UTF-8. If a line
    has bytes that are not UTF-8, and these lines are mostly common Chinese characters of GBK, the whole file
    is decoded as GB 18030, which contains GBK. Otherwise these bytes are decoded as cp1252.

    Args:
        file: the file, open for reading.
        printable_name: its name as it appears in messages.

    Attributes:
        beginning: the first lines, as a text.
        note: a note about the encoding; empty for UTF-8 up to here.

    Raises:
        DataError: the file can't be read or is not text; also while it is iterated over.
    """

    def __init__(self, file: io.BufferedReader, printable_name: str) -> None:
        self._name, self.note = printable_name, ""
        if file.peek(4)[:4] in _SPREADSHEETS:
            raise DataError(f"{printable_name}{word(': ', 'list')}{word(SPREADSHEET)}")
        utf16 = _utf16(file.peek(_PEEKED)[:_PEEKED])
        self.note = word(UTF16) if utf16 else ""
        encoding = (utf16, "strict") if utf16 else ("utf-8-sig", "surrogateescape")
        self._text = io.TextIOWrapper(
            file, *encoding, newline=""
        )  # it would close the file if it were deleted
        raw = self._raw_lines()
        first = list(islice(raw, _BEGINNING))
        self._is_chinese = _is_chinese(first)
        first = [self._repaired(line, number) for number, line in enumerate(first, 1)]
        self.beginning = "".join(first)
        rest = (self._repaired(line, number) for number, line in enumerate(raw, len(first) + 1))
        self._lines = chain(first, rest)

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def _raw_lines(self) -> Iterator[str]:
        """The lines with their line breaks, without a byte order mark, and bytes as in `_ESCAPED`."""
        number = 0
        try:
            for line in self._text:
                number += 1
                yield line
        except OSError as error:
            raise DataError(f"{self._name}{word(': ', 'list')}{why_unreadable(error)}") from None
        except UnicodeDecodeError as error:  # of UTF-16, which is decoded some lines at a time
            place = Sentence("{file}, line {line} or later")(file=self._name, line=number + 1)
            raise _not_text(place, error, "UTF-16") from None

    def _repaired(self, line: str, number: int) -> str:
        """The line with letters of GBK or cp1252 for the bytes that are not UTF-8."""
        if line.isascii():
            return line
        try:
            if self._is_chinese:
                repaired, said = _bytes_of(line).decode("gb18030"), CHINESE
            else:
                repaired, said = _ESCAPED.sub(_western, line), WESTERN
        except UnicodeDecodeError as error:
            place = Sentence("{file}, line {line}")(file=self._name, line=number)
            raise _not_text(place, error, "GBK" if self._is_chinese else "UTF-8") from None
        if repaired != line:
            self.note = word(said)
        return repaired


def _utf16(beginning: bytes) -> str:
    """The encoding of a file of UTF-16, by its byte order mark or else by its zeros; empty for another file.

    A table has digits, separators and line breaks, of which one byte is 0: always the first or the second.
    """
    if beginning[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    first, second = beginning[::2].count(0), beginning[1::2].count(0)
    if max(first, second) < _LEAST_ZEROS * len(beginning) / 2:
        return ""
    return "utf-16-be" if not second else "utf-16-le" if not first else ""


def _bytes_of(line: str) -> bytes:
    return line.encode("utf-8", "surrogateescape")


def _is_chinese(lines: Sequence[str]) -> bool:
    """Whether the lines that are not UTF-8 are mostly common Chinese characters of GBK, two bytes each."""
    others = b"".join(_bytes_of(line) for line in lines if _ESCAPED.search(line))
    return 4 * len(_COMMON_CHINESE.findall(others)) > len(_NOT_ASCII.findall(others)) > 0


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
        advice = fewer_rows(Path(path).name) if isinstance(error, TooLargeError) else ""
        raise DataError(f"{name}{word(': ', 'list')}{error}{advice}") from None
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
