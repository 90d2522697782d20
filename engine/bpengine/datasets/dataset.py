"""A data set: samples, how their units became the network's, and what is known about where they come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from bpengine.arrays import Array, IntArray
from bpengine.tasks import Task


def frozen(array: Array) -> Array:
    """The array in the engine's own form: float64, C-contiguous, read-only; copied only if it has to be."""
    array = np.ascontiguousarray(array, dtype=np.float64)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """Own units to the network's: (values - offset) / scale, column by column."""

    offset: Array
    """Shape (columns,), own units."""
    scale: Array
    """Shape (columns,), own units, never 0."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "offset", frozen(self.offset))
        object.__setattr__(self, "scale", frozen(self.scale))

    @classmethod
    def identity(cls, columns: int) -> Self:
        """Both units are the same."""
        return cls(np.zeros(columns), np.ones(columns))

    @classmethod
    def standardizing(cls, values: Array) -> Self:
        """What brings these values, shape (n, columns), to mean 0 and standard deviation 1.

        The deviation is that of the values themselves (divided by n). A constant column comes to 0.
        """
        # A constant's mean may be off by a rounding, and then its deviation isn't 0, either.
        constant = values.min(axis=0) == values.max(axis=0)
        offset = np.where(constant, values[0], values.mean(axis=0))
        deviation = values.std(axis=0)
        return cls(offset, np.where(constant | (deviation == 0), 1.0, deviation))

    def apply(self, values: Array) -> Array:
        """Own units to the network's; shape (n, columns)."""
        return (values - self.offset) / self.scale

    def undo(self, values: Array) -> Array:
        """The network's units to own ones; shape (n, columns)."""
        return values * self.scale + self.offset


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Dataset:
    """Samples to learn from. `len` counts them, without those held out. The arrays are read-only."""

    name: str
    task: Task
    inputs: Array
    """What the network sees, `scaling.apply(coordinates)`; shape (n, d)."""
    targets: Array
    """What it shall answer, in its own units; shape (n, k). For classes one-hot."""
    coordinates: Array
    """Where the samples lie, in the plot's units; shape (n, d)."""
    scaling: Scaling
    """From coordinates to inputs; d columns."""
    target_scaling: Scaling
    """From the targets' own units to `targets`; k columns."""
    domain: tuple[tuple[float, float], ...]
    """The range to plot of each coordinate, low < high; d pairs."""
    features: tuple[str, ...]
    """The coordinates' names; d of them."""
    target: str
    """The name of what is learned."""
    truth: Callable[[Array], Array] | None = None
    """The function behind a regression, from coordinates (m, d) to own units (m,)."""
    border: Array | None = None
    """The true border of classes in the plane, as lines: points (m, 2), a row of NaN between two lines."""
    classes: tuple[str, ...] = ()
    """The classes' names, in the order of the outputs; empty for regression."""
    test: Dataset | None = None
    """Held-out samples, in the same units; None if there are none."""

    def __post_init__(self) -> None:
        for name in ("inputs", "targets", "coordinates", "border"):
            array = getattr(self, name)
            if array is not None:
                object.__setattr__(self, name, frozen(array))

    def __len__(self) -> int:
        return len(self.inputs)


def one_hot(labels: IntArray, classes: int) -> Array:
    """Whole numbers 0 to classes - 1, shape (n,), as rows with a single 1; shape (n, classes)."""
    rows: Array = (labels[:, np.newaxis] == np.arange(classes)).astype(np.float64)
    return rows


def tidy_range(values: Array, least: tuple[float, float]) -> tuple[float, float]:
    """The range `least`, and as many tenths more on either side as the values, shape (n,), need."""
    low, high = np.round([values.min() * 10, values.max() * 10], 6)  # a rounding beyond is none
    return min(float(np.floor(low)) / 10, least[0]), max(float(np.ceil(high)) / 10, least[1])


def own_range(values: Array) -> tuple[float, float]:
    """The range of the values, shape (n,), or one around them if they are all the same."""
    low, high = float(values.min()), float(values.max())
    margin = max(abs(low) / 2, 0.5) if low == high else 0.0
    return low - margin, high + margin
