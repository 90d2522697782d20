"""Loading a CSV file as a data set."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from bpengine.csv_data.columns import Columns, guess_header, is_position
from bpengine.csv_data.files import read_text
from bpengine.csv_data.messages import data_error, single_spaced
from bpengine.csv_data.numbers import parse_number
from bpengine.csv_data.samples import Samples
from bpengine.csv_data.table import Row, rows
from bpengine.datasets.dataset import Dataset, Scaling, value_range
from bpengine.tasks import Task
from bpengine.wording import printable


def load_csv(
    path: str | os.PathLike[str],
    task: Task,
    *,
    features: Sequence[str] | None = None,
    target: str | None = None,
    header: bool | None = None,
) -> Dataset:
    """Load a data set from a CSV file. Nothing is scaled or held out yet.

    The cells are separated by commas, or by semicolons or tabs if the first line has any. A column is chosen
    by its name in the header or by its position, counted from 1; a name takes precedence. Columns that are
    not chosen may hold anything.

    Args:
        path: the file, with one sample in each row.
        task: for regression the target is a number; for classification it is a label, and the classes are the
            labels in natural order.
        features: the columns of the inputs; by default all but the target.
        target: the column to predict; by default the last.
        header: whether the first row is a header. By default it is one if a column is chosen by name, or if a
            word in the first row stands above a number in the second. The column of class labels decides only
            if no other column does.

    Raises:
        DataError: the file can't be used. The message is one line with the file, the line and the column.
    """
    text = read_text(path)
    return parse_csv(text, Path(path).name, task, features=features, target=target, header=header)


def parse_csv(
    text: str,
    name: str,
    task: Task,
    *,
    features: Sequence[str] | None = None,
    target: str | None = None,
    header: bool | None = None,
) -> Dataset:
    """Make a data set from the text of a CSV file. See `load_csv`, which does the same for a file.

    Args:
        text: the table.
        name: the file's name, for messages.
        task, features, target, header: as for `load_csv`.

    Raises:
        DataError: the text can't be used.
    """
    table = rows(text, name)
    first, second = next(table, None), next(table, None)
    if first is None:
        raise data_error(name, "is empty")
    if second is None:
        is_header = header or (
            header is None and not any(parse_number(cell) is not None for cell in first.cells)
        )
        content = "a header and no data" if is_header else "only one row"
        raise data_error(name, f"has {content}, but needs at least 2 rows of data", line=first.line)
    guessed = header is None
    if header is None:
        header = _has_header(name, task, first, second, features, target)
    columns = Columns(name, first, header=header)
    feature_columns, target_column = columns.choose(features, target)
    samples = Samples(name, task, feature_columns, target_column, maybe_header=guessed and not header)
    for row in chain([second] if header else [first, second], table):
        samples.add(row)
    return _dataset(name, samples, columns.unique_names((*feature_columns, target_column)))


def _has_header(
    name: str, task: Task, first: Row, second: Row, features: Sequence[str] | None, target: str | None
) -> bool:
    chosen = [*(features or ()), *([] if target is None else [target])]
    if not all(is_position(single_spaced(column)) for column in chosen):
        return True
    label = None
    if task == "classification":
        label = Columns(name, first, header=False).choose(None, target)[1].index
    return guess_header(name, first, second, label)


def _dataset(name: str, samples: Samples, column_names: tuple[str, ...]) -> Dataset:
    inputs, targets, classes = samples.arrays()
    return Dataset(
        name=printable(name, 60),
        task=samples.task,
        inputs=inputs,
        targets=targets,
        coordinates=inputs,
        scaling=Scaling.identity(inputs.shape[1]),
        target_scaling=Scaling.identity(targets.shape[1]),
        domain=tuple(value_range(values) for values in inputs.T),
        features=column_names[:-1],
        target=column_names[-1],
        classes=classes,
    )
