"""The links of a network as braille lines between the columns of its picture.

A link is dotted, thin or two dots wide, by the size of its weight. The sign of the weight shows in the color
and in the line, whole or dashed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array, IntArray
from bptui.screen.drawing.canvas import DASH_PERIOD, DOT_PERIOD, DOTS_X, DOTS_Y, Canvas
from bptui.screen.drawing.network_layout import LayerColumn
from bptui.session.units import Place

FAR, NEAR = ("far-negative", "far-positive"), ("negative", "positive")
"""The roles of the links of other units, and of those of the chosen unit or, without one, of all."""
_STEPS = (0.1, 0.4)
"""The fractions of the largest weight from which links are thin, and two dots wide; others are dotted."""
_MAX_LINKS = 120
"""The most links of the chosen unit between two layers; no more than these could be told apart."""
_MAX_OTHERS = 30
"""The most links of other units in a picture; each pair of layers has its share of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """The links to draw between two columns, at least one and the topmost last; shape (links,) each."""

    ends: tuple[int, int]
    """The first cell between the columns, and the first one after it."""
    start: IntArray
    """The row where each link begins."""
    stop: IntArray
    """The row where each link ends."""
    weights: Array
    strongest: float
    """The weight of the strongest link in the network, or 1 if all are weaker."""
    near: NDArray[np.bool_]
    """Whether each link belongs to the chosen unit."""
    is_crowded: bool
    """Whether not all links of other units are drawn; those that are drawn are thin."""

    def trace(self, canvas: Canvas) -> None:
        """Draw the links as straight lines, all with as many steps as the longest one needs.

        A cell with a link of the chosen unit shows no links of other units.
        """
        first, last = DOTS_X * self.ends[0], DOTS_X * self.ends[1] - 1
        across = last - first
        rise = (DOTS_Y * (self.stop - self.start))[:, np.newaxis]
        steep = np.abs(rise) > across
        part = np.linspace(0.0, 1.0, max(across, int(np.abs(rise).max())) + 1)
        y = (DOTS_Y * self.start[:, np.newaxis] + 1.5 + rise * part).astype(np.int64)
        x = np.broadcast_to((first + across * part + 0.5).astype(np.int64), y.shape)
        along = (part * np.maximum(np.abs(rise), across)).astype(np.int64)
        size = (np.abs(self.weights) / self.strongest)[:, np.newaxis]
        is_positive = (self.weights > 0)[:, np.newaxis]
        on = (is_positive | (along % DASH_PERIOD < DASH_PERIOD // 2)) & (
            (size >= _STEPS[0]) | (along % DOT_PERIOD == 0)
        )
        wide = on & (size >= _STEPS[1]) & (self.near[:, np.newaxis] | (not self.is_crowded))
        for near, signs in ((False, FAR), (True, NEAR)):
            own = self.near == near
            roles = np.where(is_positive[own], *(canvas.number(sign) for sign in reversed(signs)))
            roles = np.broadcast_to(roles, (len(roles), len(part)))
            thin, thick = on[own], wide[own]
            canvas.dots(
                np.concatenate([x[own][thin], (x + steep)[own][thick]]),
                np.concatenate([y[own][thin], (y + ~steep)[own][thick]]),
                np.concatenate([roles[thin], roles[thick]]),
            )


def links_between(
    columns: tuple[LayerColumn, ...], layers: tuple[Array, ...], chosen: Place | None
) -> Iterator[Links]:
    """The links between the units shown: all of the chosen unit's, and the strongest of the others.

    Args:
        columns: the layers shown.
        layers: the weights and biases of each layer.
        chosen: the unit whose links stand out; None if all links do.
    """
    count = sum(len(left.units) * len(right.units) for left, right in pairwise(columns))
    most = _MAX_OTHERS if count <= _MAX_OTHERS else max(_MAX_OTHERS // max(len(columns) - 1, 1), 1)
    strongest = _strongest(layers)
    for left, right in pairwise(columns):
        if left.layer is None or right.layer is None:
            continue
        weights = layers[right.layer][np.ix_(list(left.units), list(right.units))]
        near = np.full(weights.shape, chosen is None)
        if chosen is not None and chosen[0] == right.layer:
            near[:, list(right.units).index(chosen[1])] = True
        if chosen is not None and chosen[0] == left.layer:
            near[list(left.units).index(chosen[1])] = True
        grids = np.meshgrid(list(left.units.values()), list(right.units.values()), indexing="ij")
        start, stop = (grid.ravel() for grid in grids)
        flat, own = weights.ravel(), near.ravel()
        drawn = _drawn(np.abs(flat), own, most)
        if len(drawn):
            ends, rows = (left.right, right.left), (start[drawn], stop[drawn])
            yield Links(ends, *rows, flat[drawn], strongest, own[drawn], is_crowded=most < _MAX_OTHERS)


def _drawn(size: Array, near: NDArray[np.bool_], most: int) -> IntArray:
    """The numbers of the links to draw: at most so many others, and then those of the chosen unit."""
    order = np.argsort(size, kind="stable")
    order = order[size[order] > 0]  # false for NaN
    return np.concatenate([order[~near[order]][-most:], order[near[order]][-_MAX_LINKS:]])


def _strongest(layers: tuple[Array, ...]) -> float:
    """The largest weight, or 1 if all are smaller: links of small weights grow visibly from thin to thick."""
    sizes = [np.abs(layer[:-1]) for layer in layers]
    return max(float(np.where(np.isfinite(size), size, 1.0).max(initial=1.0)) for size in sizes)
