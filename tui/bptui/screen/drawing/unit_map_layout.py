"""The layout of hidden units' pictures: a block for each layer, with rows of as many pictures as fit."""

from __future__ import annotations

from typing import NamedTuple

from bptui.screen.drawing.sheet import ZOOMS, drawn_size

_BETWEEN = 2
"""The blank columns between two pictures."""
_FEWEST_PIXELS = 7
"""The fewest rows and columns of a picture whose pixels are put together because it is large."""
_SMALLEST = {1: (14, 1), 2: (6, 2)}
"""The smallest columns and rows of a picture, for bars over one axis and shades over two."""
_FLATTEST = {1: 10.0, 2: 2.4}
"""The most columns per row of a picture, including its line of words."""
_STEEPEST = {1: 2.0, 2: 1.6}
"""The fewest columns per row of a picture; shades with two columns per row are square."""


class UnitMapLayout(NamedTuple):
    """The pictures of all layers, with a heading for each layer, in rows of as many as fit."""

    columns: int
    """The columns of a picture."""
    rows: int
    """The rows of a picture, below its line of words."""
    abreast: int
    """The number of pictures side by side."""
    shown: tuple[int, ...]
    """How many units of each layer have a picture (the first ones); 0 for layers that do not fit."""

    def place(self, unit: int) -> tuple[int, int]:
        """The row below the heading of its layer, and the column, where a unit's line of words begins."""
        band, number = divmod(unit, self.abreast)
        return band * (self.rows + 1), number * (self.columns + _BETWEEN)

    def height(self, shown: int) -> int:
        """The rows of so many units of a layer, without its heading."""
        return -(-shown // self.abreast) * (self.rows + 1)


def lay_out_maps(counts: tuple[int, ...], axes: int, width: int, height: int) -> UnitMapLayout:
    """Return the layout with the largest pictures of all units or, if not all fit, with the smallest ones.

    Args:
        counts: the units of each layer.
        axes: 1 for bars, 2 for shades.
        width: columns of the space.
        height: rows of the space.
    """
    columns, rows = _SMALLEST[axes]
    layouts = []
    for abreast in range(1, _most_abreast(columns, width) + 1):
        bands = sum(-(-count // abreast) for count in counts)
        most = (width + _BETWEEN) // abreast - _BETWEEN, (height - len(counts)) // bands - 1
        size = _shaped(most, axes)
        if size[0] >= columns and size[1] >= rows:
            layouts.append(UnitMapLayout(*size, abreast, counts))
    if not layouts:
        return _cut(counts, columns, rows, width, height)
    return max(layouts, key=lambda layout: (layout.columns * layout.rows, layout.rows, layout.abreast))


def lay_out_pixels(counts: tuple[int, ...], size: tuple[int, int], width: int, height: int) -> UnitMapLayout:
    """The same for pictures with so many rows and columns of pixels, whose pixels are all equally large."""
    for zoom in (zoom for zoom in ZOOMS if zoom >= 1 or min(size) * zoom >= _FEWEST_PIXELS):
        columns, rows = drawn_size(size, zoom)
        layout = UnitMapLayout(columns, rows, _most_abreast(columns, width), counts)
        if columns <= width and sum(map(layout.height, counts)) + len(counts) <= height:
            return layout
    return _cut(counts, columns, rows, width, height)


def _most_abreast(columns: int, width: int) -> int:
    """How many pictures of so many columns fit side by side; at least one."""
    return max((width + _BETWEEN) // (columns + _BETWEEN), 1)


def _shaped(most: tuple[int, int], axes: int) -> tuple[int, int]:
    """The largest picture within these columns and rows that is neither too flat nor too steep."""
    columns, rows = most
    return min(columns, int(_FLATTEST[axes] * (rows + 1))), min(rows, int(columns / _STEEPEST[axes]))


def _cut(counts: tuple[int, ...], columns: int, rows: int, width: int, height: int) -> UnitMapLayout:
    """The layout with pictures of this size, of which not all fit."""
    columns = min(columns, max(width, 1))
    abreast = _most_abreast(columns, width)
    return UnitMapLayout(columns, rows, abreast, _fitting(counts, abreast, rows + 1, height))


def _fitting(counts: tuple[int, ...], abreast: int, rows: int, height: int) -> tuple[int, ...]:
    """How many units of each layer fit, with about equally many rows of pictures for each layer."""
    layers = min(len(counts), height // (rows + 1))
    if layers < len(counts):
        layers = min(layers, (height - 1) // (rows + 1))  # a row for the layers left out
    bands = [0] * len(counts)
    for _ in range((height - layers - (layers < len(counts))) // rows if layers else 0):
        wanting = [layer for layer in range(layers) if bands[layer] * abreast < counts[layer]]
        if wanting:
            bands[min(wanting, key=lambda layer: bands[layer])] += 1
    return tuple(min(band * abreast, count) for band, count in zip(bands, counts, strict=True))
