"""What lessons ask for: which of them to open, and the answer to a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from bptui.commands import arrow_keys
from bptui.lessons.texts import wrapped
from bptui.lessons.walk import LessonWalk
from bptui.screens.questions import Asked, Listed

_SUMMARY_WIDTH = 16
"""The columns of the minutes and of what is done."""


def lessons_of(walks: Sequence[LessonWalk]) -> Listed:
    """Ask which lesson to open, at first the first one that is not done."""
    return Listed(
        title="lessons",
        about="" if walks else "There are no lessons.",
        rows=[_row(walk) for walk in walks],
        keys=f"{arrow_keys('up', 'down')} choose   enter open   esc cancel",
        chosen=next((number for number, walk in enumerate(walks) if not walk.is_over), 0),
        closing="lessons",
        width=78,
    )


def _row(walk: LessonWalk) -> Table:
    row = Table.grid(padding=(0, 1, 0, 0), expand=True)
    row.add_column(ratio=1, no_wrap=True, overflow="crop")
    row.add_column(width=_SUMMARY_WIDTH, no_wrap=True, overflow="crop")
    row.add_row(Text(walk.title), walk.summary)  # a title may contain brackets
    return row


def choices_of(walk: LessonWalk, question: str) -> Listed:
    """Ask for a choice of the step; `question` has the numbers of the run."""
    return Listed(
        title=f"{walk.place} {walk.kind}",
        about=_Question(question),
        rows=[f"{number} {choice}" for number, choice in enumerate(walk.choices, 1)],
        keys=walk.say("choices", numbers=f"1-{len(walk.choices)}", arrows=arrow_keys("up", "down")),
        has_digits=True,
        closing="lesson_back",
    )


def number_of(walk: LessonWalk, question: str, use: Callable[[float], object]) -> Asked:
    """Ask for the number that the step asks for; `question` has the numbers of the run."""
    return Asked(
        title=f"{walk.place} {walk.kind}",
        about=_Question(question),
        hint=walk.say("number"),
        keys=walk.say("take"),
        use=lambda text: use(walk.parse_answer(text)),
    )


@dataclass(frozen=True, slots=True)
class _Question:
    """A question in rows such as those of the panel of a lesson, and an empty row."""

    text: str

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text("\n".join([*wrapped(self.text, options.max_width), ""]))
