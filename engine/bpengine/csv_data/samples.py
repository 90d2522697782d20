"""Collecting the chosen cells of each row, and checking each of them."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence

import numpy as np

from bpengine.arrays import Array
from bpengine.csv_data.columns import Column
from bpengine.csv_data.messages import data_error, single_spaced
from bpengine.csv_data.numbers import number_problem, parse_number
from bpengine.csv_data.table import Row
from bpengine.datasets.checks import LARGEST, MAX_CLASSES
from bpengine.datasets.dataset import one_hot
from bpengine.errors import DataError
from bpengine.tasks import Task
from bpengine.wording import printable

MAX_ROWS = 1_000_000


class Samples:
    """The samples of one file, added row by row.

    Attributes:
        task: the task that the samples are for.
    """

    def __init__(
        self, file: str, task: Task, features: Sequence[Column], target: Column, *, maybe_header: bool
    ) -> None:
        """Start without any rows.

        Args:
            file: the file's name, for messages.
            task: for regression the target is a number, for classification a class label.
            features: the columns of the inputs.
            target: the column to predict.
            maybe_header: whether the first row could be a header, though it was taken for data.
        """
        self.task = task
        self._file = file
        self._target = target
        self._numeric = tuple(features) if task == "classification" else (*features, target)
        self._numbers = array("d")  # row by row, 8 bytes for each number
        self._classes: dict[str, int] = {}  # each label, numbered in the order of first appearance
        self._labels = array("q")  # the number of each row's label
        self._maybe_header = maybe_header
        self._rows = 0

    def add(self, row: Row) -> None:
        """Add one row.

        Raises:
            DataError: a cell can't be used, or there are too many rows or classes.
        """
        if self._rows == MAX_ROWS:
            raise data_error(self._file, f"has more than {MAX_ROWS:,} rows of data", line=row.line)
        for column in self._numeric:
            cell = row.cells[column.index]
            value = parse_number(cell)
            if value is None or not -LARGEST <= value <= LARGEST:  # also true for NaN
                raise self._number_error(row, column, cell)
            self._numbers.append(value)
        if self.task == "classification":
            self._add_label(row)
        self._rows += 1

    def arrays(self) -> tuple[Array, Array, tuple[str, ...]]:
        """Return the inputs, shape (n, d), the targets, shape (n, k), and the class names in output order.

        Raises:
            DataError: there are fewer than two rows, or fewer than two classes.
        """
        if self._rows < 2:
            rows = "1 row" if self._rows else "no rows"
            raise data_error(self._file, f"has {rows} of data, but needs at least 2")
        numbers = np.array(self._numbers).reshape(self._rows, len(self._numeric))
        if self.task == "regression":
            return numbers[:, :-1], numbers[:, -1:], ()
        names = sorted(self._classes, key=natural_key)
        if len(names) < 2:
            message = f"has only one class, '{printable(names[0])}', but needs at least 2"
            raise data_error(self._file, message, column=self._target)
        output_of = {name: output for output, name in enumerate(names)}
        outputs = np.array([output_of[name] for name in self._classes])
        targets = one_hot(outputs[np.array(self._labels)], len(names))
        return numbers, targets, tuple(printable(name, 100) for name in names)

    def _add_label(self, row: Row) -> None:
        label = single_spaced(row.cells[self._target.index])
        if not label:
            raise data_error(self._file, number_problem("", ""), line=row.line, column=self._target)
        self._labels.append(self._classes.setdefault(label, len(self._classes)))
        if len(self._classes) > MAX_CLASSES:
            message = f"has more than {MAX_CLASSES} classes: choose another target column with --target"
            raise data_error(self._file, message, line=row.line, column=self._target)

    def _number_error(self, row: Row, column: Column, cell: str) -> DataError:
        message = number_problem(cell, printable(cell))
        if self._maybe_header and self._rows == 0 and cell:
            message += f"; if line {row.line} is a header, use --header yes"
        return data_error(self._file, message, line=row.line, column=column)


def natural_key(label: str) -> tuple[object, ...]:
    """Return a sort key that puts numbers, by value, before words, and a2 before a10."""
    value = parse_number(label)
    if value is not None and not math.isnan(value):
        return (0, value, label)
    parts = re.split("([0-9]+)", label.casefold())
    # Odd parts are digits, compared by length and then digit by digit: there may be too many to parse.
    keys = [
        (len(part.lstrip("0")), part.lstrip("0")) if index % 2 else part for index, part in enumerate(parts)
    ]
    return (1, keys, label)
