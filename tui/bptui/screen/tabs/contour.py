"""The axes of a plane, the most probable class at each node of a grid, and the border between classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bpengine import Dataset
from bpengine.arithmetic.arrays import Array, IntArray
from bptui.screen.drawing import Axis, axis_over, column_axis
from bptui.session.plane import Projection
from bptui.session.units import short_name
from bpwords import Sentence, word


def plane_axes(dataset: Dataset, of: Projection | None, *, margin: float = 0.0) -> tuple[Axis, Axis]:
    """The axes of both inputs, or of the two columns that are drawn of more than two inputs."""
    x, y = map(np.array, dataset.domain)
    if of is None:
        return axis_over(x, margin=margin), axis_over(y, margin=margin, width=5)
    across, up = of.columns
    return column_axis(across, x, margin=margin), column_axis(up, y, margin=margin, width=5)


def plane_titles(of: Projection | None) -> tuple[str, str, str]:
    """Which columns are drawn and what the others are held at, ever shorter; empty if all inputs are."""
    if of is None:
        return "", "", ""
    full, brief = Sentence("{y} over {x}, others {held}"), Sentence("{y} over {x}, {held}")
    named = full if of.held else Sentence("{y} over {x}")
    (x, y), (short_x, short_y) = (
        (short_name(column.name, most) for column in of.columns) for most in (16, 8)
    )
    titles = named(x=x, y=y, held=of.held), brief(x=short_x, y=short_y, held=of.held), of.held
    title, shorter, shortest = (f"{title}{word(': ', 'list').rstrip()}" for title in titles)
    return (title, shorter, shortest) if of.held else (title, title, "")


def winners(outputs: Array) -> IntArray:
    """Return the most probable class of each node, or the number of classes where it is unknown.

    Args:
        outputs: probabilities; shape (rows, columns, classes).
    """
    known = np.isfinite(outputs).all(axis=2)
    chosen: IntArray = np.where(known, outputs.argmax(axis=2), outputs.shape[2])
    return chosen


def border(outputs: Array, x: tuple[float, float], y: tuple[float, float]) -> tuple[Array, Array]:
    """Return the border where the most probable class changes, as lines between pairs of points.

    Between two neighboring nodes of different classes there is one point where both classes are equally
    probable, by linear interpolation. In each square of four nodes these points are joined to their mean,
    which makes one line where two classes meet and a star where three classes meet.

    Args:
        outputs: probabilities; shape (rows, columns, classes).
        x: where the first and the last column are.
        y: where the first and the last row are.

    Returns:
        The coordinates of the points; shape (2 lines,) each.
    """
    rows, columns, _ = outputs.shape
    chosen = winners(outputs)
    # How far along an edge the class changes, 0..1; NaN where it does not.
    across = _crossings(outputs[:, :-1], outputs[:, 1:], chosen[:, :-1], chosen[:, 1:])
    upward = _crossings(outputs[:-1], outputs[1:], chosen[:-1], chosen[1:])
    square = np.flatnonzero(_any_crossing(across, upward))
    row, column = np.divmod(square, columns - 1)
    one, none = np.ones(len(square)), np.zeros(len(square))
    # The four edges of each square: bottom, top, left, right; places from its lower left node.
    u = np.stack([across[row, column], across[row + 1, column], none, one])
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
    """How far from one node to the next the class changes, 0..1; NaN where it does not or is unknown."""
    classes = from_.shape[2]
    differ = (from_class != to_class) & (from_class < classes) & (to_class < classes)
    crossings = np.full(differ.shape, np.nan)
    here, there = from_class[differ], to_class[differ]
    index = np.arange(len(here))
    with np.errstate(all="ignore"):
        ahead = from_[differ][index, here] - from_[differ][index, there]
        behind = to[differ][index, there] - to[differ][index, here]
        # Not both are 0, since the first of two equally probable classes is the most probable one.
        crossings[differ] = ahead / (ahead + behind)
    return crossings


def _any_crossing(across: Array, upward: Array) -> NDArray[np.bool_]:
    """Whether the class changes on an edge of each square of four nodes; shape (rows - 1, columns - 1)."""
    level, upright = np.isfinite(across), np.isfinite(upward)
    return level[:-1] | level[1:] | upright[:, :-1] | upright[:, 1:]
