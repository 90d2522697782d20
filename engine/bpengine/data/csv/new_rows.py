"""The rows for which a run is to predict its target, read from a CSV file of any length in blocks."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.data.csv.columns import UNNAMED, Column, Columns
from bpengine.data.csv.files import TextLines
from bpengine.data.csv.messages import Reading
from bpengine.data.csv.survey import LineText
from bpengine.data.csv.table import CsvTable, Row
from bpengine.data.dataset import Dataset
from bpengine.data.features import NO_VALUE
from bpengine.data.raw_columns import RawColumn, parse_number
from bpengine.errors import DataError

ROWS = 2000
"""The most rows of a block."""
RENAME = "rename one"
"""What to do about two columns with one name."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some rows, one after the other."""

    cells: list[list[str]]
    """The texts of each row, those of columns that are no inputs as well."""
    inputs: Array
    """The inputs of the network for the rows without a problem; shape (n, inputs)."""
    problems: Mapping[int, DataError]
    """Why the other rows have no inputs, by their number in the block; the earliest first."""


class NewRows:
    """The rows of a file that has the columns of a data set, in any order, and any others.

    Args:
        file: the file, open for reading.
        printable_name: its name as it appears in messages.
        dataset: the training samples of the run.
        in_order: whether rows of numbers without a header may have these columns only, in their order. If the
            file of the training samples had no header, rows without one may always have this form, or have
            the columns of that file.

    Attributes:
        header: the first row, if that names the columns; otherwise None.
        names: a different name for each column.
        delimiter: what separates the cells.
        has_comma: whether numbers in the first block have a decimal comma; False before it is read.
        numbers: the indexes of the columns of numbers among the inputs.

    Raises:
        DataError: the file can't be read, has no rows, or lacks a column.
    """

    def __init__(
        self, file: io.BufferedReader, printable_name: str, dataset: Dataset, *, in_order: bool
    ) -> None:
        self._dataset, self._columns = dataset, dataset.raw_columns
        self._lines = TextLines(file, printable_name)
        self._reading = Reading(file=printable_name, task=dataset.task)
        self._table = CsvTable(self._lines.beginning, self._reading, self._lines)
        self._rows = iter(self._table)
        first = next(self._rows, None)
        if first is None:
            raise self._reading.error("is empty")
        names = [column.name for column in self._columns]
        are_values = len(first.cells) == len(names) and None not in map(self._number, first.cells)
        in_order = in_order or dataset.picture is not None  # whose names may be those of no header
        may_lack_header = all(map(UNNAMED.fullmatch, names)) or (in_order and are_values)
        headed = Columns(self._reading, first, header=True)
        has_header = not may_lack_header or any(headed.named(name, RENAME) for name in names)
        columns = headed if has_header else Columns(self._reading, first, header=False)
        self.header = first.cells if has_header else None
        in_order = not has_header and len(names) == len(first.cells)
        self.names = tuple(names) if in_order else tuple(column.name for column in columns.all)
        self.delimiter, self.has_comma = self._table.delimiter, False
        self._signs: dict[str, tuple[LineText, Column]] = {}  # the first cell with each decimal sign
        if not has_header:
            self._rows = chain([first], self._rows)
        self._inputs = self._found(columns, in_order=in_order)
        self.numbers = frozenset(column.index for raw, column in self._inputs if raw.kind == "number")

    def _number(self, cell: str) -> float | None:
        return parse_number(cell, decimal_comma=self._table.decimal_comma)

    def _found(self, columns: Columns, *, in_order: bool) -> list[tuple[RawColumn, Column]]:
        """The column of the file for each column of the training samples."""
        if in_order:
            return list(zip(self._columns, columns.all, strict=True))
        pairs = [(raw, columns.named(raw.name, RENAME)) for raw in self._columns]
        missing = [raw.name for raw, column in pairs if column is None]
        if missing:
            raise columns.lacks(missing[0])
        return [(raw, column) for raw, column in pairs if column is not None]

    @property
    def note(self) -> str:
        """A note about the encoding of the file up to here; empty for UTF-8 and UTF-16."""
        return self._lines.note and f"{self._reading.file}: {self._lines.note}"

    def __iter__(self) -> Iterator[Block]:
        """Yield the blocks, each row once.

        Raises:
            DataError: the rows are no table, or some numbers have a decimal point and others a decimal comma.
        """
        is_first = True
        while rows := list(islice(self._rows, ROWS)):
            block = self._block(rows)
            if is_first and self._table.decimal_comma and "." not in self._signs:
                self.has_comma = any(map(_has_comma, chain.from_iterable(block.cells)))
            is_first = False
            yield block

    def _block(self, rows: list[Row]) -> Block:
        problems: dict[int, DataError] = {}
        known: dict[int, list[float]] = {}
        for number, row in enumerate(rows):
            try:
                known[number] = self._coordinates(row)
            except DataError as error:
                problems[number] = error
        self._check_signs()
        coordinates = np.array([*known.values()]).reshape(len(known), self._dataset.coordinates.shape[1])
        inputs = self._dataset.inputs_at(coordinates)
        unknown = np.asarray(np.isnan(inputs).any(axis=1))
        for number, is_unknown in zip(known, unknown, strict=True):
            if is_unknown:
                problems[number] = self._reading.error(NO_VALUE, line=rows[number].line)
        return Block([row.cells for row in rows], inputs[~unknown], dict(sorted(problems.items())))

    def _coordinates(self, row: Row) -> list[float]:
        """The coordinates of a row.

        Raises:
            DataError: a cell can't be used.
        """
        decimal_comma = self._table.decimal_comma
        parts: list[float] = []
        for raw, column in self._inputs:
            cell = row.cells[column.index]
            try:
                parts += raw.encoded(cell, decimal_comma=decimal_comma)
            except ValueError as error:
                raise self._reading.error(str(error), line=row.line, column=column) from None
            if decimal_comma and raw.kind == "number":
                sign = "," if "," in cell else "." if "." in cell else ""
                self._signs.setdefault(sign, ((row.line, cell), column))
        if problem := self._dataset.pixel_problem(np.array(parts)):
            raise self._reading.error(problem, line=row.line)
        return parts

    def _check_signs(self) -> None:
        """Check that all numbers have a decimal point, or all a decimal comma."""
        if "," in self._signs and "." in self._signs:
            (comma, _), (point, column) = self._signs[","], self._signs["."]
            raise self._reading.mixed_signs(comma, point, column)


def _has_comma(cell: str) -> bool:
    """Whether a cell holds a number with a decimal comma."""
    return "," in cell and parse_number(cell, decimal_comma=True) is not None
