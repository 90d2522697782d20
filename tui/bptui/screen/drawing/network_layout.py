"""The layout of a network's picture: layers as columns of units, with as much detail as fits."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bptui.formatting import without_unit
from bptui.screen.drawing.canvas import cells_of
from bptui.screen.drawing.sheet import drawn_size
from bptui.session.snapshot import Snapshot
from bptui.session.units import (
    FROZEN,
    Edited,
    Place,
    activation_of,
    edited_as,
    input_name,
    output_name,
    short_name,
)
from bpwords import Sentence, word
from bpwords import columns as text_columns
from bpwords.numbers import signed

_NAME_LENGTHS = (16, 12, 8)
"""The most characters of a name, from wide pictures to narrow ones."""
_NAMES_MEASURED = 32
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


MARKS = {Edited.FROZEN: FROZEN, Edited.KNOCKED_OUT: "x", Edited.NOT: ""}
"""The sign that replaces the bracket before an edited unit."""


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
    unit: int | None
    """The number of the unit in its layer; None for a note."""
    picture: Region | None = None
    """Where the picture of the unit's outputs is, to the right of the text; None for no picture."""

    def covers(self, column: int, row: int) -> bool:
        """Whether a cell belongs to the text or the picture."""
        if self.row == row and self.left <= column < self.left + len(self.text):
            return True
        return self.picture is not None and self.picture.covers(column, row)


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
        return {box.unit: box.row for box in self.boxes if box.unit is not None}


Numbers = Mapping[Place, str]
"""The number that each unit or input shows."""
_NUMBER_WIDTH = 5


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
    captions = height >= _MIN_ROWS_FOR_CAPTIONS
    top = 1 if captions else 0
    room = height - top
    sizes = (snapshot.network.layers[0].shape[0] - 1, *(layer.shape[1] for layer in snapshot.network.layers))
    place = _place_of_picture(pixels, width, room) if pixels else None
    detail = _with_pictures(snapshot, sizes, chosen, width, room) if pictures else None
    least = 0 if place is None else place.columns
    detail = detail or _choose_layers(snapshot, sizes, chosen, width, numbers, least)
    items, widths = detail.items, detail.widths
    if not items:
        return ()
    gaps = max(len(items) - 1, 1)
    free = min(width - sum(widths), _MAX_GAP * gaps)
    left = (width - sum(widths) - free) // 2
    columns = []
    for number, (item, own) in enumerate(zip(items, widths, strict=True)):
        gap = free * (number + 1) // gaps - free * number // gaps
        space = own + (gap - 1 if number < len(items) - 1 else 0)
        if isinstance(item, range):
            box = Box(top + room // 2, left, f"⋯{len(item)}", None)
            columns.append(LayerColumn(None, left, left + own, (box,), ""))
        else:
            layer = item - 1
            boxes = _boxes(detail, layer, sizes[item], chosen, Region(top, left, own, room), space)
            if layer < 0 and place is not None:
                picture = Region(top + (room - place.rows) // 2, left, *place[2:])
                boxes = (Box(picture.top, left, "", None, picture),)
            caption = _caption(snapshot, layer)
            fits = captions and text_columns(caption) <= space
            columns.append(LayerColumn(layer, left, left + own, boxes, caption if fits else ""))
        left += own + gap
    return tuple(columns)


def _place_of_picture(pixels: tuple[int, ...], width: int, room: int) -> Region | None:
    """The largest size of a picture with so many rows and columns of pixels that fits beside the layers."""
    rows, columns = pixels
    for zoom in (3.0, 2.0, 1.0, 1 / 2, 1 / 3, 1 / 4):
        size = drawn_size((rows, columns), zoom)
        if size[0] <= width // 3 and size[1] <= room:
            return Region(0, 0, *size)
    return None


@dataclass(frozen=True, slots=True)
class _Detail:
    """What a picture of a network shows of it."""

    items: list[int | range]
    """The layers, and the ranges left out; here the inputs are layer 0."""
    text: Callable[[int, int], str]
    """Writes a unit of a layer, where the inputs are layer -1."""
    widths: list[int]
    """The columns of each item."""
    picture_widths: Mapping[int, int] = field(default_factory=dict)
    """The columns of the units' pictures in each hidden layer, counted from 0, that has some."""


def _boxes(
    detail: _Detail, layer: int, count: int, chosen: Place, place: Region, space: int
) -> tuple[Box, ...]:
    """The units of a layer in their column, evenly from top to bottom."""
    columns, height = detail.picture_widths.get(layer), picture_rows(count, place.rows)
    units = visible_items(count, place.rows, chosen[1] if layer == chosen[0] else 0)
    boxes, step = [], place.rows / len(units)
    if columns is not None:
        step = place.rows // len(units)  # the same number of rows between all pictures
    above = (place.rows - step * len(units)) // 2
    for number, unit in enumerate(units):
        row = place.top + int(above + step * (number + 0.5) + 1e-9)
        if isinstance(unit, range):
            boxes.append(Box(row, place.left, _more(len(unit), place.columns, space), None))
            continue
        text, picture = detail.text(layer, unit), None
        if columns is not None:
            picture = Region(row - height // 2, place.left + len(text), columns, height)
        boxes.append(Box(row, place.left, text, unit, picture))
    return tuple(boxes)


def picture_rows(count: int, room: int) -> int:
    """The rows of each picture in a layer of `count` units, with a row between if possible."""
    return min(max((room - count + 1) // count, _MIN_PICTURE[1]), _MAX_PICTURE_ROWS)


def _with_pictures(
    snapshot: Snapshot, sizes: tuple[int, ...], chosen: Place, width: int, room: int
) -> _Detail | None:
    """The detail with the largest pictures of hidden units that fit; None if none fit."""
    shaped = {
        layer: int(_PICTURE_SHAPE * picture_rows(count, room))
        for layer, count in enumerate(sizes[1:-1])
        if count * _MIN_PICTURE[1] <= room  # all units of a layer have pictures, or none
    }
    if not shaped:
        return None
    for gap, length in itertools.product((_WIDE_GAP, 4, 3), _NAME_LENGTHS):
        names = _Names(snapshot, chosen, length, None)
        labels = [len(names.with_number(layer - 1, 0)) for layer in range(len(sizes))]
        for most in range(_MAX_PICTURE_COLUMNS, _MIN_PICTURE[0] - 1, -1):
            pictures = {layer: max(min(most, rows), _MIN_PICTURE[0]) for layer, rows in shaped.items()}
            widths = [label + pictures.get(layer, 0) for layer, label in enumerate(labels, -1)]
            if sum(widths) + gap * (len(sizes) - 1) <= width:
                return _Detail([*range(len(sizes))], names.with_number, widths, pictures)
    return None


def _choose_layers(
    snapshot: Snapshot,
    sizes: tuple[int, ...],
    chosen: Place,
    width: int,
    numbers: Numbers | None,
    input_columns: int,
) -> _Detail:
    """The most detail that fits, without pictures of units; the inputs have so many columns at least."""
    lengths = [_Names(snapshot, chosen, length, numbers) for length in _NAME_LENGTHS]
    names = lengths[-1]
    layers = range(len(sizes))
    for text, gap in (
        *((length.with_bias, _WIDE_GAP) for length in lengths),
        *((length.with_bias, 4) for length in lengths if numbers is not None),
        *(((names.value, 4), (names.value, 3)) if numbers is not None else ()),
        *((length.with_number, _WIDE_GAP) for length in lengths),
        (names.with_number, 4),
        (names.dot, 4),
    ):
        widths = [len(text(layer - 1, 0)) for layer in layers]
        widths[0] = max(widths[0], input_columns)
        if sum(widths) + gap * (len(sizes) - 1) <= width:
            return _Detail(list(layers), text, widths)
    for text, gap, least in (
        (names.with_number, 3, _LAYERS_AROUND),
        (names.dot, 3, _LAYERS_AROUND),
        (names.dot, 2, 3),
        (names.dot, 1, 1),
    ):
        for room in range(len(sizes), least - 1, -1):
            items = visible_items(len(sizes), room, chosen[0] + 1)
            widths = [
                1 + len(str(len(item))) if isinstance(item, range) else len(text(item - 1, 0))
                for item in items
            ]
            widths[0] = max(widths[0], input_columns)
            if sum(widths) + gap * (len(items) - 1) <= width:
                return _Detail(items, text, widths)
    return _Detail([], names.dot, [])


class _Names:
    """How units are written; all units of a layer have the same width."""

    def __init__(self, snapshot: Snapshot, chosen: Place, longest: int, numbers: Numbers | None) -> None:
        self._snapshot = snapshot
        self._numbers = numbers
        self._longest = longest
        self._chosen = chosen
        self._last = len(snapshot.network.layers) - 1
        inputs, outputs = snapshot.network.layers[0].shape[0] - 1, snapshot.network.layers[-1].shape[1]
        self._widths = [
            self._width(self._input, inputs),
            *(len(str(layer.shape[1])) for layer in snapshot.network.layers[:-1]),
            self._width(self._output, outputs),
        ]

    def _width(self, name: Callable[[int], str], count: int) -> int:
        return max(
            min(text_columns(name(number)), self._longest) for number in range(min(count, _NAMES_MEASURED))
        )

    def _input(self, number: int) -> str:
        """The name of an input; one that would be cut loses its unit first."""
        name = input_name(self._snapshot, number)
        return name if text_columns(name) <= self._longest else without_unit(name)

    def _output(self, number: int) -> str:
        """The same for an output. What a class has in parentheses is no unit."""
        name = output_name(self._snapshot, number)
        keeps_all = text_columns(name) <= self._longest or self._snapshot.run.dataset.classes
        return name if keeps_all else without_unit(name)

    def name(self, layer: int, unit: int) -> str:
        """The name of an input or an output, or the number of a hidden unit, from 1."""
        width = self._widths[layer + 1]
        if layer < 0:
            return f"{cells_of(short_name(self._input(unit), width)):>{width}}"
        if layer == self._last:
            return f"{cells_of(short_name(self._output(unit), width)):<{width}}"
        return f"{unit + 1:>{width}}"

    def with_bias(self, layer: int, unit: int) -> str:
        """The number with the bias, such as (2 -0.41), or the name of an input."""
        name = self.name(layer, unit)
        if self._numbers is not None:
            text = f"{name} {self._numbers.get((layer, unit), ''):>{_NUMBER_WIDTH}}"
            return text if layer < 0 else self._bracketed(text, (layer, unit))
        if layer < 0:
            return name
        bias = signed(float(self._snapshot.network.layers[layer][-1, unit]))
        return self._bracketed(f"{name} {bias:>5}", (layer, unit))

    def value(self, layer: int, unit: int) -> str:
        """What a unit shows, such as (+0.41), or its name until that is known."""
        assert self._numbers is not None
        number = self._numbers.get((layer, unit))
        name = self.name(layer, unit).strip()[:_NUMBER_WIDTH]
        text = f"{name:<{_NUMBER_WIDTH}}" if number is None else f"{number:>{_NUMBER_WIDTH}}"
        return text if layer < 0 else self._bracketed(text, (layer, unit))

    def with_number(self, layer: int, unit: int) -> str:
        """The number, such as (2), or the name of an input."""
        name = self.name(layer, unit)
        short = name.rstrip()  # the bracket closes behind the name
        return name if layer < 0 else f"{self._bracketed(short, (layer, unit)):<{len(name) + 2}}"

    def dot(self, layer: int, unit: int) -> str:
        """One character for an input or a unit."""
        mark = MARKS[edited_as(self._snapshot, (layer, unit))] if layer >= 0 else ""
        return mark or ("·" if layer < 0 else "■" if (layer, unit) == self._chosen else "●")

    def _bracketed(self, text: str, place: Place) -> str:
        mark = MARKS[edited_as(self._snapshot, place)]
        return f"{mark or '['}{text}]" if place == self._chosen else f"{mark or '('}{text})"


def _more(count: int, own: int, room: int) -> str:
    """How many units are left out, in the longest text that fits."""
    for text in (cells_of(Sentence("⋮ {n} more")(n=count)), f"⋮{count}"):
        if len(text) <= max(own, room // 2):
            return text
    return "⋮"


def _caption(snapshot: Snapshot, layer: int) -> str:
    return (
        word("input" if snapshot.network.layers[0].shape[0] == 2 else "inputs", "caption")
        if layer < 0
        else activation_of(snapshot, layer)
    )


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
    return [
        *range(ends),
        range(ends, start),
        *range(start, stop),
        range(stop, count - ends),
        *range(count - ends, count),
    ]
