"""`FeatureMap`: how the coordinates of a sample become the inputs of the network, by names and formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bpengine.data.checks import LARGEST
from bpengine.data.formulas import Formula, number_of
from bpengine.data.formulas.language import MAX_OPERATIONS
from bpengine.data.raw_columns import RawColumn
from bpengine.errors import DataError, FormulaError
from bpwords import Sentence, printable, translatable
from bpwords.numbers import value_text

MAX_FORMULAS = 32
"""The most formulas among the features of a run."""
NO_VALUE = translatable("a feature has no finite value there")
"""Why some values of the coordinates can't be used together."""
_LISTED = 3
"""The most coordinates that a message lists."""


class FeatureError(DataError):
    """A feature can't be computed from the data.

    Attributes:
        number: the number of the feature, counted from 0.
        text: the feature.
        reason: what is wrong.
        column: the position of the problem in the text, counted from 1, if the text does not suit the names
            of the data; 0 if only the values do not.
    """

    def __init__(self, number: int, text: str, reason: str, column: int = 0) -> None:
        super().__init__(number, text, reason, column)
        self.number, self.text, self.reason, self.column = number, text, reason, column

    def __str__(self) -> str:
        at = Sentence("the feature '{name}', column {column}: {reason}")
        whole = at if self.column else Sentence("the feature '{name}' {reason}")
        return whole(name=printable(self.text), column=self.column, reason=self.reason)


@dataclass(frozen=True, slots=True)
class FeatureMap:
    """Computes features from coordinates."""

    names: tuple[str, ...]
    """The names of the features: those of coordinates, and formulas."""
    parts: tuple[int | Formula, ...]
    """For each feature, the number of the coordinate that it is, or its formula."""
    coordinates: tuple[str, ...]
    """The names of the coordinates; d of them."""

    @classmethod
    def of(cls, features: Sequence[str], coordinates: tuple[str, ...], columns: Sequence[RawColumn]) -> Self:
        """Return the map for features as users write them.

        Args:
            features: names of coordinates or of columns, and formulas of coordinates.
            coordinates: the names of the coordinates.
            columns: the columns of the user's rows; empty if they are the coordinates.

        Raises:
            FeatureError: a feature is neither a name nor a formula, or there are too many formulas.
        """
        places = {name: [number] for number, name in enumerate(coordinates)} if not columns else {}
        start, numbers = 0, list(coordinates)
        for column in columns:
            places[column.name] = list(range(start, start + column.width))
            if column.kind == "text":  # which has several inputs, and formulas take numbers
                numbers[start : start + column.width] = [""] * column.width
            start += column.width
        names: list[str] = []
        parts: list[int | Formula] = []
        for number, feature in enumerate(features):
            if feature in places:
                names += [coordinates[place] for place in places[feature]]
                parts += places[feature]
                continue
            try:
                parts.append(number_of(feature, tuple(numbers)))
            except FormulaError as error:
                reason = error.reason
                for column in columns:
                    if column.kind == "text" and f"'{column.name}'" in reason:
                        has_texts = Sentence("the column {name} has texts, and formulas take numbers")
                        reason = has_texts(name=printable(column.name))
                raise FeatureError(number, feature, reason, error.column) from None
            names.append(feature)
            if sum(isinstance(part, Formula) for part in parts) > MAX_FORMULAS:
                reason = Sentence("is one too many: at most {most} formulas are allowed")(most=MAX_FORMULAS)
                raise FeatureError(number, feature, reason)
        return cls(tuple(names), tuple(parts), coordinates)

    def apply(self, coordinates: Array) -> Array:
        """Return the features at coordinates, shape (n, d); shape (n, features).

        Where a feature has no finite value, all of them are NaN.
        """
        values = np.empty((len(coordinates), len(self.parts)))
        for number, part in enumerate(self.parts):
            values[:, number] = coordinates[:, part] if isinstance(part, int) else part(coordinates)
        values[~_are_finite(values).all(axis=1)] = np.nan
        return values

    def checked(self, training: Array, test: Array | None) -> tuple[Array, Array]:
        """Return the features of samples, all of them finite, and not the same for all training samples.

        Args:
            training: the coordinates of the training samples; shape (n, d).
            test: those of the test samples, or None.

        Returns:
            Shape (n, features), and the same for the test samples, of which there may be none.

        Raises:
            FeatureError: a formula does not have such values, or they would take too long.
        """
        samples = training if test is None else np.concatenate([training, test])
        for number, operations in enumerate(accumulate(map(operations_of, self.parts))):
            if operations * len(samples) > MAX_OPERATIONS:
                too_much = Sentence("is too much: {most} operations on all samples are allowed")
                raise FeatureError(number, self.names[number], too_much(most=f"{MAX_OPERATIONS:,}"))
        features = np.empty((len(samples), len(self.parts)))
        for number, part in enumerate(self.parts):
            features[:, number] = values = samples[:, part] if isinstance(part, int) else part(samples)
            if isinstance(part, int):
                continue
            wrong = np.flatnonzero(~_are_finite(values))
            if len(wrong):
                infinite = Sentence("has no finite value for {n} of {samples} samples, such as {where}")
                where = self._place(samples[wrong[0]])
                reason = infinite(n=len(wrong), samples=len(samples), where=where)
                raise FeatureError(number, part.text, reason)
            own = values[: len(training)]
            if own.min() == own.max():
                constant = Sentence(
                    "is {value} for all samples, so that the network can learn nothing from it"
                )
                raise FeatureError(number, part.text, constant(value=value_text(own[0])))
        return features[: len(training)], features[len(training) :]

    def _place(self, coordinates: Array) -> str:
        """The coordinates of a sample in words: x = 1, y = 2."""
        pairs = list(zip(self.coordinates, coordinates.tolist(), strict=True))
        more = ", ..." if len(pairs) > _LISTED else ""
        return (
            ", ".join(f"{printable(name, 20)} = {value_text(value)}" for name, value in pairs[:_LISTED])
            + more
        )


def operations_of(part: int | Formula) -> int:
    """Return how many additions take about as long as a feature of one sample, at most."""
    return 8 if isinstance(part, int) else 8 + part.operations


def _are_finite(values: Any) -> NDArray[np.bool_]:
    """Whether each value is a number of an allowed size."""
    with np.errstate(invalid="ignore"):
        allowed: NDArray[np.bool_] = np.abs(values) <= LARGEST
    return allowed
