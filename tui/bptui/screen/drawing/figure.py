"""Figures as the views make them: series, a shade and axes in data units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Self

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bptui.screen.drawing.axis import Axis
from bptui.screen.drawing.color_scales import SHADES, Scale, parts_of
from bptui.screen.drawing.roles import check_role


class Kind(Enum):
    """How a series is drawn: as characters in cells or, more finely, as braille dots.

    The value is the character that replaces the dots where there are none, as in ASCII.
    """

    POINTS = "+"
    """Its marker at each point."""
    SIGNS = "×"
    """The same, or a few characters at each point, for what is laid over the data."""
    DOTS = "•"
    """A braille dot at each point."""
    LINE = "━"
    THICK = "═"
    """A line of two dots, for what the plot is about."""
    FAINT = "─"
    """A line in a faint color, which terminals without colors show as characters."""
    DASHED = "╌"
    DOTTED = "⠂"
    BAND = "⠅"
    """Dots between two lines: the lower one from left to right, then the upper one back."""


_PLOTTED = (Kind.POINTS, Kind.LINE, Kind.THICK, Kind.FAINT)


class Drawn:  # noqa: PLW1641  arrays have no hash
    """Is equal to another one if both draw the same, so that nothing is drawn again without a change."""

    __slots__: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        for name in self.__slots__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray):
                if not np.array_equal(mine, theirs, equal_nan=mine.dtype.kind == "f"):
                    return False
            elif mine != theirs:
                return False
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Series(Drawn):
    """Data that is drawn in one style. Raises a ValueError for a role that does not exist."""

    x: Array
    y: Array
    role: str
    """What the data stand for; see `ROLES`."""
    kind: Kind
    marker: str = ""
    """The character of points, or a few characters; also that of a line without dots. Empty for the usual."""
    pieces: bool = False
    """Whether the points are pairs, each of which is a separate line."""
    is_constant: bool = False
    """Whether training does not change it: it is then drawn along with the axes, and the drawing is kept."""
    is_sample: bool = False
    """Whether the points are samples, in place of which a figure can have a density."""
    name: str | None = None
    """What precedes the value that says at the edge of the plot how far the data lie outside: a letter, a
    number or nothing; None if no value is said."""

    def __post_init__(self) -> None:
        check_role(self.role)

    @property
    def sign(self) -> str:
        """The character of each cell, or a few for a label."""
        return self.marker or self.kind.value

    @property
    def is_plotted(self) -> bool:
        """Whether plotext draws it; other series are laid over what it has drawn."""
        return self.kind in _PLOTTED and not self.pieces


@dataclass(frozen=True, slots=True, eq=False)
class Shade(Drawn):
    """The filling behind the series: characters and backgrounds for bands of a value over both axes.

    The bands are given at the nodes of an even grid over both ranges, on the scales of the axes. A cell has
    the band of the nearest node. Raises a ValueError for a role that does not exist.
    """

    bands: IntArray
    """The band of each node; shape (rows, columns), the lowest row first."""
    x: tuple[float, float]
    """Where the first and the last column are."""
    y: tuple[float, float]
    """Where the first and the last row are."""
    glyphs: str
    """One character for each band."""
    roles: tuple[str, ...]
    """The role of each band's character."""
    grounds: tuple[str | None, ...] = ()
    """The role that colors the background of each band; empty for no backgrounds at all."""

    @classmethod
    def of_parts(cls, parts: Array, x: tuple[float, float], y: tuple[float, float]) -> Self:
        """Values from 0 to 1 in the characters of `SHADES`; larger and smaller values count as 1 and 0."""
        with np.errstate(all="ignore"):
            bands = np.clip(np.floor(parts * len(SHADES)), 0, len(SHADES) - 1).astype(np.int64)
        return cls(bands, x, y, SHADES, ("shade",) * len(SHADES))

    def __post_init__(self) -> None:
        for role in (*self.roles, *self.grounds):
            if role is not None:
                check_role(role)


@dataclass(frozen=True, slots=True, eq=False)
class ColorMap(Drawn):
    """The filling behind the series in two colors a cell, one for each half; a shade if there are no colors.

    Between the nodes of the grid, the values are interpolated. Raises a ValueError for an unknown role.
    """

    values: Array
    """A number at each node, shape (rows, columns), or several, shape (rows, columns, numbers); the lowest
    row first."""
    x: tuple[float, float]
    """Where the first and the last column are."""
    y: tuple[float, float]
    """Where the first and the last row are."""
    levels: Callable[[Array], IntArray]
    """Returns the level of each place, an index into `roles`, or -1 for no color."""
    roles: tuple[str | None, ...]
    """The role that colors each level."""
    shade: Shade
    """The same in characters, for terminals with too few colors."""
    has_signs: bool = False
    """Whether these characters are drawn over the colors, too."""

    @classmethod
    def of_numbers(
        cls, values: Array, low: float, high: float, x: tuple[float, float], y: tuple[float, float]
    ) -> Self:
        """Numbers on a scale between the lowest and the highest one of interest."""
        scale = Scale.over(low, high)
        parts = np.nan_to_num(parts_of(values, low, high if high > low else low + 1.0))
        with np.errstate(all="ignore"):
            near = np.clip(values, 2 * scale.low - scale.high, 2 * scale.high - scale.low)
        return cls(near, x, y, scale.levels, scale.roles, Shade.of_parts(parts, x, y))

    def __post_init__(self) -> None:
        for role in self.roles:
            if role is not None:
                check_role(role)


@dataclass(frozen=True, slots=True, eq=False)
class Figure(Drawn):
    """Everything that a plot shows. Later series are drawn over earlier ones."""

    x: Axis
    y: Axis
    series: tuple[Series, ...] = ()
    shade: Shade | ColorMap | None = None
    marks: tuple[float, ...] = ()
    """Values that are marked on the x axis."""
    cursor: float | None = None
    """A value on the x axis with a vertical line, which is drawn where there is no data."""
    x_name: str = ""
    """What the x axis measures, in characters of one cell each."""
    y_name: str = ""
    """What the y axis measures, also in characters of one cell each."""
    note: str = ""
    """A few words in the middle of the plot, in front of everything."""
    names_x: bool = False
    """Whether ticks give way to the name of the x axis, which nothing else tells."""
    one_scale: bool = False
    """Whether both axes have one scale, if there is room and their ranges are similar."""
    density: Shade | None = None
    """How many samples are in each cell, in front of the shade, in place of their signs."""
