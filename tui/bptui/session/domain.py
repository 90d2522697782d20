"""Where a data set's inputs lie, and what a network answers all over that place, in units people know."""

from __future__ import annotations

import numpy as np

from bpengine import Dataset, Network
from bpengine.arrays import Array
from bptui.session.snapshot import ACROSS, GRID, MAX_UNITS

_MAX_PRODUCTS = 10_000_000
"""Weights times places of a grid that a drawing has time for: some ten milliseconds."""
_MIN_GRID = (15, 20)


class Domain:
    """The inputs to ask a network for, built once for a run.

    Args:
        dataset: whose domain it is.
        parameters: how many weights the network has; a large one is asked at fewer places of a plane.
    """

    def __init__(self, dataset: Dataset, parameters: int) -> None:
        self._dataset = dataset
        self._inputs: Array | None = None
        self._shape: tuple[int, ...] = ()
        axes = [np.linspace(low, high, ACROSS) for low, high in dataset.domain]
        if len(axes) == 1:
            self._inputs = dataset.scaling.apply(axes[0][:, np.newaxis])
            self._shape = (ACROSS,)
        elif len(axes) == 2:
            self._shape = _grid(parameters)
            y, x = (
                np.linspace(low, high, steps)
                for (low, high), steps in zip(reversed(dataset.domain), self._shape, strict=True)
            )
            grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
            self._inputs = dataset.scaling.apply(grid)

    def look(self, network: Network) -> tuple[Array | None, tuple[Array, ...] | None]:
        """The answers and each hidden layer's all over the domain; see `Snapshot`."""
        if self._inputs is None:
            return None, None
        *hidden, answers = network.layer_outputs(self._inputs)
        across = self._shaped(self.in_own_units(answers))
        if sum(network.sizes[1:-1]) > MAX_UNITS:
            return across, None
        return across, tuple(map(self._shaped, hidden))

    def _shaped(self, answers: Array) -> Array:
        return answers.reshape(*self._shape, answers.shape[1])

    def in_own_units(self, answers: Array) -> Array:
        """As people know them; shape (samples, outputs), read-only."""
        own = self._dataset.target_scaling.undo(answers)
        own.setflags(write=False)
        return own


def _grid(parameters: int) -> tuple[int, int]:
    """Rows and columns."""
    part = min(1.0, (_MAX_PRODUCTS / (GRID[0] * GRID[1] * parameters)) ** 0.5)
    rows, columns = (max(least, round(part * full)) for least, full in zip(_MIN_GRID, GRID, strict=True))
    return rows, columns
