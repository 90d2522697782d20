"""A network as rows of text: units in boxes, and links as braille lines between them.

A link is dotted, thin or two dots wide, by the size of its weight. The sign of the weight shows in the color
and in the line, whole or dashed, and for the links of the chosen unit also in a + or - at their free end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array, IntArray
from bptui.screen.drawing.canvas import DASH_PERIOD, DOT_PERIOD, DOTS_X, DOTS_Y, Canvas
from bptui.screen.drawing.network_layout import Box, LayerColumn, lay_out_network
from bptui.screen.drawing.roles import PICTURE_STYLES
from bptui.screen.drawing.spans import Span
from bptui.screen.drawing.unit_maps import paint_curve, paint_unit, pictured_outputs
from bptui.session.snapshot import Snapshot
from bptui.session.units import (
    FROZEN,
    Edited,
    Link,
    Place,
    edited_as,
    even_limits,
    nearest_unit,
    own_limits,
    sizes_of,
    unit_pixels,
    unit_words,
)
from bpwords.numbers import signed


class Highlight(NamedTuple):
    """The numbers in the units, and which units stand out. The inputs are layer -1."""

    numbers: Mapping[Place, str]
    """What each unit or input shows in place of the bias, in at most five characters. Others show nothing."""
    places: frozenset[Place] = frozenset()
    """The units and inputs that stand out."""


ROLES = (
    "far-negative",
    "far-positive",
    "negative",
    "positive",
    "unit",
    "frozen",
    "out",
    "input",
    "caption",
    "words",
    "chosen",
    *PICTURE_STYLES,
)
"""The roles of a cell. The far roles are the links of units other than the chosen one."""

_ROLES = {Edited.NOT: "unit", Edited.FROZEN: "frozen", Edited.KNOCKED_OUT: "out"}
_STEPS = (0.1, 0.4)
"""The fractions of the largest weight from which links are thin, and two dots wide; others are dotted."""
_Mask = NDArray[np.bool_]
_MAX_LINKS = 120
"""The most links of the chosen unit between two layers; no more than these could be told apart."""
_MAX_OTHERS = 30
"""The most links of other units in a picture; each pair of layers has its share of them."""
_GAP_FOR_NUMBERS = 14
"""The fewest columns between two layers for writing out the weights of the chosen unit's links."""
_MIN_ROWS_FOR_WORDS = 5
_MIN_ROWS_FOR_TWO_LINES = 14


class NetworkPicture:
    """A network in a space of some rows and columns.

    Args:
        snapshot: the run.
        chosen: the unit whose links stand out, and which the last line describes; None for no unit.
        width: columns.
        height: rows.
        highlight: the numbers that the units show in place of their biases, and the units that stand out;
            with it, there is no last line.
        pictures: whether hidden units are drawn with pictures of their outputs, as many as fit.
        colors: whether there are enough colors for maps.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        chosen: Place | None,
        width: int,
        height: int,
        highlight: Highlight | None = None,
        *,
        pictures: bool = False,
        colors: bool = True,
    ) -> None:
        self._colors = colors
        self._snapshot, self._width, self._height, self._highlight = snapshot, width, height, highlight
        self._chosen = None if chosen is None else nearest_unit(chosen, sizes_of(snapshot))
        self._lines = 0 if highlight else _lines(chosen, height)
        self._columns: tuple[LayerColumn, ...] = ()
        self._outputs: tuple[Array, ...] = ()
        self._pixels: Array | None = None
        if width > 0 and height > 0:
            numbers = None if highlight is None else highlight.numbers
            place = self._chosen or (-1, 0)
            is_of_pixels = snapshot.run.dataset.picture is not None
            outputs = pictured_outputs(snapshot) if pictures and not is_of_pixels else None
            self._pixels = None if self._chosen is None else unit_pixels(snapshot, self._chosen)
            self._outputs = outputs or ()
            self._columns = lay_out_network(
                snapshot,
                place,
                width,
                height - self._lines,
                numbers,
                pictures=bool(outputs),
                pixels=() if self._pixels is None else self._pixels.shape,
            )

    def rows(self) -> list[list[Span]]:
        """The picture as rows of spans, each as wide as the space."""
        snapshot, height, chosen = self._snapshot, self._height, self._chosen
        if self._width <= 0 or height <= 0:
            return [[] for _ in range(height)]
        canvas = Canvas(self._width, height, ROLES)
        scale = _scale(snapshot.network.layers)
        gaps = len(self._columns) - 1
        counts = (len(left.units) * len(right.units) for left, right in pairwise(self._columns))
        most = _MAX_OTHERS if sum(counts) <= _MAX_OTHERS else max(_MAX_OTHERS // max(gaps, 1), 1)
        for left, right in pairwise(self._columns):
            if left.layer is not None and right.layer is not None:
                weights = snapshot.network.layers[right.layer][np.ix_(list(left.units), list(right.units))]
                links = _links(weights, left, right, chosen, most)
                if len(links.weights):
                    _trace(canvas, links, (left.right, right.left), scale)
        for mark in self._marks():
            canvas.write(mark.row, mark.left, mark.text, mark.role)
        standing_out = {chosen, *(self._highlight.places if self._highlight else ())}
        for column in self._columns:
            canvas.write(0, column.left, column.caption, "caption")
            tops = {box.picture.top for box in column.boxes if box.picture is not None}
            for box in column.boxes:
                role = "caption" if box.unit is None else "input" if column.layer == -1 else "unit"
                if (column.layer, box.unit) in standing_out:
                    role = "chosen"
                elif role == "unit" and column.layer is not None and box.unit is not None:
                    role = _ROLES[edited_as(snapshot, (column.layer, box.unit))]
                canvas.write(box.row, box.left, box.text, role)
                self._paint(canvas, column.layer, box, tops)
        if chosen is not None and self._lines:
            for number, line in enumerate(unit_words(snapshot, chosen, self._width, self._lines)):
                canvas.write(height - self._lines + number, 0, line, "words")
        return canvas.rows(apart=("chosen",))

    def _paint(self, canvas: Canvas, layer: int | None, box: Box, tops: set[int]) -> None:
        """Draw the picture of a unit on a scale of its own, apart from one that is directly below."""
        if box.picture is None or layer is None:
            return
        place = box.picture
        if layer < 0 and self._pixels is not None:  # what the chosen unit looks at, in place of the inputs
            limits, at = even_limits(self._pixels), (place.top, place.left)
            paint_unit(canvas, *at, (place.columns, place.rows), self._pixels, limits, colors=self._colors)
            return
        outputs = self._outputs[layer]
        size, values = (place.columns, place.rows), outputs[..., box.unit]
        limits = own_limits(values)
        if values.ndim == 1:
            paint_curve(canvas, place.top, place.left, size, values, limits)
            return
        apart = place.top + place.rows in tops
        paint_unit(canvas, place.top, place.left, size, values, limits, colors=self._colors, apart=apart)

    def unit_at(self, column: int, row: int) -> Place | None:
        """The unit at a cell; None if there is none."""
        for layer in self._columns:
            for box in layer.boxes:
                here = box.covers(column, row)
                if here and box.unit is not None and layer.layer is not None and layer.layer >= 0:
                    return layer.layer, box.unit
        return None

    def link_at(self, column: int, row: int) -> Link | None:
        """The link of the chosen unit whose sign or weight is at a cell; None if there is none.

        Lines cross and share cells, so only the end of a link identifies it.
        """
        marks = (mark for mark in self._marks() if mark.row == row)
        here = [mark.link for mark in marks if 0 <= column - mark.left < len(mark.text)]
        return here[-1] if here else None  # the last one is drawn on top

    def _marks(self) -> Iterator[_Mark]:
        """The signs of the chosen unit's links or, if there is room, the weights.

        Frozen ones are followed by a sign.
        """
        chosen, network = self._chosen, self._snapshot.network
        for left, right in pairwise(self._columns if chosen is not None else ()):
            if chosen is None or left.layer is None or right.layer is None:
                continue
            if chosen[0] not in (left.layer, right.layer):
                continue
            room = right.left - left.right
            into = chosen[0] == right.layer
            for number, row in (left.units if into else right.units).items():
                source, target = (number, chosen[1]) if into else (chosen[1], number)
                weight = float(network.layers[right.layer][source, target])
                sign = "?" if np.isnan(weight) else "+" if weight > 0 else "-" if weight < 0 else "0"
                text = f"{signed(weight):>5}" if room >= _GAP_FOR_NUMBERS else sign
                if network.is_frozen(right.layer, target, source):
                    text += FROZEN
                if left.layer == -1 and into:
                    text = f" {text}"  # an input has no bracket at its end
                role = "positive" if weight > 0 else "negative"
                start = left.right if into else right.left - len(text)
                yield _Mark(row, start, text, role, (right.layer, target, source))


def _lines(chosen: Place | None, height: int) -> int:
    """The lines of text below the picture. The number is fixed, so that the picture does not move."""
    if chosen is None or height < _MIN_ROWS_FOR_WORDS:
        return 0
    return 2 if height >= _MIN_ROWS_FOR_TWO_LINES else 1


def _scale(layers: tuple[Array, ...]) -> float:
    """The largest weight, or 1 if all are smaller: links of small weights grow visibly from thin to thick."""
    largest = 1.0
    for layer in layers:
        weights = layer[:-1]
        most = float(max(weights.max(), -weights.min()))
        if not np.isfinite(most):
            most = float(np.abs(weights[np.isfinite(weights)]).max(initial=0.0))
        largest = max(largest, most)
    return largest


@dataclass(frozen=True, slots=True, eq=False)
class _Links:
    """The links to draw between two columns, the topmost last; shape (links,) each."""

    start: IntArray
    """The row where each link begins."""
    stop: IntArray
    """The row where each link ends."""
    weights: Array
    near: _Mask
    """Whether each link belongs to the chosen unit."""
    crowded: bool
    """Whether not all links of other units are drawn; those that are drawn are thin."""


def _links(weights: Array, left: LayerColumn, right: LayerColumn, chosen: Place | None, most: int) -> _Links:
    """Return the links between the units shown: all of the chosen unit's, and the strongest of the others.

    Args:
        weights: the weights of the links; shape (sources, targets).
        left: the sources.
        right: the targets.
        chosen: the unit whose links stand out; None if all links do.
        most: the most links of the others.
    """
    start, stop = (
        grid.ravel()
        for grid in np.meshgrid(list(left.units.values()), list(right.units.values()), indexing="ij")
    )
    is_near = np.full(weights.shape, chosen is None)
    if chosen is not None and chosen[0] == right.layer:
        is_near[:, list(right.units).index(chosen[1])] = True
    if chosen is not None and chosen[0] == left.layer:
        is_near[list(left.units).index(chosen[1])] = True
    flat, near = weights.reshape(-1), is_near.reshape(-1)
    size = np.abs(flat)
    order = np.argsort(size, kind="stable")
    order = order[size[order] > 0]  # false for NaN
    own, others = order[near[order]], order[~near[order]]
    crowded = most < _MAX_OTHERS
    order = np.concatenate([others[-most:], own[-_MAX_LINKS:]])
    return _Links(start[order], stop[order], flat[order], near[order], crowded)


def _trace(canvas: Canvas, links: _Links, ends: tuple[int, int], scale: float) -> None:
    """Draw the links as straight lines, all with as many steps as the longest one needs.

    A cell with a link of the chosen unit shows no links of other units.

    Args:
        canvas: what to draw on.
        links: at least one.
        ends: the first column between the units, and the first one after it.
        scale: the weight of the strongest link.
    """
    first, last = DOTS_X * ends[0], DOTS_X * ends[1] - 1
    across = last - first
    rise = (DOTS_Y * (links.stop - links.start))[:, np.newaxis]
    steep = np.abs(rise) > across
    part = np.linspace(0.0, 1.0, max(across, int(np.abs(rise).max())) + 1)
    y = (DOTS_Y * links.start[:, np.newaxis] + 1.5 + rise * part).astype(np.int64)
    x = np.broadcast_to((first + across * part + 0.5).astype(np.int64), y.shape)
    along = (part * np.maximum(np.abs(rise), across)).astype(np.int64)
    size = (np.abs(links.weights) / scale)[:, np.newaxis]
    is_positive = (links.weights > 0)[:, np.newaxis]
    on = (is_positive | (along % DASH_PERIOD < DASH_PERIOD // 2)) & (
        (size >= _STEPS[0]) | (along % DOT_PERIOD == 0)
    )
    wide = on & (size >= _STEPS[1]) & (links.near[:, np.newaxis] | (not links.crowded))
    for near, signs in ((False, ("far-negative", "far-positive")), (True, ("negative", "positive"))):
        own = links.near == near
        roles = np.where(is_positive[own], *(canvas.number(sign) for sign in reversed(signs)))
        each = np.broadcast_to(roles, (len(roles), len(part)))
        thin, thick = on[own], wide[own]
        canvas.dots(
            np.concatenate([x[own][thin], (x + steep)[own][thick]]),
            np.concatenate([y[own][thin], (y + ~steep)[own][thick]]),
            np.concatenate([each[thin], each[thick]]),
        )


class _Mark(NamedTuple):
    """The sign or the weight of one of the chosen unit's links, at its free end."""

    row: int
    left: int
    text: str
    role: str
    link: Link
