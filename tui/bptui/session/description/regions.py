"""The regions of a plane in words, and the connected areas of a class."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpwords import translatable, word

REGIONS = translatable(
    (
        "in the lower left",
        "at the bottom",
        "in the lower right",
        "at the left",
        "in the middle",
        "at the right",
        "in the upper left",
        "at the top",
        "in the upper right",
    ),
    "region",
)
"""The nine regions of a plane that is divided into thirds, the lowest row first."""


def regions_of(points: Array, domain: tuple[tuple[float, float], ...]) -> IntArray:
    """Return the index into `REGIONS` of each point.

    Args:
        points: the points; shape (n, 2).
        domain: the lowest and the highest value of each axis.

    Returns:
        Indices; shape (n,).
    """
    low, high = np.array(domain).T
    thirds = np.clip(np.floor(3 * (points - low) / (high - low)), 0, 2).astype(np.int64)
    indices: IntArray = thirds[:, 0] + 3 * thirds[:, 1]
    return indices


def region_of(index: int) -> str:
    """The region with this index in words."""
    return word(REGIONS[index], "region")


def count_areas(labels: IntArray, label: int, min_cells: int) -> int:
    """Count the connected areas of a label.

    Args:
        labels: the label of each cell; shape (rows, columns).
        label: the label whose areas are counted.
        min_cells: the fewest cells of an area that counts.
    """
    left = {(int(row), int(column)) for row, column in np.argwhere(labels == label)}
    count = 0
    while left:
        edge = [left.pop()]
        size = 0
        while edge:
            row, column = edge.pop()
            size += 1
            for cell in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
                if cell in left:
                    left.remove(cell)
                    edge.append(cell)
        count += size >= min_cells
    return count
