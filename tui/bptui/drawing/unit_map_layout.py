"""The layout of the hidden units' pictures: their size, and which of them fit."""

from __future__ import annotations

from dataclasses import dataclass

BETWEEN = 2
"""The blank columns between two pictures."""
_SMALLEST = {1: (14, 1), 2: (6, 2)}
"""The smallest columns and rows of a picture, for bars over one axis and shades over two."""
_FLATTEST = {1: 10.0, 2: 2.4}
"""The most columns per row of a picture, including its line of words."""
_STEEPEST = {1: 2.0, 2: 1.6}
"""The fewest columns per row of a picture; shades with two columns per row are square."""


@dataclass(frozen=True, slots=True)
class MapLayout:
    """The pictures of all layers, with a heading for each layer, in rows of as many as fit."""

    columns: int
    """The columns of a picture."""
    rows: int
    """The rows of a picture, below its line of words."""
    abreast: int
    """The number of pictures side by side."""
    shown: tuple[int, ...]
    """How many units of each layer have a picture (the first ones); 0 for layers that do not fit."""


def lay_out_maps(counts: tuple[int, ...], axes: int, width: int, height: int) -> MapLayout:
    """Return the layout with the largest pictures of all units or, if not all fit, with the smallest ones.

    Args:
        counts: the units of each layer.
        axes: 1 for bars, 2 for shades.
        width: columns of the space.
        height: rows of the space.
    """
    columns, rows = _SMALLEST[axes]
    layouts = []
    for abreast in range(1, max((width + BETWEEN) // (columns + BETWEEN), 1) + 1):
        bands = sum(-(-count // abreast) for count in counts)
        most = (width + BETWEEN) // abreast - BETWEEN, (height - len(counts)) // bands - 1
        size = _shaped(most, axes)
        if size[0] >= columns and size[1] >= rows:
            layouts.append(MapLayout(*size, abreast, counts))
    if layouts:
        return max(layouts, key=lambda each: (each.columns * each.rows, each.rows, each.abreast))
    columns = min(columns, max(width, 1))
    abreast = max((width + BETWEEN) // (columns + BETWEEN), 1)
    return MapLayout(columns, rows, abreast, _fitting(counts, abreast, rows + 1, height))


def _shaped(most: tuple[int, int], axes: int) -> tuple[int, int]:
    """The largest picture within these columns and rows that is neither too flat nor too steep."""
    columns, rows = most
    return min(columns, int(_FLATTEST[axes] * (rows + 1))), min(rows, int(columns / _STEEPEST[axes]))


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
