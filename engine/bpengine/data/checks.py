"""Converting and checking the arrays of a data set. Every problem raises a `DataError`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.errors import DataError
from bpwords import must_be, printable

MAX_FLOAT = float(np.finfo(np.float64).max)
LARGEST = 1e100
"""The largest magnitude allowed. Squares of such numbers, their mean and their deviation are all finite."""
MAX_CLASSES = 100
MAX_NUMBERS = 5_000_000
"""The most numbers of a data set: the inputs and targets of all samples, test samples included. A target that
is a class counts as one number for each class."""


def read_only(array: Array) -> Array:
    """Return the array as float64, C-contiguous and read-only. It is copied unless nobody can change it."""
    array = np.ascontiguousarray(array, dtype=np.float64)
    owner: Any = array
    while isinstance(owner, np.ndarray) and not owner.flags.writeable:
        owner = owner.base
    if not (owner is None or isinstance(owner, bytes)) or not array.flags.aligned:
        array = array.copy()
        array.setflags(write=False)
    return array


def table(values: Any, what: str) -> Array:
    """Return numbers with one row for each sample; a vector becomes a column.

    Args:
        values: anything that NumPy can make an array of.
        what: what messages call the values.
    """
    array = array_of(values, what)
    if array.dtype.kind not in "biufO":
        raise DataError(f"{what}: must be numbers, got {_kind(array)}")
    try:
        with np.errstate(all="ignore"):  # values that overflow are refused below
            numbers: Array = array.astype(np.float64)
    except OverflowError:
        raise DataError(f"{what}: must be numbers from {-LARGEST:g} to {LARGEST:g}") from None
    except (TypeError, ValueError):
        raise DataError(f"{what}: must be numbers, but have other values") from None
    if numbers.ndim == 1:
        numbers = numbers[:, np.newaxis]
    check_table(numbers, what)
    return numbers


def check_size(numbers: int, what: str) -> None:
    """Check that there are at most `MAX_NUMBERS` numbers."""
    if numbers > MAX_NUMBERS:
        raise DataError(f"{what}: must have at most {MAX_NUMBERS:,} numbers, got {numbers:,}")


def check_table(numbers: Array, what: str, largest: float = LARGEST) -> None:
    """Check that there are rows and columns, and that no number is NaN or larger than the largest allowed."""
    if numbers.ndim != 2:
        raise DataError(f"{what}: must have one row for each sample, got shape {numbers.shape}")
    if 0 in numbers.shape:
        raise DataError(f"{what}: must not be empty, got shape {numbers.shape}")
    wrong = np.argwhere(~(np.abs(numbers) <= largest))  # also true for NaN
    if len(wrong):
        row, column = wrong[0]
        allowed = f"must be a number from {-largest:g} to {largest:g}"
        raise DataError(f"{what}, row {row}: {allowed}, got {numbers[row, column]:g}")


def check_one_hot(targets: Array, what: str) -> None:
    """Check that each row has a single 1 and otherwise 0, with a column for each of at least two classes."""
    if targets.shape[1] < 2:
        raise DataError(
            f"{what}: must have one column for each of two or more classes, got shape {targets.shape}"
        )
    wrong = np.flatnonzero(((targets != 0) & (targets != 1)).any(axis=1) | (targets.sum(axis=1) != 1))
    if len(wrong):
        raise DataError(f"{what}: must have a single 1 in each row, and else 0; row {wrong[0]} does not")


def check_same_length(inputs: Array, targets: Array, what: str) -> None:
    """Check that inputs and targets have the same number of rows."""
    if len(inputs) != len(targets):
        raise DataError(
            f"{what}: must have as many rows as the inputs, got {len(targets)} for {len(inputs)} inputs"
        )


def check_count(names: Sequence[str], wanted: int, what: str) -> None:
    """Check the number of names."""
    if len(names) != wanted:
        raise DataError(f"{what}: must have {wanted} names, got {len(names)}")


def names_of(values: Any, what: str) -> tuple[str, ...]:
    """Return names as texts, after checking that they are a sequence without duplicates."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise DataError(f"{what}: {must_be('a sequence of names', values)}")
    names = tuple(map(str, values))
    name, count = Counter(names).most_common(1)[0] if names else ("", 0)
    if count > 1:
        raise DataError(f"{what}: must differ from each other, got {name!r} twice")
    return names


def are_labels(values: Any, what: str) -> bool:
    """Whether the values are texts or booleans, which can't be meant as numbers."""
    array = array_of(values, what)
    return array.dtype.kind in "bU" or (
        array.dtype.kind == "O" and any(isinstance(value, (str, bool)) for value in array.ravel())
    )


def class_labels(values: Any, what: str) -> list[str]:
    """Return the names of class labels: texts, booleans or whole numbers; one for each sample."""
    array = array_of(values, what)
    if array.ndim != 1:
        raise DataError(f"{what}: must have one class label for each sample, got shape {array.shape}")
    kind = array.dtype.kind
    if kind == "f":
        if not (array == np.round(array)).all() or not np.isfinite(array).all():
            raise DataError(f"{what}: class labels must be texts or whole numbers")
        return [str(int(value)) for value in array]
    plain = array.tolist()
    if kind not in "biuUO" or not all(isinstance(value, (str, int)) for value in plain):
        raise DataError(f"{what}: class labels must be texts or whole numbers")
    return [str(value) for value in plain]


def sorted_classes(names: list[str], what: str) -> tuple[str, ...]:
    """Return the distinct class names: whole numbers by value, before texts in alphabetical order."""
    classes = tuple(sorted(set(names), key=_sort_key))
    if not 2 <= len(classes) <= MAX_CLASSES:
        raise DataError(f"{what}: must have from 2 to {MAX_CLASSES} classes, got {len(classes)}")
    return classes


def class_numbers(names: list[str], classes: tuple[str, ...], what: str) -> Any:
    """Return the position of each name among the classes; shape (n,)."""
    number_of = {name: number for number, name in enumerate(classes)}
    for row, name in enumerate(names):
        if name not in number_of:
            raise DataError(
                f"{what}: row {row} has the class '{printable(name)}', which no training sample has"
            )
    return np.array([number_of[name] for name in names])


def _sort_key(name: str) -> tuple[bool, int, str]:
    try:
        return False, int(name), name
    except ValueError:
        return True, 0, name


def array_of(values: Any, what: str) -> Any:
    """Return values as a NumPy array with at least one dimension."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):  # rows of different lengths
        raise DataError(f"{what}: must be an array with rows of equal length") from None
    if array.ndim == 0:
        raise DataError(f"{what}: must be an array, got {printable(type(values).__name__)}")
    check_size(array.size, what)
    if np.ma.is_masked(values):
        raise DataError(f"{what}: must have no masked values")
    return array


def _kind(array: Any) -> str:
    return "text" if array.dtype.kind in "US" else f"values of type {array.dtype}"
