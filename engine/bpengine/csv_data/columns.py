"""Which column is what: header or not, names or positions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bpengine.csv_data.numbers import is_missing, number
from bpengine.csv_data.table import Row
from bpengine.csv_data.wording import collapsed, listed, refusal
from bpengine.errors import DataError
from bpengine.wording import printable


@dataclass(frozen=True, slots=True)
class Column:
    """One of the table's columns. As text it is what messages call it."""

    index: int
    """Counted from 0."""
    header: str
    """What the header calls it, printable; empty if there is none."""

    def __str__(self) -> str:
        place = f"column {self.index + 1}"
        return f"{place} ({printable(self.header)})" if self.header else place


class Columns:
    """The columns of one table, by name or by position counted from 1.

    Attributes:
        all: every column.
    """

    def __init__(self, file: str, first: Row, *, header: bool) -> None:
        names = [collapsed(cell) if header else "" for cell in first.cells]
        self.all = tuple(Column(index, printable(name, 100)) for index, name in enumerate(names))
        self._file = file
        self._line = first.line if header else None
        self._names = names

    def choose(self, features: Sequence[str] | None, target: str | None) -> tuple[tuple[Column, ...], Column]:
        """The features and the target: by default the last column and all others.

        Raises:
            DataError: there is no such column, or more than one; one is named twice; no feature is left.
        """
        if len(self.all) < 2:
            raise self._refusal("has 1 column: it takes a feature and a target, parted by , or ; or a tab")
        aim = self.all[-1] if target is None else self._find(target)
        if features is None:
            return tuple(column for column in self.all if column != aim), aim
        chosen = tuple(self._find(feature) for feature in features)
        if not chosen:
            raise self._refusal("features: it takes at least one")
        for column, count in Counter(chosen).items():
            if count > 1:
                raise self._refusal(f"features: {column} is named twice")
            if column == aim:
                raise self._refusal(f"features: {column} is the target")
        return chosen, aim

    def names(self, columns: Sequence[Column]) -> tuple[str, ...]:
        """What to call them, without two of the same name."""
        counts = Counter(column.header for column in columns)
        unique = [column.header and counts[column.header] == 1 for column in columns]
        return tuple(
            column.header if own else f"{column.header} column {column.index + 1}".strip()
            for column, own in zip(columns, unique, strict=True)
        )

    def _find(self, wanted: str) -> Column:
        name = collapsed(wanted)
        found = [column for column, own in zip(self.all, self._names, strict=True) if own and own == name]
        if len(found) > 1:
            places = " and ".join(str(column.index + 1) for column in found[:2])
            raise self._refusal(
                f"'{printable(name)}' is the name of columns {places}: give a position instead"
            )
        if found:
            return found[0]
        if is_position(name):
            # Longer ones are out of range, and Python refuses thousands of digits.
            position = int(name) if len(name) < 9 else 0
            if 1 <= position <= len(self.all):
                return self.all[position - 1]
            raise self._refusal(f"no column {printable(name)}: positions are 1 to {len(self.all)}")
        has = f"it has {listed(self._names)}"
        if self._line is None:
            has = f"without a header columns go by position, 1 to {len(self.all)}"
        raise self._refusal(f"no column '{printable(name)}': {has}")

    def _refusal(self, message: str) -> DataError:
        return refusal(self._file, message, line=self._line)


def is_position(text: str) -> bool:
    """Whether the text is a whole number in plain digits."""
    return text.isascii() and text.isdigit()


def guess_header(file: str, first: Row, second: Row, label: int | None) -> bool:
    """Whether the first row is a header: whether a word stands there above a number.

    A number above a number says that it is none. Cells that are empty, marks of missing values, or words that
    begin like a number say nothing.

    Args:
        file: for messages.
        first: the first row.
        second: the next one.
        label: the index of the column of classes, which counts only if no other says anything.

    Raises:
        DataError: one column says so, another one otherwise.
    """
    numbers: list[int] = []
    words: list[int] = []
    for index, (above, below) in enumerate(zip(first.cells, second.cells, strict=True)):
        if number(below) is None or is_missing(above):
            continue
        if number(above) is not None:
            numbers.append(index)
        elif above[0] not in "0123456789+-.":
            words.append(index)
    if label is not None and {label} < {*numbers, *words}:
        numbers, words = ([index for index in indices if index != label] for indices in (numbers, words))
    if numbers and words:
        word = printable(first.cells[words[0]])
        message = f"'{word}' may be the column's name or a mistake: say which with --header yes or no"
        raise refusal(file, message, line=first.line, column=Column(words[0], ""))
    return bool(words)
