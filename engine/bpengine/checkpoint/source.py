"""The user's own samples in a file."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.checkpoint.codec import MAX_TEXT, decode, encode, fits
from bpengine.checkpoint.container import DamagedError, damaged
from bpengine.choices import Task
from bpengine.data import Dataset
from bpengine.data.checks import LARGEST
from bpengine.data.raw_columns import RawColumn
from bpengine.errors import DataError
from bpengine.wording import printable

_SAME = (
    "name",
    "task",
    "coordinates",
    "targets",
    "domain",
    "features",
    "target",
    "classes",
    "border",
    "columns",
)
"""The fields that a file holds as they are."""


@dataclass(frozen=True, slots=True, eq=False)
class SavedSource:
    """What a file holds of a `Dataset`. The function that may have generated the samples is lost."""

    name: str
    task: Task
    coordinates: Array
    targets: Array
    test: tuple[Array, Array] | None
    domain: tuple[tuple[float, float], ...]
    features: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    border: Array | None
    columns: tuple[RawColumn, ...]

    @staticmethod
    def of(source: Dataset) -> SavedSource:
        """The samples.

        Raises:
            DamagedError: `dataset` would refuse them.
        """
        names = {name: printable(getattr(source, name), MAX_TEXT) for name in ("name", "target")}
        lists = {
            name: tuple(printable(text, MAX_TEXT) for text in getattr(source, name))
            for name in ("features", "classes")
        }
        columns = (replace(column, name=printable(column.name, MAX_TEXT)) for column in source.columns)
        same = {name: getattr(source, name) for name in _SAME}
        test = None if source.test is None else (source.test.coordinates, source.test.targets)
        saved = SavedSource(**same | names | lists | {"columns": tuple(columns)}, test=test)
        decode(SavedSource, encode(saved), "data").dataset("data")
        return saved

    def dataset(self, where: str) -> Dataset:
        """The samples before standardization.

        Args:
            where: their place in messages.

        Raises:
            DamagedError: no run can have such samples.
        """
        for array in (self.coordinates, self.targets, *(self.test or ())):
            if not fits(array, None, None) or 0 in array.shape or np.abs(array).max() > LARGEST:
                raise damaged(where, f"has numbers outside {-LARGEST:g} to {LARGEST:g}, or no rows")
        inputs = self.coordinates.shape[1]
        for name, holds in {
            "domain": len(self.domain) == inputs and all(low < high for low, high in self.domain),
            "features": len(self.features) == inputs,
            "border": self.border is None or self.border.shape[1:] == (2,),
            "columns": all(map(_is_possible, self.columns)),
        }.items():
            if not holds:
                raise damaged(f"{where}.{name}", "does not go together with the samples")
        try:
            source = Dataset.of(**{name: getattr(self, name) for name in _SAME})
            if self.test is None:
                return source
            coordinates, targets = self.test
            test = replace(source, inputs=coordinates, targets=targets, coordinates=coordinates)
            return replace(source, test=test)
        except DataError as error:
            raise DamagedError(f"{where}: {error}") from None


def _is_possible(column: RawColumn) -> bool:
    numbers, categories = (column.origin, *column.fill), column.categories
    return (
        (column.kind == "text") == bool(categories)
        and len(set(categories)) == len(categories)
        and len(column.fill) in (0, column.width)
        and all(abs(number) <= LARGEST for number in numbers)
    )
