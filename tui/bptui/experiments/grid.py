"""The grid over the domain of the data, at which networks are observed."""

from __future__ import annotations

import numpy as np

from bpengine import Dataset
from bpengine.arithmetic.arrays import Array

GRID_STEPS = 200
"""The most steps over the domain of one input; large networks get fewer."""
GRID = (60, 80)
"""The most rows and columns of the grid over a domain of two inputs; large networks get fewer."""
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
    part = min(1.0, (nodes / (GRID[0] * GRID[1])) ** 0.5)
    shape = tuple(max(least, round(part * full)) for least, full in zip(_MIN_GRID, GRID, strict=True))
    y, x = (
        np.linspace(low, high, steps)
        for (low, high), steps in zip(reversed(dataset.domain), shape, strict=True)
    )
    return dataset.inputs_at(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)), shape
