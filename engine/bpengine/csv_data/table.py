"""From text to rows of cells, all of the same length."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bpengine.csv_data.files import line_at
from bpengine.csv_data.wording import refusal
from bpengine.errors import DataError

MAX_COLUMNS = 1000

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_QUOTED = re.compile(r'"[^"]*(?:"|\Z)')


@dataclass(frozen=True, slots=True)
class Row:
    """One record."""

    line: int
    """The line it begins in, counted from 1."""
    cells: list[str]
    """Without space around them."""


def rows(text: str, file: str) -> Iterator[Row]:
    """The records one after another; blank lines are left out.

    Raises:
        DataError: a NUL, broken quoting, too many columns, or a row longer or shorter than the first.
    """
    nul = text.find("\0")
    if nul >= 0:
        raise refusal(file, "has a NUL byte: it is no text", line=line_at(text, nul))
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
            raise _broken(file, line, str(error)) from None
        if not any(row.cells) and len(row.cells) < 2:
            continue
        if first is None:
            first = row
            if len(row.cells) > MAX_COLUMNS:
                raise refusal(file, f"more than {MAX_COLUMNS} columns", line=line)
        elif len(row.cells) != len(first.cells):
            message = f"has {_cells(row)} where line {first.line} has {len(first.cells)}"
            raise refusal(file, message, line=line)
        yield row


def delimiter_of(text: str) -> str:
    """What parts the cells: a tab or else ";" if the first line has one outside of quotes, else ","."""
    start = _QUOTED.sub("", text[:100_000]).lstrip("\r\n ")
    line = re.split(r"[\r\n]", start, maxsplit=1)[0]
    return next((mark for mark in "\t;" if mark in line), ",")


def _cells(row: Row) -> str:
    return "1 cell" if len(row.cells) == 1 else f"{len(row.cells)} cells"


def _broken(file: str, line: int, reason: str) -> DataError:
    if "unexpected end" in reason:
        return refusal(file, "a quote that opens in this row is never closed", line=line)
    if "field limit" in reason:
        message = f"a cell of more than {csv.field_size_limit():,} characters: is a quote left open?"
        return refusal(file, message, line=line)
    return refusal(file, "a closing quote has something behind it: double a quote within quotes", line=line)
