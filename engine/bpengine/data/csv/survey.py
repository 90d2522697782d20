"""The survey of a column's cells in a first pass over the rows."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from bpengine.data.csv.columns import Column
from bpengine.data.csv.table import Row
from bpengine.data.raw_columns import (
    BOOLEANS,
    MISSING_NUMBERS,
    MISSING_TEXTS,
    ColumnKind,
    category_of,
    is_missing,
    looks_like_date,
    parse_date,
    parse_number,
)
from bpengine.wording import printable
from bpwords import Sentence, word

MAX_COUNTED = 1000
"""The most distinct values of a column that are counted."""
MAX_CATEGORIES = 50
"""The most distinct texts of a feature."""
FEW_CATEGORIES = 10
"""A column with at most this many distinct texts is accepted even if most rows have a unique text."""

LineText = tuple[int, str]
"""The number of a line and the text of a cell."""
First = Literal["text", "decimal point", "decimal comma", "empty", "marked"]
"""A text is neither a number nor missing; a marked cell is missing unless the column holds texts."""


@dataclass(slots=True, eq=False)
class ColumnSurvey:
    """The survey of one column, to which the rows are added one by one.

    Attributes:
        column: the column.
        decimal_comma: whether numbers may have a decimal comma.
        missing_labels: for a column of class labels, the texts for a missing one, in lower case.
        numbers: the number of cells with a number.
        total: the sum of the numbers and of the dates, as days from 1970.
        earliest: the earliest date, as days from 1970.
        values: the distinct values and how often each occurs, up to `MAX_COUNTED` of them.
        first: the first cell of each kind.
    """

    column: Column
    decimal_comma: bool
    missing_labels: frozenset[str] | None = None
    numbers: int = 0
    total: float = 0.0
    earliest: float = 0.0
    values: dict[str, int] = field(default_factory=dict)
    first: dict[First, LineText] = field(default_factory=dict)
    _rows: int = 0
    _empty: int = 0
    _marked: int = 0
    _texts: int = 0
    _dates: int = 0
    _booleans: Collection[tuple[str, str]] = BOOLEANS  # the pairs of words that all texts so far could be
    _first_count: int | None = None
    _counts_rows: bool = True

    def add(self, row: Row) -> None:
        """Count the column's cell of one row."""
        cell = row.cells[self.column.index]
        if self._counts_rows:
            self._check_count(cell)
        self._rows += 1
        value = parse_number(cell, decimal_comma=self.decimal_comma)
        if value is not None and not math.isnan(value):
            self.numbers += 1
            self.total += value
            if "," in cell:
                self.first.setdefault("decimal comma", (row.line, cell))
            elif "." in cell:
                self.first.setdefault("decimal point", (row.line, cell))
        elif (spelled := cell.lower()) in (self.missing_labels or MISSING_TEXTS):
            self._empty += 1
            self.first.setdefault("empty", (row.line, cell))
            return
        elif spelled in MISSING_NUMBERS:
            self._marked += 1
            self.first.setdefault("marked", (row.line, cell))
        else:
            self._add_text(row.line, cell)
        if cell in self.values or len(self.values) < MAX_COUNTED:
            self.values[cell] = self.values.get(cell, 0) + 1

    def is_missing(self, cell: str) -> bool:
        """Whether a cell has no value."""
        if self.missing_labels is None:
            return is_missing(cell, self.kind)
        return cell.lower() in self.missing_labels

    def _check_count(self, cell: str) -> None:
        if self._first_count is None and cell in ("0", "1"):
            self._first_count = int(cell)
        self._counts_rows = self._first_count is not None and cell == str(self._first_count + self._rows)

    def _add_text(self, line: int, cell: str) -> None:
        self.first.setdefault("text", (line, cell))
        self._texts += 1
        if self._booleans:
            spelled = cell.lower()
            self._booleans = [pair for pair in self._booleans if spelled in pair]
        date = parse_date(cell)
        if date is not None:
            self.earliest = date if not self._dates else min(self.earliest, date)
            self.total += date
            self._dates += 1
        elif looks_like_date(cell):
            self._dates += 1

    @property
    def kind(self) -> ColumnKind:
        """The kind of most cells; text for labels."""
        if self.missing_labels is not None:
            return "text"
        if self.numbers >= self._texts:
            return "number"
        if self._booleans and not self.numbers:
            return "boolean"
        return "date" if 2 * self._dates >= self._texts + self.numbers else "text"

    @property
    def counts_rows(self) -> bool:
        """Whether the column holds 0, 1, 2, ... or 1, 2, 3, ..."""
        return self._counts_rows and self._rows > 1

    @property
    def missing(self) -> int:
        """The number of missing values."""
        return self._empty if self.kind == "text" else self._empty + self._marked

    @property
    def first_missing(self) -> LineText | None:
        """The first cell with a missing value."""
        kinds: tuple[First, ...] = ("empty",) if self.kind == "text" else ("empty", "marked")
        return min((self.first[kind] for kind in kinds if kind in self.first), default=None)

    @property
    def categories(self) -> list[str]:
        """The distinct texts, up to the limit, in the order of their first appearance."""
        return list(dict.fromkeys(map(category_of, self.values)))

    @property
    def is_mixed(self) -> bool:
        """Whether some cells of a column of numbers hold texts."""
        return self.kind == "number" and self._texts > 0

    @property
    def is_empty(self) -> bool:
        """Whether all values are missing."""
        return self.missing == self._rows

    @property
    def most_frequent(self) -> str:
        """The most frequent value; of several, the first one."""
        present = [value for value in self.values if not self.is_missing(value)]
        return max(present, key=self.values.__getitem__)

    @property
    def mean(self) -> float:
        """The mean of the numbers or the dates."""
        return self.total / max(self.numbers + self._dates, 1)

    @property
    def unusable(self) -> str:
        """Why nothing can be learned from the column, as words after its name; empty if something can."""
        if self.is_empty:
            return word("is empty")
        text = self.first["text"][1] if "text" in self.first else ""
        if self.is_mixed:
            return Sentence("has numbers and texts ('{text}')")(text=printable(text, 20))
        if self.kind == "date" and parse_date(text) is None:
            return Sentence("has dates that are not like 2024-01-31 ('{text}')")(text=printable(text, 20))
        different = len(self.categories)
        present = self._rows - self.missing
        if self.kind == "text" and (
            different > MAX_CATEGORIES or (different > FEW_CATEGORIES and 2 * different > present)
        ):
            has = Sentence("has {n} different texts")
            has_more = Sentence("has more than {n} different texts")
            return (has_more if different >= MAX_COUNTED else has)(n=f"{different:,}")
        return ""
