"""Small pictures of the output of each hidden unit: over the domain or, for many inputs, over the samples.

They are bars over one axis, in two hues around 0; over two axes they are maps in colors or, where there are
too few colors, shades in the same two hues.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bpengine.arithmetic.arrays import Array
from bptui.screen.drawing.canvas import DOTS_X, DOTS_Y, Canvas
from bptui.screen.drawing.color_scales import UNKNOWN, Scale, parts_of
from bptui.screen.drawing.roles import PICTURE_STYLES
from bptui.screen.drawing.sheet import ZOOMS, drawn_size
from bptui.screen.drawing.spans import Span
from bptui.session import units as facts
from bptui.session.snapshot import Snapshot
from bptui.session.units import even_limits, layer_pixels, name_of_pixels
from bpwords import Sentence, many, word
from bpwords import columns as text_columns
from bpwords.numbers import signed
from bpwords.wrapping import lines_of

BARS = " ▁▂▃▄▅▆▇█"
SHADES = "·░▒▓█"
"""The characters from the lowest output of a unit to the highest."""

POSITIVE, NEGATIVE, GROUND = "map", "below", "below-ground"
"""The roles of outputs from 0 on, of outputs below 0, and of the background of shades below 0."""
_ROLES = ("label", "warning", *PICTURE_STYLES)

Limits = tuple[float, float]
"""The outputs that the first and the last character or color stand for."""

_FEWEST_PIXELS = 7
"""The fewest rows and columns of a picture whose pixels are put together because it is large."""
BETWEEN = 2
"""The blank columns between two pictures."""
_SMALLEST = {1: (14, 1), 2: (6, 2)}
"""The smallest columns and rows of a picture, for bars over one axis and shades over two."""
_FLATTEST = {1: 10.0, 2: 2.4}
"""The most columns per row of a picture, including its line of words."""
_STEEPEST = {1: 2.0, 2: 1.6}
"""The fewest columns per row of a picture; shades with two columns per row are square."""


def draw_unit_maps(
    snapshot: Snapshot, width: int, height: int, *, own_scales: bool = False, colors: bool = True
) -> list[list[Span]]:
    """A block of pictures for each layer, as `height` rows of spans, each `width` characters in all.

    Args:
        snapshot: the run.
        width: columns.
        height: rows.
        own_scales: whether each unit has a scale from its own lowest to its highest output, instead of the
            range that the units of a layer share.
        colors: whether there are enough colors for maps.
    """
    if width <= 0 or height <= 0:
        return [[] for _ in range(height)]
    canvas = Canvas(width, height, _ROLES)
    pictured = pictured_layers(snapshot)
    units = tuple(layer.values for layer in pictured)
    if not units:
        for row, line in enumerate(lines_of(facts.why_unknown(snapshot), width)):
            canvas.write(row, 0, line, "label")
        return canvas.rows()
    counts, pixels = tuple(layer.shape[-1] for layer in units), snapshot.run.dataset.picture
    if pixels is None or not pictured[0].is_even:
        layout = lay_out_maps(counts, units[0].ndim - 1, width, height)
    else:
        layout = lay_out_pixels(counts, pixels[:2], width, height)
    if not any(layout.shown):
        canvas.write(0, 0, word("no room for pictures"), "label")
        return canvas.rows()
    row = 0
    for number, (of_layer, shown) in enumerate(zip(pictured, layout.shown, strict=True)):
        layer, limits = of_layer.values, of_layer.limits
        count = layer.shape[-1]
        if not shown:
            layers = len(units) - number
            left_out = sum(unit.shape[-1] for unit in units[number:])
            one, several = "… {left} units in another layer", "… {left} units in {n} more layers"
            canvas.write(row, 0, many(layers, one, several, left=left_out), "label")
            break
        more = Sentence("{shown} of {count} units")(shown=shown, count=count) if shown < count else ""
        heading = f"{of_layer.heading}{more and f'  {more}'}  "
        canvas.write(row, 0, heading + (word("own scales") if own_scales else ""), "label")
        if not own_scales:
            _write_scale(canvas, row, text_columns(heading), limits, layer.ndim - 1, colors=colors)
        row += 1
        for unit in range(shown):
            place = row + unit // layout.abreast * (layout.rows + 1)
            left = unit % layout.abreast * (layout.columns + BETWEEN)
            values = layer[..., unit]
            own = (even_limits if of_layer.is_even else facts.own_limits)(values) if own_scales else None
            words, role = _words(of_layer, unit, own, layout.columns)
            canvas.write(place, left, words, role)
            size = layout.columns, layout.rows
            paint_unit(canvas, place + 1, left, size, values, own or limits, colors=colors)
        row += -(-shown // layout.abreast) * (layout.rows + 1)
    return canvas.rows()


class PicturedLayer(NamedTuple):
    """What is drawn of the units of a layer."""

    values: Array
    """A picture of each unit; shape (steps, units) or (rows, columns, units), the lowest row first."""
    limits: Limits
    """The numbers at the ends of their common scale."""
    heading: str
    """What the layer and its pictures are."""
    names: tuple[str, ...]
    """The name of each unit."""
    facts: tuple[facts.UnitFacts | None, ...]
    """What is known of the outputs of each; None if they are not recorded."""
    is_even: bool = False
    """Whether the numbers are around 0, and so not the outputs themselves."""


def pictured_layers(snapshot: Snapshot) -> tuple[PicturedLayer, ...]:
    """What is drawn of each layer: what the units look at if the inputs are pixels, otherwise their outputs.

    Without hidden units, those of the output layer look at pixels, too. Empty if nothing is known.
    """
    activations, classes = snapshot.run.config.activations, snapshot.run.dataset.classes
    outputs, pixels = pictured_outputs(snapshot), layer_pixels(snapshot)
    layers = []
    for layer, values in enumerate((outputs if pixels is None else pixels) or ()):
        units = range(values.shape[-1])
        names = tuple(str(unit + 1) for unit in units)
        place, activation = Sentence("layer {layer}")(layer=layer + 1), facts.activation_of(snapshot, layer)
        found: tuple[facts.UnitFacts | None, ...] = (None,) * len(units)
        if outputs and layer < len(outputs):
            found = tuple(facts.unit_facts(activation, outputs[layer][..., unit]) for unit in units)
        if pixels is None:
            limits = facts.limits_of(activation, values)
            layers.append(PicturedLayer(values, limits, f"{place} {activation}", names, found))
            continue
        if not activations:
            place, names = activation, tuple(facts.short_name(name, 8) for name in classes) or names
        heading = f"{place}, {name_of_pixels(layer)}"
        layers.append(PicturedLayer(values, even_limits(values), heading, names, found, is_even=True))
    return tuple(layers)


def pictured_outputs(snapshot: Snapshot) -> tuple[Array, ...] | None:
    """The outputs of each layer's units, shape (steps, units) or (rows, columns, units) each.

    With many inputs the steps are the samples, ordered by target or class. None if they are not recorded.
    """
    if snapshot.network.unit_outputs is not None:
        return snapshot.network.unit_outputs
    recorded = snapshot.network.sample_outputs
    if recorded is None:
        return None
    targets = snapshot.run.dataset.targets
    keys = targets.argmax(axis=1) if snapshot.run.config.task == "classification" else targets[:, 0]
    order = np.argsort(keys, kind="stable")
    return tuple(layer[order] for layer in recorded)


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
    for abreast in range(1, max((width + BETWEEN) // (columns + BETWEEN), 1) + 1):
        bands = sum(-(-count // abreast) for count in counts)
        most = (width + BETWEEN) // abreast - BETWEEN, (height - len(counts)) // bands - 1
        size = _shaped(most, axes)
        if size[0] >= columns and size[1] >= rows:
            layouts.append(UnitMapLayout(*size, abreast, counts))
    if layouts:
        return max(layouts, key=lambda each: (each.columns * each.rows, each.rows, each.abreast))
    columns = min(columns, max(width, 1))
    abreast = max((width + BETWEEN) // (columns + BETWEEN), 1)
    return UnitMapLayout(columns, rows, abreast, _fitting(counts, abreast, rows + 1, height))


def lay_out_pixels(counts: tuple[int, ...], size: tuple[int, int], width: int, height: int) -> UnitMapLayout:
    """The same for pictures with so many rows and columns of pixels, whose pixels are all equally large."""
    for zoom in (zoom for zoom in ZOOMS if zoom >= 1 or min(size) * zoom >= _FEWEST_PIXELS):
        columns, rows = drawn_size(size, zoom)
        abreast = max((width + BETWEEN) // (columns + BETWEEN), 1)
        bands = sum(-(-count // abreast) for count in counts)
        if columns <= width and bands * (rows + 1) + len(counts) <= height:
            return UnitMapLayout(columns, rows, abreast, counts)
    columns = min(columns, max(width, 1))
    return UnitMapLayout(columns, rows, abreast, _fitting(counts, abreast, rows + 1, height))


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
    region = np.s_[top : top + rows, left : left + columns]
    if values.ndim == 2 and colors:
        scale = Scale.over(*limits)
        halves = scale.levels(_averaged(_averaged(values[::-1], 2 * rows, 0), columns, 1))
        halves[-1] = UNKNOWN if apart else halves[-1]
        roles = np.array([*(canvas.number(role) for role in scale.roles), 0])
        canvas.paint(top, left, roles[halves])
        return
    if values.ndim == 2:
        means = _averaged(_averaged(values[::-1], rows, 0), columns, 1)
        cells = np.clip(_shown_parts(means, limits) * len(SHADES), 0, len(SHADES) - 1).astype(np.int64)
        canvas.grounds[region] = np.where(means < 0, canvas.number(GROUND), 0)
    else:
        means = _averaged(values, columns, 0)
        level = np.rint(_shown_parts(means, limits) * (8 * rows - 1)).astype(np.int64) + 1
        level[~np.isfinite(means)] = 0
        cells = np.clip(level[np.newaxis, :] - 8 * np.arange(rows - 1, -1, -1)[:, np.newaxis], 0, 8)
    glyphs = SHADES if values.ndim == 2 else BARS
    canvas.codes[region] = np.array([ord(glyph) for glyph in glyphs], dtype=np.uint32)[cells]
    canvas.roles[region] = np.where(means < 0, canvas.number(NEGATIVE), canvas.number(POSITIVE))


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
    roles = np.where(means < 0, canvas.number(NEGATIVE), canvas.number(POSITIVE))[x]
    canvas.grounds[top : top + rows, left : left + columns] = canvas.number("curve")
    canvas.dots(DOTS_X * left + x, DOTS_Y * top + y, roles)


def _write_scale(canvas: Canvas, row: int, left: int, limits: Limits, axes: int, *, colors: bool) -> None:
    """The characters or colors from low to high outputs, between the limits as numbers."""
    low, high = map(signed, limits)
    glyphs = BARS.strip() if axes == 1 else SHADES
    canvas.write(row, left, f"{low} {glyphs} {high}", "label")
    middles = limits[0] + (np.arange(len(glyphs)) + 0.5) / len(glyphs) * (limits[1] - limits[0])
    below = (middles < 0).tolist()
    scale = [
        Span(glyph, NEGATIVE, GROUND if axes == 2 else None) if negative else Span(glyph, POSITIVE)
        for glyph, negative in zip(glyphs, below, strict=True)
    ]
    if axes == 2 and colors:
        scale = [span.with_text("▌") for span in Scale.over(*limits).legend(*limits).spans]
    for column, span in enumerate(scale, left + len(low) + 1):
        canvas.write(row, column, span.text, span.role or "label", span.ground)


def _words(layer: PicturedLayer, unit: int, limits: Limits | None, columns: int) -> tuple[str, str]:
    """The number with what matters most: that the unit is saturated or off, its own scale, or its mean.

    Returns:
        The words, and their role.
    """
    name, about = layer.names[unit], layer.facts[unit]
    label = "" if about is None else about.label
    if about is not None and label:
        variants = [about.label, about.label[:3]]
    elif limits is not None:
        low, high = map(signed, limits)
        variants = [Sentence("{low} to {high}")(low=low, high=high), f"{low} {high}"]
    elif about is None or layer.is_even:
        variants = []
    else:
        variants = [Sentence("mean {mean}")(mean=signed(about.mean)), signed(about.mean)]
    fitting = (
        text for text in (f"{name} {variant}" for variant in variants) if text_columns(text) <= columns
    )
    return next(fitting, name)[:columns], "warning" if label else "label"


def _shown_parts(values: Array, limits: Limits) -> Array:
    """The values as parts from 0 to 1 between the limits; those beyond are clipped, and NaN becomes 0."""
    return np.clip(np.nan_to_num(parts_of(values, *limits)), 0.0, 1.0)


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
