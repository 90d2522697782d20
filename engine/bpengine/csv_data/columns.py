"""Choosing columns by name or position, and detecting a header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bpengine.csv_data.messages import data_error, name_list, single_spaced
from bpengine.csv_data.numbers import is_missing, parse_number
from bpengine.csv_data.table import Row
from bpengine.errors import DataError
from bpengine.wording import printable


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table. Its text form is its description in messages."""

    index: int
    """The position, counted from 0."""
    header: str
    """The name in the header, in printable characters; empty if there is none."""

    def __str__(self) -> str:
        place = f"column {self.index + 1}"
        return f"{place} ({printable(self.header)})" if self.header else place


class Columns:
    """The columns of one table, which can be chosen by name or by position, counted from 1."""

    def __init__(self, file: str, first: Row, *, header: bool) -> None:
        """Describe the columns.

        Args:
            file: the file's name, for messages.
            first: the first row.
            header: whether the first row is a header.
        """
        names = [single_spaced(cell) if header else "" for cell in first.cells]
        self._all = tuple(Column(index, printable(name, 100)) for index, name in enumerate(names))
        self._file = file
        self._line = first.line if header else None
        self._names = names

    def choose(self, features: Sequence[str] | None, target: str | None) -> tuple[tuple[Column, ...], Column]:
        """Return the feature columns and the target column.

        Args:
            features: names or positions of the features; None for all columns but the target.
            target: the name or position of the target; None for the last column.

        Raises:
            DataError: a column does not exist or is ambiguous, a feature is repeated or is the target, or no
                feature is left.
        """
        if len(self._all) < 2:
            raise self._error(
                "has only one column: separate features and target with commas, semicolons or tabs"
            )
        target_column = self._all[-1] if target is None else self._find(target)
        if features is None:
            return tuple(column for column in self._all if column != target_column), target_column
        chosen = tuple(self._find(feature) for feature in features)
        if not chosen:
            raise self._error("features: must name at least one column")
        for column, count in Counter(chosen).items():
            if count > 1:
                raise self._error(f"features: {column} is named twice")
            if column == target_column:
                raise self._error(f"features: {column} is also the target")
        return chosen, target_column

    def unique_names(self, columns: Sequence[Column]) -> tuple[str, ...]:
        """Return a name for each column, with the position added where names are missing or repeated."""
        counts = Counter(column.header for column in columns)
        return tuple(
            column.header
            if column.header and counts[column.header] == 1
            else f"{column.header} column {column.index + 1}".strip()
            for column in columns
        )

    def _find(self, name_or_position: str) -> Column:
        name = single_spaced(name_or_position)
        found = [
            column for column, header in zip(self._all, self._names, strict=True) if header and header == name
        ]
        if len(found) > 1:
            places = " and ".join(str(column.index + 1) for column in found[:2])
            raise self._error(f"'{printable(name)}' is the name of columns {places}: use a position instead")
        if found:
            return found[0]
        if is_position(name):
            # A longer number is out of range, and Python refuses to parse thousands of digits.
            position = int(name) if len(name) < 9 else 0
            if 1 <= position <= len(self._all):
                return self._all[position - 1]
            raise self._error(f"has no column {printable(name)}: positions are 1 to {len(self._all)}")
        available = f"the columns are {name_list(self._names)}"
        if self._line is None:
            available = f"without a header, columns are chosen by position, 1 to {len(self._all)}"
        raise self._error(f"has no column '{printable(name)}': {available}")

    def _error(self, message: str) -> DataError:
        return data_error(self._file, message, line=self._line)


def is_position(text: str) -> bool:
    """Whether the text consists of ASCII digits."""
    return text.isascii() and text.isdigit()


def guess_header(file: str, first: Row, second: Row, label: int | None) -> bool:
    """Guess whether the first row is a header from the columns that hold a number in the second row.

    A word above a number suggests a header, and a number above a number suggests data. Cells in the first row
    are ignored if they are empty, mark a missing value, or hold a word that begins like a number.

    Args:
        file: the file's name, for messages.
        first: the first row.
        second: the second row.
        label: the index of the column of class labels, which counts only if no other column suggests
            anything; None if there is no such column.

    Raises:
        DataError: one column suggests a header, and another suggests data.
    """
    numbers: list[int] = []
    words: list[int] = []
    for index, (above, below) in enumerate(zip(first.cells, second.cells, strict=True)):
        if parse_number(below) is None or is_missing(above):
            continue
        if parse_number(above) is not None:
            numbers.append(index)
        elif above[0] not in "0123456789+-.":
            words.append(index)
    if label is not None and {label} < {*numbers, *words}:
        numbers, words = ([index for index in indices if index != label] for indices in (numbers, words))
    if numbers and words:
        word = printable(first.cells[words[0]])
        message = f"'{word}' may be a column name or a mistake: choose with --header yes or --header no"
        raise data_error(file, message, line=first.line, column=Column(words[0], ""))
    return bool(words)
