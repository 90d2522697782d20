"""The user's own samples in a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bpengine.arrays import Array
from bpengine.checkpoint.codec import MAX_TEXT, decode, encode, fits
from bpengine.checkpoint.container import Content, DamagedError, damaged
from bpengine.datasets import Dataset, Scaling
from bpengine.datasets.checks import LARGEST
from bpengine.datasets.raw_columns import RawColumn
from bpengine.errors import DataError
from bpengine.tasks import Task
from bpengine.wording import printable


@dataclass(frozen=True, slots=True)
class _Source:
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


def encode_source(source: Dataset) -> Content:
    """The samples as content.

    Raises:
        DamagedError: `decode_source` would refuse them.
    """
    content: Content = encode(
        _Source(
            name=_name(source.name),
            task=source.task,
            coordinates=source.coordinates,
            targets=source.targets,
            test=None if source.test is None else (source.test.coordinates, source.test.targets),
            domain=source.domain,
            features=tuple(map(_name, source.features)),
            target=_name(source.target),
            classes=tuple(map(_name, source.classes)),
            border=source.border,
            columns=tuple(replace(column, name=_name(column.name)) for column in source.columns),
        )
    )
    decode_source(content)
    return content


def decode_source(value: Any, where: str = "data") -> Dataset:
    """The samples before standardization.

    Raises:
        DamagedError: no run can have such samples.
    """
    saved: _Source = decode(_Source, value, where)
    for array in (saved.coordinates, saved.targets, *(saved.test or ())):
        if not fits(array, None, None) or 0 in array.shape or np.abs(array).max() > LARGEST:
            raise damaged(where, f"has numbers outside {-LARGEST:g} to {LARGEST:g}, or no rows")
    inputs, outputs = saved.coordinates.shape[1], saved.targets.shape[1]
    if len(saved.domain) != inputs or not all(low < high for low, high in saved.domain):
        raise damaged(f"{where}.domain", "does not have a range for each input")
    if len(saved.features) != inputs:
        raise damaged(f"{where}.features", "does not have a name for each input")
    if saved.border is not None and saved.border.shape[1:] != (2,):
        raise damaged(f"{where}.border", "does not have two coordinates")
    if not all(map(_is_possible, saved.columns)):
        raise damaged(f"{where}.columns", "does not have columns that are possible")
    try:
        source = Dataset(
            name=saved.name,
            task=saved.task,
            inputs=saved.coordinates,
            targets=saved.targets,
            coordinates=saved.coordinates,
            scaling=Scaling.identity(inputs),
            target_scaling=Scaling.identity(outputs),
            domain=saved.domain,
            features=saved.features,
            target=saved.target,
            border=saved.border,
            classes=saved.classes,
            columns=saved.columns,
        )
        if saved.test is None:
            return source
        coordinates, targets = saved.test
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


def _name(text: str) -> str:
    return printable(text, MAX_TEXT)
