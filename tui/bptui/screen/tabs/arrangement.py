"""The arrangements of the panels: one for each range of terminal sizes, with the place of each panel."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from typing import NamedTuple

from textual.geometry import Region

from bpengine import FIELDS

LESSON = "lesson"
"""The name of the panel of a lesson."""
_ENDLESS = 10_000
_ALL_SETTINGS = len(FIELDS) + 2
"""The rows of a framed panel with all settings. Four more rows show the help of the chosen setting."""


class Part(NamedTuple):
    """A panel, or a group of smaller parts, and its share of the space that it divides with its neighbors."""

    content: str | tuple[Part, ...]
    """The name of a panel, or smaller parts: side by side if this part belongs to a column, one above the
    other if it belongs to a row."""
    share: float = 1.0
    """The weight of this part when the space is divided, within its limits."""
    low: int = 1
    """Its fewest columns or rows, if the space has that many."""
    high: int = _ENDLESS
    """Its most columns or rows, if another part can take the rest."""

    @property
    def names(self) -> frozenset[str]:
        """The panels in this part."""
        if isinstance(self.content, str):
            return frozenset({self.content})
        return frozenset().union(*(part.names for part in self.content))


class Arrangement(NamedTuple):
    """Where the panels are on terminals of at least a given size."""

    min_size: tuple[int, int]
    """Columns and rows of the terminal."""
    columns: tuple[Part, ...]
    framed: bool = True
    """Whether each panel has a frame; if not, it has a title line, and a blank column to its left."""
    in_turn: tuple[str, ...] = ()
    """Panels that share a place, of which one is shown at a time: at first the first one."""

    @property
    def names(self) -> frozenset[str]:
        """The panels that have a place."""
        return frozenset().union(*(part.names for part in self.columns))

    def places(self, shown: Collection[str], width: int, height: int) -> dict[str, Region]:
        """Return the place of each panel that is shown; together they fill the space.

        Args:
            shown: the names of the panels. A panel without a place in this arrangement must be the only one,
                or the only one beside a lesson.
            width: columns of the space.
            height: rows of the space.
        """
        columns, panels = self.columns, [name for name in shown if name != LESSON]
        if len(panels) == 1:
            columns = (Part(panels[0]), Part(LESSON, low=42, high=42))
        room, gap = Region(0, 0, width, height), 0 if self.framed else 1
        return dict(_places(columns, frozenset(shown), room, is_row=True, gap=gap))


def _places(
    parts: tuple[Part, ...], shown: frozenset[str], room: Region, *, is_row: bool, gap: int
) -> Iterator[tuple[str, Region]]:
    """The places of the panels that are shown, for parts side by side or one above the other."""
    visible = [part for part in parts if part.names & shown]
    between = gap if is_row else 0
    x, y, width, height = room
    free = (width if is_row else height) - between * (len(visible) - 1)
    for part, size in zip(visible, sizes(visible, max(free, 0)), strict=True):
        place = Region(x, y, size, height) if is_row else Region(x, y, width, size)
        if isinstance(part.content, str):
            yield part.content, place
        else:
            yield from _places(part.content, shown, place, is_row=not is_row, gap=gap)
        x, y = (x + size + between, y) if is_row else (x, y + size)


def sizes(parts: list[Part], room: int) -> list[int]:
    """Divide the space among the parts by their shares, within their limits.

    If the space is smaller than the sum of the minimums, every part gets less than its minimum. If it is
    larger than the sum of the maximums, the last part gets the rest.
    """
    if not parts:
        return []
    needed = sum(part.low for part in parts)
    if needed >= room:
        return _whole([part.low * room / needed for part in parts])
    few, many = 0.0, float(room) / min(part.share for part in parts)
    for _ in range(50):  # bisect the size of a share
        middle = (few + many) / 2
        taken = sum(min(max(middle * part.share, part.low), part.high) for part in parts)
        few, many = (middle, many) if taken <= room else (few, middle)
    exact = [min(max(few * part.share, part.low), part.high) for part in parts]
    exact[-1] += room - sum(exact)
    return _whole(exact)


def _whole(exact: list[float]) -> list[int]:
    """Round to whole numbers with the same sum."""
    edges = [round(sum(exact[:number])) for number in range(len(exact) + 1)]
    return [end - start for start, end in itertools.pairwise(edges)]


_FIGURES = (
    Part("settings", 4, high=_ALL_SETTINGS + 4),
    Part("table", 2, 8),
    Part("metrics", 1, 9, 13),
)
"""Settings and both tables, one above the other."""
_SETTINGS_AND_TABLE = (Part("settings", 3), Part("table", 2), Part("metrics", 2))
"""The settings and one of the two tables, one above the other."""

PROJECTED = (0, 0)
"""The size for which panels are chosen on a projector, whatever the terminal has: few of them."""
_FEWEST = Arrangement(
    PROJECTED,
    (Part((Part("plot", 2), Part("error", low=5)), 5), Part("settings", 3, 26, 42)),
    framed=False,
)
"""Plot and error curve to the left of the settings."""

_SMALL = Arrangement(
    (1, 1),
    (
        Part((Part("plot", 2), Part("error", low=5)), 5),
        Part((*_SETTINGS_AND_TABLE, Part("network", 2)), 3, 26, 42),
    ),
    framed=False,
    in_turn=("network", "table", "metrics"),
)
"""Plot and error curve to the left, settings and either the network or one table to the right."""

_PORTRAIT = Arrangement(
    (60, 40),
    (
        Part(
            (
                Part("plot", 9),
                Part(
                    (
                        Part((Part("network", 3), Part("error", 2)), 5),
                        Part(_SETTINGS_AND_TABLE, 3, 26, 42),
                    ),
                    11,
                ),
            )
        ),
    ),
    framed=False,
    in_turn=("table", "metrics"),
)
"""The plot at the top; below it, there is also room for the network."""

_LOW = Arrangement(
    (140, 24),
    (
        Part("plot", 5),
        Part((Part("error", 2), Part("network", 3)), 4),
        Part(_SETTINGS_AND_TABLE, low=42, high=42),
    ),
    framed=False,
    in_turn=("table", "metrics"),
)
"""The network below the curve, beside the plot."""

_WIDE = Arrangement(
    (120, 36),
    (
        Part((Part("plot", 2), Part((Part("error", 3, 39), Part("network", 4))))),
        Part(_FIGURES, low=42, high=42),
    ),
)
"""Plot, curve and network, with both tables beside them."""

_BROAD = Arrangement(
    (140, 36),
    (
        Part((Part("plot", 2), Part("error", low=9)), 11),
        Part("network", 10),
        Part(_FIGURES, low=42, high=42),
    ),
)
"""The network beside plot and curve, as high as the screen: there is room for pictures of its units."""

_SHARING = ("network", "table", "metrics")
_BESIDE_LESSON = Arrangement(
    (120, 36),
    (
        Part((Part("plot", 2), Part((Part("error", 3, 39), *(Part(name, 4) for name in _SHARING))))),
        Part((Part("settings", 1, 8), Part(LESSON, 2, 20, 28)), low=42, high=42),
    ),
    in_turn=_SHARING,
)
"""The same with a lesson in the place of both tables."""

_CURVES = Part((Part("plot", 4), Part("error", 2), Part("diagnostics", 1.5, 10, 13)))
_ALL_SETTINGS_AND_TABLE = Part(
    (Part("settings", 4, _ALL_SETTINGS, _ALL_SETTINGS + 4), Part("table", 2, 3)), 0.6, 42, 50
)
_LARGE = Arrangement(
    (160, 48),
    (_CURVES, Part((Part("network", 6), Part("metrics", 1, 9, 13))), _ALL_SETTINGS_AND_TABLE),
)
"""All settings at once, and a network that has room for pictures of all units in place of the unit maps."""

_LARGEST = Arrangement(
    (160, 60),
    (
        _CURVES,
        Part((Part("network", 6), Part("units", 2), Part("metrics", 1, 9, 13))),
        _ALL_SETTINGS_AND_TABLE,
    ),
)
"""All panels."""

ARRANGEMENTS: tuple[Arrangement, ...] = (
    _LARGEST,
    _LARGE,
    _BROAD,
    _WIDE,
    _PORTRAIT,
    _LOW,
    _SMALL,
    _FEWEST,
)
"""All arrangements. The first one that the terminal is large enough for is used."""


class LessonPlace(NamedTuple):
    """Where the panel of a lesson is, outside the arrangement of the others."""

    is_column: bool
    """Whether it is a column to the right, where text of other widths shifts nothing; otherwise it is above
    the other panels."""
    breadth: int
    """Its columns or, above the others, its rows; 0 if it has a place in the arrangement."""

    def room_beside(self, width: int, height: int) -> tuple[int, int, bool]:
        """The columns and rows of a terminal that are left, and whether the lesson takes a part of them."""
        if self.is_column:
            return width - self.breadth, height, not self.breadth
        return width, max(height - self.breadth, 0), False


def lesson_place(width: int, height: int, rows: int = 0) -> LessonPlace:
    """Where the panel of a lesson is on a terminal of this many columns and rows.

    Args:
        width, height: the columns and rows.
        rows: how many rows the step takes above the others, if there are so many.
    """
    if 120 <= width < 160 and height >= 36:
        return LessonPlace(True, 0)
    if width >= 120 and height >= 24:
        return LessonPlace(True, 40 if width < 200 else 48)
    usual = 3 if width >= 80 or height < 24 else 4
    return LessonPlace(False, min(max(rows, usual), max(height // 2, usual)))


def arrangement_for(width: int, height: int, has_lesson: bool = False) -> Arrangement:
    """The arrangement on a terminal of this many columns and rows, perhaps with a place for a lesson."""
    if has_lesson:
        return _BESIDE_LESSON
    return next(
        arrangement
        for arrangement in ARRANGEMENTS
        if arrangement.min_size[0] <= width and arrangement.min_size[1] <= height
    )
