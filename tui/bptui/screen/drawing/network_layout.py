"""The layout of a network's picture: layers as columns of units, with as much detail as fits."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bptui.screen.drawing.canvas import cells_of
from bptui.screen.drawing.network_names import Names, Numbers
from bptui.screen.drawing.sheet import ZOOMS, drawn_size
from bptui.session.snapshot import Snapshot
from bptui.session.units import Place, activation_of, sizes_of
from bpwords import Sentence, word
from bpwords import columns as text_columns

_NAME_LENGTHS = (16, 12, 8)
"""The most characters of a name, from wide pictures to narrow ones."""
_LAYERS_AROUND = 7
"""The columns of a large network: both ends, two for layers left out, a layer and its neighbors."""
_MAX_GAP = 26
_WIDE_GAP = 7
"""The fewest columns between two layers if biases and long names are shown: links can be told apart."""
_MIN_ROWS_FOR_CAPTIONS = 6
_MIN_PICTURE = (8, 3)
"""The fewest columns and rows of a unit's picture."""
_MAX_PICTURE_COLUMNS, _MAX_PICTURE_ROWS = 18, 7
_PICTURE_SHAPE = 2.7
"""The columns of a picture for each of its rows."""


class Region(NamedTuple):
    """A rectangle of cells."""

    top: int
    left: int
    columns: int
    rows: int

    def covers(self, column: int, row: int) -> bool:
        """Whether a cell is in it."""
        return 0 <= column - self.left < self.columns and 0 <= row - self.top < self.rows


class Box(NamedTuple):
    """A unit, an input, or a note of how many are left out."""

    row: int
    left: int
    text: str
    place: Place | None = None
    """The unit or, in layer -1, the input; None for a note."""
    picture: Region | None = None
    """Where the picture of the unit's outputs is, to the right of the text; None for no picture."""


class LayerColumn(NamedTuple):
    """A layer, or the layers left out."""

    layer: int | None
    """The number of the layer, -1 for the inputs; None for the layers left out."""
    left: int
    """The first cell of the column."""
    right: int
    """The first cell after the column."""
    boxes: tuple[Box, ...]
    caption: str

    @property
    def units(self) -> dict[int, int]:
        """The units shown, and the row of each."""
        return {box.place[1]: box.row for box in self.boxes if box.place is not None}


def lay_out_network(
    snapshot: Snapshot,
    chosen: Place,
    width: int,
    height: int,
    numbers: Numbers | None = None,
    *,
    pictures: bool = False,
    pixels: tuple[int, ...] = (),
) -> tuple[LayerColumn, ...]:
    """Return the columns of a picture of this size: with names and biases, with numbers only, or as dots.

    Args:
        snapshot: the run.
        chosen: the unit in brackets.
        width: columns.
        height: rows.
        numbers: what the units and inputs show in place of the biases; None for the biases.
        pictures: whether as many hidden units as fit have pictures of their outputs.
        pixels: the rows and columns of the picture that is drawn in place of the inputs; empty for none.
    """
    top = 1 if height >= _MIN_ROWS_FOR_CAPTIONS else 0
    room, sizes = height - top, (snapshot.network.layers[0].shape[0] - 1, *sizes_of(snapshot))
    image = _size_of_image(pixels, width, room)
    detail = _with_pictures(snapshot, sizes, chosen, width, room) if pictures else None
    detail = detail or _without_pictures(snapshot, sizes, chosen, width, numbers, image[0] if image else 0)
    columns = []
    for item, (left, own, space) in zip(detail.items, _spread(detail.widths, width), strict=True):
        if isinstance(item, range):
            box = Box(top + room // 2, left, f"⋯{len(item)}")
            columns.append(LayerColumn(None, left, left + own, (box,), ""))
            continue
        layer, caption = item - 1, _caption(snapshot, item - 1)
        boxes = _boxes(detail, layer, sizes[item], chosen, Region(top, left, own, room), space)
        if layer < 0 and image:
            picture = Region(top + (room - image[1]) // 2, left, *image)
            boxes = (Box(picture.top, left, "", None, picture),)
        caption = caption if top and text_columns(caption) <= space else ""
        columns.append(LayerColumn(layer, left, left + own, boxes, caption))
    return tuple(columns)


def _size_of_image(pixels: tuple[int, ...], width: int, room: int) -> tuple[int, int] | None:
    """The most columns and rows of a picture of so many rows and columns of pixels beside the layers."""
    sizes = (drawn_size((pixels[0], pixels[1]), zoom) for zoom in ZOOMS[1:7] if pixels)
    return next((size for size in sizes if size[0] <= width // 3 and size[1] <= room), None)


def _spread(widths: list[int], width: int) -> Iterator[tuple[int, int, int]]:
    """The first cell of each column, its cells, and its cells with those that are free beside it."""
    gaps = max(len(widths) - 1, 1)
    free = min(width - sum(widths), _MAX_GAP * gaps)
    left = (width - sum(widths) - free) // 2
    for number, own in enumerate(widths):
        gap = free * (number + 1) // gaps - free * number // gaps
        yield left, own, own + (gap - 1 if number < len(widths) - 1 else 0)
        left += own + gap


@dataclass(frozen=True, slots=True)
class _Detail:
    """What a picture of a network shows of it."""

    items: list[int | range]
    """The layers, and the ranges left out; here the inputs are layer 0."""
    text: Callable[[Place], str]
    """Writes a unit or an input."""
    widths: list[int]
    """The columns of each item."""
    picture_widths: Mapping[int, int] = field(default_factory=dict)
    """The columns of the units' pictures in each hidden layer, counted from 0, that has some."""


def _boxes(
    detail: _Detail, layer: int, count: int, chosen: Place, region: Region, space: int
) -> tuple[Box, ...]:
    """The units of a layer in their column, evenly from top to bottom."""
    columns, height = detail.picture_widths.get(layer), _picture_rows(count, region.rows)
    units = visible_items(count, region.rows, chosen[1] if layer == chosen[0] else 0)
    boxes, step = [], region.rows / len(units)
    if columns is not None:
        step = region.rows // len(units)  # the same number of rows between all pictures
    above = (region.rows - step * len(units)) // 2
    for number, unit in enumerate(units):
        row = region.top + int(above + step * (number + 0.5) + 1e-9)
        if isinstance(unit, range):
            boxes.append(Box(row, region.left, _more(len(unit), region.columns, space)))
            continue
        text, picture = detail.text((layer, unit)), None
        if columns is not None:
            picture = Region(row - height // 2, region.left + len(text), columns, height)
        boxes.append(Box(row, region.left, text, (layer, unit), picture))
    return tuple(boxes)


def _picture_rows(count: int, room: int) -> int:
    """The rows of each picture in a layer of `count` units, with a row between if possible."""
    return min(max((room - count + 1) // count, _MIN_PICTURE[1]), _MAX_PICTURE_ROWS)


def _with_pictures(
    snapshot: Snapshot, sizes: tuple[int, ...], chosen: Place, width: int, room: int
) -> _Detail | None:
    """The detail with the largest pictures of hidden units that fit; None if none fit."""
    shaped = {
        layer: int(_PICTURE_SHAPE * _picture_rows(count, room))
        for layer, count in enumerate(sizes[1:-1])
        if count * _MIN_PICTURE[1] <= room  # all units of a layer have pictures, or none
    }
    if not shaped:
        return None
    for gap, length in itertools.product((_WIDE_GAP, 4, 3), _NAME_LENGTHS):
        names = Names(snapshot, chosen, length, None)
        labels = [len(names.with_number((layer - 1, 0))) for layer in range(len(sizes))]
        for most in range(_MAX_PICTURE_COLUMNS, _MIN_PICTURE[0] - 1, -1):
            pictures = {layer: max(min(most, rows), _MIN_PICTURE[0]) for layer, rows in shaped.items()}
            widths = [label + pictures.get(layer, 0) for layer, label in enumerate(labels, -1)]
            if sum(widths) + gap * (len(sizes) - 1) <= width:
                return _Detail([*range(len(sizes))], names.with_number, widths, pictures)
    return None


def _without_pictures(
    snapshot: Snapshot,
    sizes: tuple[int, ...],
    chosen: Place,
    width: int,
    numbers: Numbers | None,
    input_columns: int,
) -> _Detail:
    """The most detail that fits, without pictures of units; the inputs have so many columns at least."""
    lengths = [Names(snapshot, chosen, length, numbers) for length in _NAME_LENGTHS]
    short, every = lengths[-1], len(sizes)
    for text, gap, least in (  # at least so many items are shown, with such gaps
        *((names.with_bias, _WIDE_GAP, every) for names in lengths),
        *((names.with_bias, 4, every) for names in lengths if numbers is not None),
        *((short.value, gap, every) for gap in (4, 3) if numbers is not None),
        *((names.with_number, _WIDE_GAP, every) for names in lengths),
        (short.with_number, 4, every),
        (short.dot, 4, every),
        (short.with_number, 3, _LAYERS_AROUND),
        (short.dot, 3, _LAYERS_AROUND),
        (short.dot, 2, 3),
        (short.dot, 1, 1),
    ):
        for room in range(every, least - 1, -1):
            items = visible_items(every, room, chosen[0] + 1)
            widths = [
                1 + len(str(len(item))) if isinstance(item, range) else len(text((item - 1, 0)))
                for item in items
            ]
            widths[0] = max(widths[0], input_columns)
            if sum(widths) + gap * (len(items) - 1) <= width:
                return _Detail(items, text, widths)
    return _Detail([], short.dot, [])


def _more(count: int, own: int, room: int) -> str:
    """How many units are left out, in the longest text that fits."""
    for text in (cells_of(Sentence("⋮ {n} more")(n=count)), f"⋮{count}"):
        if len(text) <= max(own, room // 2):
            return text
    return "⋮"


def _caption(snapshot: Snapshot, layer: int) -> str:
    if layer >= 0:
        return activation_of(snapshot, layer)
    return word("input" if snapshot.network.layers[0].shape[0] == 2 else "inputs", "caption")


def visible_items(count: int, room: int, chosen: int) -> list[int | range]:
    """Return which of `count` items in a row to show: the chosen one and, if they fit, others around it.

    Args:
        count: the number of items.
        room: the number of places for them.
        chosen: the item that must be shown.

    Returns:
        The numbers of the items, and the ranges left out between them, which take a place each.
    """
    if count <= room:
        return list(range(count))
    if room < 3:
        return [chosen] if room > 0 else []
    tail = (room - 1) // 2
    head = room - 1 - tail
    if chosen < head or chosen >= count - tail:
        return [*range(head), range(head, count - tail), *range(count - tail, count)]
    ends = 1 if room >= 5 else 0
    middle = room - 2 - 2 * ends
    start = chosen - middle // 2
    stop = start + middle
    before, after = range(ends, start), range(stop, count - ends)
    return [*range(ends), before, *range(start, stop), after, *range(count - ends, count)]
