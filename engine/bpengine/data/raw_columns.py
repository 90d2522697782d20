"""`RawColumn`: how a column of the user's rows becomes one or more inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.data.cells import (
    CACHED,
    MISSING_NUMBERS,
    MISSING_TEXTS,
    number_problem,
    parse_boolean,
    parse_date,
    parse_number,
)
from bpengine.data.checks import LARGEST
from bpengine.errors import DataError
from bpengine.wording import name_list, printable

Kind = Literal["number", "boolean", "date", "text"]
KINDS: tuple[Kind, ...] = get_args(Kind)

MAX_CATEGORY = 200
"""The most characters of a category. Longer texts are compared only up to this length."""

_ALLOWED = {
    "boolean": "true or false",
    "date": "a date such as 2024-01-31",
}


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A column of raw rows. A text becomes one input for each category: one is 1 and the others are 0."""

    name: str
    kind: Kind = "number"
    categories: tuple[str, ...] = ()
    """The texts, in the order of their inputs; empty for the other kinds."""
    origin: float = 0.0
    """The days from 1970 to the date that becomes 0; 0 for the other kinds."""
    fill: tuple[float, ...] = ()
    """The inputs for a missing value; empty if a missing value is not allowed."""

    @property
    def width(self) -> int:
        """The number of inputs."""
        return len(self.categories) if self.kind == "text" else 1

    def encoded(self, cell: str, *, decimal_comma: bool = False) -> Sequence[float]:
        """Return the inputs for the text of a cell.

        Raises:
            ValueError: the column can't hold this text; the message says what it can hold.
        """
        if self.kind == "number":
            value = parse_number(cell, decimal_comma=decimal_comma)
            if value is not None and -LARGEST <= value <= LARGEST:
                return (value,)
        if is_missing(cell, self.kind):
            if not self.fill:
                raise ValueError("is empty")
            return self.fill
        if self.kind == "text":
            text = category_of(cell)
            if text not in self.categories:
                raise ValueError(f"must be one of {name_list(self.categories)}, got '{printable(cell)}'")
            return [float(text == category) for category in self.categories]
        if self.kind == "number":
            raise ValueError(number_problem(cell))
        value = parse_boolean(cell) if self.kind == "boolean" else parse_date(cell)
        if value is None:
            raise ValueError(f"must be {_ALLOWED[self.kind]}, got '{printable(cell)}'")
        return (value - self.origin,)


@lru_cache(maxsize=CACHED)
def category_of(cell: str) -> str:
    """Return the category of a text: the text with single spaces, in printable characters."""
    text = " ".join(cell.split())
    return text if text.isprintable() and len(text) <= MAX_CATEGORY else printable(text, MAX_CATEGORY)


def is_missing(cell: str, kind: Kind) -> bool:
    """Whether a cell is empty or means a missing value in a column of this kind."""
    return cell.lower() in (MISSING_TEXTS if kind == "text" else MISSING_NUMBERS)


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
    if is_number and not is_missing(text, column.kind) and column.width == 1:
        text = repr(float(value))
        column = RawColumn(column.name)
    elif is_number and text not in column.categories:
        text = text.removesuffix(".0")  # a whole number that became a float in a table with gaps
    try:
        return column.encoded(text)
    except ValueError as error:
        raise ValueError(f"{column.name}: {error}") from None
