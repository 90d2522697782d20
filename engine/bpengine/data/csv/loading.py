"""Loading a CSV file as a data set."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from bpengine.choices import MISSING, Missing, Task
from bpengine.data.csv.choosing import choose
from bpengine.data.csv.columns import Column, Columns, needs_header
from bpengine.data.csv.conversion import Conversion
from bpengine.data.csv.files import read_text
from bpengine.data.csv.messages import Reading, Spelling, as_argument
from bpengine.data.csv.survey import ColumnSurvey
from bpengine.data.csv.table import CsvTable, Row
from bpengine.data.dataset import Dataset
from bpengine.data.dates import DateOrder, looks_like_date
from bpengine.data.raw_columns import is_missing, parse_number
from bpwords import Sentence, name_list, printable, word

SAMPLE_ROWS = 100
"""How many rows below the first one are examined to guess whether it is a header."""
EXAMINED_ROWS = 1000
"""How many rows are examined to say what the columns have."""
MAX_LISTED = 4
"""The most values of a column that are listed."""
MAX_LABELS = 10
"""The most different whole numbers of a column that are taken for labels of classes."""
TARGETS = frozenset(
    {"target", "class", "label", "y", "outcome", "output", "result", "species", "survived", "price"}
)
"""The names by which a target is known."""
_NAME = re.compile(r"0\d+|(?:1[89]|2[01])\d\d")
"""A code that begins with 0, or a year from 1800 to 2199: a number that is often the name of a column."""
_ID = re.compile(r"(?:^|[_ ])id$|I[Dd]$")
"""The end of a name that says that a column identifies the rows."""


def load_csv(
    path: str | os.PathLike[str],
    task: Task,
    *,
    features: Sequence[str | int] | None = None,
    target: str | int | None = None,
    header: bool | None = None,
    missing: Missing = "refuse",
    missing_words: Sequence[str] = (),
    dates: DateOrder | None = None,
    ignore: Sequence[str | int] = (),
    picture: str = "",
    spell: Spelling = as_argument,
) -> Dataset:
    """Load a data set from a CSV file. Nothing is scaled or held out yet.

    The cells are separated by commas, or by semicolons, tabs or vertical bars if the first line has any. A
    column is chosen by its name in the header or by its position, counted from 1; a name takes precedence.
    Columns that are not chosen may hold anything.

    Features may hold numbers, truth values (which become 0 and 1), dates such as 2024-01-31 (which become
    days since the earliest one), or texts: each distinct text becomes an input that is 1 in rows with this
    text and 0 in others. `Dataset.columns` describes the conversion, which `Trainer.predict` repeats.
    `Dataset.notes` says what was converted, filled, left out or guessed.

    Args:
        path: the file, with one sample in each row.
        task: for regression the target is a number; for classification it is a label, and the classes are the
            labels in natural order.
        features: the columns of the inputs; by default all but the target. A first column that has no name
            and counts the rows, as pandas writes it, is left out by default. A formula of columns stands for
            the columns in it; `Dataset.asked_features` is what `TrainingConfig.features` must be to compute
            it.
        target: the column to predict; by default the last.
        header: whether the first row is a header. By default it is one if a column is chosen by name, or if a
            word in the first row stands above a number in the second. The column of class labels decides only
            if no other column does.
        missing: what to do with empty cells and with NA, NaN, null, ? and the like: "refuse" the file, "drop"
            their rows, or fill a column of numbers or dates with its "mean", and any other with its most
            frequent value. Rows without a target are never filled but dropped.
        missing_words: more texts for an empty cell, such as -999.
        dates: the order of the day and the month in dates with the year last: "dmy" or "mdy". By default each
            column of dates decides by itself, and is refused if both are possible; with dots, as in 1.2.2024,
            the day comes first.
        ignore: the columns to leave out.
        picture: the size of the pictures whose pixels the inputs are, row by row, such as 28x28: they are
            called p0_0, p0_1, and so on. Empty if they are no pictures, or if their names say so.
        spell: how messages write an argument.

    Raises:
        DataError: the file can't be used. The message is one line with the file, the line and the column.
    """
    text, note = read_text(path)
    return parse_csv(
        text,
        Path(path).name,
        task,
        features=features,
        target=target,
        header=header,
        missing=missing,
        missing_words=missing_words,
        dates=dates,
        ignore=ignore,
        picture=picture,
        spell=spell,
        notes=(note,) if note else (),
    )


def parse_csv(text: str, name: str, task: Task, *, notes: Sequence[str] = (), **options: Any) -> Dataset:
    """Make a data set from the text of a CSV file. See `load_csv`, which does the same for a file.

    Args:
        text: the table.
        name: the file's name, for messages.
        task: as for `load_csv`.
        notes: notes about the file that come first.
        options: features, target, header, missing and so on, as for `load_csv`.

    Raises:
        DataError: the text can't be used.
    """
    reading = Reading(file=name, task=task, **options)
    table = CsvTable(text, reading)
    rows = _first_rows(table, reading)
    columns = Columns(reading, rows[0], header=_has_header(reading, table, rows))
    return Conversion(reading, table, columns).dataset(notes)


class ColumnOutline(NamedTuple):
    """What is known of a column after a look at the first rows."""

    name: str
    values: str
    """Its first values."""
    kind: str
    """What it has, such as 3 different values."""
    problem: str
    """Why it should be left out, as words after its name; empty if something can be learned from it."""
    has_gaps: bool
    is_label: bool
    """Whether it has labels of classes: texts, or few different whole numbers."""
    is_text: bool
    """Whether it has texts, or two words such as yes and no."""


class Outline(NamedTuple):
    """What is known of a table after a look at the first rows, for choosing what to learn from it."""

    columns: tuple[ColumnOutline, ...]
    has_header: bool
    delimiter: str
    """What separates its cells, as was found in the first row."""
    rows: int
    """About how many rows there are: the lines below the header."""

    def likely_missing(self) -> Missing:
        """What to do with empty cells: fill in the mean if a column has some."""
        return MISSING[2 * any(column.has_gaps for column in self.columns)]

    def likely_target(self) -> tuple[int, str]:
        """The position of the column that looks like the target, from 0, and why, in a sentence."""
        columns = self.columns
        usable = [number for number, column in enumerate(columns) if not column.problem] or [len(columns) - 1]
        named = [number for number in usable if columns[number].name.casefold() in TARGETS]
        texts = [number for number in usable if columns[number].is_text]
        if named:
            chosen, why = named[-1], Sentence("{name} has a name that targets have and has {values}.")
        elif texts == usable[:1]:
            chosen, why = texts[0], Sentence("{name} is the only column of texts and has {values}.")
        else:
            chosen = usable[-1]
            why = Sentence("{name} is the last column that can be learned and has {values}.")
        if chosen == len(columns) - 1:
            why = Sentence("{name} is the last column and has {values}.")
        return chosen, why(name=columns[chosen].name, values=columns[chosen].kind)


def outline_of(text: str, name: str, header: bool | None = None, dates: DateOrder | None = None) -> Outline:
    """Look at the first rows of a table.

    Args:
        text: the table.
        name: the file's name, for messages.
        header: whether the first row is a header; by default this is guessed.
        dates: the order of the day and the month; by default each column decides by itself.

    Raises:
        DataError: the text is not a table with two columns and two rows.
    """
    reading = Reading(file=name, task="classification", header=header)
    table = CsvTable(text, reading)
    rows = _first_rows(table, reading)
    _target_index(reading, rows[0])
    columns = Columns(reading, rows[0], header=_has_header(reading, table, rows))
    surveys = [
        ColumnSurvey(column, decimal_comma=table.decimal_comma, asked_order=dates) for column in columns.all
    ]
    for row in islice(table, int(columns.has_header), EXAMINED_ROWS):
        for survey in surveys:
            survey.add(row)
    outlined = (_outlined(survey, number == 0 and len(surveys) > 2) for number, survey in enumerate(surveys))
    lines = text.rstrip("\n").count("\n") + 1
    return Outline(tuple(outlined), columns.has_header, table.delimiter, lines - columns.has_header)


def _outlined(survey: ColumnSurvey, is_spare: bool) -> ColumnOutline:
    """The outline of a surveyed column; `is_spare` if it is the first one of more than two."""
    values = [value for value in survey.values if not survey.is_missing(value)]
    is_label = len(values) <= MAX_LABELS and all(map(str.isdecimal, values))
    kind = Sentence(
        "{n} different whole numbers" if is_label else "numbers" if survey.kind == "number" else "dates"
    )
    if is_text := survey.kind in ("text", "boolean"):
        is_label, kind = True, Sentence("{n} different values")
    name, listed = survey.column.header or str(survey.column), name_list(values[:MAX_LISTED])
    problem = survey.unusable or (word("has one value only") if len(values) == 1 else "")
    is_id = _ID.search(name) and max(survey.values.values(), default=0) == 1
    if is_spare and (is_id or survey.counts_rows):
        problem = word("identifies the rows")
    return ColumnOutline(name, listed, kind(n=len(values)), problem, survey.missing > 0, is_label, is_text)


def _first_rows(table: CsvTable, reading: Reading) -> list[Row]:
    """The first rows of a table, which has at least two.

    Raises:
        DataError: it has not.
    """
    rows = list(islice(table, SAMPLE_ROWS + 1))
    if not rows:
        raise reading.error(word("is empty"))
    if len(rows) == 1:
        has_numbers = any(parse_number(cell) is not None for cell in rows[0].cells)
        is_header = reading.header or (reading.header is None and not has_numbers)
        few = "has a header and no data, but needs at least 2 rows of data"
        few = few if is_header else "has only one row, but needs at least 2 rows of data"
        raise reading.error(word(few), line=rows[0].line)
    return rows


def _has_header(reading: Reading, table: CsvTable, rows: Sequence[Row]) -> bool:
    """Whether the first row is a header: as is asked for, since a column is named, or by a guess."""
    if reading.header is not None:
        return reading.header
    named = (*(reading.features or ()), reading.target, *reading.ignore)
    if any(column is not None and needs_header(column) for column in named):
        return True
    label = _target_index(reading, rows[0]) if reading.task == "classification" else None
    return _guess_header(reading, rows, label, decimal_comma=table.decimal_comma)


def _target_index(reading: Reading, first: Row) -> int:
    """The index of the target, which is chosen by position."""
    return choose(Columns(replace(reading, features=None, ignore=()), first, header=False)).target.index


def _guess_header(reading: Reading, rows: Sequence[Row], label: int | None, *, decimal_comma: bool) -> bool:
    """Guess whether the first row is a header, from the first value below it in each column.

    A word above a number or a date suggests a header; a number or a date above another one suggests data.
    Cells in the first row are ignored if they are empty, mark a missing value, or hold a word that begins
    like a number. If there are only words, the first row is a header if none of its words occurs again below
    it, and other words do; so it is beside years and codes that no column has below.

    Args:
        reading: the file, for messages.
        rows: the first row and some rows below it.
        label: the index of the column of class labels, which counts only if no other column suggests
            anything; None if there is no such column.
        decimal_comma: whether numbers may have a decimal comma.

    Raises:
        DataError: one column suggests a header, and another suggests data.
    """
    first, *others = rows
    values: list[int] = []
    words: list[int] = []
    for index, above in enumerate(first.cells):
        below = next((row.cells[index] for row in others if not is_missing(row.cells[index], "number")), "")
        if not _is_value(below, decimal_comma) or is_missing(above, "number"):
            continue
        if _is_value(above, decimal_comma):
            values.append(index)
        elif above[0] not in "0123456789+-.":
            words.append(index)
    if label is not None and {label} < {*values, *words}:
        values, words = ([index for index in indices if index != label] for indices in (values, words))
    if values and words:
        unclear = Sentence("'{text}' may be a column name or a mistake: choose with {yes} or {no}")
        choices = {"yes": reading.spell("header", True), "no": reading.spell("header", False)}
        message = unclear(text=printable(first.cells[words[0]]), **choices)
        raise reading.error(message, line=first.line, column=Column(words[0], ""))
    return bool(words) or (_are_names(values, first, others) and _is_above_texts(first, others))


def _are_names(indices: Sequence[int], first: Row, others: Sequence[Row]) -> bool:
    """Whether the numbers of the first row in these columns are years or codes, and none below them is."""
    return all(
        _NAME.fullmatch(first.cells[index]) and not any(_NAME.fullmatch(row.cells[index]) for row in others)
        for index in indices
    )


def _is_above_texts(first: Row, others: Sequence[Row]) -> bool:
    """Whether no word of the first row occurs again in its column, and some other word does."""
    repeats = False
    for index, above in enumerate(first.cells):
        below = [row.cells[index] for row in others]
        if is_missing(above, "number"):
            continue
        if above in below:
            return False
        repeats = repeats or len(set(below)) < len(below)
    return repeats


def _is_value(cell: str, decimal_comma: bool) -> bool:
    """Whether a cell holds a number or a date."""
    return parse_number(cell, decimal_comma=decimal_comma) is not None or looks_like_date(cell)
