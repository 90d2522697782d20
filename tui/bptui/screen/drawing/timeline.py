"""The timeline: a row over the whole run, with its marks, the latest epoch and the one that is shown."""

from __future__ import annotations

from bptui.screen.drawing.spans import Span
from bptui.session.snapshot import MarkKind, TimelineSnapshot

SIGNS = {MarkKind.STATE: "○", MarkKind.SETTING: "▴", MarkKind.EDIT: "◆", MarkKind.BRANCH: "Y"}
"""The sign of each kind of mark; a pin has its letter."""
SHOWN = "◉"
"""The sign of the epoch that is shown."""
DONE, LATER, TO_COME = "━", "╌", "·"
"""The line up to the epoch that is shown, after it, and after the latest epoch."""
MIN_WIDTH = 14
"""The fewest columns of a timeline."""
_ORDER = tuple(MarkKind)


def timeline_row(timeline: TimelineSnapshot, width: int) -> list[Span]:
    """The row: the first epoch, the line with its marks, and the last epoch of the run.

    Returns:
        The spans; none if the row is too narrow, or no epoch is completed yet.
    """
    if width < MIN_WIDTH or timeline.latest < 0:
        return []
    length = _line(timeline, width)[1]
    shown = timeline.latest if timeline.viewed is None else timeline.viewed
    here = _column(timeline, shown, length)
    signs: dict[int, Span] = {}
    for mark in sorted(timeline.marks, key=lambda mark: _ORDER.index(mark.kind)):
        sign = mark.label if mark.kind is MarkKind.PIN else SIGNS[mark.kind]
        signs[_column(timeline, mark.epoch, length)] = Span(sign, mark.kind.value)
    signs[here] = Span(SHOWN, "shown")
    latest = _column(timeline, timeline.latest, length)
    row, end = [Span(f"{_FIRST} ")], 0
    for column in (*sorted(signs), length):
        row += [
            Span(DONE * (min(column, here) - end), "done"),
            Span(LATER * (min(column, latest + 1) - max(end, here)), "later"),
            Span(TO_COME * (column - max(end, latest + 1)), "later"),
            signs.get(column, Span(f" {timeline.last}")),
        ]
        end = column + 1
    return [span for span in row if span.text]


def epoch_at(timeline: TimelineSnapshot, width: int, column: int) -> int | None:
    """The epoch at a column of the row, -1 for the start; None if there is none.

    The columns of the two numbers count as the ends of the line.
    """
    if not timeline_row(timeline, width) or not 0 <= column < width:
        return None
    start, length = _line(timeline, width)
    part = min(max((column - start) / max(length - 1, 1), 0.0), 1.0)
    return min(round(part * (timeline.last + 1)) - 1, timeline.latest)


_FIRST = "0"


def _line(timeline: TimelineSnapshot, width: int) -> tuple[int, int]:
    """The column at which the line starts, and its length."""
    start = len(_FIRST) + 1
    return start, width - start - 1 - len(str(timeline.last))


def _column(timeline: TimelineSnapshot, epoch: int, length: int) -> int:
    """The cell of an epoch in the line; an epoch beyond its end has the last cell."""
    part = (epoch + 1) / (timeline.last + 1)
    return round(min(max(part, 0.0), 1.0) * (length - 1))
