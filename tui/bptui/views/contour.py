"""What a classifier makes of the plane: the class of each node of a grid, and the border between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bpengine.arrays import Array, IntArray


def winners(across: Array) -> IntArray:
    """The most probable class of each node, and the number of classes where there is no telling.

    Args:
        across: probabilities; shape (rows, columns, classes).
    """
    known = np.isfinite(across).all(axis=2)
    chosen: IntArray = np.where(known, across.argmax(axis=2), across.shape[2])
    return chosen


def border(across: Array, x: tuple[float, float], y: tuple[float, float]) -> tuple[Array, Array]:
    """Where the most probable class changes, as pieces of lines: each two points, from the first, are one.

    Between two neighboring nodes of different classes both classes are as probable as each other at one
    point, by linear interpolation. In each square of four nodes these points are joined to their mean; that
    makes one line where two classes meet, and a star where three do.

    Args:
        across: probabilities; shape (rows, columns, classes).
        x: where the first and the last column are.
        y: where the first and the last row are.

    Returns:
        The points' coordinates; shape (2 pieces,) each.
    """
    rows, columns, _ = across.shape
    chosen = winners(across)
    # How far along an edge, 0..1, the class changes; NaN where it doesn't.
    along = _crossings(across[:, :-1], across[:, 1:], chosen[:, :-1], chosen[:, 1:])
    upward = _crossings(across[:-1], across[1:], chosen[:-1], chosen[1:])
    square = np.flatnonzero(_any_crossing(along, upward))
    row, column = np.divmod(square, columns - 1)
    one, none = np.ones(len(square)), np.zeros(len(square))
    # The four edges of each square: bottom, top, left, right; places from its lower left node.
    u = np.stack([along[row, column], along[row + 1, column], none, one])
    v = np.stack([none, one, upward[row, column], upward[row, column + 1]])
    crossed = np.isfinite(u + v)
    count = crossed.sum(axis=0)
    middle_u, middle_v = (np.where(crossed, part, 0).sum(axis=0) / count for part in (u, v))
    _, which = np.nonzero(crossed)
    from_u = column[which, np.newaxis] + np.stack([u[crossed], middle_u[which]], axis=1)
    from_v = row[which, np.newaxis] + np.stack([v[crossed], middle_v[which]], axis=1)
    steps_x, steps_y = (x[1] - x[0]) / (columns - 1), (y[1] - y[0]) / (rows - 1)
    return x[0] + steps_x * from_u.ravel(), y[0] + steps_y * from_v.ravel()


def _crossings(from_: Array, to: Array, from_class: IntArray, to_class: IntArray) -> Array:
    """How far from one node to the other the class changes, 0..1; NaN where it doesn't or is unknown."""
    classes = from_.shape[2]
    differ = (from_class != to_class) & (from_class < classes) & (to_class < classes)
    found = np.full(differ.shape, np.nan)
    here, there = from_class[differ], to_class[differ]
    index = np.arange(len(here))
    with np.errstate(all="ignore"):
        ahead = from_[differ][index, here] - from_[differ][index, there]
        behind = to[differ][index, there] - to[differ][index, here]
        # Not both are 0: of two equally probable classes the first one wins.
        found[differ] = ahead / (ahead + behind)
    return found


def _any_crossing(along: Array, upward: Array) -> NDArray[np.bool_]:
    """Whether a square of four nodes has one on an edge; shape (rows - 1, columns - 1)."""
    across, up = np.isfinite(along), np.isfinite(upward)
    found: NDArray[np.bool_] = across[:-1] | across[1:] | up[:, :-1] | up[:, 1:]
    return found
