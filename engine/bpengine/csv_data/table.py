"""Splitting text into rows that all have the same number of cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bpengine.csv_data.files import line_at
from bpengine.csv_data.messages import data_error
from bpengine.errors import DataError

MAX_COLUMNS = 1000

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_QUOTED = re.compile(r'"[^"]*(?:"|\Z)')


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    line: int
    """The number of the line that the row begins on, counted from 1."""
    cells: list[str]
    """The text of each cell, without surrounding space."""


def rows(text: str, file: str) -> Iterator[Row]:
    """Yield the rows of a table, except blank lines.

    Args:
        text: the table.
        file: the file's name, for messages.

    Raises:
        DataError: the text has a NUL byte, broken quoting or too many columns, or a row has more or fewer
            cells than the first.
    """
    nul = text.find("\0")
    if nul >= 0:
        raise data_error(file, "has a NUL byte, so the file is not text", line=line_at(text, nul))
    lines = (match[0] for match in _LINE.finditer(text))
    reader = csv.reader(lines, delimiter=delimiter_of(text), strict=True, skipinitialspace=True)
    first: Row | None = None
    while True:
        line = reader.line_num + 1
        try:
            row = Row(line, [cell.strip() for cell in next(reader)])
        except StopIteration:
            return
        except csv.Error as error:
            raise _parse_error(file, line, str(error)) from None
        if not any(row.cells) and len(row.cells) < 2:
            continue
        if first is None:
            first = row
            if len(row.cells) > MAX_COLUMNS:
                raise data_error(file, f"has more than {MAX_COLUMNS} columns", line=line)
        elif len(row.cells) != len(first.cells):
            message = f"has {_cell_count(row)}, but line {first.line} has {len(first.cells)}"
            raise data_error(file, message, line=line)
        yield row


def delimiter_of(text: str) -> str:
    """Return the delimiter: a tab or a semicolon if the first line has one outside quotes, else a comma."""
    start = _QUOTED.sub("", text[:100_000]).lstrip("\r\n ")
    line = re.split(r"[\r\n]", start, maxsplit=1)[0]
    return next((delimiter for delimiter in "\t;" if delimiter in line), ",")


def _cell_count(row: Row) -> str:
    return "1 cell" if len(row.cells) == 1 else f"{len(row.cells)} cells"


def _parse_error(file: str, line: int, reason: str) -> DataError:
    """Return the error for a row that the `csv` module can't parse; `reason` is the module's message."""
    if "unexpected end" in reason:
        return data_error(file, "has an opening quotation mark without a closing one", line=line)
    if "field limit" in reason:
        limit = f"{csv.field_size_limit():,}"
        message = f"has a cell of more than {limit} characters: is a closing quotation mark missing?"
        return data_error(file, message, line=line)
    return data_error(
        file, 'has text after a closing quotation mark: write "" for a quotation mark in a cell', line=line
    )
