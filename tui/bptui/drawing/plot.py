"""A figure as rows of characters, each row a few runs of one look."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import IntArray
from bptui.drawing.dots import braille, places
from bptui.drawing.figure import Axis, Figure, Kind, Shade
from bptui.drawing.frame import Frame, Ticks, frame

Run = tuple[str, str | None, str | None]
"""Characters in one look: the text, the role that colors it (None for axes and blanks), and the role that
colors the ground behind it (None for the widget's own)."""

MARK = "▴"
"""Points at a place on the x axis."""

_BLANK = ord(" ")


_NEAR = 1e-6  # what rounding may put a tick beside the end of its axis


def draw(figure: Figure, width: int, height: int) -> list[list[Run]]:
    """The figure as `height` rows of runs, each `width` characters in all.

    Nothing is drawn where there is no room for an axis and a few cells (8 x 4).
    """
    if width < 8 or height < 4:
        return [[(" " * width, None, None)] for _ in range(height)]
    around = frame(width, height, _ticks(figure.x), _ticks(figure.y), figure.x_name, figure.y_name)
    canvas = _Canvas(around.columns, around.rows)
    if figure.shade is not None:
        canvas.fill(figure.shade, figure.x, figure.y)
    for series in figure.series:
        spot = places(series, figure.x, figure.y, around.columns, around.rows)
        if series.kind is Kind.POINTS:
            canvas.put_points(*spot, series.marker, series.role)
        else:
            canvas.put_dots(*spot, series.role)
    axis, labels = around.lines[-2:]
    return [*canvas.runs(around), _marked(axis, figure, around), [(labels, None, None)]]


def _ticks(axis: Axis) -> Ticks:
    """Those on the axis, from its low end: others have no place, or none that is a number."""
    with np.errstate(all="ignore"):
        places = axis.scale(np.array([tick for tick, _ in axis.ticks])).tolist()
    labels = (label for _, label in axis.ticks)
    return tuple(sorted(tick for tick in zip(places, labels, strict=True) if -_NEAR <= tick[0] <= 1 + _NEAR))


def _marked(line: str, figure: Figure, around: Frame) -> list[Run]:
    """The line of the x axis with the figure's marks."""
    last = around.columns - 1
    with np.errstate(all="ignore"):
        spots = np.floor(figure.x.scale(np.array(figure.marks)) * last + 0.5)
    runs: list[Run] = []
    done = 0
    for spot in sorted(set(spots[(spots >= 0) & (spots <= last)].astype(int).tolist())):
        start = around.left + spot
        if start > done:
            runs.append((line[done:start], None, None))
        if runs and runs[-1][1] == "mark":
            runs[-1] = (runs[-1][0] + MARK, "mark", None)
        else:
            runs.append((MARK, "mark", None))
        done = start + 1
    return [*runs, (line[done:], None, None)] if done < len(line) else runs


class _Canvas:
    """Characters and looks of the data's cells; row 0 is the lowest while they are put in."""

    def __init__(self, columns: int, rows: int) -> None:
        self._columns, self._rows = columns, rows
        self._codes = np.full((rows, columns), _BLANK, dtype=np.uint32)
        self._roles = np.zeros((rows, columns), dtype=np.int64)
        self._grounds = np.zeros((rows, columns), dtype=np.int64)
        self._names: list[str | None] = [None]

    def _number(self, name: str | None) -> int:
        if name not in self._names:
            self._names.append(name)
        return self._names.index(name)

    def fill(self, shade: Shade, x: Axis, y: Axis) -> None:
        """Put a shade's glyphs and grounds everywhere."""
        rows, columns = shade.bands.shape
        row = _nearest(y, shade.y, self._rows, rows)
        column = _nearest(x, shade.x, self._columns, columns)
        bands = shade.bands[row[:, np.newaxis], column]
        self._codes[:] = np.array([ord(glyph) for glyph in shade.glyphs], dtype=np.uint32)[bands]
        roles = np.array([self._number(role) for role in shade.roles])[bands]
        self._roles[:] = np.where(self._codes == _BLANK, 0, roles)
        if shade.grounds:
            self._grounds[:] = np.array([self._number(ground) for ground in shade.grounds])[bands]

    def put_points(self, across: IntArray, upward: IntArray, marker: str, role: str) -> None:
        """Put a character in these cells."""
        self._codes[upward, across] = ord(marker)
        self._roles[upward, across] = self._number(role)

    def put_dots(self, across: IntArray, upward: IntArray, role: str) -> None:
        """Put braille dots; a cell shows only those that came last."""
        codes = braille(across, upward, self._columns, self._rows)
        drawn = codes > 0
        self._codes[drawn] = codes[drawn]
        self._roles[drawn] = self._number(role)

    def runs(self, around: Frame) -> list[list[Run]]:
        """The rows from the top, with the y axis to their left."""
        codes, grounds = self._codes[::-1], self._grounds[::-1]
        roles = _with_blanks(self._roles[::-1], grounds, codes == _BLANK)
        changes = np.ones(codes.shape, dtype=bool)
        changes[:, 1:] = (roles[:, 1:] != roles[:, :-1]) | (grounds[:, 1:] != grounds[:, :-1])
        rows = []
        for row, line in enumerate(around.lines[: self._rows]):
            text = codes[row].tobytes().decode("utf-32")
            starts = np.flatnonzero(changes[row]).tolist()
            runs: list[Run] = [(line[: around.left], None, None)]
            for start, stop in zip(starts, [*starts[1:], self._columns], strict=True):
                role, ground = self._names[roles[row, start]], self._names[grounds[row, start]]
                if role is None and ground is None and start == 0:
                    runs[0] = (runs[0][0] + text[:stop], None, None)
                else:
                    runs.append((text[start:stop], role, ground))
            rows.append(runs)
        return rows


def _nearest(axis: Axis, over: tuple[float, float], cells: int, nodes: int) -> IntArray:
    """Of the nodes evenly over a range the one nearest to each cell of an axis; shape (cells,)."""
    low, high = over
    with np.errstate(all="ignore"):
        middles = axis.low + np.linspace(0, 1, cells) * (axis.high - axis.low)
        parts = np.clip(np.nan_to_num((middles - low) / (high - low)), 0, 1)
    nearest: IntArray = np.floor(parts * (nodes - 1) + 0.5).astype(np.int64)
    return nearest


def _with_blanks(roles: IntArray, grounds: IntArray, blank: IntArray) -> IntArray:
    """The roles, with blanks in that of what is before them on the same ground, or else behind them.

    A blank looks the same in any role, and each change of it costs some forty bytes on the wire.
    """
    columns = np.arange(roles.shape[1])
    row = np.arange(roles.shape[0])[:, np.newaxis]
    stretch = np.zeros(roles.shape, dtype=np.int64)
    stretch[:, 1:] = np.cumsum(grounds[:, 1:] != grounds[:, :-1], axis=1)
    before = np.maximum.accumulate(np.where(blank, 0, columns), axis=1)
    behind = np.minimum.accumulate(np.where(blank, columns[-1], columns)[:, ::-1], axis=1)[:, ::-1]
    joined = np.where(stretch[row, behind] == stretch, roles[row, behind], 0)
    return np.where((stretch[row, before] == stretch) & ~blank[row, before], roles[row, before], joined)
