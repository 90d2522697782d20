"""What there is to learn: named data sets, built anew at each call, always the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpengine.config import Task

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Samples and what is known about where they come from. The arrays are read-only."""

    name: str
    task: Task
    inputs: Array
    """What the network sees; shape (samples, inputs)."""
    targets: Array
    """What it shall answer; shape (samples, outputs). For classes one-hot."""
    coordinates: Array
    """Where the samples lie in the plot's own units; shape (samples, inputs)."""
    truth: Callable[[Array], Array]
    """The curve behind the data, over the first coordinate: the function to fit, or the classes' border."""
    classes: tuple[str, ...] = ()
    """The classes' names, in the order of the outputs; empty for regression."""

    def __post_init__(self) -> None:
        for array in (self.inputs, self.targets, self.coordinates):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.inputs)


def sine() -> Dataset:
    """One period of a sine: 63 points x = 0, 0.1, ..., 6.2; the input is (x - pi) / pi, the target sin(x)."""
    x = np.arange(0, 2 * np.pi, 0.1)
    return Dataset(
        name="sine",
        task="regression",
        inputs=((x - np.pi) / np.pi)[:, np.newaxis],
        targets=np.sin(x)[:, np.newaxis],
        coordinates=x[:, np.newaxis],
        truth=np.sin,
    )


def _sine_border(x: Array) -> Array:
    border: Array = np.sin(np.pi * x)
    return border


def sine_border() -> Dataset:
    """A 21 x 21 grid over [-1, 1] x [-1, 1], x outer: class "below" where y < sin(pi x), else "above".

    The grid's values carry the rounding noise of `arange`, which decides some points on the line; another
    way to build it would move them to the other class.
    """
    axis = np.arange(-1.0, 1.1, 0.1)
    grid = np.column_stack([np.repeat(axis, len(axis)), np.tile(axis, len(axis))])
    below = grid[:, 1] < _sine_border(grid[:, 0])
    return Dataset(
        name="sine border",
        task="classification",
        inputs=grid,
        targets=np.column_stack([~below, below]).astype(np.float64),
        coordinates=grid,
        truth=_sine_border,
        classes=("above", "below"),
    )


DATASETS: dict[Task, Callable[[], Dataset]] = {"regression": sine, "classification": sine_border}
"""The data set of each task."""
