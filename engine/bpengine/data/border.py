"""The true border between two classes that a formula separates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bpengine.arithmetic.arrays import Array

_NODES = 121
"""The nodes of the grid along each axis."""
_HALVINGS = 10
"""How many bisection steps find the border between two nodes."""
_MAX_CROSSINGS = 4000
"""The most crossings of a border with the grid; with more, its lines could not be told apart."""


def grid_over(x_range: tuple[float, float]) -> Array:
    """Return the nodes of a grid over the square of this range; shape (nodes, nodes, 2)."""
    axis = np.linspace(*x_range, _NODES)
    return np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)


def border_between(is_true: Callable[[Array], Any], nodes: Array) -> Array | None:
    """Return the border as short lines of two points and a row of NaN each; None if it can't be drawn.

    In each square of four nodes, the points on the edges where the class changes are joined to their mean.

    Args:
        is_true: the class of points, shape (n, 2), as booleans, shape (n,).
        nodes: the grid, from `grid_over`.

    Returns:
        Shape (3 lines, 2).
    """
    known = is_true(nodes.reshape(-1, 2)).reshape(nodes.shape[:2])
    changes = known[:-1] != known[1:], known[:, :-1] != known[:, 1:]
    if not 0 < sum(change.sum() for change in changes) <= _MAX_CROSSINGS:
        return None
    first = _crossings(is_true, nodes[:-1], nodes[1:], changes[0])
    second = _crossings(is_true, nodes[:, :-1], nodes[:, 1:], changes[1])
    edges = np.stack([first[:, :-1], first[:, 1:], second[:-1], second[1:]])  # of each square
    crossed = np.isfinite(edges[..., 0])
    count = crossed.sum(axis=0)
    with np.errstate(invalid="ignore"):
        middle = np.where(crossed[..., np.newaxis], edges, 0).sum(axis=0) / count[..., np.newaxis]
    lines = []
    for edge, here in zip(edges, crossed, strict=True):
        ends = np.stack([edge[here], middle[here], np.full((here.sum(), 2), np.nan)], axis=1)
        lines.append(ends.reshape(-1, 2))
    return np.concatenate(lines)


def _crossings(is_true: Callable[[Array], Any], from_: Array, to: Array, differ: Any) -> Array:
    """Where the class changes between neighboring nodes; NaN where it does not."""
    found = np.full(from_.shape, np.nan)
    low, high = from_[differ], to[differ]
    at_low = is_true(low)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        same = (is_true(middle) == at_low)[:, np.newaxis]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    found[differ] = (low + high) / 2
    return found
