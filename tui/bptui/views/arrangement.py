"""Where the panels are: an arrangement for each size of the terminal, and the places of the panels in it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from textual.geometry import Region

from bpengine import FIELDS

_ENDLESS = 10_000
_ALL_SETTINGS = len(FIELDS) + 2
"""The rows of a framed panel of all settings; four more show the help of the chosen one."""


@dataclass(frozen=True, slots=True)
class Part:
    """A panel, or several parts, and how much of the room beside its neighbors it takes."""

    content: str | tuple[Part, ...]
    """The name of a panel, or parts that lie the other way: beside each other in a part of a column, one
    above the other in a part of a row."""
    share: float = 1.0
    """How many shares of the room this part takes, as far as its limits allow."""
    low: int = 1
    """The columns or rows that it takes at least, if there are as many."""
    high: int = _ENDLESS
    """The columns or rows that it takes at most, if another part takes the rest."""

    @property
    def names(self) -> frozenset[str]:
        """The panels in this part."""
        if isinstance(self.content, str):
            return frozenset({self.content})
        return frozenset().union(*(part.names for part in self.content))


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where the panels are on terminals from some size on."""

    min_size: tuple[int, int]
    """Columns and rows of the terminal."""
    columns: tuple[Part, ...]
    framed: bool = True
    """Whether each panel has a frame; if not, it has a title line, and a blank column to its left."""
    both_tables: bool = True
    """Whether there is room for the error table and the metrics at the same time."""

    @property
    def names(self) -> frozenset[str]:
        """The panels that have a place, the error table and the metrics maybe the same."""
        return frozenset().union(*(part.names for part in self.columns))

    def places(self, shown: Collection[str], width: int, height: int) -> dict[str, Region]:
        """Return the place of each panel that is shown; together they fill the room.

        Args:
            shown: the names of the panels. One without a place here must be alone.
            width: columns of the room.
            height: rows of the room.
        """
        room = Region(0, 0, width, height)
        if len(shown) == 1:
            return dict.fromkeys(shown, room)
        gap = 0 if self.framed else 1
        return dict(_places(self.columns, frozenset(shown), room, is_row=True, gap=gap))


def _places(
    parts: tuple[Part, ...], shown: frozenset[str], room: Region, *, is_row: bool, gap: int
) -> Iterator[tuple[str, Region]]:
    """The places of the panels that are shown, for parts beside each other or one above the other."""
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
    """How the parts divide the room by their shares, within their limits.

    Where there is less room than all need at least, all get less; where there is more than all take at most,
    the last one gets the rest.
    """
    if not parts:
        return []
    needed = sum(part.low for part in parts)
    if needed >= room:
        return _whole([part.low * room / needed for part in parts])
    few, many = 0.0, float(room) / min(part.share for part in parts)
    for _ in range(50):  # halve what a share may be
        middle = (few + many) / 2
        taken = sum(min(max(middle * part.share, part.low), part.high) for part in parts)
        few, many = (middle, many) if taken <= room else (few, middle)
    exact = [min(max(few * part.share, part.low), part.high) for part in parts]
    exact[-1] += room - sum(exact)
    return _whole(exact)


def _whole(exact: list[float]) -> list[int]:
    """Whole numbers with the same sum."""
    edges = [round(sum(exact[:number])) for number in range(len(exact) + 1)]
    return [end - start for start, end in itertools.pairwise(edges)]


_FIGURES = (
    Part("settings", 4, high=_ALL_SETTINGS + 4),
    Part("table", 2, 8),
    Part("metrics", 1, 9, 13),
)
"""Settings and both tables, one above the other."""
_SETTINGS_AND_TABLE = (Part("settings", 3), Part("table", 2), Part("metrics", 2))
"""The same where the tables take turns."""

_SMALL = Arrangement(
    (0, 0),
    (
        Part((Part("plot", 2), Part("error", low=5)), 5),
        Part(_SETTINGS_AND_TABLE, 3, 26, 42),
    ),
    framed=False,
    both_tables=False,
)
"""Plot and error curve to the left, settings and one table to the right."""

_PORTRAIT = Arrangement(
    (60, 40),
    (
        Part(
            (
                Part("plot", 9),
                Part(
                    (
                        Part((Part("error", 2), Part("network", 3)), 5),
                        Part(_SETTINGS_AND_TABLE, 3, 26, 42),
                    ),
                    11,
                ),
            )
        ),
    ),
    framed=False,
    both_tables=False,
)
"""The plot above all; below it, the network has room as well."""

_LOW = Arrangement(
    (140, 24),
    (
        Part("plot", 5),
        Part((Part("error", 2), Part("network", 3)), 4),
        Part(_SETTINGS_AND_TABLE, low=42, high=42),
    ),
    framed=False,
    both_tables=False,
)
"""The network below the curve, beside the plot."""

_WIDE = Arrangement(
    (120, 36),
    (
        Part((Part("plot", 2), Part((Part("error", 3, 39), Part("network", 4))))),
        Part(_FIGURES, low=42, high=42),
    ),
)
"""Beside plot, curve and network there is room for both tables."""

_LARGE_PORTRAIT = Arrangement(
    (110, 56),
    (
        Part(
            (
                Part((Part("plot", 3), Part("units", 2)), 9),
                Part(
                    (
                        Part((Part("error", 2, 10), Part("network", 3))),
                        Part(_FIGURES, low=42, high=42),
                    ),
                    11,
                ),
            )
        ),
    ),
)
"""The same below plot and unit maps."""

_LARGE = Arrangement(
    (160, 48),
    (
        Part((Part("plot", 4), Part("error", 2), Part("diagnostics", 1.5, 10, 13))),
        Part((Part("units", 5), Part("network", 4))),
        Part(
            (
                Part("settings", 5, _ALL_SETTINGS, _ALL_SETTINGS + 4),
                Part("table", 2, 3),
                Part("metrics", 1, 9, 13),
            ),
            0.6,
            42,
            50,
        ),
    ),
)
"""Everything, and all settings at once."""

ARRANGEMENTS: tuple[Arrangement, ...] = (_LARGE, _LARGE_PORTRAIT, _WIDE, _PORTRAIT, _LOW, _SMALL)
"""All arrangements; of those that a terminal is large enough for, the first one is used."""


def arrangement_for(width: int, height: int) -> Arrangement:
    """The arrangement on a terminal of this many columns and rows."""
    return next(each for each in ARRANGEMENTS if each.min_size[0] <= width and each.min_size[1] <= height)
