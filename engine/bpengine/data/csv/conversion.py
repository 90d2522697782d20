"""Converting a table to a data set in two passes: the first one finds out what each column contains."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.data.checks import MAX_CLASSES, MAX_NUMBERS
from bpengine.data.csv import notes
from bpengine.data.csv.choosing import choose, leaving_out
from bpengine.data.csv.columns import Column, Columns
from bpengine.data.csv.messages import TEXTS_ARE_CLASSES, Reading, fewer_rows, single_spaced
from bpengine.data.csv.survey import MAX_MARKS, ColumnSurvey, may_mean_missing
from bpengine.data.csv.table import CsvTable, Row
from bpengine.data.dataset import Dataset, one_hot
from bpengine.data.dates import DateOrder
from bpengine.data.pictures import pixel_names
from bpengine.data.raw_columns import MISSING_TEXTS, RawColumn, input_names, number_problem, parse_number
from bpengine.errors import DataError
from bpwords import Sentence, many, printable, word

MAX_INPUTS = 1000
_TARGET = RawColumn("target")


class Survey(NamedTuple):
    """What the first pass has found."""

    features: Sequence[ColumnSurvey]
    target: ColumnSurvey
    numbering: ColumnSurvey | None
    """The first column if it counts the rows, and is therefore no feature."""
    rows: int
    first_line: int
    """The line of the first row of data."""
    left_out: int = 0
    """How many rows are left out, which the surveys of the features then leave out, too."""
    marks: tuple[str, ...] = ()
    """The texts that mean a missing value in a row that is left out."""

    @property
    def columns(self) -> tuple[ColumnSurvey, ...]:
        """The features and the target."""
        return (*self.features, self.target)


class Conversion:
    """The conversion of one table. What the first pass finds is there from the beginning.

    Args:
        reading: what is asked of the file.
        table: the rows.
        columns: all columns.

    Raises:
        DataError: the columns that are asked for can't be chosen, or can't be used.
    """

    def __init__(self, reading: Reading, table: CsvTable, columns: Columns) -> None:
        self._reading, self._table, self._columns = reading, table, columns
        self._chosen = choose(columns)
        self._survey = self._without_left_out(self._surveyed())

    def dataset(self, first_notes: Sequence[str]) -> Dataset:
        """Return the data set.

        Args:
            first_notes: the first notes of the data set.

        Raises:
            DataError: the table can't be used.
        """
        survey, comma = self._survey, self._decimal_sign()
        names = tuple(each.column.name for each in survey.columns)
        raws = self._as_pixels(self._raw_columns(names))
        features = list(zip(survey.features, raws, strict=True))
        inputs, targets, classes = self._samples(features)
        notes_found = [
            *first_notes,
            *notes.about_table(self._table.comments, survey.numbering, comma),
            *notes.about_features(features, self._columns),
            *notes.about_missing(features, marks=survey.marks, left_out=survey.left_out, rows=survey.rows),
            *notes.about_labels(survey.target, classes, self._reading.spell),
        ]
        are_plain = all(raw == RawColumn(raw.name) for raw in raws)
        return Dataset.of(
            inputs,
            targets,
            name=printable(self._reading.file, 60),
            task=self._reading.task,
            features=input_names(raws),
            target=names[-1],
            classes=classes,
            columns=() if are_plain else tuple(raws),
            asked_features=self._chosen.asked,
            notes=tuple(notes_found),
        )

    def _surveyed_column(
        self, column: Column, labels: frozenset[str] | None = None, order: DateOrder | None = None
    ) -> ColumnSurvey:
        """The survey of a column, without any rows yet.

        Args:
            column: the column.
            labels: for class labels, the texts for a missing one.
            order: the order of the parts of a date, if it is known.
        """
        return ColumnSurvey(
            column,
            decimal_comma=self._table.decimal_comma,
            missing_labels=labels,
            missing_words=self._reading.missing_words,
            asked_order=self._reading.dates or order,
        )

    def _as_pixels(self, raws: Sequence[RawColumn]) -> Sequence[RawColumn]:
        """The features with the names of pixels, if they are pictures.

        Raises:
            DataError: the pictures have another size.
        """
        if not self._reading.picture:
            return raws
        rows, columns = map(int, self._reading.picture.split("x"))
        if rows * columns != len(raws) or min(rows, columns) < 2 or self._chosen.asked:
            size = Sentence("{picture}: must have {n} pixels, one for each input, and no features")
            picture = self._reading.spell("picture", self._reading.picture)
            raise self._reading.error(size(picture=picture, n=len(raws)))
        names = pixel_names(rows, columns)
        return [replace(raw, name=name) for raw, name in zip(raws, names, strict=True)]

    def _data(self) -> Iterator[Row]:
        """Yield the rows of data."""
        return islice(self._table, int(self._columns.has_header), None)

    def _kept(self, survey: Survey) -> Iterator[Row]:
        """Yield the rows of data that are not left out."""
        if self._reading.missing == "refuse":
            return self._data()  # no row has a gap; otherwise the file was refused
        return (
            row
            for row in self._data()
            if not any(each.is_missing(row.cells[each.column.index]) for each in self._needed(survey))
        )

    def _needed(self, survey: Survey) -> Sequence[ColumnSurvey]:
        """The columns whose missing values leave out a row."""
        return survey.columns if self._reading.missing == "drop" else (survey.target,)

    def _without_left_out(self, survey: Survey) -> Survey:
        """Survey the features again without the rows that are left out.

        A text that occurs only in such rows would become an input that is always 0.
        """
        if self._reading.missing == "refuse" or not any(each.missing for each in survey.columns):
            return survey
        orders = [each.order if each.kind == "date" else None for each in survey.features]
        pairs = zip(survey.features, orders, strict=True)
        features, kept = [self._surveyed_column(each.column, order=order) for each, order in pairs], 0
        for row in self._kept(survey):
            kept += 1
            for each in features:
                each.add(row)
        marks = dict.fromkeys(mark for each in self._needed(survey) for mark in each.marks)
        return survey._replace(features=features, left_out=survey.rows - kept, marks=tuple(marks)[:MAX_MARKS])

    def _surveyed(self) -> Survey:
        """Find out what the columns contain.

        Raises:
            DataError: there are too many rows, or a column can't be used.
        """
        reading, features = self._reading, [self._surveyed_column(each) for each in self._chosen.features]
        missing_labels = frozenset({""}) if reading.missing == "refuse" else MISSING_TEXTS
        is_label = reading.task == "classification"
        target = self._surveyed_column(self._chosen.target, missing_labels if is_label else None)
        surveys, rows, first_line = (*features, target), 0, 0
        most = MAX_NUMBERS // len(surveys)
        if self._table.lines > 2 * most:  # before they are read: blank lines and comments are not so many
            raise self._too_many(len(surveys))
        for row in self._data():
            if rows == most:
                raise self._too_many(len(surveys), row.line)
            first_line = first_line if rows else row.line
            rows += 1
            for survey in surveys:
                survey.add(row)
        first, numbering = features[0], None
        if rows < 2:
            return Survey(features, target, numbering, rows, first_line)  # the second pass reports it
        if self._columns.has_header and reading.features is None:  # a spreadsheet's empty columns
            features = [each for each in features if each.column.header or not each.is_empty] or features
            first = features[0]
        is_unnamed_first = self._columns.has_header and first.column.index == 0 and not first.column.header
        if is_unnamed_first and first.counts_rows and len(features) > 1 and reading.features is None:
            numbering = features.pop(0)
        if reading.task == "regression" and "text" in target.first and target.numbers == 0:
            line, cell = target.first["text"]
            said = Sentence("{problem}; {classes}, and {target} chooses another column to predict")
            parts = {"classes": word(TEXTS_ARE_CLASSES), "target": reading.spell("target", None)}
            raise reading.error(said(problem=number_problem(cell), **parts), line=line, column=target.column)
        error = notes.refusal(reading, self._columns, features, target)
        if error is not None:
            raise error
        return Survey(features, target, numbering, rows, first_line)

    def _decimal_sign(self) -> tuple[int, str] | None:
        """Return the first number with a decimal comma, or None.

        Raises:
            DataError: another number has a decimal point.
        """
        numeric = [survey for survey in self._survey.columns if survey.kind == "number"]
        commas = (survey.first["decimal comma"] for survey in numeric if "decimal comma" in survey.first)
        comma = min(commas, default=None)
        for survey in numeric:
            if comma is not None and "decimal point" in survey.first:
                raise self._reading.mixed_signs(comma, survey.first["decimal point"], survey.column)
        return comma

    def _raw_columns(self, names: Sequence[str]) -> list[RawColumn]:
        """How the features become inputs.

        Raises:
            DataError: there are too many inputs.
        """
        raws = [
            _raw_column(survey, name, fills=self._reading.missing == "mean")
            for survey, name in zip(self._survey.features, names, strict=False)
        ]
        if sum(raw.width for raw in raws) > MAX_INPUTS:
            more = Sentence(
                "has more than {most} inputs with one for each text: choose fewer columns with {keep}"
            )
            raise self._reading.error(more(most=MAX_INPUTS, keep=self._reading.spell("features", None)))
        return raws

    def _samples(self, features: Sequence[notes.Feature]) -> tuple[Array, Array, tuple[str, ...]]:
        """Return the inputs, shape (n, d), the targets, shape (n, k), and the class names in output order.

        Args:
            features: the surveys of the features, and how they become inputs.

        Raises:
            DataError: a cell can't be used, there are too many numbers or classes, or there are fewer than
                two rows or classes.
        """
        width = sum(raw.width for _, raw in features)
        inputs = array("d")  # row by row, 8 bytes for each number
        targets = array("d")  # the number of each row's label for classification
        classes: dict[str, int] = {}  # each label, numbered in the order of first appearance
        for row in self._kept(self._survey):
            for survey, raw in features:
                inputs.extend(self._encoded(row, survey.column, raw, is_first=not targets))
            if self._reading.task == "classification":
                targets.append(self._class_of(row, classes))
            else:
                targets.extend(self._encoded(row, self._survey.target.column, _TARGET, is_first=not targets))
            numbers = width + (len(classes) or 1)
            if len(targets) * numbers > MAX_NUMBERS:
                raise self._too_many(numbers, row.line)
        if len(targets) < 2:
            complete = Sentence("has {rows} without empty cells, but needs at least 2")
            few = complete if self._survey.left_out else Sentence("has {rows}, but needs at least 2")
            rows = many(len(targets), "{n} row of data", "{n} rows of data")
            raise self._reading.error(few(rows=rows))
        matrix = np.array(inputs).reshape(len(targets), width)
        if self._reading.task == "regression":
            return matrix, np.array(targets)[:, np.newaxis], ()
        names = sorted(classes, key=natural_key)
        if len(names) < 2:
            one = Sentence("has only one class, '{name}', but needs at least 2")
            raise self._reading.error(one(name=printable(names[0])), column=self._survey.target.column)
        outputs = np.argsort([classes[name] for name in names])  # of each number
        rows_of_classes = one_hot(outputs[np.array(targets, dtype=np.int64)], len(names))
        return matrix, rows_of_classes, tuple(printable(name, 100) for name in names)

    def _encoded(self, row: Row, column: Column, raw: RawColumn, *, is_first: bool) -> Sequence[float]:
        """The inputs for a cell; the first row of data could be a header if nobody said whether it is."""
        try:
            return raw.encoded(row.cells[column.index], decimal_comma=self._table.decimal_comma)
        except ValueError as error:
            reading, message, cell = self._reading, str(error), row.cells[column.index]
            if is_first and reading.header is None and not self._columns.has_header:
                use = Sentence("{problem}; if line {line} is a header, use {header}")
                header = reading.spell("header", True)
                message = use(problem=message, line=self._survey.first_line, header=header)
            elif column != self._survey.target.column:
                message += word("; ", "list") + leaving_out(self._columns, [column])
                if raw.kind == "number" and may_mean_missing(cell):
                    takes = Sentence("{missing_words} takes it for empty")
                    remedy = takes(missing_words=reading.spell("missing_words", (cell,)))
                    message += word(", ", "legend") + remedy
            raise reading.error(message, line=row.line, column=column) from None

    def _class_of(self, row: Row, classes: dict[str, int]) -> int:
        """The number of a row's label, which is added to the classes if it is new."""
        label = single_spaced(row.cells[self._survey.target.column.index])
        number = classes.setdefault(label, len(classes))
        if len(classes) > MAX_CLASSES:
            more = Sentence("has more than {most} classes: choose another target column with {other}")
            message = more(most=MAX_CLASSES, other=self._reading.spell("target", None))
            raise self._reading.error(message, line=row.line, column=self._survey.target.column)
        return number

    def _too_many(self, numbers: int, line: int | None = None) -> DataError:
        """The error for more than `MAX_NUMBERS` numbers, of which each row has this many."""
        more = Sentence("has more than {most} numbers, with {n} in each row: leave out rows or columns")
        said = more(most=f"{MAX_NUMBERS:,}", n=f"{numbers:,}") + fewer_rows(self._reading.file)
        return self._reading.error(said, line=line)


def _raw_column(survey: ColumnSurvey, name: str, *, fills: bool) -> RawColumn:
    """How a column becomes inputs, with those for a missing value if such values are filled."""
    kind = survey.kind
    raw = RawColumn(
        name,
        kind,
        categories=tuple(sorted(survey.categories, key=natural_key)) if kind == "text" else (),
        origin=survey.earliest if kind == "date" else 0.0,
        dates=survey.order if kind == "date" else "ymd",
        missing_words=survey.missing_words,
    )
    if not fills or survey.is_empty:
        return raw
    is_named = kind in ("boolean", "text")
    fill = raw.encoded(survey.most_frequent) if is_named else (survey.mean - raw.origin,)
    return replace(raw, fill=tuple(fill))


def natural_key(label: str) -> tuple[object, ...]:
    """Return a sort key that puts numbers, by value, before words, and a2 before a10."""
    value = parse_number(label)
    if value is not None and not math.isnan(value):
        return (0, value, label)
    parts = re.split("([0-9]+)", label.casefold())
    # Odd parts are digits, compared by length and then digit by digit: there may be too many for `int`.
    keys = [
        (len(part.lstrip("0")), part.lstrip("0")) if index % 2 else part for index, part in enumerate(parts)
    ]
    return (1, keys, label)
