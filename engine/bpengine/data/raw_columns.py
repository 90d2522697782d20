"""`RawColumn`: how a column of the user's rows becomes one or more inputs."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.data.checks import LARGEST
from bpengine.data.dates import CACHED, DATE_EXAMPLES, DateOrder, parse_date
from bpengine.errors import DataError
from bpwords import Sentence, name_list, printable, word

MISSING_TEXTS = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "?"})
"""The texts for a missing value in any column, in lower case."""
MISSING_NUMBERS = MISSING_TEXTS.union(
    ("none", "nil", "missing", "-", "--", "---", "–", "—", ".", "..", "...", "/", "\\n", "<na>", "nat"),
    ("k.a.", "k. a.", "k.a", "keine angabe", "n.a.", "n. a.", "n.v.", "无", "暂无", "缺失", "未知"),
    ("#nv", "#n/v", "#value!", "#wert!", "#div/0!", "#ref!", "#bezug!", "#name?", "#num!", "#zahl!"),
)
"""The texts for a missing value in a column of numbers, dates or truth values; also spreadsheet errors."""
BOOLEANS = (("false", "true"), ("no", "yes"), ("f", "t"), ("n", "y"))
"""The pairs of words for the truth values 0 and 1, in lower case."""
_FALSE = frozenset({"0", *(pair[0] for pair in BOOLEANS)})
_TRUE = frozenset({"1", *(pair[1] for pair in BOOLEANS)})
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d*),\d+(?:[eE][+-]?\d{1,4})?", re.ASCII)


def parse_number(cell: str, *, decimal_comma: bool = False) -> float | None:
    """Return the number in a cell, which may be infinite or NaN, or None if the cell does not hold a number.

    Underscores between digits and digits of other scripts, which Python's `float` accepts, are not allowed.

    Args:
        cell: the text.
        decimal_comma: whether 3,5 and 1.234,5 are numbers as well.
    """
    if "_" in cell or not cell.isascii():
        return None
    try:
        return float(cell)
    except ValueError:
        if not decimal_comma or not _DECIMAL_COMMA.fullmatch(cell):
            return None
    return float(cell.replace(".", "").replace(",", "."))


def parse_boolean(cell: str) -> float | None:
    """Return 0 or 1 for a truth value such as false, yes or 1; None for anything else."""
    spelled = cell.lower()
    return 1.0 if spelled in _TRUE else 0.0 if spelled in _FALSE else None


def number_problem(cell: str) -> str:
    """Return what is wrong with a cell that is not empty and does not hold a finite number within range."""
    value = parse_number(cell)
    if value is None:
        hint = f" {word('(use a decimal point, not a comma)')}" if "," in cell else ""
        return _must_be(word("a number"), cell) + hint
    if math.isnan(value):
        return _must_be(word("a finite number"), cell)
    return _must_be(Sentence("a number from {low} to {high}")(low=f"{-LARGEST:g}", high=f"{LARGEST:g}"), cell)


def _must_be(allowed: str, cell: str) -> str:
    return Sentence("must be {allowed}, got {value}")(allowed=allowed, value=f"'{printable(cell)}'")


ColumnKind = Literal["number", "boolean", "date", "text"]

MAX_CATEGORY = 200
"""The most characters of a category. Longer texts are compared only up to this length."""
LATER = {"added": "after the first files were written"}
"""Marks a field that files may lack."""


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A column of raw rows. A text becomes one input for each category: one is 1 and the others are 0."""

    name: str
    kind: ColumnKind = "number"
    categories: tuple[str, ...] = ()
    """The texts, in the order of their inputs; empty for the other kinds."""
    origin: float = 0.0
    """The days from 1970 to the date that becomes 0; 0 for the other kinds."""
    fill: tuple[float, ...] = ()
    """The inputs for a missing value; empty if a missing value is not allowed."""
    dates: DateOrder = field(default="ymd", metadata=LATER)
    """The order of the parts of a date; ymd for the other kinds."""
    missing_words: tuple[str, ...] = field(default=(), metadata=LATER)
    """More texts that mean a missing value, in lower case; they may be numbers, such as -999."""

    @property
    def width(self) -> int:
        """The number of inputs."""
        return len(self.categories) if self.kind == "text" else 1

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of its values where these are few and have names; empty for numbers and dates."""
        return ("no", "yes") if self.kind == "boolean" else self.categories

    def encoded(self, cell: str, *, decimal_comma: bool = False) -> Sequence[float]:
        """Return the inputs for the text of a cell.

        Raises:
            ValueError: the column can't hold this text; the message says what it can hold.
        """
        if self.kind == "number" and not (self.missing_words and cell.lower() in self.missing_words):
            value = parse_number(cell, decimal_comma=decimal_comma)
            if value is not None and -LARGEST <= value <= LARGEST:
                return (value,)
        if is_missing(cell, self.kind, self.missing_words):
            if not self.fill:
                raise ValueError(word("is empty"))
            return self.fill
        if self.kind == "text":
            text = category_of(cell)
            if text not in self.categories:
                one_of = Sentence("one of {names}")(names=name_list(self.categories))
                raise ValueError(_must_be(one_of, cell))
            return [float(text == category) for category in self.categories]
        if self.kind == "number":
            raise ValueError(number_problem(cell))
        value = parse_boolean(cell) if self.kind == "boolean" else parse_date(cell, self.dates)
        if value is None:
            a_date = Sentence("a date such as {example}")
            is_date = self.kind == "date"
            allowed = a_date(example=DATE_EXAMPLES[self.dates]) if is_date else word("true or false")
            raise ValueError(_must_be(allowed, cell))
        return (value - self.origin,)


@lru_cache(maxsize=CACHED)
def category_of(cell: str) -> str:
    """Return the category of a text: the text with single spaces, in printable characters."""
    text = " ".join(cell.split())
    return text if text.isprintable() and len(text) <= MAX_CATEGORY else printable(text, MAX_CATEGORY)


def is_missing(cell: str, kind: ColumnKind, more: Collection[str] = ()) -> bool:
    """Whether a cell is empty or means a missing value in a column of this kind, or is one of `more`."""
    text = cell.lower()
    return text in (MISSING_TEXTS if kind == "text" else MISSING_NUMBERS) or text in more


def input_names(columns: Sequence[RawColumn]) -> tuple[str, ...]:
    """Return a name for each input, such as Age, or Sex=female for a text."""
    return tuple(
        printable(f"{printable(column.name, 60)}={category}", 100) if column.kind == "text" else column.name
        for column in columns
        for category in (column.categories if column.kind == "text" else ("",))
    )


def encode_rows(columns: Sequence[RawColumn], rows: Any) -> Array | None:
    """Return the inputs of raw rows, shape (n, inputs); None if they have a number for each input already.

    Args:
        columns: the columns of a row.
        rows: n rows of numbers, texts, truth values and dates, or n values of a single column. None, NaN and
            an empty text are missing values. Where a column is a single input, a number stands for itself.

    Raises:
        DataError: the rows do not have these columns, or a value can't be used.
    """
    table = np.array(rows, dtype=object)  # keeps each value unchanged
    if table.ndim == 1 and len(columns) == 1:
        table = table[:, np.newaxis]
    inputs = sum(column.width for column in columns)
    if table.ndim == 2 and table.shape[1] == inputs != len(columns):
        return None
    if table.ndim != 2 or table.shape[1] != len(columns):
        got = f"{table.shape[1]} columns" if table.ndim == 2 else f"shape {table.shape}"
        names = name_list([column.name for column in columns])
        raise DataError(f"inputs: must be rows of {len(columns)} values ({names}), got {got}")
    if not len(table):
        raise DataError(f"inputs: must not be empty, got shape {table.shape}")
    encoded = np.empty((len(table), inputs))
    for number, row in enumerate(table.tolist()):
        try:
            encoded[number] = [part for pair in zip(columns, row, strict=True) for part in _encoded(*pair)]
        except ValueError as error:
            raise DataError(f"inputs, row {number}, {error}") from None
    return encoded


def _encoded(column: RawColumn, value: Any) -> Sequence[float]:
    """The inputs for a value.

    Raises:
        ValueError: the column can't hold it.
    """
    text = "" if value is None else str(value).strip()  # the text of NaN means missing
    is_number = isinstance(value, (int, float, np.bool, np.integer, np.floating))
    if is_number and text.removesuffix(".0") in column.missing_words:
        text = text.removesuffix(".0")
    elif is_number and not is_missing(text, column.kind) and column.width == 1:
        text = repr(float(value))
        column = RawColumn(column.name)
    elif is_number and text not in column.categories:
        text = text.removesuffix(".0")  # a whole number that became a float in a table with gaps
    try:
        return column.encoded(text)
    except ValueError as error:
        raise ValueError(f"{column.name}: {error}") from None
