"""Pictures as pixels: SVG through librsvg, PNG files, and what is drawn in each cell of the screen."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bptui.session.saving.pictures.svg import HEIGHT, MARGIN, WIDTH
from tests.tui.support.terminal import DEADLINE

SIGNATURE = b"\x89PNG\r\n\x1a\n"
Array = npt.NDArray[Any]
FAINT = 24
"""The difference of two colors, out of 255, that nobody sees."""


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """A picture of a screen."""

    colors: Array
    """Rows of pixels of red, green, blue and opacity, each from 0 to 255."""
    scale: int
    """Pixels for each unit of the SVG."""

    def cell(self, column: int, row: int) -> Array:
        """The pixels of one cell."""
        left, top = MARGIN + WIDTH * column, MARGIN + HEIGHT * row
        high = slice(top * self.scale, (top + HEIGHT) * self.scale)
        return self.colors[high, left * self.scale : (left + WIDTH) * self.scale]

    def ink(self, column: int, row: int) -> Array:
        """Which pixels of a cell differ from its background, which is its most frequent color."""
        cell = np.ascontiguousarray(self.cell(column, row), dtype=np.uint8)
        as_numbers = cell.view(np.uint32)  # one for each pixel, which are quick to count
        _, places, counts = np.unique(as_numbers, return_index=True, return_counts=True)
        background = cell.reshape(-1, 4)[places[counts.argmax()]].astype(int)
        ink: Array = np.abs(cell - background).max(axis=-1) > FAINT
        return ink


def librsvg(svg: str, scale: int = 1) -> Pixels:
    """The SVG document as librsvg draws it; the test is skipped where that is missing."""
    if shutil.which("rsvg-convert") is None:
        pytest.skip("rsvg-convert is missing (on Debian: apt-get install librsvg2-bin)")
    done = subprocess.run(
        ("rsvg-convert", "--zoom", str(scale)),
        input=svg.encode(),
        capture_output=True,
        timeout=DEADLINE,
        check=True,
    )
    return decoded(done.stdout, scale)


def decoded(png: bytes, scale: int) -> Pixels:
    """A PNG file with 8 bits for each of four channels, not interlaced."""
    assert png.startswith(SIGNATURE)
    place, data, header = len(SIGNATURE), b"", b""
    while place < len(png):
        length, kind = struct.unpack_from(">I4s", png, place)
        content = png[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            header = content
        elif kind == b"IDAT":
            data += content
        place += length + 12
    width, height, *layout = struct.unpack(">IIBBBBB", header)
    assert layout == [8, 6, 0, 0, 0], layout
    filtered = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 4 * width + 1)
    return Pixels(_unfiltered(filtered[:, 0], filtered[:, 1:].reshape(height, width, 4)), scale)


def _unfiltered(kinds: Array, differences: Array) -> Array:
    """The pixels, each of which was written as the difference from a guess by its neighbors.

    A pixel needs those to the left, above and above left. All of a diagonal are computed at once, since
    they do not need each other.

    Args:
        kinds: the number of the filter of each row.
        differences: what was written, of the shape of the pixels.
    """
    height, width, _ = differences.shape
    pixels = np.zeros((height + 1, width + 1, 4), np.int16)  # an empty row and an empty column come first
    for diagonal in range(height + width - 1):
        rows = np.arange(max(0, diagonal - width + 1), min(height, diagonal + 1))
        columns = diagonal - rows
        left, up, corner = pixels[rows + 1, columns], pixels[rows, columns + 1], pixels[rows, columns]
        to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
        nearest = np.where(to_up <= to_corner, up, corner)
        nearest = np.where((to_left <= to_up) & (to_left <= to_corner), left, nearest)
        guess = np.choose(kinds[rows, np.newaxis], (0, left, up, (left + up) // 2, nearest))
        pixels[rows + 1, columns + 1] = (differences[rows, columns] + guess) & 255
    return pixels[1:, 1:].astype(np.uint8)
