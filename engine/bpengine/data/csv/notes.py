"""What is said about the columns of a file: why they are refused, or how they were read.

Notes tell what was left out, filled, converted or guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bpengine.data.csv.columns import Column, Columns
from bpengine.data.csv.messages import Reading, Spelling, amount
from bpengine.data.csv.survey import ColumnSurvey, LineText
from bpengine.data.raw_columns import MISSING_TEXTS, RawColumn, date_text, parse_number
from bpengine.errors import DataError
from bpengine.wording import listed, printable

Feature = tuple[ColumnSurvey, RawColumn]
_MAX_NAMED = 6
_MAX_DESCRIBED = 3
"""The most columns with each kind of problem that a message describes."""


def refusal(
    reading: Reading, columns: Columns, features: Sequence[ColumnSurvey], target: ColumnSurvey
) -> DataError | None:
    """Return the error for columns that can't be learned from and for missing values, or None.

    Args:
        reading: what is asked of the file.
        columns: all columns.
        features: the feature columns.
        target: the target column.
    """
    unusable = [survey for survey in features if survey.unusable]
    usable = [survey for survey in features if not survey.unusable]
    gaps = [survey for survey in (*usable, target) if survey.missing] if reading.missing == "refuse" else []
    if len(unusable) == 1 and not gaps and unusable[0].is_mixed:
        return None  # the second pass names the cell
    if not unusable and not gaps:
        return None
    remedies = [columns.leaving_out([survey.column for survey in unusable])] if unusable else []
    if gaps:
        fill, drop = reading.spell("missing", "mean"), reading.spell("missing", "drop")
        is_one = sum(gap.missing for gap in gaps) == 1
        remedies += [] if gaps == [target] else [f"{fill} fills {'it' if is_one else 'them'}"]
        remedies += [f"{drop} leaves {'its row' if is_one else 'their rows'} out"]
        if not unusable and target not in gaps:
            remedies += [columns.leaving_out([gap.column for gap in gaps])]
    if len(unusable) + len(gaps) == 1:
        (survey,) = (*unusable, *gaps)
        first = survey.first_missing if gaps and survey.missing == 1 else None
        line = None if first is None else first[0]
        message = f"{survey.unusable or _empty_cells(survey)}: {', '.join(remedies)}"
        return reading.error(message, line=line, column=survey.column)
    described = [f"{survey.column.brief} {survey.unusable}" for survey in unusable[:_MAX_DESCRIBED]]
    described += _more(len(unusable) - _MAX_DESCRIBED)
    described += [f"{gap.column.brief} {_empty_cells(gap)}" for gap in gaps[:_MAX_DESCRIBED]]
    described += _more(len(gaps) - _MAX_DESCRIBED)
    return reading.error(f"{', '.join(described)}: {', '.join(remedies)}")


def _more(columns: int) -> list[str]:
    return [f"and so on in {amount(columns, 'more column')}"] if columns > 0 else []


def _empty_cells(survey: ColumnSurvey) -> str:
    first = survey.first_missing
    example = f" ('{printable(first[1], 20)}')" if first is not None and first[1] else ""
    return f"has {'an empty cell' if survey.missing == 1 else f'{survey.missing:,} empty cells'}{example}"


def about_table(comments: int, index: ColumnSurvey | None, comma: LineText | None) -> Iterator[str]:
    """Yield notes about the table as a whole.

    Args:
        comments: the number of comment lines.
        index: the column that counts the rows and was left out, or None.
        comma: the first number with a decimal comma, or None.
    """
    if comments:
        yield f"{amount(comments, 'comment line')} (#) left out"
    if index is not None:
        yield f"{index.column} has no name and counts the rows: left out"
    if comma is not None:
        value = parse_number(comma[1], decimal_comma=True)
        yield f"decimal commas: {printable(comma[1], 20)} in line {comma[0]} is read as {value:.15g}"


def about_features(features: Sequence[Feature], leaving_out: Callable[[list[Column]], str]) -> Iterator[str]:
    """Yield notes about columns that count rows, and about dates and texts that became numbers.

    Args:
        features: the surveys of the features, and how they become inputs.
        leaving_out: returns how the user can leave out columns, as a clause.
    """
    for survey, _ in features if len(features) > 1 else ():
        if survey.counts_rows:
            yield f"{survey.column.brief} counts the rows: {leaving_out([survey.column])}"
    for survey, raw in features:
        if raw.kind == "date":
            yield f"{survey.column.brief} is taken as days since {date_text(raw.origin)}"
    texts = [(survey, raw) for survey, raw in features if raw.kind == "text"]
    if texts:
        named = [f"{survey.column.brief} ({raw.width})" for survey, raw in texts]
        yield f"one 0/1 input for each text of {_some(named)}"
    for survey, raw in texts:
        yield from _alike(raw.categories, survey, "texts")


def about_missing(features: Sequence[Feature], *, left_out: int, rows: int) -> Iterator[str]:
    """Yield notes about missing values.

    Args:
        features: the surveys of the features, and how they become inputs.
        left_out: the number of rows that were left out.
        rows: the number of all rows.
    """
    if left_out:
        yield f"{amount(left_out, 'row')} of {rows:,} with empty cells left out"
    filled = [
        f"{amount(survey.missing, 'empty cell')} of {survey.column.brief} filled with {_fill(survey, raw)}"
        for survey, raw in features
        if raw.fill and survey.missing
    ]
    yield from (*filled[:_MAX_NAMED], *_more(len(filled) - _MAX_NAMED))


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
    return listed([*parts[:_MAX_NAMED], *([f"{rest} more"] if rest > 0 else [])])
