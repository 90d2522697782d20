"""The picture of a hidden unit's outputs: bars over one axis, shades over two, in two hues around 0."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bptui.drawing.spans import Span
from bptui.drawing.unit_facts import facts, parts_of, signed

BARS = " ▁▂▃▄▅▆▇█"
SHADES = "·░▒▓█"
"""The characters from the lowest output of a unit to the highest."""

POSITIVE, NEGATIVE, GROUND = "map", "below", "below-ground"
"""The roles of outputs from 0 on, of outputs below 0, and of the background of shades below 0."""

Limits = tuple[float, float]
"""The outputs that the first and the last character stand for."""


def draw_unit(
    values: Array, name: str, activation: str, limits: Limits, size: tuple[int, int], *, own_scale: bool
) -> list[list[Span]]:
    """A line of words, and the picture below it in the same width.

    Args:
        values: the outputs; shape (steps,), or (rows, columns) with the lowest row first.
        name: the number of the unit.
        activation: the activation of its layer.
        limits: the outputs that the first and the last character stand for.
        size: columns and rows of the picture.
        own_scale: whether the limits belong to this unit alone; the words then include them.
    """
    columns, rows = size
    shades = values.ndim == 2
    if shades:
        means = _averaged(_averaged(values[::-1], rows, 0), columns, 1)
        parts = parts_of(means, limits)
        cells = np.clip(parts * len(SHADES), 0, len(SHADES) - 1).astype(np.int64)
        negative = means < 0
    else:
        means = _averaged(values, columns, 0)
        level = np.rint(parts_of(means, limits) * (8 * rows - 1)).astype(np.int64) + 1
        level[~np.isfinite(means)] = 0
        bottom = 8 * np.arange(rows - 1, -1, -1)
        cells = np.clip(level[np.newaxis, :] - bottom[:, np.newaxis], 0, 8)
        negative = np.broadcast_to(means < 0, cells.shape)
    glyphs = SHADES if shades else BARS
    picture = [[_words(values, name, activation, limits if own_scale else None, columns)]]
    for row, below in zip(cells, negative, strict=True):
        picture.append(_row("".join(glyphs[cell] for cell in row.tolist()), below, shades=shades))
    return picture


def scale_spans(limits: Limits, axes: int) -> list[Span]:
    """The characters from low to high, each in the color of its outputs, between the limits as numbers."""
    low, high = limits
    glyphs = BARS.strip() if axes == 1 else SHADES
    middles = low + (np.arange(len(glyphs)) + 0.5) / len(glyphs) * (high - low)
    row = _row(glyphs, middles < 0, shades=axes == 2)
    return [Span(f"{signed(low)} ", "label"), *row, Span(f" {signed(high)}", "label")]


def _words(values: Array, name: str, activation: str, limits: Limits | None, columns: int) -> Span:
    """The number with what matters most: that the unit is saturated or off, its own scale, or its mean."""
    found = facts(activation, values)
    if found.label:
        variants = [found.label, found.label[:3]]
    elif limits is not None:
        low, high = map(signed, limits)
        variants = [f"{low} to {high}", f"{low} {high}"]
    else:
        variants = [f"mean {signed(found.mean)}", signed(found.mean)]
    fitting = (text for text in (f"{name} {each}" for each in variants) if len(text) <= columns)
    words = next(fitting, name)[:columns]
    return Span(f"{words:<{columns}}", "warning" if found.label else "label")


def _row(text: str, negative: NDArray[np.bool_], *, shades: bool) -> list[Span]:
    """A row of a picture, in as few spans as there are changes of the sign."""
    edges = [0, *(np.flatnonzero(negative[1:] != negative[:-1]) + 1).tolist(), len(text)]
    ground = GROUND if shades else None
    return [
        Span(text[start:end], NEGATIVE, ground) if negative[start] else Span(text[start:end], POSITIVE)
        for start, end in itertools.pairwise(edges)
    ]


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
