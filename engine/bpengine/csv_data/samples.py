"""Gathers the chosen cells row by row, each checked."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence

import numpy as np

from bpengine.arrays import Array
from bpengine.csv_data.columns import Column
from bpengine.csv_data.numbers import LARGEST, complaint, number
from bpengine.csv_data.table import Row
from bpengine.csv_data.wording import collapsed, refusal
from bpengine.datasets.dataset import one_hot
from bpengine.errors import DataError
from bpengine.tasks import Task
from bpengine.wording import printable

MAX_ROWS = 1_000_000
MAX_CLASSES = 100


class Samples:
    """The samples of one file.

    Attributes:
        task: what they are for.
    """

    def __init__(
        self, file: str, task: Task, features: Sequence[Column], target: Column, *, maybe_header: bool
    ) -> None:
        """Start without any.

        Args:
            file: its name, for messages.
            task: whether the target is a number or a label.
            features: what the inputs are.
            target: what to learn.
            maybe_header: whether the first row was only guessed to be no header.
        """
        self.task = task
        self._file = file
        self._target = target
        self._numeric = tuple(features) if task == "classification" else (*features, target)
        self._numbers = array("d")  # row after row, 8 bytes each
        self._labels: dict[str, int] = {}
        self._chosen = array("q")
        self._maybe_header = maybe_header
        self._rows = 0

    def add(self, row: Row) -> None:
        """Take one row.

        Raises:
            DataError: a cell can't be used, or there are too many rows or classes.
        """
        if self._rows == MAX_ROWS:
            raise refusal(self._file, f"more than {MAX_ROWS:,} rows of data", line=row.line)
        for column in self._numeric:
            cell = row.cells[column.index]
            value = number(cell)
            if value is None or not -LARGEST <= value <= LARGEST:  # NaN fails, too
                raise self._bad_number(row, column, cell)
            self._numbers.append(value)
        if self.task == "classification":
            self._add_label(row)
        self._rows += 1

    def arrays(self) -> tuple[Array, Array, tuple[str, ...]]:
        """Inputs (n, d), targets (n, k), and the classes' names in the order of the outputs.

        Raises:
            DataError: fewer than two rows, or a single class.
        """
        if self._rows < 2:
            rows = "1 row" if self._rows else "no rows"
            raise refusal(self._file, f"has {rows} of data: it takes at least 2")
        numbers = np.array(self._numbers).reshape(self._rows, len(self._numeric))
        if self.task == "regression":
            return numbers[:, :-1], numbers[:, -1:], ()
        names = sorted(self._labels, key=natural_key)
        if len(names) < 2:
            message = f"has one class only, '{printable(names[0])}': it takes at least 2"
            raise refusal(self._file, message, column=self._target)
        place = {name: position for position, name in enumerate(names)}
        positions = np.array([place[name] for name in self._labels])
        targets = one_hot(positions[np.array(self._chosen)], len(names))
        return numbers, targets, tuple(printable(name, 100) for name in names)

    def _add_label(self, row: Row) -> None:
        label = collapsed(row.cells[self._target.index])
        if not label:
            raise refusal(self._file, complaint("", ""), line=row.line, column=self._target)
        self._chosen.append(self._labels.setdefault(label, len(self._labels)))
        if len(self._labels) > MAX_CLASSES:
            message = f"more than {MAX_CLASSES} classes: is another column the target (--target)?"
            raise refusal(self._file, message, line=row.line, column=self._target)

    def _bad_number(self, row: Row, column: Column, cell: str) -> DataError:
        message = complaint(cell, printable(cell))
        if self._maybe_header and self._rows == 0 and cell:
            message += f"; if line {row.line} is a header, say so with --header yes"
        return refusal(self._file, message, line=row.line, column=column)


def natural_key(label: str) -> tuple[object, ...]:
    """Sorts numbers by value, before words; and words as people count: a2 before a10."""
    value = number(label)
    if value is not None and not math.isnan(value):
        return (0, value, label)
    parts = re.split("([0-9]+)", label.casefold())
    # Odd ones are digits: compared by length, then digit by digit, whatever their number.
    keys = [
        (len(part.lstrip("0")), part.lstrip("0")) if index % 2 else part for index, part in enumerate(parts)
    ]
    return (1, keys, label)
