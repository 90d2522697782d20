"""Figures for tests, drawn in cells or braille dots as units, and what is to be seen of them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Sequence

import numpy as np
from hypothesis import settings

from bptui.screen.drawing import Axis, Figure, Kind, Series, Span, draw
from bptui.screen.drawing.roles import REVERSED

WIDTH, HEIGHT = 42, 14
COLUMNS, ROWS = WIDTH - 2, HEIGHT - 2  # of data, beside and above the axes of `cells` and `dots`
RIGHT, TOP = 2 * COLUMNS - 1, 4 * ROWS - 1  # the last dots
BRAILLE = dict(zip((1, 2, 4, 64, 8, 16, 32, 128), itertools.product((0, 1), (3, 2, 1, 0)), strict=True))
"""Unicode's bits -> where the dot is in its cell, from the lower left."""

Rows = list[list[Span]]
Place = tuple[int, int]
"""Column and row, from the lower left."""

fuzz = settings(max_examples=60)


def series(x: object, y: object, kind: Kind = Kind.LINE, role: str = "fit", marker: str = "+") -> Series:
    return Series(np.array(x, dtype=np.float64), np.array(y, dtype=np.float64), role, kind, marker)


def through(places: Sequence[tuple[float, float]], kind: Kind = Kind.LINE) -> Series:
    x, y = np.reshape(places, (-1, 2)).T
    return series(x, y, kind)


def in_cells(*each: Series) -> Rows:
    """Drawn with a character cell as the unit of both axes."""
    tick = ((0.0, "0"),)
    return draw(Figure(Axis(0, COLUMNS - 1, tick), Axis(0, ROWS - 1, tick), each), WIDTH, HEIGHT)


def in_dots(*each: Series, y: Axis | None = None) -> Rows:
    """Drawn with a braille dot as the unit of both axes; the limits are in the middle of the outer cells."""
    tick = ((2.0, "0"),)
    x, y = Axis(0.5, RIGHT - 0.5, tick), y or Axis(1.5, TOP - 1.5, tick)
    return draw(Figure(x, y, each), WIDTH, HEIGHT)


def cells(rows: Rows) -> dict[str, dict[Place, str]]:
    """Role -> place -> what is drawn there, blanks left out."""
    drawn: dict[str, dict[Place, str]] = defaultdict(dict)
    for row, spans in enumerate(reversed(rows), -2):
        column = -2
        for text, role, _ in spans:
            for character in text:
                if role is not None and character != " ":
                    drawn[role][column, row] = character
                column += 1
    return drawn


def texts(rows: Rows) -> list[str]:
    return ["".join(span.text for span in spans) for spans in rows]


def dots(rows: Rows, role: str = "fit") -> set[Place]:
    """The role's braille dots."""
    return {
        (2 * column + x, 4 * row + y)
        for (column, row), character in cells(rows)[role].items()
        for bit, (x, y) in BRAILLE.items()
        if ord(character) - 0x2800 & bit
    }


def assert_well_formed(
    rows: Rows, width: int, height: int, roles: Collection[str], grounds: Collection[str] = ()
) -> None:
    assert [sum(len(span.text) for span in spans) for spans in rows] == [width] * height
    for spans in rows:
        assert {span.role for span in spans} <= {*roles, "axes", None}
        assert {span.ground for span in spans} <= {*grounds, None}
        for (_, *before), (text, *look) in itertools.pairwise(spans):
            assert before != look, "neighbors of one look are one span"
            joins = before[1] == look[1] and before[0] not in REVERSED
            assert text.strip() or not joins, "blanks belong to the span before, or make a ground"
        for (text, _, before_ground), (_, role, ground) in itertools.pairwise(spans):
            joins = before_ground == ground and role not in REVERSED
            assert text.strip() or not joins, "blanks in front belong to the span behind"


def braille(rows: Rows, *roles: str) -> int:
    """How many dots there are of these roles; of all if there are none."""
    return sum(
        (ord(each) - 0x2800).bit_count()
        for row in rows
        for span in row
        if not roles or span.role in roles
        for each in span.text
        if 0x2800 <= ord(each) < 0x2900
    )
