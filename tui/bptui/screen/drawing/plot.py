"""Draws a figure as rows of spans: plotext draws axes and data, and this module what is laid over them.

Shades take the place of the signs of samples that are too many to be told apart.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bptui.screen.drawing.axis import NEAR, Axis
from bptui.screen.drawing.canvas import BLANK, DOTS_X, DOTS_Y, Canvas, cells_of
from bptui.screen.drawing.clipping import CleanSeries, clean
from bptui.screen.drawing.figure import ColorMap, Figure, Kind, Series, Shade
from bptui.screen.drawing.plot_area import PlotArea, Ticks, area_for
from bptui.screen.drawing.roles import REVERSED, ROLES, wrong_role
from bptui.screen.drawing.spans import Legend, Span
from bpwords.numbers import number

_CONSTANT = (True, True)
"""The stage of what plotext draws once: see `_stage`. The first one has the axes."""
MIN_WIDTH, MIN_HEIGHT = 8, 4
"""The smallest plot: an axis and a few cells."""
_MIN_COLUMNS = 38
"""The fewest columns of data to which a plot is narrowed for the sake of one scale."""
_NARROWEST = 2 / 3
"""The least share of the columns that one scale leaves; a plot that would lose more is stretched."""
_MAX_LESS = 3
"""The most columns that a plot leaves out so that its ticks are equally far apart."""
_SEEN_THROUGH = 2
"""Of a faint line below a thick one, one column of so many is seen."""


def draw(
    figure: Figure, width: int, height: int, *, coarse: Collection[Kind] = (), colors: bool = True
) -> list[list[Span]]:
    """The figure as `height` rows of spans, each `width` characters in all; blank where there is no room.

    Args:
        figure: what is drawn.
        width: columns.
        height: rows.
        coarse: the kinds of series that are drawn with characters in place of dots; see `coarse_kinds`.
        colors: whether there are enough colors for a map of numbers; a shade replaces it otherwise.
    """
    area = area_of(figure, width, height)
    if area is None:
        return [[Span(" " * width)] for _ in range(height)]
    canvas = Canvas(width, height, tuple(ROLES))
    shown = (each for each in figure.series if figure.density is None or not each.is_sample)
    stages = [(stage, tuple(group)) for stage, group in groupby(shown, _stage)]
    base = next((place for place, (stage, _) in enumerate(stages) if stage == _CONSTANT), None)
    if base is None:
        stages.insert(base := 0, (_CONSTANT, ()))
    for place, ((is_plotted, _), group) in enumerate(stages):
        if is_plotted:
            _plot(canvas, figure, group, area, coarse, has_axes=place == base)
            continue
        for series in group:
            _lay(canvas, clean(series, figure.x, figure.y, area.columns, area.rows, coarse=coarse), area)
    if figure.density is not None:
        _fill(canvas, figure.density, figure, area)
    filling = figure.shade
    if isinstance(filling, ColorMap):
        shade: Shade | None = filling.shade
        if colors:
            _paint(canvas, filling, figure, area)
            shade = replace(filling.shade, grounds=()) if filling.has_signs else None
        filling = shade
    if filling is not None:
        _fill(canvas, filling, figure, area)
    _mark(canvas, figure, area)
    _name_outside(canvas, figure, area)
    if figure.note:
        note = cells_of(f" {figure.note} ")
        middle = area.left + max(area.columns - len(note), 0) // 2
        canvas.write(area.rows // 2, middle, note, "note")
    return canvas.rows(apart=REVERSED)


def area_of(figure: Figure, width: int, height: int) -> PlotArea | None:
    """The position of the axes in a plot of this size; None if there is no room for them."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return None
    names = cells_of(figure.x_name), cells_of(figure.y_name)
    return _area(width, height, figure.x, figure.y, names, figure.names_x, figure.one_scale)


def place_at(figure: Figure, size: tuple[int, int], cell: tuple[int, int]) -> tuple[Array, Array] | None:
    """The values in the middle of a cell, and how far the next cells are; None outside the axes.

    Args:
        figure: what is drawn, whose axes are not logarithmic.
        size: the columns and rows of the plot.
        cell: the column and the row.
    """
    area, (column, row) = area_of(figure, *size), cell
    if area is None or not (area.left <= column < area.width and 0 <= row < area.rows):
        return None
    (left, bottom), (right, top) = zip(*(axis[:2] for axis in (figure.x, figure.y)), strict=True)
    step = np.array([(right - left) / (area.columns - 1), (top - bottom) / (area.rows - 1)])
    return [left, bottom] + step * [column - area.left, area.rows - 1 - row], step


@lru_cache(maxsize=64)
def _area(
    width: int, height: int, x: Axis, y: Axis, names: tuple[str, str], names_x: bool, one_scale: bool
) -> PlotArea:
    """The area of axes that seldom change; see `area_for`."""
    ticks = _ticks(x), _ticks(y)
    area = area_for(width, height, *ticks, *names, names_x=names_x)
    ratio = (x.high - x.low) / (y.high - y.low) if one_scale else 0.0
    columns = round(ratio * area.rows * DOTS_Y / DOTS_X)
    if 0.5 <= ratio <= 2 and max(_MIN_COLUMNS, _NARROWEST * area.columns) <= columns < area.columns:
        area = area_for(area.left + columns, height, *ticks, *names, names_x=names_x)
    narrower = (
        area_for(area.width - less, height, *ticks, *names, names_x=names_x) for less in range(_MAX_LESS + 1)
    )
    return next((even for even in narrower if even.is_even), area)


def coarse_kinds(*, plain: bool, ascii: bool) -> Collection[Kind]:
    """The kinds of series that a terminal without colors, or with ASCII only, shows as characters."""
    return tuple(Kind) if ascii else (Kind.DASHED, Kind.FAINT) if plain else ()


def _stage(series: Series) -> tuple[bool, bool]:
    """Whether plotext draws a series, and whether its drawing is kept along with that of the axes."""
    return series.is_plotted, series.is_plotted and series.is_constant


def _plot(
    canvas: Canvas,
    figure: Figure,
    series: tuple[Series, ...],
    area: PlotArea,
    coarse: Collection[Kind],
    *,
    has_axes: bool,
) -> None:
    """Have plotext draw some series, with or without the axes, and take over what it has drawn."""
    from bptui.screen.drawing.plotext_adapter import drawing_of  # loads plotext

    x, y = figure.x, figure.y
    drawn = drawing_of(area, x, y, series, canvas.numbers, coarse=coarse, has_axes=has_axes)
    place = np.s_[:, : area.width] if has_axes else np.s_[: area.rows, area.left : area.width]
    shown = drawn.codes != BLANK
    if any(each.kind is Kind.THICK for each in series):
        seen = (canvas.roles[place] == canvas.number("target")) & (
            np.arange(shown.shape[1]) % _SEEN_THROUGH == 0
        )
        shown &= ~seen
    canvas.codes[place][shown] = drawn.codes[shown]
    canvas.roles[place][shown] = np.where(drawn.roles == 0, canvas.number("axes"), drawn.roles)[shown]


def _lay(canvas: Canvas, series: CleanSeries, area: PlotArea) -> None:
    """Lay a series over what is there."""
    rows, columns, number = area.rows - 1 - series.y, area.left + series.x, canvas.number(series.role)
    if series.is_fine:
        left, bottom = DOTS_X * area.left, DOTS_Y * area.rows - 1
        canvas.dots(left + series.x, bottom - series.y, np.full(len(columns), number))
    elif len(series.marker) == 1:
        canvas.codes[rows, columns] = ord(series.marker)
        canvas.roles[rows, columns] = number
    else:
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            canvas.write(row, column, series.marker, series.role)


def _ticks(axis: Axis) -> Ticks:
    """The ticks on the axis, from its low end. Ticks outside it, or that are NaN, are left out."""
    with np.errstate(all="ignore"):
        places = axis.scale(np.array([tick for tick, _ in axis.ticks])).tolist()
    labels = (label for _, label in axis.ticks)
    return tuple(sorted(tick for tick in zip(places, labels, strict=True) if -NEAR <= tick[0] <= 1 + NEAR))


def _fill(canvas: Canvas, shade: Shade, figure: Figure, area: PlotArea) -> None:
    """Draw the shade's backgrounds behind the data, and its characters where there is no data."""
    rows, columns = shade.bands.shape
    row = _nearest(figure.y, shade.y, np.arange(area.rows)[::-1] / (area.rows - 1), rows)
    column = _nearest(figure.x, shade.x, np.linspace(0, 1, area.columns), columns)
    bands = shade.bands[row[:, np.newaxis], column]
    data = np.s_[: area.rows, area.left : area.width]
    glyphs = np.array([ord(glyph) for glyph in shade.glyphs], dtype=np.uint32)[bands]
    bare = (canvas.codes[data] == BLANK) & (glyphs != BLANK)
    canvas.codes[data][bare] = glyphs[bare]
    canvas.roles[data][bare] = np.array([canvas.number(role) for role in shade.roles])[bands][bare]
    if shade.grounds:
        canvas.grounds[data] = np.array([canvas.number(ground) for ground in shade.grounds])[bands]


def _paint(canvas: Canvas, numbers: ColorMap, figure: Figure, area: PlotArea) -> None:
    """Draw a map of numbers behind the data."""
    halves = (np.arange(2 * area.rows)[::-1] / 2 - 0.25) / (area.rows - 1)
    row = _places(figure.y, numbers.y, halves, numbers.values.shape[0])
    column = _places(figure.x, numbers.x, np.linspace(0, 1, area.columns), numbers.values.shape[1])
    values = _between(_between(numbers.values, row, 0), column, 1)
    roles = np.array([*(canvas.number(role) for role in numbers.roles), 0])
    canvas.paint(0, area.left, roles[numbers.levels(values)])


def _between(values: Array, places: Array, axis: int) -> Array:
    """The values at places between the nodes of an axis, by linear interpolation."""
    before = np.floor(places).astype(np.int64)
    after = np.minimum(before + 1, values.shape[axis] - 1)
    shape = [1] * values.ndim
    shape[axis] = len(places)
    part = (places - before).reshape(shape)
    with np.errstate(all="ignore"):
        between: Array = values.take(before, axis) * (1 - part) + values.take(after, axis) * part
    return between


def _nearest(axis: Axis, over: tuple[float, float], cells: Array, nodes: int) -> IntArray:
    """The node nearest to each cell of an axis; the arguments are those of `_places`."""
    return np.floor(_places(axis, over, cells, nodes) + 0.5).astype(np.int64)


def _places(axis: Axis, over: tuple[float, float], cells: Array, nodes: int) -> Array:
    """The places of cells among the nodes of a grid, from 0 to `nodes` - 1; shape (cells,).

    Args:
        axis: the axis.
        over: where the first and the last node are.
        cells: the position of each cell on the axis, from 0 to 1.
        nodes: how many nodes there are, evenly over the range.
    """
    with np.errstate(all="ignore"):
        low, high = axis.scale(np.array(over))
        parts: Array = np.clip(np.nan_to_num((cells - low) / (high - low)), 0, 1)
    return parts * (nodes - 1)


def _mark(canvas: Canvas, figure: Figure, area: PlotArea) -> None:
    """Mark values on the x axis, write its name beside them, and draw the cursor."""
    axis = area.height - 2
    for place in _columns(figure.marks, figure, area):
        canvas.write(axis, area.left + place, ROLES["mark"].sign, "mark")
    start, name = area.name_below("".join(map(chr, canvas.codes[axis])))
    if name:
        around = np.s_[axis, start - 1 : start + len(name) + 1]
        canvas.codes[around], canvas.roles[around] = BLANK, 0
        canvas.write(axis, start, name, "axes")
    for place in _columns(() if figure.cursor is None else (figure.cursor,), figure, area):
        column = np.s_[: area.rows, area.left + place]
        blank = canvas.codes[column] == BLANK
        canvas.codes[column][blank] = ord(ROLES["cursor"].sign)
        canvas.roles[column][blank] = canvas.number("cursor")


def _name_outside(canvas: Canvas, figure: Figure, area: PlotArea) -> None:
    """Say how far the series with names lie outside the plot, in its first and its last row."""
    starts = {(0, "↑"): area.left, (area.rows - 1, "↓"): area.left}
    for series in figure.series:
        if series.name is None or not len(series.y):
            continue
        known = series.y[~np.isnan(series.y)]
        ends = np.array([known.max(), known.min()]) if len(known) else np.full(2, np.nan)
        with np.errstate(all="ignore"):
            highest, lowest = figure.y.scale(ends).tolist()
        for (row, sign), value in zip(starts, ends.tolist(), strict=True):
            is_outside = lowest < -NEAR if row else not highest <= 1 + NEAR  # true for NaN
            text = f"{sign}{series.name} {number(value)} " if len(known) else f"{series.name} NaN ".lstrip()
            text = cells_of(text)
            if is_outside and starts[row, sign] + len(text) <= canvas.width:
                canvas.write(row, starts[row, sign], text, series.role)
                starts[row, sign] += len(text)


def _columns(values: tuple[float, ...], figure: Figure, area: PlotArea) -> list[int]:
    """The columns of the values that are in the plot, counted from the left end of the data."""
    with np.errstate(all="ignore"):
        places = np.floor(figure.x.scale(np.array(values)) * (area.columns - 1) + 0.5)
    columns: list[int] = places[(places >= 0) & (places < area.columns)].astype(int).tolist()
    return columns


SHADES = "░▒▓"
"""From few samples in a cell to many."""
_FULL = 0.25
"""The share of the cells that has samples from which on signs are a slab..."""
_SHARED = 5
"""...if a sign stands for as many samples on average."""


def with_density(
    figure: Figure, legend: Legend, width: int, height: int, *, colors: bool = True
) -> tuple[Figure, Legend]:
    """The figure with shades in place of the samples' signs, and its legend; unchanged if signs are better.

    A shade has the color of the samples that are the most in its cell.

    Args:
        figure: what is drawn.
        legend: what its signs mean.
        width: columns of the whole plot.
        height: rows of the whole plot.
        colors: whether there are colors, without which shades could not tell classes apart.
    """
    samples = [series for series in figure.series if series.is_sample]
    roles = tuple(dict.fromkeys(sample.role for sample in samples))
    total = sum(len(sample.x) for sample in samples if sample.is_plotted)
    if total < _SHARED or (len(roles) > 1 and not colors):
        return figure, legend
    area = area_of(figure, width, height)
    if area is None or total < _SHARED * _FULL * area.columns * area.rows:
        return figure, legend
    size = area.rows, area.columns
    counts = np.stack(
        [_counts([sample for sample in samples if sample.role == role], figure, size) for role in roles]
    )
    for place, role in enumerate(roles):  # those that are predicted wrong are in two series
        if wrong_role(role) in roles:
            counts[place] -= counts[roles.index(wrong_role(role))]
    in_cell = counts.sum(axis=0)
    full = int((in_cell > 0).sum())
    if full <= _FULL * in_cell.size or in_cell.sum() < _SHARED * full:
        return figure, legend
    most = int(in_cell.max())
    levels = np.minimum(np.floor(np.sqrt(in_cell / most) * len(SHADES)), len(SHADES) - 1)
    bands = np.where(in_cell > 0, 1 + len(SHADES) * counts.argmax(axis=0) + levels, 0).astype(np.int64)
    own = tuple(role for role in roles for _ in SHADES)
    limits = (figure.x.low, figure.x.high), (figure.y.low, figure.y.high)
    shade = Shade(bands, *limits, f" {SHADES * len(roles)}", (own[0], *own))
    return replace(figure, density=shade), _with_shades(legend, roles, most)


def _with_shades(legend: Legend, roles: tuple[str, ...], most: int) -> Legend:
    """The legend with shades in place of the samples' signs, and the most samples of a cell."""
    has_sign = any(span.role in roles for span in legend.spans)
    sign, scale = (SHADES, "") if len(roles) == 1 and has_sign else (SHADES[1], f"{SHADES} ")

    def shaded(variant: Legend, unit: str) -> Legend:
        signs = (span.with_text(sign) if span.role in roles else span for span in variant.spans)
        return Legend.of(Legend(tuple(signs)), f"{scale}up to {most}{unit}")

    variants = (shaded(variant, unit) for variant in (legend, *legend.shorter) for unit in (" a cell", ""))
    return Legend.of_variants(*variants)


def _counts(samples: Sequence[Series], figure: Figure, size: tuple[int, int]) -> Array:
    """How many of these samples are in each cell; shape (rows, columns), the lowest row first."""
    rows, columns = size
    layers = [clean(sample, figure.x, figure.y, columns, rows, coarse=tuple(Kind)) for sample in samples]
    places = np.concatenate([layer.y * columns + layer.x for layer in layers])
    return np.bincount(places, minlength=rows * columns).reshape(size).astype(np.float64)
