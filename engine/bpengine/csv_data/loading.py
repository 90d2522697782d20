"""From a table to a data set."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from bpengine.csv_data.columns import Columns, guess_header, is_position
from bpengine.csv_data.files import read_text
from bpengine.csv_data.numbers import number
from bpengine.csv_data.samples import Samples
from bpengine.csv_data.table import Row, rows
from bpengine.csv_data.wording import collapsed, refusal
from bpengine.datasets.dataset import Dataset, Scaling, own_range
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
    """The samples in a file, as they are; `parse_csv` tells how it is read.

    Raises:
        DataError: the file or something in it can't be used.
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
    """The samples in a text, as they are: nothing is scaled or held out yet.

    Cells are parted by commas, or by semicolons or tabs if the first line has any. Columns go by the header's
    names or by position, counted from 1; a name goes first. Columns that aren't chosen may hold anything.

    Args:
        text: the table, one sample a row.
        name: what messages call it.
        task: for classification the target's cells are labels, in their natural order as classes.
        features: the columns to learn from; by default all but the target.
        target: the column to learn; by default the last.
        header: whether the first row is one. None: it is if a column is asked for by name, or if a word in it
            stands above a number in the second row (for the column of classes: if no other column tells).

    Raises:
        DataError: it can't be used; one line with file, line and column.
    """
    table = rows(text, name)
    first, second = next(table, None), next(table, None)
    if first is None:
        raise refusal(name, "is empty")
    if second is None:
        words = header is None and not any(number(cell) is not None for cell in first.cells)
        only = "a header, but no data" if header or words else "only one row"
        raise refusal(name, f"has {only}: it takes at least 2 rows of data", line=first.line)
    guessed = header is None
    if header is None:
        header = _find_header(name, task, (first, second), features, target)
    columns = Columns(name, first, header=header)
    chosen, aim = columns.choose(features, target)
    samples = Samples(name, task, chosen, aim, maybe_header=guessed and not header)
    for row in chain([second] if header else [first, second], table):
        samples.add(row)
    return _dataset(name, samples, columns.names((*chosen, aim)))


def _find_header(
    name: str, task: Task, two: tuple[Row, Row], features: Sequence[str] | None, target: str | None
) -> bool:
    asked = [*(features or ()), *([] if target is None else [target])]
    if not all(is_position(collapsed(column)) for column in asked):
        return True
    label = None
    if task == "classification":
        label = Columns(name, two[0], header=False).choose(None, target)[1].index
    return guess_header(name, *two, label)


def _dataset(name: str, samples: Samples, names: tuple[str, ...]) -> Dataset:
    inputs, targets, classes = samples.arrays()
    return Dataset(
        name=printable(name, 60),
        task=samples.task,
        inputs=inputs,
        targets=targets,
        coordinates=inputs,
        scaling=Scaling.identity(inputs.shape[1]),
        target_scaling=Scaling.identity(targets.shape[1]),
        domain=tuple(own_range(values) for values in inputs.T),
        features=names[:-1],
        target=names[-1],
        classes=classes,
    )
