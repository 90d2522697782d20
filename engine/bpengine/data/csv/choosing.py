"""Choosing the columns to learn from and the column to predict, and how a user leaves columns out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from bpengine.data.csv.columns import Column, Columns
from bpengine.data.csv.messages import single_spaced
from bpengine.data.formulas import number_of
from bpengine.errors import DataError, FormulaError
from bpwords import Sentence, many, printable, word

MAX_NAMED = 12
"""The most columns that a message proposes to leave out. With more, it proposes which to keep."""
_SIGN = re.compile(r"[-+*/%()]")
"""A sign of a formula."""
_SIMPLE_NAME = re.compile(r"\w[\w.-]{0,19}")
"""A short word, which needs no quotes in any shell."""
_IGNORED = Sentence("{ignore}: {column} is also a feature or the target")
_TARGET = Sentence("{features}: {column} is also the target")
_TWICE = Sentence("{features}: {column} is named twice")


class Chosen(NamedTuple):
    """The columns that are asked for."""

    features: tuple[Column, ...]
    """The columns to learn from."""
    target: Column
    asked: tuple[str, ...]
    """The features as they are asked for, with the names of columns in place of positions; empty for all."""


class _Feature(NamedTuple):
    """A feature that is asked for."""

    text: str
    """The name of a column, or a formula."""
    columns: tuple[Column, ...]
    """The columns that it needs."""


def choose(columns: Columns) -> Chosen:
    """Return the columns that are asked for: those of the features, and the target.

    Raises:
        DataError: a column does not exist or is ambiguous, a feature is repeated or is the target, a
            column is both chosen and left out, or no feature is left.
    """
    asked = columns.reading
    if len(columns.all) < 2:
        one = word("has only one column: separate features and target with commas, semicolons, tabs or |")
        raise columns.error(one)
    ignored = [columns.find(text) for text in asked.ignore]
    rest = [column for column in columns.all if column not in ignored]
    if not rest:
        raise _refused(columns, "ignore", word("must leave a column to predict"))
    last = next((column for column in reversed(rest) if column.header), rest[-1])
    target = last if asked.target is None else columns.find(asked.target)
    others = tuple(column for column in rest if column != target)
    features = [_feature(columns, text, others) for text in asked.features or ()]
    needed = tuple(column for feature in features for column in feature.columns)
    chosen = others if asked.features is None else needed
    _check(columns, chosen, target, ignored)
    for feature, count in Counter(features).items():
        if count > 1:
            raise columns.error(_TWICE(features=_option(columns, "features"), column=feature.columns[0]))
    return Chosen(tuple(dict.fromkeys(chosen)), target, tuple(feature.text for feature in features))


def _feature(columns: Columns, text: str, others: tuple[Column, ...]) -> _Feature:
    """Return the feature that a text asks for: a column by name or position, or a formula of `others`.

    Raises:
        DataError: it is none of them.
    """
    if not _SIGN.search(text) or columns.with_name(text):
        column = columns.find(text)
        return _Feature(column.name, (column,))
    formula = single_spaced(text)
    try:
        used = number_of(formula, tuple(column.name for column in others)).used
    except FormulaError as error:
        raise _refused(columns, "features", f"'{printable(formula)}', {error}") from None
    return _Feature(formula, tuple(column for column in others if column.name in used))


def _check(columns: Columns, chosen: Sequence[Column], target: Column, ignored: Sequence[Column]) -> None:
    """Refuse columns with two purposes, and a choice that leaves no feature.

    Raises:
        DataError: a feature or the target is left out, there is no feature, or one is the target.
    """
    for column in (*chosen, target):
        if column in ignored:
            raise columns.error(_IGNORED(ignore=_option(columns, "ignore"), column=column))
    if not chosen and columns.reading.features is None:
        raise _refused(columns, "ignore", word("must leave a column to learn from"))
    if not chosen:
        raise _refused(columns, "features", word("must name at least one column"))
    if target in chosen:
        raise columns.error(_TARGET(features=_option(columns, "features"), column=target))


def leaving_out(columns: Columns, unwanted: Sequence[Column]) -> str:
    """Return how the user can leave out some columns, as a clause.

    They are given by their headers if all of these are short words, and otherwise by position.
    """
    by_header = all(column.is_unique and _SIMPLE_NAME.fullmatch(column.header) for column in unwanted)
    texts = [column.header if by_header else str(column.index + 1) for column in unwanted]
    is_ambiguous = not by_header and any(column.header in texts for column in columns.all)
    if len(unwanted) > MAX_NAMED or is_ambiguous:
        return Sentence("{features} chooses the columns to learn from")(features=_option(columns, "features"))
    one, several = "{ignore} leaves the column out", "{ignore} leaves the columns out"
    return many(len(texts), one, several, ignore=columns.reading.spell("ignore", texts))


def _option(columns: Columns, name: str) -> str:
    """How a message writes the option alone."""
    return columns.reading.spell(name, None)


def _refused(columns: Columns, option: str, problem: str) -> DataError:
    return columns.error(f"{_option(columns, option)}: {problem}")
