"""The picture of a hidden unit's output: over the domain or, for many inputs, over the samples.

It is bars or a line over one axis, in two hues around 0; over two axes it is a map in colors or, where there
are too few colors, shades in the same two hues.
"""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bptui.screen.drawing.canvas import DOTS_X, DOTS_Y, Canvas
from bptui.screen.drawing.color_scales import UNKNOWN, Scale, parts_of
from bptui.screen.drawing.spans import Span
from bpwords.numbers import signed

BARS = " ▁▂▃▄▅▆▇█"
SHADES = "·░▒▓█"
"""The characters from the lowest output of a unit to the highest."""

POSITIVE, NEGATIVE, GROUND = "map", "below", "below-ground"
"""The roles of outputs from 0 on, of outputs below 0, and of the background of shades below 0."""

Limits = tuple[float, float]
"""The outputs that the first and the last character or color stand for."""


def paint_unit(
    canvas: Canvas,
    top: int,
    left: int,
    size: tuple[int, int],
    values: Array,
    limits: Limits,
    *,
    colors: bool,
    apart: bool = False,
) -> None:
    """Draw the picture of a unit.

    Args:
        canvas: what to draw on; it has the roles of pictures.
        top: the first row.
        left: the first column.
        size: columns and rows of the picture.
        values: the outputs; shape (steps,), or (rows, columns) with the lowest row first.
        limits: the outputs that the first and the last character or color stand for.
        colors: whether there are enough colors for maps.
        apart: whether the lower half of the last row of a map is left free.
    """
    columns, rows = size
    if values.ndim == 1:
        means = _averaged(values, columns, 0)
        eighths = np.rint(_shown_parts(means, limits) * (8 * rows - 1)).astype(np.int64) + 1
        eighths[~np.isfinite(means)] = 0
        below = 8 * np.arange(rows - 1, -1, -1)[:, np.newaxis]
        _paint_glyphs(canvas, top, left, BARS, np.clip(eighths - below, 0, 8), means)
    elif colors:
        scale = Scale.over(*limits)
        halves = scale.levels(_averaged_map(values, columns, 2 * rows))
        halves[-1] = UNKNOWN if apart else halves[-1]
        roles = np.array([*(canvas.number(role) for role in scale.roles), 0])
        canvas.paint(top, left, roles[halves])
    else:
        means = _averaged_map(values, columns, rows)
        shades = np.clip(_shown_parts(means, limits) * len(SHADES), 0, len(SHADES) - 1).astype(np.int64)
        _paint_glyphs(canvas, top, left, SHADES, shades, means)
        canvas.grounds[top : top + rows, left : left + columns] = (means < 0) * canvas.number(GROUND)


def paint_curve(
    canvas: Canvas, top: int, left: int, size: tuple[int, int], values: Array, limits: Limits
) -> None:
    """Draw the outputs of a unit over one axis as a line; the arguments are those of `paint_unit`."""
    columns, rows = size
    means = _averaged(values, DOTS_X * columns, 0)
    known = np.isfinite(means)
    last = DOTS_Y * rows - 1
    heights = np.rint((1 - _shown_parts(means, limits)) * last).astype(np.int64)
    before = np.where(np.roll(known, 1), np.roll(heights, 1), heights)
    before[0] = heights[0]
    grid = np.arange(last + 1)[:, np.newaxis]
    on = known & (grid <= np.maximum(heights, before)) & (grid >= np.minimum(heights, before))
    y, x = np.nonzero(on)
    canvas.grounds[top : top + rows, left : left + columns] = canvas.number("curve")
    canvas.dots(DOTS_X * left + x, DOTS_Y * top + y, _hues(canvas, means)[x])


def write_scale(canvas: Canvas, row: int, left: int, limits: Limits, axes: int, *, colors: bool) -> None:
    """Write the characters or colors of pictures over so many axes, between the limits as numbers."""
    low, high = map(signed, limits)
    glyphs, ground = (SHADES, GROUND) if axes == 2 else (BARS.strip(), None)
    canvas.write(row, left, f"{low} {glyphs} {high}", "label")
    middles = limits[0] + (np.arange(len(glyphs)) + 0.5) / len(glyphs) * (limits[1] - limits[0])
    scale = tuple(
        Span(glyph, NEGATIVE, ground) if is_negative else Span(glyph, POSITIVE)
        for glyph, is_negative in zip(glyphs, (middles < 0).tolist(), strict=True)
    )
    if axes == 2 and colors:
        scale = tuple(span.with_text("▌") for span in Scale.over(*limits).legend(*limits).spans)
    for column, span in enumerate(scale, left + len(low) + 1):
        canvas.write(row, column, span.text, span.role or "label", span.ground)


def _paint_glyphs(canvas: Canvas, top: int, left: int, glyphs: str, levels: IntArray, means: Array) -> None:
    """Draw a character for each level, shape (rows, columns), in the hues of the means."""
    region = np.s_[top : top + levels.shape[0], left : left + levels.shape[1]]
    canvas.codes[region] = np.array([ord(glyph) for glyph in glyphs], dtype=np.uint32)[levels]
    canvas.roles[region] = _hues(canvas, means)


def _hues(canvas: Canvas, means: Array) -> IntArray:
    """The number of the role of each output. Same shape."""
    return np.where(means < 0, canvas.number(NEGATIVE), canvas.number(POSITIVE))


def _shown_parts(values: Array, limits: Limits) -> Array:
    """The values as parts from 0 to 1 between the limits; those beyond are clipped, and NaN becomes 0."""
    return np.clip(np.nan_to_num(parts_of(values, *limits)), 0.0, 1.0)


def _averaged_map(values: Array, columns: int, rows: int) -> Array:
    """Means over so many columns and rows, the highest row first."""
    return _averaged(_averaged(values[::-1], rows, 0), columns, 1)


def _averaged(values: Array, count: int, axis: int) -> Array:
    """Means over so many even pieces of an axis, or single values where there are too few."""
    edges = np.arange(count) * values.shape[axis] // count
    sizes = np.maximum(np.diff(np.append(edges, values.shape[axis])), 1)
    shape = [1] * values.ndim
    shape[axis] = count
    with np.errstate(all="ignore"):
        means: Array = np.add.reduceat(values, edges, axis=axis) / sizes.reshape(shape)
    return means
