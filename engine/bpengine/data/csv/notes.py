"""Notes for the user about how a file was read: what was left out, filled, converted or guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bpengine.data.cells import MISSING_TEXTS, date_text, parse_number
from bpengine.data.csv.columns import Column
from bpengine.data.csv.messages import Spelling, counted, joined
from bpengine.data.csv.survey import Cell, ColumnSurvey
from bpengine.data.raw_columns import RawColumn
from bpengine.wording import printable

_MAX_NAMED = 6


def about_table(comments: int, index: ColumnSurvey | None, comma: Cell | None) -> Iterator[str]:
    """Yield notes about the table as a whole.

    Args:
        comments: the number of comment lines.
        index: the column that counts the rows and was left out, or None.
        comma: the first number with a decimal comma, or None.
    """
    if comments:
        yield f"{counted(comments, 'comment line')} (#) left out"
    if index is not None:
        yield f"{index.column} has no name and counts the rows: left out"
    if comma is not None:
        value = parse_number(comma[1], decimal_comma=True)
        yield f"decimal commas: {printable(comma[1], 20)} in line {comma[0]} is read as {value:g}"


def about_features(
    surveys: Sequence[ColumnSurvey], raws: Sequence[RawColumn], leaving_out: Callable[[Sequence[Column]], str]
) -> Iterator[str]:
    """Yield notes about columns that count rows, and about dates and texts that became numbers.

    Args:
        surveys, raws: the features.
        leaving_out: returns how the user can leave out columns, as a clause.
    """
    for survey in surveys if len(surveys) > 1 else ():
        if survey.counts_rows:
            yield f"{survey.column.brief} counts the rows: {leaving_out([survey.column])}"
    for survey, raw in zip(surveys, raws, strict=True):
        if raw.kind == "date":
            yield f"{survey.column.brief} is taken as days since {date_text(raw.origin)}"
    texts = [
        f"{survey.column.brief} ({raw.width})"
        for survey, raw in zip(surveys, raws, strict=True)
        if raw.kind == "text"
    ]
    if texts:
        yield f"one 0/1 input for each text of {_some(texts)}"
    for survey, raw in zip(surveys, raws, strict=True):
        if raw.kind == "text":
            yield from _alike(raw.categories, survey, "texts")


def about_missing(
    surveys: Sequence[ColumnSurvey], raws: Sequence[RawColumn], *, left_out: int, rows: int
) -> Iterator[str]:
    """Yield notes about missing values.

    Args:
        surveys, raws: the features.
        left_out: the number of rows that were left out.
        rows: the number of all rows.
    """
    if left_out:
        yield f"{counted(left_out, 'row')} of {rows:,} with empty cells left out"
    filled = [
        f"{counted(survey.missing, 'empty cell')} of {survey.column.brief} filled with {_fill(survey, raw)}"
        for survey, raw in zip(surveys, raws, strict=True)
        if raw.fill and survey.missing
    ]
    yield from filled[:_MAX_NAMED]
    if len(filled) > _MAX_NAMED:
        yield f"and so on in {counted(len(filled) - _MAX_NAMED, 'more column')}"


def about_labels(survey: ColumnSurvey, classes: Sequence[str], spell: Spelling) -> Iterator[str]:
    """Yield notes about class labels that may be mistakes."""
    for label in classes:
        if label.lower() in MISSING_TEXTS:
            drop = spell("missing", "drop")
            yield f"'{label}' in {survey.column} is taken for a class: {drop} leaves its rows out"
    yield from _alike(classes, survey, "classes")


def _alike(texts: Sequence[str], survey: ColumnSurvey, what: str) -> Iterator[str]:
    """Yield a note about the first two texts that differ only in their spelling."""
    seen: dict[object, str] = {}
    for text in texts:
        number = parse_number(text)
        other = seen.setdefault(text.casefold() if number is None else number, text)
        if other != text:
            shown = f"'{printable(other, 20)}' and '{printable(text, 20)}'"
            yield f"{shown} in {survey.column.brief} look alike, and are taken for different {what}"
            return


def _fill(survey: ColumnSurvey, raw: RawColumn) -> str:
    match raw.kind:
        case "number":
            return f"its mean, {raw.fill[0]:.4g}"
        case "date":
            return f"its mean, {date_text(raw.fill[0] + raw.origin)}"
        case _:
            return f"its most frequent value, {printable(survey.most_frequent, 20)}"


def _some(parts: Sequence[str]) -> str:
    rest = len(parts) - _MAX_NAMED
    return joined([*parts[:_MAX_NAMED], *([f"{rest} more"] if rest > 0 else [])])
