"""Density: shades in place of the signs of samples that are too many to be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bpengine.arithmetic.arrays import Array
from bptui.screen.drawing.clipping import clean
from bptui.screen.drawing.figure import Figure, Kind, Series, Shade
from bptui.screen.drawing.plot import area_of
from bptui.screen.drawing.roles import wrong_role
from bptui.screen.drawing.spans import Legend

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
