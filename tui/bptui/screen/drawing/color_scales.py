"""Scales: the level of each number on a map, and the role of each level, which is a color."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bptui.screen.drawing.roles import DIVERGING, SEQUENTIAL
from bptui.screen.drawing.spans import Legend, Span

SHADES = " ░▒▓█"
"""The characters from low to high numbers where there are too few colors."""
UNKNOWN = -1
"""The level of NaN."""


def parts_of(values: Array, low: float, high: float) -> Array:
    """Where each value is between two limits: 0 at the lower one, and 1 at the higher one. Same shape.

    Computed with halves, since the difference of the largest floats is not a finite float.
    """
    with np.errstate(all="ignore"):
        parts: Array = (values / 2 - low / 2) / max(high / 2 - low / 2, 1e-300)
    return parts


class Scale(NamedTuple):
    """Even levels between two numbers."""

    low: float
    high: float
    roles: tuple[str, ...]
    """The role of each level."""

    @classmethod
    def over(cls, low: float, high: float) -> Self:
        """Return a scale for numbers between these two; 0 is its middle if it is between them."""
        if low < 0 < high:
            end = max(-low, high)
            return cls(-end, end, DIVERGING)
        return cls(low, high, SEQUENTIAL)

    def levels(self, values: Array) -> IntArray:
        """The level of each number; those beyond the scale have the first or the last one. Same shape."""
        parts = parts_of(values, self.low, self.high)
        with np.errstate(all="ignore"):
            levels = np.clip(np.floor(parts * len(self.roles)), 0, len(self.roles) - 1)
            known = ~np.isnan(levels)
            known_levels: IntArray = np.where(known, levels, UNKNOWN).astype(np.int64)
        return known_levels

    def legend(self, low: float, high: float, shades: str = SHADES) -> Legend:
        """The shades from the lower to the higher number, each with the roles of two levels in its cell."""
        places = (np.arange(2 * len(shades)) + 0.5) / (2 * len(shades))
        roles = [self.roles[level] for level in self.levels(low + (high - low) * places).tolist()]
        return Legend(tuple(Span(*parts) for parts in zip(shades, roles[::2], roles[1::2], strict=True)))
