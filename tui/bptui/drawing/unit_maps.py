"""Small pictures of the output of each hidden unit: over the domain or, for many inputs, over the samples.

They are bars over one axis, and shades over two, in two hues around 0.
"""

from __future__ import annotations

import itertools
import textwrap
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bptui.drawing.spans import Span, padded
from bptui.drawing.unit_facts import facts, limits_of, own_limits, parts_of, signed, why_not_drawn
from bptui.session.snapshot import Snapshot

BARS = " ▁▂▃▄▅▆▇█"
SHADES = "·░▒▓█"
"""The characters from the lowest output of a unit to the highest."""

POSITIVE, NEGATIVE, GROUND = "map", "below", "below-ground"
"""The roles of outputs from 0 on, of outputs below 0, and of the background of shades below 0."""

Limits = tuple[float, float]
"""The outputs that the first and the last character stand for."""

BETWEEN = 2
"""The blank columns between two pictures."""
_SMALLEST = {1: (14, 1), 2: (6, 2)}
"""The smallest columns and rows of a picture, for bars over one axis and shades over two."""
_FLATTEST = {1: 10.0, 2: 2.4}
"""The most columns per row of a picture, including its line of words."""
_STEEPEST = {1: 2.0, 2: 1.6}
"""The fewest columns per row of a picture; shades with two columns per row are square."""


def draw_unit_maps(
    snapshot: Snapshot, width: int, height: int, *, own_scales: bool = False
) -> list[list[Span]]:
    """A block of pictures for each layer, as `height` rows of spans, each `width` characters in all.

    Args:
        snapshot: the run.
        width: columns.
        height: rows.
        own_scales: whether each unit has a scale from its own lowest to its highest output, instead of the
            range that the units of a layer share.
    """
    units = snapshot.network.unit_outputs or _over_samples(snapshot)
    if not units:
        words = textwrap.wrap(why_not_drawn(snapshot), max(width, 1))
        lines = [[Span(line, "label")] for line in words]
    else:
        counts = tuple(layer.shape[-1] for layer in units)
        layout = lay_out_maps(counts, units[0].ndim - 1, width, height)
        lines = _pictures(snapshot, units, layout, own_scales=own_scales)
    return [padded(line, width) for line in (lines + [[] for _ in range(height)])[:height]]


def _over_samples(snapshot: Snapshot) -> tuple[Array, ...] | None:
    """The outputs for the samples, ordered by target or class; None if they are not recorded."""
    recorded = snapshot.network.sample_outputs
    if recorded is None:
        return None
    targets = snapshot.run.dataset.targets
    keys = targets.argmax(axis=1) if snapshot.run.config.task == "classification" else targets[:, 0]
    order = np.argsort(keys, kind="stable")
    return tuple(layer[order] for layer in recorded)


def _pictures(
    snapshot: Snapshot, units: tuple[Array, ...], layout: MapLayout, *, own_scales: bool
) -> list[list[Span]]:
    if not any(layout.shown):
        return [[Span("no room for pictures", "label")]]
    lines: list[list[Span]] = []
    for number, (layer, shown) in enumerate(zip(units, layout.shown, strict=True)):
        count = layer.shape[-1]
        if not shown:
            layers = len(units) - number
            left_out = sum(each.shape[-1] for each in units[number:])
            places = "another layer" if layers == 1 else f"{layers} more layers"
            return [*lines, [Span(f"… {left_out} units in {places}", "label")]]
        activation = snapshot.run.config.activations[number]
        limits = limits_of(activation, layer)
        more = f"  {shown} of {count} units" if shown < count else ""
        heading = [Span(f"layer {number + 1} {activation}{more}  ", "label")]
        if own_scales:
            heading.append(Span("own scales", "label"))
        else:
            heading += scale_spans(limits, layer.ndim - 1)
        lines.append(heading)
        for first in range(0, shown, layout.abreast):
            block = [
                draw_unit(
                    layer[..., unit],
                    str(unit + 1),
                    activation,
                    own_limits(layer[..., unit]) if own_scales else limits,
                    (layout.columns, layout.rows),
                    own_scale=own_scales,
                )
                for unit in range(first, min(first + layout.abreast, shown))
            ]
            lines += _beside(block)
    return lines


def _beside(block: list[list[list[Span]]]) -> list[list[Span]]:
    """Pictures side by side. Neighboring spans with the same style are joined, with the blanks between."""
    lines: list[list[Span]] = []
    for rows in zip(*block, strict=True):
        line: list[Span] = []
        for number, row in enumerate(rows):
            blank = [Span(" " * BETWEEN, line[-1].role)] if number else []
            for span in (*blank, *row):
                if line and (line[-1].role, line[-1].ground) == (span.role, span.ground):
                    line[-1] = line[-1].with_text(line[-1].text + span.text)
                else:
                    line.append(span)
        lines.append(line)
    return lines


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
