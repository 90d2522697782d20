"""The grid over the domain of the data, at which networks are observed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpengine import Dataset
from bpengine.arithmetic.arrays import Array

GRID_STEPS = 200
"""The most steps over the domain of one input; large networks get fewer."""
GRID = (60, 80)
"""The most rows and columns of the grid over a domain of two inputs; large networks get fewer."""
MAX_GRID_WORK = 8_000_000
"""The most work for the grid of a frame: with NumPy, about ten milliseconds. The grid does not depend on the
kernel, so that all see the same picture."""
MAX_SPREAD_WORK = 20_000_000
"""The most work for the grid of many runs, which is not computed at each frame (see `work_per_sample`)."""
_MIN_GRID = (8, 10)
_MIN_GRID_STEPS = 40


def domain_grid(dataset: Dataset, nodes: int) -> tuple[Array | None, tuple[int, ...]]:
    """The inputs at the steps or nodes of a grid over the domain, and the shape of the grid.

    Args:
        dataset: the data.
        nodes: about the most nodes, unless there would be too few to draw.

    Returns:
        None and an empty shape for more than two inputs.
    """
    if len(dataset.domain) == 1:
        steps = min(GRID_STEPS, max(_MIN_GRID_STEPS, nodes))
        return dataset.inputs_at(np.linspace(*dataset.domain[0], steps)[:, np.newaxis]), (steps,)
    if len(dataset.domain) != 2:
        return None, ()
    points, shape = plane_grid(dataset.domain, nodes)
    return dataset.inputs_at(points), shape


def plane_grid(domain: Sequence[tuple[float, float]], nodes: int) -> tuple[Array, tuple[int, int]]:
    """The nodes of a grid over a plane, shape (nodes, 2), and its rows and columns; see `domain_grid`."""
    part = min(1.0, (nodes / (GRID[0] * GRID[1])) ** 0.5)
    rows, columns = (max(least, round(part * full)) for least, full in zip(_MIN_GRID, GRID, strict=True))
    x, y = (np.linspace(*ends, steps) for ends, steps in zip(domain, (columns, rows), strict=True))
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2), (rows, columns)
