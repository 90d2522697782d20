"""The columns of a table, found by name or by position."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from bpengine.data.csv.messages import Reading, single_spaced
from bpengine.data.csv.table import Row
from bpengine.data.formulas import constant
from bpengine.errors import DataError, FormulaError
from bpwords import Sentence, listed, name_list, printable, translatable, word

UNNAMED = re.compile(r"column \d{1,8}(?!\w)")
"""The name of a column without a header."""
_SEVERAL = Sentence("'{name}' is the name of columns {places}: {remedy}")
_NO_POSITION = Sentence("has no column {name}: positions are 1 to {n}")
_NO_NAME = Sentence("has no column '{name}': the columns are {names}")
_NO_HEADER = Sentence("has no column '{name}': without a header, columns are chosen by position, 1 to {n}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table. Its text form is its description in messages."""

    index: int
    """The position, counted from 0."""
    header: str
    """The text in the header, in printable characters; empty if there is none."""
    is_unique: bool = False
    """Whether no other column has this header, and it is not empty."""

    def __str__(self) -> str:
        place = Sentence("column {number}")(number=self.index + 1)
        return f"{place} ({printable(self.header)})" if self.header else place

    @property
    def name(self) -> str:
        """What no other column is called: the header, with the position where it is missing or repeated."""
        return self.header if self.is_unique else f"{self.header} column {self.index + 1}".strip()

    @property
    def brief(self) -> str:
        """The header alone or, without one, the position."""
        return printable(self.header, 20) if self.header else str(self)


class Columns:
    """The columns of one table. Each has a unique name, and most have a header.

    Args:
        reading: what is asked of the file.
        first: the first row.
        header: whether the first row is a header.

    Attributes:
        reading: what is asked of the file.
        all: the columns.
        has_header: whether the first row is a header.
    """

    def __init__(self, reading: Reading, first: Row, *, header: bool) -> None:
        self.reading, self.has_header = reading, header
        self._headers = [single_spaced(cell) if header else "" for cell in first.cells]
        self._line = first.line if header else None
        headers = [printable(text, 100) for text in self._headers]
        unique = {header for header, count in Counter(headers).items() if header and count == 1}
        self.all = tuple(Column(index, header, header in unique) for index, header in enumerate(headers))

    def with_name(self, text: str) -> list[Column]:
        """The columns that have this text as their header or as their name."""
        text = single_spaced(text)
        pairs = zip(self.all, self._headers, strict=True)
        return [column for column, header in pairs if text == column.name or (header and text == header)]

    def named(self, text: str, remedy: str = translatable("use a position instead")) -> Column | None:
        """The column with this name, or None.

        Args:
            text: the header or the name.
            remedy: what to do if there are several.

        Raises:
            DataError: there are several.
        """
        columns = self.with_name(text)
        if len(columns) > 1:
            places = listed([str(column.index + 1) for column in columns[:2]])
            name = printable(single_spaced(text))
            raise self.error(_SEVERAL(name=name, places=places, remedy=word(remedy)))
        return columns[0] if columns else None

    def find(self, text: str) -> Column:
        """The column with this name or, if there is none, at this position, counted from 1.

        Raises:
            DataError: there is no such column, or several have the name.
        """
        column, text = self.named(text), single_spaced(text)
        if column is not None:
            return column
        if not is_position(text):
            raise self.lacks(text)
        # A longer number is out of range, and Python refuses to parse thousands of digits.
        position = int(text) if len(text) < 9 else 0
        if not 1 <= position <= len(self.all):
            raise self.error(_NO_POSITION(name=printable(text), n=len(self.all)))
        return self.all[position - 1]

    def lacks(self, text: str) -> DataError:
        """The error for a name that no column has."""
        lacks = _NO_NAME if self.has_header else _NO_HEADER
        return self.error(lacks(name=printable(text), names=name_list(self._headers), n=len(self.all)))

    def error(self, message: str) -> DataError:
        """An error about the columns, at the line of the header if there is one; see `Reading.error`."""
        return self.reading.error(message, line=self._line)


def is_position(text: str) -> bool:
    """Whether the text is the position of a column: ASCII digits."""
    return text.isascii() and text.isdigit()


def needs_header(text: str) -> bool:
    """Whether a column or a formula needs names from a header: not only positions, or column 1 and so on."""
    text = single_spaced(text)
    numbered = UNNAMED.sub("1", text)
    if is_position(numbered):
        return False
    try:
        constant(numbered)
    except FormulaError:
        return True
    return numbered == text
