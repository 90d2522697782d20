"""The dialogs of lessons: which one to open, and the answer to a question."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import set_cell_size
from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from bpengine.numbers import parse_real
from bptui.commands import arrow_keys
from bptui.lessons.texts import wrapped
from bptui.lessons.walk import Walk
from bptui.screens.dialog import Dialog, DialogFrame, DialogInput, DialogMessage, DialogOptions
from bptui.terminal.textual_internals import bind_commands

_SUMMARY_WIDTH = 16
"""The columns of the minutes and of what is done."""


class LessonsScreen(Dialog[Walk]):
    """Lists the lessons; returns the one to open, or None after escape.

    Args:
        walks: the lessons, and where the learner is in each.
    """

    DEFAULT_CSS = "LessonsScreen { DialogFrame { width: 78; } DialogOptions { max-height: 14; } }"

    def __init__(self, walks: Sequence[Walk]) -> None:
        super().__init__()
        bind_commands(self, {"lessons": "dismiss"})
        self._walks = walks
        self._rows = DialogOptions(markup=False)

    def compose(self) -> ComposeResult:
        """Yield the list."""
        keys = f"{arrow_keys('up', 'down')} choose   enter open   esc cancel"
        nothing = () if self._walks else (Static("There are no lessons.", markup=False),)
        yield DialogFrame(self._rows, *nothing, title="lessons", keys=keys)

    def on_mount(self) -> None:
        """Choose the first lesson that is not done."""
        self._fill()
        open_ones = (number for number, walk in enumerate(self._walks) if not walk.is_over)
        self._rows.highlighted = next(open_ones, 0) if self._walks else None

    def on_resize(self) -> None:
        """Fit the rows to the terminal."""
        chosen = self._rows.highlighted
        self._fill()
        self._rows.highlighted = chosen

    def _fill(self) -> None:
        width = min(self.size.width, 78) - _SUMMARY_WIDTH - 5  # the frame and a scroll bar
        rows = [
            Content(f"{set_cell_size(walk.title, max(width, 10))} {walk.summary}") for walk in self._walks
        ]
        self._rows.clear_options().add_options(rows)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the lesson."""
        self.dismiss(self._walks[event.option_index])


class AnswerScreen(Dialog[float]):
    """Asks for the answer to the question of a step: a choice, counted from 1, or a number.

    Args:
        walk: where the learner is.
        question: the question, with the numbers of the run.
    """

    DEFAULT_CSS = "AnswerScreen DialogOptions { margin: 1 0 0 0; } AnswerScreen Input { margin: 1 0 0 0; }"

    def __init__(self, walk: Walk, question: str) -> None:
        super().__init__()
        bind_commands(self, {"lesson_back": "dismiss"} if walk.choices else {})
        self._walk, self._text = walk, question
        self._question = Static(markup=False)
        self._rows = DialogOptions(*map(Content, _numbered(walk.choices)), markup=False)
        self._message = DialogMessage(walk.say("number"))

    def compose(self) -> ComposeResult:
        """Yield the question, and the choices or an input."""
        walk = self._walk
        title = f"{walk.place} {walk.kind}"
        if walk.choices:
            keys = walk.say("choices", numbers=f"1-{len(walk.choices)}", arrows=arrow_keys("up", "down"))
            yield DialogFrame(self._question, self._rows, title=title, keys=keys)
        else:
            yield DialogFrame(
                self._question, DialogInput(), self._message, title=title, keys=walk.say("take")
            )

    def on_resize(self) -> None:
        """Break the question into rows as the panel of a lesson does."""
        width = min(self.size.width, 66) - 4  # the frame and its padding
        self._question.update("\n".join(wrapped(self._text, max(width, 1))))

    def on_key(self, event: events.Key) -> None:
        """Take the choice with this number."""
        if event.key.isdecimal() and 1 <= int(event.key) <= len(self._walk.choices):
            event.stop()
            event.prevent_default()
            self.dismiss(float(event.key))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the choice."""
        self.dismiss(event.option_index + 1.0)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return the number, or say what one is."""
        event.stop()
        try:
            self.dismiss(parse_real(event.value[:40]))
        except ValueError:
            self._message.say(self._walk.say("not a number"), error=True)


def _numbered(choices: Sequence[str]) -> list[str]:
    return [f"{number} {choice}" for number, choice in enumerate(choices, 1)]
