"""Test vectors: rows at, between and beyond the training samples, with the answers of the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bpengine.data import Dataset
from bpengine.data.cells import date_text
from bpengine.data.checks import LARGEST
from bpengine.data.raw_columns import RawColumn, encode_rows
from bpengine.errors import ConfigError
from bpengine.network import Network
from bpengine.predictions import network_outputs

TOLERANCE = 1e-12
"""The largest difference of an answer in 64-bit floats; see `Vectors.scales`."""
FLOAT_TOLERANCE = 1e-4
"""The same for the network in 32-bit floats."""

Cell = float | str
"""A value of a row: a number, a truth value as 0 or 1, a date as days from 1970, or a text."""

_AT = 8
"""How many training samples are test vectors."""
_MOST_TEXTS = 40
"""The most rows that are added so that each text occurs."""
_DAYS = -719162.0, 2932896.0
"""The first and the last day that can be written, from year 1 to 9999."""


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Rows and their answers."""

    rows: tuple[tuple[Cell, ...], ...]
    answers: Array
    """The values in the units of the targets, or the probabilities; shape (rows, outputs)."""
    scales: Array
    """What a difference is measured in: the scale of each target, or the answer if that is larger. 1 for
    probabilities; shape (outputs,)."""


def answers_of(network: Network, dataset: Dataset, coordinates: Array) -> Array:
    """The values or probabilities at coordinates, shape (n, d), as `Trainer.predict` computes them.

    NaN where a feature has no finite value; shape (n, outputs).
    """
    inputs = dataset.inputs_at(coordinates)
    outputs = network_outputs(network, inputs)
    answers = outputs if dataset.task == "classification" else dataset.target_scaling.undo(outputs)
    answers[np.isnan(inputs).any(axis=1)] = np.nan
    return answers


def vectors_of(network: Network, dataset: Dataset) -> Vectors:
    """The test vectors of a run, without rows that have no finite answer.

    Raises:
        ConfigError: no row has one.
    """
    columns = dataset.raw_columns
    rows = _rows(columns, dataset.coordinates)
    answers = answers_of(network, dataset, coordinates_of(columns, rows))
    finite: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(answers), axis=1)
    kept = tuple(row for row, is_finite in zip(rows, finite, strict=True) if is_finite)
    if not kept:
        raise ConfigError("run", "has no finite answer at any sample, so that an export could not be checked")
    is_classifier = dataset.task == "classification"
    scales = np.ones(answers.shape[1]) if is_classifier else np.abs(dataset.target_scaling.scale)
    return Vectors(kept, answers[finite], scales)


def coordinates_of(columns: Sequence[RawColumn], rows: Sequence[Sequence[Cell]]) -> Array:
    """The coordinates of rows, by the conversion with which the user's rows are read."""
    texts = [[as_text(column, cell) for column, cell in zip(columns, row, strict=True)] for row in rows]
    coordinates = encode_rows(columns, texts)
    assert coordinates is not None, "there is a text for each column"
    return coordinates


def as_text(column: RawColumn, cell: Cell) -> str:
    """The cell as it stands in a file."""
    if isinstance(cell, str):
        return cell
    if column.kind == "date":
        return date_text(cell)
    return repr(int(cell) if column.kind == "boolean" else cell)


def _rows(columns: Sequence[RawColumn], samples: Array) -> list[tuple[Cell, ...]]:
    """The rows: at some samples, between two of them, beyond all, and with each text."""
    chosen = samples[np.unique(np.linspace(0, len(samples) - 1, _AT).astype(np.int64))]
    between = (chosen[:-1] + chosen[1:]) / 2
    low, high = samples.min(axis=0), samples.max(axis=0)
    width = np.where(high > low, high - low, 1.0)
    signs = np.array([[1], [-1]]) * np.where(np.arange(samples.shape[1]) % 2, -1, 1)
    beyond = np.concatenate([[low - width / 2, high + width / 2], (low + high) / 2 + signs * width])
    numbers = np.clip(np.concatenate([chosen, between, beyond]), -LARGEST, LARGEST)
    texts = max((len(column.categories) for column in columns), default=0)
    rows = [tuple(_cells(columns, row, number)) for number, row in enumerate(numbers)]
    more = (samples[number % len(samples)] for number in range(min(texts, _MOST_TEXTS)))
    rows += [tuple(_cells(columns, row, number, is_numbered=True)) for number, row in enumerate(more)]
    return list(dict.fromkeys(rows))


def _cells(
    columns: Sequence[RawColumn], coordinates: Array, number: int, *, is_numbered: bool = False
) -> Iterator[Cell]:
    """The cells of coordinates.

    Args:
        columns: the columns.
        coordinates: of a sample, or between or beyond samples; shape (d,).
        number: the number of the row.
        is_numbered: whether the number decides about the texts.
    """
    start = 0
    for column in columns:
        part = coordinates[start : start + column.width]
        start += column.width
        if column.kind == "text":
            is_one_text = not is_numbered and part.max() > 0
            yield column.categories[int(part.argmax()) if is_one_text else number % len(column.categories)]
        elif column.kind == "boolean":
            yield float(part[0] >= 0.5)
        elif column.kind == "date":
            yield float(np.clip(np.floor(part[0] + column.origin), *_DAYS))
        else:
            yield float(part[0])
