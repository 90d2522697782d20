"""The question which lesson to open."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from bptui.commands import arrow_keys
from bptui.lessons.walk import LessonWalk
from bptui.screens.questions import Listed

_MOST_PROBLEMS = 3
"""How many of the files that are no lessons are named."""
_SUMMARY_WIDTH = 23
"""The columns of the minutes and of what is done."""


def lessons_of(walks: Sequence[LessonWalk], problems: Sequence[str] = ()) -> Listed:
    """Ask which lesson to open, at first the first one that is not done; `problems` are lines above them."""
    return Listed(
        title="lessons",
        about="\n".join((*problems[:_MOST_PROBLEMS], *([] if walks else ["There are no lessons."]))),
        rows=[_row(walk) for walk in walks],
        keys=f"{arrow_keys('up', 'down')} choose   enter open   esc cancel",
        chosen=next((number for number, walk in enumerate(walks) if not walk.is_done), 0),
        closing="lessons",
        width=78,
    )


def _row(walk: LessonWalk) -> Table:
    row = Table.grid(padding=(0, 1, 0, 0), expand=True)
    row.add_column(ratio=1, no_wrap=True, overflow="crop")
    row.add_column(width=_SUMMARY_WIDTH, no_wrap=True, overflow="crop")
    row.add_row(Text(walk.title), walk.summary)  # a title may contain brackets
    return row
