"""A network as rows of text: units in boxes, and links as lines between them.

The links of the chosen unit also have their weight or its sign, a + or -, at their free end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np

from bpengine.arithmetic.arrays import Array
from bptui.screen.drawing.canvas import Canvas
from bptui.screen.drawing.network_layout import LayerColumn, Region, lay_out_network
from bptui.screen.drawing.network_links import FAR, NEAR, Links, links_between
from bptui.screen.drawing.pictured_layers import pictured_outputs
from bptui.screen.drawing.roles import PICTURE_STYLES
from bptui.screen.drawing.spans import Span
from bptui.screen.drawing.unit_picture import Limits, paint_curve, paint_unit
from bptui.session import units as facts
from bptui.session.snapshot import Snapshot
from bptui.session.units import Edited, Link, Place
from bpwords.numbers import signed

ROLES = (*FAR, *NEAR, "unit", "frozen", "out", "input", "caption", "words", "chosen", *PICTURE_STYLES)
"""The roles of a cell."""
_UNIT_ROLES = {Edited.NOT: "unit", Edited.FROZEN: "frozen", Edited.KNOCKED_OUT: "out"}
_GAP_FOR_NUMBERS = 14
"""The fewest columns between two layers for writing out the weights of the chosen unit's links."""
_MIN_ROWS_FOR_WORDS = 5
_MIN_ROWS_FOR_TWO_LINES = 14


class Highlight(NamedTuple):
    """The numbers in the units, and which units stand out. The inputs are layer -1."""

    numbers: Mapping[Place, str]
    """What each unit or input shows in place of the bias, in at most five characters. Others show nothing."""
    places: frozenset[Place] = frozenset()
    """The units and inputs that stand out."""


class Label(NamedTuple):
    """A text in the picture."""

    row: int
    left: int
    text: str
    role: str
    unit: Place | None = None
    """The unit or the input that it stands for."""
    link: Link | None = None
    """The link of the chosen unit whose sign or weight it is."""

    def covers(self, column: int, row: int) -> bool:
        """Whether a cell is in it."""
        return self.row == row and self.left <= column < self.left + len(self.text)


class UnitImage(NamedTuple):
    """The picture of a unit's outputs or, in place of the inputs, of what the chosen unit looks at."""

    region: Region
    values: Array
    """Shape (steps,), or (rows, columns) with the lowest row first."""
    limits: Limits
    unit: Place | None = None
    apart: bool = False
    """Whether another picture is directly below."""

    def paint(self, canvas: Canvas, *, colors: bool) -> None:
        """Draw it as a line over one axis, or as a map over two."""
        place, size = self.region[:2], self.region[2:]
        if self.values.ndim == 1:
            paint_curve(canvas, *place, size, self.values, self.limits)
        else:
            paint_unit(canvas, *place, size, self.values, self.limits, colors=colors, apart=self.apart)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkPicture:
    """A network in a space of some rows and columns: what is drawn, in this order."""

    width: int
    height: int
    links: tuple[Links, ...] = ()
    labels: tuple[Label, ...] = ()
    images: tuple[UnitImage, ...] = ()
    colors: bool = True
    """Whether there are enough colors for maps."""

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        chosen: Place | None,
        width: int,
        height: int,
        highlight: Highlight | None = None,
        *,
        pictures: bool = False,
        colors: bool = True,
    ) -> Self:
        """The picture of a run's network.

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
        if width <= 0 or height <= 0:
            return cls(width, height)
        chosen = None if chosen is None else facts.nearest_unit(chosen, facts.sizes_of(snapshot))
        lines = 0 if highlight else _lines(chosen, height)
        pixels = None if chosen is None else facts.unit_pixels(snapshot, chosen)
        pictures &= snapshot.run.dataset.picture is None
        outputs = (pictured_outputs(snapshot) if pictures else None) or ()
        place, numbers, shown = chosen or (-1, 0), highlight and highlight.numbers, height - lines
        shape = () if pixels is None else pixels.shape
        columns = lay_out_network(
            snapshot, place, width, shown, numbers, pictures=bool(outputs), pixels=shape
        )
        words = facts.unit_words(snapshot, chosen, width, lines) if chosen and lines else ()
        labels = (
            *(_marks(snapshot, columns, chosen) if chosen else ()),
            *_boxes(snapshot, columns, {chosen, *(highlight.places if highlight else ())}),
            *(Label(row, 0, line, "words") for row, line in enumerate(words, shown)),
        )
        links = tuple(links_between(columns, snapshot.network.layers, chosen))
        return cls(width, height, links, labels, tuple(_images(columns, outputs, pixels)), colors)

    def rows(self) -> list[list[Span]]:
        """The picture as rows of spans, each as wide as the space."""
        if self.width <= 0 or self.height <= 0:
            return [[] for _ in range(self.height)]
        canvas = Canvas(self.width, self.height, ROLES)
        for links in self.links:
            links.trace(canvas)
        for label in self.labels:
            canvas.write(label.row, label.left, label.text, label.role)
        for image in self.images:
            image.paint(canvas, colors=self.colors)
        return canvas.rows(apart=("chosen",))

    def unit_at(self, column: int, row: int) -> Place | None:
        """The unit at a cell; None if there is none."""
        labels = (label.unit for label in self.labels if label.covers(column, row))
        images = (image.unit for image in self.images if image.region.covers(column, row))
        return next((unit for unit in (*labels, *images) if unit is not None and unit[0] >= 0), None)

    def link_at(self, column: int, row: int) -> Link | None:
        """The link of the chosen unit whose sign or weight is at a cell; None if there is none.

        Lines cross and share cells, so only the end of a link identifies it.
        """
        here = [label.link for label in self.labels if label.link and label.covers(column, row)]
        return here[-1] if here else None  # the last one is drawn on top


def _lines(chosen: Place | None, height: int) -> int:
    """The lines of text below the picture. The number is fixed, so that the picture does not move."""
    return 0 if chosen is None else (height >= _MIN_ROWS_FOR_WORDS) + (height >= _MIN_ROWS_FOR_TWO_LINES)


def _marks(snapshot: Snapshot, columns: tuple[LayerColumn, ...], chosen: Place) -> Iterator[Label]:
    """The signs of the chosen unit's links or, if there is room, the weights.

    Frozen ones are followed by a sign.
    """
    network = snapshot.network
    for left, right in pairwise(columns):
        if left.layer is None or right.layer is None or chosen[0] not in (left.layer, right.layer):
            continue
        room, into = right.left - left.right, chosen[0] == right.layer
        for number, row in (left.units if into else right.units).items():
            source, target = (number, chosen[1]) if into else (chosen[1], number)
            weight = float(network.layers[right.layer][source, target])
            sign = "?" if np.isnan(weight) else "+" if weight > 0 else "-" if weight < 0 else "0"
            text = f"{signed(weight):>5}" if room >= _GAP_FOR_NUMBERS else sign
            if network.is_frozen(right.layer, target, source):
                text += facts.FROZEN
            if left.layer == -1 and into:
                text = f" {text}"  # an input has no bracket at its end
            start, role = left.right if into else right.left - len(text), NEAR[weight > 0]
            yield Label(row, start, text, role, link=(right.layer, target, source))


def _boxes(
    snapshot: Snapshot, columns: tuple[LayerColumn, ...], standing_out: Set[Place | None]
) -> Iterator[Label]:
    """The captions of the columns, and their units, inputs and notes."""
    for column in columns:
        yield Label(0, column.left, column.caption, "caption")
        for box in column.boxes:
            role = "caption"
            if box.place is not None:
                role = "input" if box.place[0] < 0 else _UNIT_ROLES[facts.edited_as(snapshot, box.place)]
                role = "chosen" if box.place in standing_out else role
            yield Label(box.row, box.left, box.text, role, box.place)


def _images(
    columns: tuple[LayerColumn, ...], outputs: tuple[Array, ...], pixels: Array | None
) -> Iterator[UnitImage]:
    """The pictures of the units on scales of their own, and of what the chosen unit looks at."""
    for column in columns:
        tops = {box.picture.top for box in column.boxes if box.picture is not None}
        for box in column.boxes:
            region, place = box.picture, box.place
            if region is not None and place is not None:
                values = outputs[place[0]][..., place[1]]
                apart = region.top + region.rows in tops
                yield UnitImage(region, values, facts.own_limits(values), place, apart)
            elif region is not None and pixels is not None:
                yield UnitImage(region, pixels, facts.even_limits(pixels))
