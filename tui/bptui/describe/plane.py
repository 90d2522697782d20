"""Where in a plane something is, in words."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array, IntArray

REGIONS = (
    "in the lower left",
    "at the bottom",
    "in the lower right",
    "at the left",
    "in the middle",
    "at the right",
    "in the upper left",
    "at the top",
    "in the upper right",
)
"""The nine parts of a plane in thirds, the lowest row first."""


def regions(points: Array, domain: tuple[tuple[float, float], ...]) -> IntArray:
    """Which of `REGIONS` each point, shape (n, 2), lies in; shape (n,)."""
    low, high = np.array(domain).T
    thirds = np.clip(np.floor(3 * (points - low) / (high - low)), 0, 2).astype(np.int64)
    found: IntArray = thirds[:, 0] + 3 * thirds[:, 1]
    return found


def pieces(labels: IntArray, label: int, least: int) -> int:
    """In how many connected pieces of at least so many cells a label lies; shape (rows, columns)."""
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
        count += size >= least
    return count
