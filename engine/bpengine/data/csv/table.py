"""Splitting text into rows that all have the same number of cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from bpengine.data.csv.messages import Reading
from bpengine.errors import DataError
from bpwords import Sentence, many, printable, word

MAX_COLUMNS = 1000

_COMMENT = re.compile("#(?!n/a|[,;\t|])", re.IGNORECASE)
"""The beginning of a comment. Excel marks a missing value as #N/A, and a column may have the name #."""
_QUOTED = re.compile(r'"[^"]*(?:"|\Z)')
_SEPARATOR = re.compile(r'"?sep=.{0,3}"?', re.IGNORECASE)
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 5
"""How many lines must agree that a vertical bar separates the cells."""


class Row(NamedTuple):
    """One row of the table."""

    line: int
    """The number of the line that the row begins on, counted from 1."""
    cells: list[str]
    """The text of each cell, without surrounding space."""


class CsvTable:
    """The rows of a text, which can be iterated over as often as its lines; blank lines are left out.

    A first line such as `sep=;` names the delimiter. Lines that begin with # are comments before the first
    row, and after it if they have more or fewer cells than the first row.

    Args:
        text: the table or, with `lines`, its beginning.
        reading: the file, for messages.
        lines: all lines of a table that is too long for a text.

    Attributes:
        delimiter: what separates cells: a comma, a semicolon, a tab or a vertical bar.
        decimal_comma: whether numbers may have a decimal comma, since commas do not separate cells.
        comments: the number of comment lines that the last iteration left out.

    Raises:
        DataError: the text names an unknown delimiter. In an iteration: it has a NUL byte, broken quoting or
            too many columns, or a row has more or fewer cells than the first.
    """

    def __init__(self, text: str, reading: Reading, lines: Iterable[str] | None = None) -> None:
        self._text, self._reading, self._lines = text, reading, lines
        self._lines_before = self._leading_comments = 0
        named, start = "", 0
        beginning = io.StringIO(text, newline="")
        for number, whole in enumerate(beginning, 1):
            line = whole.strip("\r\n ")
            if _COMMENT.match(line):
                self._leading_comments += 1
            elif not named and _SEPARATOR.fullmatch(line):
                named = self._named_delimiter(line.strip('"')[len("sep=") :], number)
            elif line.strip():
                break
            start, self._lines_before = start + len(whole), number
        self.delimiter = named or delimiter_of(text[start:])
        self.decimal_comma = self.delimiter != ","
        self.comments = 0

    @property
    def lines(self) -> int:
        """How many lines the text has; 0 if a row may take several."""
        return 0 if '"' in self._text else self._text.count("\n")

    def _named_delimiter(self, text: str, line: int) -> str:
        if len(text) == 1 and text in _DELIMITERS:
            return text
        message = Sentence("sep= must name a comma, a semicolon, the tab or a vertical bar, got '{text}'")
        raise self._reading.error(message(text=printable(text)), line=line)

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows."""
        self.comments = self._leading_comments
        first: Row | None = None
        for row in self._parsed():
            if first is None:
                first = row
                if len(row.cells) > MAX_COLUMNS:
                    raise self._reading.error(
                        Sentence("has more than {most} columns")(most=MAX_COLUMNS), line=row.line
                    )
            elif len(row.cells) != len(first.cells):
                if _COMMENT.match(row.cells[0]):
                    self.comments += 1
                    continue
                one = "has 1 cell, but line {line} has {cells}"
                several = "has {n} cells, but line {line} has {cells}"
                said = many(len(row.cells), one, several, line=first.line, cells=len(first.cells))
                raise self._reading.error(said, line=row.line)
            yield row

    def _parsed(self) -> Iterator[Row]:
        reader = csv.reader(self._data_lines(), delimiter=self.delimiter, strict=True, skipinitialspace=True)
        while True:
            line = self._lines_before + reader.line_num + 1
            try:
                cells = [cell.strip() for cell in next(reader)]
            except StopIteration:
                return
            except csv.Error as error:
                raise self._parse_error(line, str(error)) from None
            if any(cells):
                yield Row(line, cells)

    def _data_lines(self) -> Iterator[str]:
        """The lines from the first row on."""
        lines = enumerate(self._lines or io.StringIO(self._text, newline=""), 1)
        for number, line in islice(lines, self._lines_before, None):
            if "\0" in line:
                raise self._reading.error(word("has a NUL byte, so the file is not text"), line=number)
            yield line

    def _parse_error(self, line: int, reason: str) -> DataError:
        """Return the error for a row that the `csv` module can't parse; `reason` is the module's message."""
        problem = Sentence('has text after a closing quotation mark: write "" for a quotation mark in a cell')
        if "unexpected end" in reason:
            problem = Sentence("has an opening quotation mark without a closing one")
        elif "field limit" in reason:
            limit = f"{csv.field_size_limit():,}"
            more = Sentence(
                "has a cell of more than {limit} characters: is a closing quotation mark missing?"
            )
            return self._reading.error(more(limit=limit), line=line)
        return self._reading.error(problem(), line=line)


def delimiter_of(text: str) -> str:
    """Return the delimiter of a text whose first line is not a comment.

    This is a tab or a semicolon if the first line has one outside quotes, a vertical bar if all of the first
    lines have the same number of them, and otherwise a comma.
    """
    start = _QUOTED.sub("", text[:100_000]).lstrip("\r\n ")
    lines = [line for line in re.split(r"[\r\n]+", start, maxsplit=_SAMPLE_LINES)[:_SAMPLE_LINES] if line]
    first = lines[0] if lines else ""
    for delimiter in "\t;":
        if delimiter in first:
            return delimiter
    bars = {line.count("|") for line in lines}
    return "|" if len(bars) == 1 and 0 not in bars else ","
