"""What a run predicts for typed values, in words; and what can be typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from bpengine import Dataset
from bpengine.arithmetic.arrays import Array
from bpengine.data.dates import date_text
from bpengine.data.raw_columns import RawColumn
from bpengine.training.predictions import answers, typed_inputs
from bpwords import Sentence, headed, listed, name_list, printable, translatable, word
from bpwords.numbers import number

DIVERGED = translatable("the run has diverged, and predicts nothing")
"""Why a run has no answers."""
MAX_CLASSES = 4
"""The most classes whose probabilities are said."""
MAX_OUTSIDE = 3
"""The most columns outside the training data that are named."""


@dataclass(frozen=True, slots=True)
class AskedColumn:
    """A column of the data, whose value is asked for."""

    column: RawColumn
    low: float
    """The lowest coordinate in the training samples."""
    high: float
    typical: str
    """The middle of the values in the training samples, or the most frequent one."""

    @classmethod
    def of(cls, column: RawColumn, values: Array) -> Self:
        """Return the column with these coordinates in the training samples; shape (n, width)."""
        if column.kind == "text":
            return cls(column, 0.0, 1.0, column.categories[int(values.sum(axis=0).argmax())])
        middle = float(np.partition(values[:, 0], len(values) // 2)[len(values) // 2])
        typical = ("no", "yes")[middle >= 0.5] if column.kind == "boolean" else _text(column, middle)
        return cls(column, float(values.min()), float(values.max()), typical)

    @property
    def name(self) -> str:
        """The name of the column, printable."""
        return printable(self.column.name)

    @property
    def hint(self) -> str:
        """What can be typed: the categories, or the range of the training data."""
        match self.column.kind:
            case "text":
                allowed = name_list(self.column.categories)
            case "boolean":
                allowed = word("yes or no")
            case _:
                allowed = self.range
        return Sentence("{allowed}, or empty")(allowed=allowed) if self.column.fill else allowed

    @property
    def range(self) -> str:
        """The range of numbers or dates in the training data."""
        low, high = _text(self.column, self.low), _text(self.column, self.high)
        return low if low == high else Sentence("{low} to {high}")(low=low, high=high)

    def is_outside(self, coordinate: float) -> bool:
        """Whether a number or date is outside the training data, and outside the range as it is shown."""
        ends = [self.low, self.high]
        if self.column.kind == "number":
            ends += [float(_text(self.column, end)) for end in ends]
        return self.column.kind in ("number", "date") and not min(ends) <= coordinate <= max(ends)


def _text(column: RawColumn, value: float) -> str:
    """A number or a date of a column."""
    return date_text(value + column.origin) if column.kind == "date" else number(value, 4)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a run answers."""

    text: str
    """The target and its value, or the class and probabilities."""
    note: str
    """A sentence about what is outside the training data; empty if nothing is."""


def asked(dataset: Dataset) -> tuple[AskedColumn, ...]:
    """The columns that a run on these samples needs values of."""
    both = zip(dataset.raw_columns, dataset.column_places, strict=True)
    return tuple(AskedColumn.of(column, dataset.coordinates[:, places]) for column, places in both)


def answered(
    dataset: Dataset,
    columns: Sequence[AskedColumn],
    texts: Sequence[str],
    outputs_of: Callable[[Array], Array],
) -> Answered:
    """What a run answers for typed values.

    Args:
        dataset: its training samples.
        columns: what `asked` returns for them.
        texts: a text for each of these columns.
        outputs_of: returns the outputs of the network for inputs of the network.

    Raises:
        TypedError: a text can't be used.
    """
    coordinates, inputs = typed_inputs(dataset, texts)
    outputs = outputs_of(inputs)
    outside, start = [], 0
    for column in columns:
        if column.is_outside(coordinates[0, start]):
            outside.append(Sentence("{title} ({key})")(title=column.name, key=column.range))
        start += column.column.width
    if len(outside) > MAX_OUTSIDE:
        outside[MAX_OUTSIDE:] = [Sentence("{n} more")(n=len(outside) - MAX_OUTSIDE)]
    note = Sentence("Outside the training data: {columns}.")(columns=listed(outside)) if outside else ""
    return Answered(headed(printable(dataset.target), _in_words(dataset, outputs)), note)


def _in_words(dataset: Dataset, outputs: Array) -> str:
    if dataset.task == "regression":
        return listed([number(value, 6) for value in np.atleast_1d(answers(dataset, outputs)[0]).tolist()])
    order = np.argsort(-outputs[0], kind="stable")[:MAX_CLASSES]
    shares = [(printable(dataset.classes[index]), number(float(outputs[0, index]))) for index in order]
    parts = word(", ", "list").join(f"P({name}) = {share}" for name, share in shares)
    return word("; ", "list").join((shares[0][0], parts))
