"""Converting a table to a data set in two passes: the first one finds out what each column contains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from bpengine.data.cells import MISSING_TEXTS, number_problem
from bpengine.data.checks import MAX_NUMBERS
from bpengine.data.csv import notes
from bpengine.data.csv.columns import Column, Columns
from bpengine.data.csv.messages import TEXTS_ARE_CLASSES, Spelling, data_error
from bpengine.data.csv.refusal import refusal
from bpengine.data.csv.samples import Samples, natural_key, too_many
from bpengine.data.csv.survey import ColumnSurvey
from bpengine.data.csv.table import Row, Table
from bpengine.data.dataset import Dataset, Scaling, value_range
from bpengine.data.raw_columns import RawColumn, input_names
from bpengine.choices import Task
from bpengine.wording import printable

MAX_INPUTS = 1000


class Conversion:
    """The conversion of one table.

    Args:
        file: the file's name, for messages.
        task: the task that the samples are for.
        table: the rows.
        columns: all columns.
        features: the columns of the inputs.
        target: the column to predict.
        header: whether the first row is a header.
        maybe_header: whether the first row could be a header although it is read as data.
        keeps_index: whether a first column that counts the rows is an ordinary feature.
        missing: how to treat missing values: refuse, drop or mean.
        spell: how messages write an option.
    """

    def __init__(
        self,
        file: str,
        task: Task,
        table: Table,
        columns: Columns,
        features: Sequence[Column],
        target: Column,
        *,
        header: bool,
        maybe_header: bool,
        keeps_index: bool,
        missing: str,
        spell: Spelling,
    ) -> None:
        self._file, self._task, self._table, self._columns = file, task, table, columns
        self._header, self._maybe_header = header, maybe_header
        self._missing, self._spell = missing, spell
        self._decimal_comma = table.delimiter != ","
        missing_labels = frozenset({""}) if missing == "refuse" else MISSING_TEXTS
        self._features = [ColumnSurvey(column, decimal_comma=self._decimal_comma) for column in features]
        self._target = ColumnSurvey(
            target,
            decimal_comma=self._decimal_comma,
            missing_labels=missing_labels if task == "classification" else None,
        )
        self._index: ColumnSurvey | None = None
        self._keeps_index = keeps_index
        self._rows = self._first_line = 0

    def dataset(self, first_notes: Sequence[str]) -> Dataset:
        """Return the data set.

        Args:
            first_notes: the first notes of the data set.

        Raises:
            DataError: the table can't be used.
        """
        self._survey()
        left_out = self._survey_kept_rows() if self._missing != "refuse" else 0
        comma = self._decimal_sign()
        raws = self._raw_columns()
        samples = Samples(
            self._file,
            self._task,
            list(zip((survey.column for survey in self._features), raws, strict=True)),
            self._target.column,
            decimal_comma=self._decimal_comma,
            hint=self._hint,
            advice=lambda column: self._columns.leaving_out([column]),
            spell=self._spell,
        )
        for row in self._kept():
            samples.add(row)
        inputs, targets, classes = samples.arrays(left_out)
        notes_found = [
            *first_notes,
            *notes.about_table(self._table.comments, self._index, comma),
            *notes.about_features(self._features, raws, self._columns.leaving_out),
            *notes.about_missing(self._features, raws, left_out=left_out, rows=self._rows),
            *notes.about_labels(self._target, classes, self._spell),
        ]
        are_plain = all(raw == RawColumn(raw.name) for raw in raws)
        return Dataset(
            name=printable(self._file, 60),
            task=self._task,
            inputs=inputs,
            targets=targets,
            coordinates=inputs,
            scaling=Scaling.identity(inputs.shape[1]),
            target_scaling=Scaling.identity(targets.shape[1]),
            domain=tuple(value_range(values) for values in inputs.T),
            features=input_names(raws),
            target=self._columns.unique_names([*self._feature_columns, self._target.column])[-1],
            classes=classes,
            columns=() if are_plain else tuple(raws),
            notes=tuple(notes_found),
        )

    @property
    def _feature_columns(self) -> list[Column]:
        return [survey.column for survey in self._features]

    @property
    def _hint(self) -> str:
        """The hint that is added to a message about the first row."""
        if not self._maybe_header:
            return ""
        return f"if line {self._first_line} is a header, use {self._spell('header', True)}"

    def _data(self) -> Iterator[Row]:
        """Yield the rows of data."""
        return islice(self._table, int(self._header), None)

    def _kept(self) -> Iterator[Row]:
        """Yield the rows of data that are not left out."""
        if self._missing == "refuse":
            return self._data()  # no row has a gap; otherwise the file was refused
        needed = [self._target, *(self._features if self._missing == "drop" else ())]
        return (
            row
            for row in self._data()
            if not any(survey.is_missing(row.cells[survey.column.index]) for survey in needed)
        )

    def _survey_kept_rows(self) -> int:
        """Survey again without the rows that are left out; return the number of rows left out.

        A text that occurs only in such rows would become an input that is always 0.
        """
        if not any(survey.missing for survey in (*self._features, self._target)):
            return 0
        features = [
            ColumnSurvey(column, decimal_comma=self._decimal_comma) for column in self._feature_columns
        ]
        kept = 0
        for row in self._kept():
            kept += 1
            for survey in features:
                survey.add(row)
        self._features = features
        return self._rows - kept

    def _survey(self) -> None:
        """Find out what the columns contain.

        Raises:
            DataError: there are too many rows, or a column can't be used.
        """
        surveys = (*self._features, self._target)
        most = MAX_NUMBERS // len(surveys)
        for row in self._data():
            if self._rows == most:
                raise too_many(self._file, len(surveys), row.line)
            self._first_line = self._first_line if self._rows else row.line
            self._rows += 1
            for survey in surveys:
                survey.add(row)
        if self._rows < 2:
            return  # the second pass reports it
        first = self._features[0]
        is_unnamed_first = self._header and first.column.index == 0 and not first.column.header
        if is_unnamed_first and first.counts_rows and len(self._features) > 1 and not self._keeps_index:
            self._index = self._features.pop(0)
        target = self._target
        if self._task == "regression" and target.first_text is not None and target.numbers == 0:
            line, cell = target.first_text
            other = self._spell("target", None)
            message = (
                f"{number_problem(cell, printable(cell))}; {TEXTS_ARE_CLASSES}, "
                f"and {other} chooses another column to predict"
            )
            raise data_error(self._file, message, line=line, column=target.column)
        error = refusal(
            self._file,
            self._columns,
            self._features,
            target,
            missing=self._missing,
            spell=self._spell,
        )
        if error is not None:
            raise error

    def _decimal_sign(self) -> tuple[int, str] | None:
        """Return the first number with a decimal comma, or None.

        Raises:
            DataError: another number has a decimal point, so that 1.234 could be 1234.
        """
        surveys = [*self._features, *([self._target] if self._task == "regression" else [])]
        numeric = [survey for survey in surveys if survey.kind == "number"]
        comma = min((survey.first_comma for survey in numeric if survey.first_comma), default=None)
        if comma is not None:
            for survey in numeric:
                if survey.first_point is not None:
                    line, cell = survey.first_point
                    message = (
                        f"'{printable(cell, 20)}' has a decimal point, but '{printable(comma[1], 20)}' in "
                        f"line {comma[0]} a decimal comma: write all alike, without thousands separators"
                    )
                    raise data_error(self._file, message, line=line, column=survey.column)
        return comma

    def _raw_columns(self) -> list[RawColumn]:
        names = self._columns.unique_names([*self._feature_columns, self._target.column])
        raws = [_raw_column(survey, name) for survey, name in zip(self._features, names, strict=False)]
        if sum(raw.width for raw in raws) > MAX_INPUTS:
            keep = self._spell("features", None)
            message = (
                f"has more than {MAX_INPUTS} inputs with one for each text: choose fewer columns with {keep}"
            )
            raise data_error(self._file, message)
        return [self._filled(*pair) for pair in zip(self._features, raws, strict=True)]

    def _filled(self, survey: ColumnSurvey, raw: RawColumn) -> RawColumn:
        """The column with the inputs for a missing value, if such values are filled."""
        if self._missing != "mean" or survey.is_empty:
            return raw
        fill: Sequence[float] = (survey.mean - raw.origin,)
        if raw.kind in ("boolean", "text"):
            fill = raw.encoded(survey.most_frequent)
        return RawColumn(raw.name, raw.kind, raw.categories, raw.origin, tuple(fill))


def _raw_column(survey: ColumnSurvey, name: str) -> RawColumn:
    kind = survey.kind
    return RawColumn(
        name,
        kind,
        categories=tuple(sorted(survey.categories, key=natural_key)) if kind == "text" else (),
        origin=survey.earliest if kind == "date" else 0.0,
    )
