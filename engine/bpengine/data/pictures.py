"""Pictures: samples whose inputs are the pixels of one picture, as the names of their columns say."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from bpengine.arithmetic.arrays import Array

_PLACE = re.compile(r"(?:(?:p|px|pixel)_?)?(\d{1,3})[_x](\d{1,3})", re.IGNORECASE)
"""The name of a pixel by its row and column, such as p0_0, pixel_7_7 or 1x1."""
_NUMBER = re.compile(r"(?:p|px|pixel)_?(\d{1,6})", re.IGNORECASE)
"""The name of a pixel of a square picture by its number, row by row, such as pixel783."""


class Picture(NamedTuple):
    """Which column is which pixel."""

    rows: int
    columns: int
    order: tuple[int, ...]
    """The column of each pixel, row by row from the upper left, counted from 0."""

    def shaped(self, pixels: Array) -> Array:
        """The pixels of pictures, shape (..., columns of the table), as such; shape (..., rows, columns)."""
        pictures: Array = pixels[..., list(self.order)].reshape(*pixels.shape[:-1], self.rows, self.columns)
        return pictures


def pixel_names(rows: int, columns: int) -> tuple[str, ...]:
    """The names of the pixels of a picture, row by row: p0_0, p0_1, and so on."""
    return tuple(f"p{row}_{column}" for row in range(rows) for column in range(columns))


@lru_cache(maxsize=16)
def picture_of(names: tuple[str, ...]) -> Picture | None:
    """The picture that columns with these names are; None if they do not name all pixels of one, once each.

    Rows and columns count from 0 or 1, and so do numbers. A picture has two rows and two columns or more.
    """
    found = [_PLACE.fullmatch(name) for name in names]
    places = [(int(match[1]), int(match[2])) for match in found if match]
    if not places:
        numbers = [int(match[1]) for match in map(_NUMBER.fullmatch, names) if match]
        side = round(len(names) ** 0.5)
        places = [divmod(number - min(numbers), side) for number in numbers]
    if len(places) != len(names) or len(names) < 4:
        return None
    top, left = (min(numbers) for numbers in zip(*places, strict=True))
    rows, columns = (
        max(numbers) + 1 - low for numbers, low in zip(zip(*places, strict=True), (top, left), strict=True)
    )
    expected = {(row, column) for row in range(top, top + rows) for column in range(left, left + columns)}
    if (
        max(top, left) > 1
        or min(rows, columns) < 2
        or rows * columns != len(names)
        or set(places) != expected
    ):
        return None
    numbered = {place: number for number, place in enumerate(places)}
    return Picture(rows, columns, tuple(numbered[place] for place in sorted(places)))
