"""What is said about the columns of a file: why they are refused, or how they were read.

Notes tell what was left out, filled, converted or guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bpengine.data.csv.choosing import leaving_out
from bpengine.data.csv.columns import Columns
from bpengine.data.csv.messages import Reading, Spelling
from bpengine.data.csv.survey import ColumnSurvey, LineText
from bpengine.data.dates import ASKED_ORDERS, date_text, parse_date
from bpengine.data.raw_columns import MISSING_TEXTS, RawColumn, parse_number
from bpengine.errors import DataError
from bpwords import Sentence, listed, many, printable, word
from bpwords.numbers import value_text

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
    if len(unusable) == 1 and not gaps and unusable[0].is_mixed and not unusable[0].repeated_word:
        return None  # the second pass names the cell
    if not unusable and not gaps:
        return None
    remedies = [leaving_out(columns, [survey.column for survey in unusable])] if unusable else []
    if any(survey.kind == "date" and survey.has_two_orders for survey in unusable):
        chosen = [reading.spell("dates", order) for order in ASKED_ORDERS]
        remedies.append(Sentence("{dmy} or {mdy} says which")(dmy=chosen[0], mdy=chosen[1]))
    if words := tuple(dict.fromkeys(filter(None, (survey.repeated_word for survey in unusable)))):
        takes = Sentence("{missing_words} takes {texts} for empty")
        texts = listed([f"'{text}'" for text in words])
        remedies.append(takes(missing_words=reading.spell("missing_words", words), texts=texts))
    if gaps:
        cells, drop = sum(gap.missing for gap in gaps), reading.spell("missing", "drop")
        if gaps != [target]:
            fill = reading.spell("missing", "mean")
            remedies.append(many(cells, "{fill} fills it", "{fill} fills them", fill=fill))
        one, several = "{drop} leaves its row out", "{drop} leaves their rows out"
        remedies.append(many(cells, one, several, drop=drop))
        if not unusable and target not in gaps:
            remedies += [leaving_out(columns, [gap.column for gap in gaps])]
    comma = word(", ", "legend")
    if len(unusable) + len(gaps) == 1:
        (survey,) = (*unusable, *gaps)
        first = survey.first_missing if gaps and survey.missing == 1 else None
        line = None if first is None else first[0]
        message = f"{survey.unusable or _empty_cells(survey)}{word(': ', 'list')}{comma.join(remedies)}"
        return reading.error(message, line=line, column=survey.column)
    described = [f"{survey.column.brief} {survey.unusable}" for survey in unusable[:_MAX_DESCRIBED]]
    described += _more(len(unusable) - _MAX_DESCRIBED)
    described += [f"{gap.column.brief} {_empty_cells(gap)}" for gap in gaps[:_MAX_DESCRIBED]]
    described += _more(len(gaps) - _MAX_DESCRIBED)
    return reading.error(f"{comma.join(described)}{word(': ', 'list')}{comma.join(remedies)}")


def _more(columns: int) -> list[str]:
    one, several = "and so on in {n} more column", "and so on in {n} more columns"
    return [many(columns, one, several)] if columns > 0 else []


def _empty_cells(survey: ColumnSurvey) -> str:
    said = many(survey.missing, "has an empty cell", "has {n} empty cells", n=f"{survey.missing:,}")
    return said + _named(survey.marks)


def _named(marks: Sequence[str]) -> str:
    """The texts that mean empty cells, in parentheses after what is said of these; empty without any."""
    texts = word(", ", "legend").join(f"'{printable(mark, 20)}'" for mark in marks)
    return f" ({texts})" if texts else ""


def about_held_out(share: float, rows: int) -> str:
    """Return a note on rows that are held out without having been asked for.

    Args:
        share: the share of them, from 0 to 1.
        rows: how many rows there are.
    """
    said = Sentence("{share} % of the {rows} rows are held out for the test: --test-share none trains on all")
    return said(share=f"{100 * share:g}", rows=rows)


def about_table(comments: int, index: ColumnSurvey | None, comma: LineText | None) -> Iterator[str]:
    """Yield notes about the table as a whole.

    Args:
        comments: the number of comment lines.
        index: the column that counts the rows and was left out, or None.
        comma: the first number with a decimal comma, or None.
    """
    if comments:
        one, several = "{n} comment line (#) left out", "{n} comment lines (#) left out"
        yield many(comments, one, several, n=f"{comments:,}")
    if index is not None:
        yield Sentence("{column} has no name and counts the rows: left out")(column=index.column)
    if comma is not None:
        value = parse_number(comma[1], decimal_comma=True)
        said = Sentence("decimal commas: {text} in line {line} is read as {value}")
        yield said(text=printable(comma[1], 20), line=comma[0], value=f"{value:.15g}")


def about_features(features: Sequence[Feature], columns: Columns) -> Iterator[str]:
    """Yield notes about columns that count rows, and about dates and texts that became numbers.

    Args:
        features: the surveys of the features, and how they become inputs.
        columns: all columns.
    """
    for survey, _ in features if len(features) > 1 else ():
        if survey.counts_rows:
            counts = Sentence("{column} counts the rows: {remedy}")
            yield counts(column=survey.column.brief, remedy=leaving_out(columns, [survey.column]))
    for survey, raw in features:
        if raw.kind == "date":
            days = Sentence("{column} is taken as days since {date}")
            if "date" in survey.first:
                days = Sentence("{column} is taken as days since {date}: {text} in line {line} is {read}")
            line, text = survey.first.get("date", (0, ""))
            read = parse_date(text, raw.dates)
            shown = {
                "line": line,
                "text": printable(text, 20),
                "read": "" if read is None else date_text(read),
            }
            yield days(column=survey.column.brief, date=date_text(raw.origin), **shown)
    texts = [(survey, raw) for survey, raw in features if raw.kind == "text"]
    if texts:
        named = [f"{survey.column.brief} ({raw.width})" for survey, raw in texts]
        yield Sentence("one 0/1 input for each text of {columns}")(columns=_some(named))
    for survey, raw in texts:
        yield from _alike(raw.categories, survey, word("texts", "alike"))


def about_missing(
    features: Sequence[Feature], *, marks: Sequence[str], left_out: int, rows: int
) -> Iterator[str]:
    """Yield notes about missing values.

    Args:
        features: the surveys of the features, and how they become inputs.
        marks: the texts that mean a missing value in a row that was left out.
        left_out: the number of rows that were left out.
        rows: the number of all rows.
    """
    if left_out:
        one = "{n} row of {rows} with empty cells{named} left out"
        several = "{n} rows of {rows} with empty cells{named} left out"
        yield many(left_out, one, several, n=f"{left_out:,}", rows=f"{rows:,}", named=_named(marks))
    filled = [_filled(survey, raw) for survey, raw in features if raw.fill and survey.missing]
    yield from (*filled[:_MAX_NAMED], *_more(len(filled) - _MAX_NAMED))


def about_labels(survey: ColumnSurvey, classes: Sequence[str], spell: Spelling) -> Iterator[str]:
    """Yield notes about class labels that may be mistakes."""
    for label in classes:
        if label.lower() in MISSING_TEXTS:
            taken = Sentence("'{label}' in {column} is taken for a class: {drop} leaves its rows out")
            yield taken(label=label, column=survey.column, drop=spell("missing", "drop"))
    yield from _alike(classes, survey, word("classes", "alike"))


def _alike(texts: Sequence[str], survey: ColumnSurvey, what: str) -> Iterator[str]:
    """Yield a note about the first two texts that differ only in their spelling."""
    seen: dict[object, str] = {}
    for text in texts:
        number = parse_number(text)
        other = seen.setdefault(text.casefold() if number is None else number, text)
        if other != text:
            pair = {"one": printable(other, 20), "other": printable(text, 20)}
            alike = Sentence(
                "'{one}' and '{other}' in {column} look alike, and are taken for different {what}"
            )
            yield alike(column=survey.column.brief, what=what, **pair)
            return


def _filled(survey: ColumnSurvey, raw: RawColumn) -> str:
    mean, frequent = Sentence("its mean, {value}"), Sentence("its most frequent value, {value}")
    match raw.kind:
        case "number":
            fill = mean(value=value_text(raw.fill[0]))
        case "date":
            fill = mean(value=date_text(raw.fill[0] + raw.origin))
        case _:
            fill = frequent(value=printable(survey.most_frequent, 20))
    one = "{n} empty cell{named} of {column} filled with {fill}"
    several = "{n} empty cells{named} of {column} filled with {fill}"
    named = {"named": _named(survey.marks), "column": survey.column.brief}
    return many(survey.missing, one, several, n=f"{survey.missing:,}", fill=fill, **named)


def _some(parts: Sequence[str]) -> str:
    rest = len(parts) - _MAX_NAMED
    return listed([*parts[:_MAX_NAMED], *([Sentence("{n} more")(n=rest)] if rest > 0 else [])])
