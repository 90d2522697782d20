"""Collecting the chosen cells of each row as numbers, and checking each of them."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Callable, Sequence

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.data.cells import parse_number
from bpengine.data.checks import MAX_CLASSES, MAX_NUMBERS
from bpengine.data.csv.columns import Column
from bpengine.data.csv.messages import Spelling, data_error, single_spaced
from bpengine.data.csv.table import Row
from bpengine.data.dataset import one_hot
from bpengine.data.raw_columns import RawColumn
from bpengine.errors import DataError
from bpengine.choices import Task
from bpengine.wording import printable

_NUMBER = RawColumn("target")


class Samples:
    """The samples of one file, added row by row.

    Attributes:
        task: the task that the samples are for.
    """

    def __init__(
        self,
        file: str,
        task: Task,
        features: Sequence[tuple[Column, RawColumn]],
        target: Column,
        *,
        decimal_comma: bool,
        hint: str,
        advice: Callable[[Column], str],
        spell: Spelling,
    ) -> None:
        """Start without any rows.

        Args:
            file: the file's name, for messages.
            task: for regression the target is a number, for classification a class label.
            features: the columns of the inputs, and how they become inputs.
            target: the column to predict.
            decimal_comma: whether numbers may have a decimal comma.
            hint: a hint that is added to a message about the first row; empty for none.
            advice: (feature) -> the advice that is added to a message about one of its cells.
            spell: how messages write an option.
        """
        self.task = task
        self._file = file
        self._features = tuple(features)
        self._target = target
        self._decimal_comma = decimal_comma
        self._hint = hint
        self._advice = advice
        self._spell = spell
        self._width = sum(raw.width for _, raw in features)
        self._inputs = array("d")  # row by row, 8 bytes for each number
        self._targets = array("d")  # the number of each row's label for classification
        self._classes: dict[str, int] = {}  # each label, numbered in the order of first appearance

    def add(self, row: Row) -> None:
        """Add one row.

        Raises:
            DataError: a cell can't be used, or there are too many numbers or classes.
        """
        for column, raw in self._features:
            self._inputs.extend(self._encoded(row, column, raw))
        if self.task == "classification":
            self._add_label(row)
        else:
            self._targets.extend(self._encoded(row, self._target, _NUMBER))
        numbers = self._width + (len(self._classes) or 1)
        if len(self._targets) * numbers > MAX_NUMBERS:
            raise too_many(self._file, numbers, row.line)

    def arrays(self, left_out: int) -> tuple[Array, Array, tuple[str, ...]]:
        """Return the inputs, shape (n, d), the targets, shape (n, k), and the class names in output order.

        Args:
            left_out: the number of rows that were left out, for messages.

        Raises:
            DataError: there are fewer than two rows, or fewer than two classes.
        """
        count = len(self._targets)
        if count < 2:
            rows = "1 row" if count else "no rows"
            which = " without empty cells" if left_out else ""
            raise data_error(self._file, f"has {rows} of data{which}, but needs at least 2")
        inputs = np.array(self._inputs).reshape(count, self._width)
        targets = np.array(self._targets)
        if self.task == "regression":
            return inputs, targets[:, np.newaxis], ()
        names = sorted(self._classes, key=natural_key)
        if len(names) < 2:
            message = f"has only one class, '{printable(names[0])}', but needs at least 2"
            raise data_error(self._file, message, column=self._target)
        output_of = {name: output for output, name in enumerate(names)}
        outputs = np.array([output_of[name] for name in self._classes])
        rows_of_classes = one_hot(outputs[targets.astype(np.int64)], len(names))
        return inputs, rows_of_classes, tuple(printable(name, 100) for name in names)

    def _encoded(self, row: Row, column: Column, raw: RawColumn) -> Sequence[float]:
        cell = row.cells[column.index]
        try:
            return raw.encoded(cell, decimal_comma=self._decimal_comma)
        except ValueError as error:
            added = "" if column == self._target else self._advice(column)
            added = self._hint if self._hint and not self._targets else added
            message = f"{error}; {added}" if added else str(error)
            raise data_error(self._file, message, line=row.line, column=column) from None

    def _add_label(self, row: Row) -> None:
        label = single_spaced(row.cells[self._target.index])
        self._targets.append(self._classes.setdefault(label, len(self._classes)))
        if len(self._classes) > MAX_CLASSES:
            other = self._spell("target", None)
            message = f"has more than {MAX_CLASSES} classes: choose another target column with {other}"
            raise data_error(self._file, message, line=row.line, column=self._target)


def too_many(file: str, numbers: int, line: int) -> DataError:
    """The error for more than `MAX_NUMBERS` numbers, of which each row has this many."""
    message = (
        f"has more than {MAX_NUMBERS:,} numbers, with {numbers:,} in each row: leave out rows or columns"
    )
    return data_error(file, message, line=line)


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
