"""Small pictures of the output of each hidden unit over the domain: bars over one input, shades over two."""

from __future__ import annotations

import textwrap

import numpy as np

from bpengine.arrays import Array
from bptui.drawing.spans import Span, padded
from bptui.drawing.unit_facts import facts, limits_of, parts_of, signed, why_not_drawn
from bptui.session.snapshot import Snapshot

BARS = " ▁▂▃▄▅▆▇█"
SHADES = "·░▒▓█"
"""The characters from the lowest output of a unit to the highest."""

_SIZES = {  # columns and rows of a picture, by the number of inputs; the first size with which all fit
    1: ((42, 6), (30, 5), (20, 4), (20, 3), (20, 2), (20, 1), (14, 1)),
    2: ((32, 12), (24, 9), (20, 8), (20, 7), (16, 6), (13, 5), (10, 4), (8, 3), (6, 2)),
}
_BETWEEN = 2


def draw_unit_maps(snapshot: Snapshot, width: int, height: int) -> list[list[Span]]:
    """A block of pictures for each layer, as `height` rows of spans, each `width` characters in all."""
    if snapshot.network.unit_outputs is None:
        words = textwrap.wrap(why_not_drawn(snapshot), max(width, 1))
        lines = [[Span(line, "label")] for line in words]
    else:
        lines = _pictures(snapshot, snapshot.network.unit_outputs, width, height)
    return [padded(line, width) for line in (lines + [[] for _ in range(height)])[:height]]


def _pictures(snapshot: Snapshot, units: tuple[Array, ...], width: int, height: int) -> list[list[Span]]:
    counts = [layer.shape[-1] for layer in units]
    sizes = _SIZES[units[0].ndim - 1]
    columns, rows = next((size for size in sizes if _height(counts, size, width) <= height), sizes[-1])
    columns = min(columns, max(width, 1))
    lines: list[list[Span]] = []
    left_out = sum(counts)
    abreast = _abreast(columns, width)
    for number, layer in enumerate(units):
        activation = snapshot.run.config.activations[number]
        low, high = limits_of(activation, layer)
        glyphs = BARS if layer.ndim == 2 else SHADES
        scale = f"{signed(low)} {glyphs.strip()} {signed(high)}"
        heading: list[Span] = [Span(f"layer {number + 1} {activation}  {scale}"[: max(width, 0)], "label")]
        for first in range(0, counts[number], abreast):
            block = [
                _picture(layer[..., unit], unit, activation, (low, high), (columns, rows))
                for unit in range(first, min(first + abreast, counts[number]))
            ]
            more = ([] if first else [heading]) + _beside(block)
            left_out -= len(block)
            # The last row is kept for the number of units left out.
            if len(lines) + len(more) > height - (left_out > 0):
                word = f"… {left_out + len(block)} more units" if lines else "no room for pictures"
                return [*lines, [Span(word[: max(width, 0)], "label")]]
            lines += more
    return lines


def _abreast(columns: int, width: int) -> int:
    return max((width + _BETWEEN) // (columns + _BETWEEN), 1)


def _height(counts: list[int], size: tuple[int, int], width: int) -> int:
    """The rows that pictures of this size need in total."""
    columns, rows = size
    if columns > width:
        return 1_000_000
    return sum(1 + -(-count // _abreast(columns, width)) * (rows + 1) for count in counts)


def _picture(
    values: Array, unit: int, activation: str, limits: tuple[float, float], size: tuple[int, int]
) -> list[list[Span]]:
    """A line of words and the picture below, in the same width."""
    columns, rows = size
    found = facts(activation, values)
    variants = (
        [found.label, found.label[:3]] if found.label else [f"mean {signed(found.mean)}", signed(found.mean)]
    )
    words = next(
        (f"{unit + 1} {text}" for text in variants if len(f"{unit + 1} {text}") <= columns), f"{unit + 1}"
    )
    role = "warning" if found.label else "label"
    parts = parts_of(values, limits)
    if values.ndim == 1:
        level = np.rint(_averaged(parts, columns, 0) * (8 * rows - 1)).astype(np.int64) + 1
        level[~np.isfinite(_averaged(values, columns, 0))] = 0
        bottom = 8 * np.arange(rows - 1, -1, -1)
        cells = np.clip(level[np.newaxis, :] - bottom[:, np.newaxis], 0, 8)
        glyphs = BARS
    else:
        shares = _averaged(_averaged(parts[::-1], rows, 0), columns, 1)
        cells = np.clip(shares * len(SHADES), 0, len(SHADES) - 1).astype(np.int64)
        glyphs = SHADES
    picture: list[list[Span]] = [[Span(f"{words[:columns]:<{columns}}", role)]]
    for row in cells.tolist():
        picture.append([Span("".join(glyphs[cell] for cell in row), "map")])
    return picture


def _averaged(values: Array, count: int, axis: int) -> Array:
    """Means over so many even pieces of an axis, or single values where there are too few."""
    length = values.shape[axis]
    edges = np.arange(count) * length // count
    if count > length:
        singles: Array = values.take(edges, axis=axis)
        return singles
    sizes = np.diff(np.append(edges, length))
    shape = [1] * values.ndim
    shape[axis] = count
    with np.errstate(all="ignore"):
        means: Array = np.add.reduceat(values, edges, axis=axis) / sizes.reshape(shape)
    return means


def _beside(block: list[list[list[Span]]]) -> list[list[Span]]:
    """Pictures next to each other; neighboring spans of one role become one."""
    lines: list[list[Span]] = []
    for rows in zip(*block, strict=True):
        line: list[Span] = []
        for span in (span for row in rows for span in row):
            if line:
                line[-1] = line[-1].with_text(line[-1].text + " " * _BETWEEN)
            if line and line[-1].role == span.role:
                line[-1] = line[-1].with_text(line[-1].text + span.text)
            else:
                line.append(span)
        lines.append(line)
    return lines
