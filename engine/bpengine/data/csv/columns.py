"""Choosing columns by name or position."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bpengine.data.csv.messages import Reading, single_spaced
from bpengine.data.csv.table import Row
from bpengine.data.formulas import constant, number_of
from bpengine.errors import DataError, FormulaError
from bpengine.wording import listed, name_list, printable
from bpwords import Sentence, many, translatable, word

MAX_NAMED = 12
"""The most columns that a message proposes to leave out. With more, it proposes which to keep."""

_SIGN = re.compile(r"[-+*/%()]")
"""A sign of a formula."""
UNNAMED = re.compile(r"column \d{1,8}(?!\w)")
"""The name of a column without a name."""
_SIMPLE_NAME = re.compile(r"\w[\w.-]{0,19}")
"""A short word, which needs no quotes in any shell."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table. Its text form is its description in messages."""

    index: int
    """The position, counted from 0."""
    header: str
    """The name in the header, in printable characters; empty if there is none."""

    def __str__(self) -> str:
        place = Sentence("column {number}")(number=self.index + 1)
        return f"{place} ({printable(self.header)})" if self.header else place

    @property
    def brief(self) -> str:
        """The name alone or, without one, the position."""
        return (
            printable(self.header, 20) if self.header else Sentence("column {number}")(number=self.index + 1)
        )


class Chosen(NamedTuple):
    """The columns that are asked for."""

    features: tuple[Column, ...]
    """The columns to learn from."""
    target: Column
    asked: tuple[str, ...]
    """The features as they are asked for, with the names of columns in place of positions; empty for all."""


class Columns:
    """The columns of one table, which can be chosen by name or by position, counted from 1.

    Args:
        reading: what is asked of the file.
        first: the first row.
        header: whether the first row is a header.

    Attributes:
        all: the columns.
        has_header: whether the first row is a header.
    """

    def __init__(self, reading: Reading, first: Row, *, header: bool) -> None:
        names = [single_spaced(cell) if header else "" for cell in first.cells]
        self.all = tuple(Column(index, printable(name, 100)) for index, name in enumerate(names))
        self._reading, self._spell = reading, reading.spell
        self.has_header = header
        self._line = first.line if header else None
        self._names = names

    def choose(self) -> Chosen:
        """Return the columns that are asked for: those of the features, and the target.

        Raises:
            DataError: a column does not exist or is ambiguous, a feature is repeated or is the target, a
                column is both chosen and left out, or no feature is left.
        """
        if len(self.all) < 2:
            one = word("has only one column: separate features and target with commas, semicolons, tabs or |")
            raise self._error(one)
        asked, name, ignore = self._reading, self._spell("features", None), self._spell("ignore", None)
        ignored = [self._find(column) for column in asked.ignore]
        rest = [column for column in self.all if column not in ignored]
        if not rest:
            raise self._error(f"{ignore}: {word('must leave a column to predict')}")
        last = next((column for column in reversed(rest) if column.header), rest[-1])
        target = last if asked.target is None else self._find(asked.target)
        others = tuple(column for column in rest if column != target)
        features = [self._feature(feature, others) for feature in asked.features or ()]
        needed = tuple(column for _, columns in features for column in columns)
        chosen = others if asked.features is None else needed
        for column in (*chosen, target):
            if column in ignored:
                also = Sentence("{ignore}: {column} is also a feature or the target")
                raise self._error(also(ignore=ignore, column=column))
        if not chosen:
            if asked.features is None:
                raise self._error(f"{ignore}: {word('must leave a column to learn from')}")
            raise self._error(f"{name}: {word('must name at least one column')}")
        if target in chosen:
            both = Sentence("{features}: {column} is also the target")
            raise self._error(both(features=name, column=target))
        names = tuple(feature for feature, _ in features)
        for repeated, count in Counter(names).items():
            if count > 1:
                column = self._feature(repeated, others)[1][0]
                twice = Sentence("{features}: {column} is named twice")
                raise self._error(twice(features=name, column=column))
        return Chosen(tuple(dict.fromkeys(chosen)), target, names)

    def _feature(self, feature: str, others: tuple[Column, ...]) -> tuple[str, tuple[Column, ...]]:
        """Return a feature by the names of columns, and the columns that it needs.

        Args:
            feature: the name or the position of a column, or a formula.
            others: the columns that may be in a formula.

        Raises:
            DataError: it is none of them.
        """
        is_formula = _SIGN.search(feature) is not None
        if not is_formula or self._with_name(feature):
            column = self._find(feature)
            return self.unique_names([column])[0], (column,)
        text, names = single_spaced(feature), self.unique_names(others)
        try:
            used = number_of(text, names).used
        except FormulaError as error:
            raise self._error(f"{self._spell('features', None)}: '{printable(text)}', {error}") from None
        return text, tuple(column for column, name in zip(others, names, strict=True) if name in used)

    def unique_names(self, columns: Sequence[Column]) -> tuple[str, ...]:
        """Return a name for each column, with the position added where names are missing or repeated."""
        counts = Counter(column.header for column in self.all)
        return tuple(
            column.header
            if column.header and counts[column.header] == 1
            else f"{column.header} column {column.index + 1}".strip()
            for column in columns
        )

    def leaving_out(self, columns: Sequence[Column]) -> str:
        """Return how the user can leave out these columns, as a clause.

        The columns are given by name if all names are short words, and otherwise by position.
        """
        headers = Counter(column.header for column in self.all)
        by_name = all(
            _SIMPLE_NAME.fullmatch(column.header) and headers[column.header] == 1 for column in columns
        )
        names = [column.header if by_name else str(column.index + 1) for column in columns]
        is_ambiguous = not by_name and any(name in headers for name in names)
        if len(columns) > MAX_NAMED or is_ambiguous:
            choose = Sentence("{features} chooses the columns to learn from")
            return choose(features=self._spell("features", None))
        one, several = "{ignore} leaves the column out", "{ignore} leaves the columns out"
        return many(len(names), one, several, ignore=self._spell("ignore", names))

    def _with_name(self, text: str) -> list[Column]:
        """The columns with this name in the header, or as `unique_names` writes it."""
        name = single_spaced(text)
        pairs = zip(self.all, self._names, self.unique_names(self.all), strict=True)
        return [column for column, header, unique in pairs if (header and header == name) or unique == name]

    def named(self, text: str, remedy: str = translatable("use a position instead")) -> Column | None:
        """The column with this name, or None.

        Args:
            text: the name.
            remedy: what to do if there are several.

        Raises:
            DataError: there are several.
        """
        columns = self._with_name(text)
        if len(columns) > 1:
            twice = Sentence("'{name}' is the name of columns {places}: {remedy}")
            places, name = listed([str(column.index + 1) for column in columns[:2]]), single_spaced(text)
            raise self._error(twice(name=printable(name), places=places, remedy=word(remedy)))
        return columns[0] if columns else None

    def _find(self, name_or_position: str) -> Column:
        name, column = single_spaced(name_or_position), self.named(name_or_position)
        if column is not None:
            return column
        if is_position(name):
            # A longer number is out of range, and Python refuses to parse thousands of digits.
            position = int(name) if len(name) < 9 else 0
            if 1 <= position <= len(self.all):
                return self.all[position - 1]
            none = Sentence("has no column {name}: positions are 1 to {n}")
            raise self._error(none(name=printable(name), n=len(self.all)))
        raise self.lacks(name)

    def lacks(self, name: str) -> DataError:
        """The error for a column that is not there."""
        lacks = Sentence("has no column '{name}': the columns are {names}")
        if self._line is None:
            lacks = Sentence(
                "has no column '{name}': without a header, columns are chosen by position, 1 to {n}"
            )
        return self._error(lacks(name=printable(name), names=name_list(self._names), n=len(self.all)))

    def _error(self, message: str) -> DataError:
        return self._reading.error(message, line=self._line)


def is_position(text: str) -> bool:
    """Whether the text is the position of a column: ASCII digits."""
    return text.isascii() and text.isdigit()


def needs_header(text: str) -> bool:
    """Whether a column or a formula needs names from a header: not only positions, or column 1 and so on."""
    name = single_spaced(text)
    numbered = UNNAMED.sub("1", name)
    if is_position(numbered):
        return False
    try:
        constant(numbered)
    except FormulaError:
        return True
    return numbered == name
