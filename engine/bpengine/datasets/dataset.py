"""`Dataset`: samples with their scaling, their names and the true function or boundary, if it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Self

import numpy as np

from bpengine.arrays import Array, IntArray
from bpengine.tasks import Task


def read_only(array: Array) -> Array:
    """Return the array as float64, C-contiguous and read-only. It is copied only if necessary."""
    array = np.ascontiguousarray(array, dtype=np.float64)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """A conversion from original units to the network's: (values - offset) / scale, column by column."""

    offset: Array
    """Shape (columns,), in original units."""
    scale: Array
    """Shape (columns,), in original units; never 0."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "offset", read_only(self.offset))
        object.__setattr__(self, "scale", read_only(self.scale))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.offset, self.scale)

    @classmethod
    def identity(cls, columns: int) -> Self:
        """Return the scaling that changes nothing."""
        return cls(np.zeros(columns), np.ones(columns))

    @classmethod
    def standardizing(cls, values: Array) -> Self:
        """Return the scaling that gives these values mean 0 and standard deviation 1 in each column.

        The standard deviation is the population's, with a divisor of n. A constant column becomes 0.

        Args:
            values: shape (n, columns).
        """
        # The mean of equal values can be off by a rounding error, which makes their deviation more than 0.
        constant = values.min(axis=0) == values.max(axis=0)
        offset = np.where(constant, values[0], values.mean(axis=0))
        deviation = values.std(axis=0)
        return cls(offset, np.where(constant | (deviation == 0), 1.0, deviation))

    def apply(self, values: Array) -> Array:
        """Convert from original units to the network's; shape (n, columns)."""
        return (values - self.offset) / self.scale

    def undo(self, values: Array) -> Array:
        """Convert from the network's units to original ones; shape (n, columns)."""
        return values * self.scale + self.offset


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Dataset:
    """Samples for a task, in read-only arrays. `len` gives their number, without those in `test`."""

    name: str
    task: Task
    inputs: Array
    """The network's inputs, `scaling.apply(coordinates)`; shape (n, d)."""
    targets: Array
    """The targets in the network's units, one-hot for classification; shape (n, k)."""
    coordinates: Array
    """The inputs in their original units, as they are plotted; shape (n, d)."""
    scaling: Scaling
    """The conversion from `coordinates` to `inputs`; d columns."""
    target_scaling: Scaling
    """The conversion from the targets' original units to `targets`; k columns."""
    domain: tuple[tuple[float, float], ...]
    """The range of each coordinate to plot, as low < high; d pairs."""
    features: tuple[str, ...]
    """The names of the coordinates; d of them."""
    target: str
    """The name of the target."""
    truth: Callable[[Array], Array] | None = None
    """The true function of a regression, if known: from coordinates (m, d) to original units (m,)."""
    border: Array | None = None
    """The true boundary between classes in the plane, if known: the points of lines, with a row of NaN
    between two lines; shape (m, 2)."""
    classes: tuple[str, ...] = ()
    """The names of the classes, in the order of the outputs; empty for regression."""
    test: Dataset | None = None
    """The held-out samples, in the same units, or None."""

    def __post_init__(self) -> None:
        for name in ("inputs", "targets", "coordinates", "border"):
            array = getattr(self, name)
            if array is not None:
                object.__setattr__(self, name, read_only(array))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the arguments of the constructor, which makes the arrays read-only again."""
        return partial(type(self), **{field.name: getattr(self, field.name) for field in fields(self)}), ()

    def __len__(self) -> int:
        return len(self.inputs)


def one_hot(labels: IntArray, classes: int) -> Array:
    """Encode class numbers from 0 to classes - 1, shape (n,), as rows with a single 1, shape (n, classes)."""
    rows: Array = (labels[:, np.newaxis] == np.arange(classes)).astype(np.float64)
    return rows


def rounded_range(values: Array, minimal: tuple[float, float]) -> tuple[float, float]:
    """Return a range that contains the values, shape (n,), and the range `minimal`.

    An end that goes beyond `minimal` is a multiple of 0.1.
    """
    low, high = np.round([values.min() * 10, values.max() * 10], 6)  # without rounding errors
    return min(float(np.floor(low)) / 10, minimal[0]), max(float(np.ceil(high)) / 10, minimal[1])


def value_range(values: Array) -> tuple[float, float]:
    """Return the range of the values, shape (n,), or a range around their value if they are all equal."""
    low, high = float(values.min()), float(values.max())
    margin = max(abs(low) / 2, 0.5) if low == high else 0.0
    return low - margin, high + margin
