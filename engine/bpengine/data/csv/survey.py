"""The survey of a column's cells in a first pass over the rows."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from bpengine.data.csv.columns import Column
from bpengine.data.csv.table import Row
from bpengine.data.dates import (
    ASKED_ORDERS,
    DATE_EXAMPLES,
    DATE_ORDERS,
    DateOrder,
    looks_like_date,
    parse_date,
)
from bpengine.data.raw_columns import (
    BOOLEANS,
    MISSING_NUMBERS,
    MISSING_TEXTS,
    ColumnKind,
    category_of,
    is_missing,
    parse_number,
)
from bpwords import Sentence, either, printable, word

MAX_COUNTED = 1000
"""The most distinct values of a column that are counted."""
MAX_CATEGORIES = 50
"""The most distinct texts of a feature."""
FEW_CATEGORIES = 10
"""A column with at most this many distinct texts is accepted even if most rows have a unique text."""

LineText = tuple[int, str]
"""The number of a line and the text of a cell."""
First = Literal["text", "date", "decimal point", "decimal comma", "empty", "marked"]
"""A text is neither a number nor missing, a date depends on the order of its parts, and a marked cell is
missing unless the column holds texts."""
MAX_MARKS = 3
"""The most different marks of missing values that a message names."""
_WORD = re.compile(r"[^\W\d][\w.-]{0,19}")
"""A text that may mean a missing value, and needs no quotes in any shell."""


def may_mean_missing(cell: str) -> bool:
    """Whether a text in a column of numbers looks like a word for a missing value, not like a mistake."""
    return _WORD.fullmatch(cell) is not None and not any(map(str.isdigit, cell))


@dataclass(slots=True, eq=False)
class _Dates:
    """The dates of a column in one order of their parts, as days from 1970."""

    count: int = 0
    total: float = 0.0
    earliest: float = math.inf


@dataclass(slots=True, eq=False)
class ColumnSurvey:
    """The survey of one column, to which the rows are added one by one.

    Attributes:
        column: the column.
        decimal_comma: whether numbers may have a decimal comma.
        missing_labels: for a column of class labels, the texts for a missing one, in lower case.
        missing_words: more texts for a missing value, in lower case; they may be numbers.
        asked_order: the order of the parts of a date that the user asked for; None to find it out.
        numbers: the number of cells with a number.
        total: the sum of the numbers.
        values: the distinct values and how often each occurs, up to `MAX_COUNTED` of them.
        first: the first cell of each kind.
    """

    column: Column
    decimal_comma: bool
    missing_labels: frozenset[str] | None = None
    missing_words: tuple[str, ...] = ()
    asked_order: DateOrder | None = None
    numbers: int = 0
    total: float = 0.0
    values: dict[str, int] = field(default_factory=dict)
    first: dict[First, LineText] = field(default_factory=dict)
    _rows: int = 0
    _empty: int = 0
    _marked: int = 0
    _texts: int = 0
    _dates: dict[DateOrder, _Dates] = field(
        default_factory=lambda: {order: _Dates() for order in DATE_ORDERS}
    )
    _look_like_dates: int = 0
    _only_text: str | None = None  # of all cells that are texts; empty if they differ
    _marks: dict[str, bool] = field(default_factory=dict)  # whether it is one in a column of texts, too
    _booleans: Collection[tuple[str, str]] = BOOLEANS  # the pairs of words that all texts so far could be
    _first_count: int | None = None
    _counts_rows: bool = True

    def add(self, row: Row) -> None:
        """Count the column's cell of one row."""
        cell = row.cells[self.column.index]
        if self._counts_rows:
            self._check_count(cell)
        self._rows += 1
        value, spelled = parse_number(cell, decimal_comma=self.decimal_comma), cell.lower()
        is_asked = spelled in self.missing_words
        if not is_asked and value is not None and not math.isnan(value):
            self.numbers += 1
            self.total += value
            if "," in cell:
                self.first.setdefault("decimal comma", (row.line, cell))
            elif "." in cell:
                self.first.setdefault("decimal point", (row.line, cell))
        elif is_asked or spelled in (self.missing_labels or MISSING_TEXTS):
            self._empty += 1
            self._mark("empty", row.line, cell)
            return
        elif spelled in MISSING_NUMBERS:
            self._marked += 1
            self._mark("marked", row.line, cell)
        else:
            self._add_text(row.line, cell)
        if cell in self.values or len(self.values) < MAX_COUNTED:
            self.values[cell] = self.values.get(cell, 0) + 1

    def is_missing(self, cell: str) -> bool:
        """Whether a cell has no value."""
        if self.missing_labels is None:
            return is_missing(cell, self.kind, self.missing_words)
        return cell.lower() in self.missing_labels or cell.lower() in self.missing_words

    def _mark(self, kind: First, line: int, cell: str) -> None:
        self.first.setdefault(kind, (line, cell))
        if cell and len(self._marks) < MAX_COUNTED:
            self._marks.setdefault(cell, kind == "empty")

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
        self._only_text = cell if self._only_text in (None, cell) else ""
        if not looks_like_date(cell):
            return
        self._look_like_dates += 1
        for order, dates in self._dates.items():
            days = parse_date(cell, order)
            if days is not None:
                dates.count, dates.total = dates.count + 1, dates.total + days
                dates.earliest = min(dates.earliest, days)
        if len({parse_date(cell, order) for order in ASKED_ORDERS}) > 1:
            self.first.setdefault("date", (line, cell))

    @property
    def kind(self) -> ColumnKind:
        """The kind of most cells; text for labels."""
        if self.missing_labels is not None:
            return "text"
        if self.numbers >= self._texts:
            return "number"
        if self._booleans and not self.numbers:
            return "boolean"
        return "date" if 2 * self._look_like_dates >= self._texts + self.numbers else "text"

    @property
    def order(self) -> DateOrder:
        """The order of the parts of a date: that in which most dates of the column are possible."""
        if self.asked_order is not None:
            return self.asked_order
        return max(DATE_ORDERS, key=lambda order: self._dates[order].count)

    @property
    def earliest(self) -> float:
        """The earliest date, as days from 1970; there is one."""
        return self._dates[self.order].earliest

    @property
    def has_two_orders(self) -> bool:
        """Whether nothing tells which number is the day. Where dots are written, the day comes first."""
        are_possible = all(self._dates[order].count == self._look_like_dates for order in ASKED_ORDERS)
        _, text = self.first.get("date", (0, ""))
        return are_possible and bool(text) and self.asked_order is None and "." not in text.split()[0]

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
    def marks(self) -> list[str]:
        """The first texts that mean a missing value."""
        return [mark for mark, in_texts in self._marks.items() if in_texts or self.kind != "text"][:MAX_MARKS]

    @property
    def repeated_word(self) -> str:
        """The only text of a column of numbers, if several cells have it and it may mean missing."""
        text = self._only_text or "" if self.is_mixed and self._texts > 1 else ""
        return text if may_mean_missing(text) else ""

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
        dates = self._dates[self.order]
        total, count = (dates.total, dates.count) if self.kind == "date" else (self.total, self.numbers)
        return total / max(count, 1)

    @property
    def unusable(self) -> str:
        """Why nothing can be learned from the column, as words after its name; empty if something can."""
        if self.is_empty:
            return word("is empty")
        text = self.first["text"][1] if "text" in self.first else ""
        if self.is_mixed:
            return Sentence("has numbers and texts ('{text}')")(text=printable(text, 20))
        if self.kind == "date" and not self._dates[self.order].count:
            are_not = Sentence("has dates that are not like {examples} ('{text}')")
            return are_not(examples=either([*DATE_EXAMPLES.values()]), text=printable(text, 20))
        if self.kind == "date" and self.has_two_orders:
            may_be = Sentence("has dates that may be day/month or month/day ('{text}')")
            return may_be(text=printable(self.first["date"][1], 20))
        different = len(self.categories)
        present = self._rows - self.missing
        if self.kind == "text" and (
            different > MAX_CATEGORIES or (different > FEW_CATEGORIES and 2 * different > present)
        ):
            has = Sentence("has {n} different texts")
            has_more = Sentence("has more than {n} different texts")
            return (has_more if different >= MAX_COUNTED else has)(n=f"{different:,}")
        return ""
