"""A sheet: samples that are pictures, as many as fit, each above a line of words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bpengine.arithmetic.arrays import Array
from bptui.screen.drawing.canvas import Canvas, cells_of
from bptui.screen.drawing.color_scales import Scale
from bptui.screen.drawing.figure import Drawn
from bptui.screen.drawing.roles import REVERSED, ROLES, SEQUENTIAL
from bptui.screen.drawing.spans import Span
from bpwords import columns as text_columns

CHOSEN = "▸"
"""The sign before the words of the chosen sample."""
_CAPTION = 8
"""The columns that words need: `9≠5 47%`."""
_MANY, _SOME = 20, 6
"""The fewest pictures with pixels larger than half a cell, and the fewest with pixels as large as that."""
ZOOMS = (4.0, 3.0, 2.0, 1.0, 1 / 2, 1 / 3, 1 / 4, 1 / 6, 1 / 12)
"""The half cells that a pixel may have."""
_HALVES = np.array([ord(sign) for sign in " ▄▀█"], dtype=np.uint32)


class SheetLayout(NamedTuple):
    """Pictures side by side, in rows of as many as fit."""

    zoom: float
    """Half cells for each pixel: a whole number, or one over a whole number."""
    columns: int
    """The columns of a picture."""
    rows: int
    """The rows of a picture, above its words."""
    abreast: int
    down: int

    @property
    def room(self) -> int:
        """How many pictures there are room for."""
        return self.abreast * self.down

    @property
    def stride(self) -> int:
        """The columns from one picture to the next."""
        return max(self.columns, _CAPTION) + 1


def drawn_size(size: tuple[int, int], zoom: float) -> tuple[int, int]:
    """The columns and rows of cells of a picture of so many rows and columns of pixels."""
    rows, columns = (-(-int(pixels * 12) * int(zoom * 12) // 144) for pixels in size)
    return columns, -(-rows // 2)


def lay_out_sheet(size: tuple[int, int], count: int, width: int, height: int) -> SheetLayout:
    """Return the layout of pictures with so many rows and columns of pixels, as large as is useful."""
    for zoom in ZOOMS:
        columns, rows = drawn_size(size, zoom)
        abreast, down = (width - 1) // (max(columns, _CAPTION) + 1), height // (rows + 1)
        layout = SheetLayout(zoom, columns, rows, max(abreast, 0), down)
        if layout.room >= min(count, _MANY if zoom > 1 else _SOME):
            break
    return layout


def zoomed(pixels: Array, zoom: float) -> Array:
    """A picture with so many half cells for each pixel; pixels that share one have their mean."""
    if zoom >= 1:
        return pixels.repeat(int(zoom), axis=0).repeat(int(zoom), axis=1)
    together = round(1 / zoom)
    for axis in (0, 1):
        starts = np.arange(0, pixels.shape[axis], together)
        sizes = np.diff(np.append(starts, pixels.shape[axis]))
        pixels = np.add.reduceat(pixels, starts, axis=axis) / np.expand_dims(sizes, 1 - axis)
    return pixels


def paint_pixels(
    canvas: Canvas, top: int, left: int, pixels: Array, limits: tuple[float, float], *, colors: bool
) -> None:
    """Draw a picture in half cells: in shades or, without colors, in two levels.

    Args:
        canvas: what to draw on; it has the roles of scales.
        top: the first row.
        left: the first column.
        pixels: shape (half rows, columns).
        limits: the values of paper and ink.
        colors: whether there are enough colors for shades.
    """
    if len(pixels) % 2:
        pixels = np.concatenate([pixels, np.full((1, pixels.shape[1]), np.nan if colors else limits[0])])
    if colors:
        scale = Scale(*limits, SEQUENTIAL)
        roles = np.array([*(canvas.number(role) for role in scale.roles), 0])
        canvas.paint(top, left, roles[scale.levels(pixels)])
        return
    is_ink = pixels > (limits[0] + limits[1]) / 2
    region = np.s_[top : top + len(pixels) // 2, left : left + pixels.shape[1]]
    canvas.codes[region] = _HALVES[2 * is_ink[::2] + is_ink[1::2]]
    canvas.roles[region] = canvas.number("axes")


@dataclass(frozen=True, slots=True, eq=False)
class Sheet(Drawn):
    """Samples that are pictures, the first ones that fit."""

    pictures: Array
    """Shape (samples, rows, columns), in the units of the data."""
    limits: tuple[float, float]
    """The values of paper and ink."""
    captions: tuple[str, ...]
    """The words below each."""
    roles: tuple[str, ...]
    """The role of the words."""
    numbers: tuple[int, ...]
    """The number of each sample among all."""
    chosen: int | None = None
    """The number of the sample that stands out."""
    note: str = ""
    """A few words in the middle, in front of everything."""

    def layout(self, width: int, height: int) -> SheetLayout:
        """Where the pictures are, in a space of this size."""
        return lay_out_sheet(self.pictures.shape[1:], len(self.pictures), width, height)

    def sample_at(self, x: int, y: int, width: int, height: int) -> int | None:
        """The sample at a cell; None if there is none."""
        layout = self.layout(width, height)
        column, row = (x - 1) // layout.stride, y // (layout.rows + 1)
        number = row * layout.abreast + column
        inside = 0 <= column < layout.abreast and row < layout.down and number < len(self.pictures)
        return number if inside else None

    def draw(self, width: int, height: int, *, colors: bool) -> list[list[Span]]:
        """The pictures as `height` rows of spans, each `width` characters in all."""
        canvas, layout = Canvas(width, height, tuple(ROLES)), self.layout(width, height)
        for number in range(min(layout.room, len(self.pictures))):
            top = number // layout.abreast * (layout.rows + 1)
            left = 1 + number % layout.abreast * layout.stride
            pixels = zoomed(self.pictures[number], layout.zoom)
            paint_pixels(canvas, top, left, pixels, self.limits, colors=colors)
            caption = self.captions[number]
            if text_columns(caption) >= layout.stride:
                caption = caption.split(" ")[0]
            canvas.write(top + layout.rows, left, caption, self.roles[number])
            if self.numbers[number] == self.chosen:
                canvas.write(top + layout.rows, left - 1, CHOSEN, "cursor")
        if self.note:
            note = cells_of(f" {self.note} ")
            canvas.write(height // 2, max(width - len(note), 0) // 2, note, "note")
        return canvas.rows(apart=REVERSED)
