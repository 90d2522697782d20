"""A dialog that saves a run, its settings, a command line or a picture in a file."""

from __future__ import annotations

import time
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, Static

from bpengine.wording import printable_path
from bptui.commands import arrow_keys
from bptui.screens.dialog import Dialog, DialogFrame, DialogInput, DialogMessage
from bptui.session.saving import Saving, free_name

QUESTION_SECONDS = 0.5
"""How long enter is ignored after a question: a key that is held down must not answer it."""


class SaveScreen(Dialog[str]):
    """Asks what to save and where, and saves it; returns what was saved in a sentence, or None after escape.

    Args:
        savings: what can be saved.
        stem: the proposed name without its suffix.
    """

    BINDINGS = [
        Binding("up", "choose(-1)", "Previous", show=False, priority=True),
        Binding("down", "choose(1)", "Next", show=False, priority=True),
    ]

    def __init__(self, savings: Sequence[Saving], stem: str) -> None:
        super().__init__()
        self._savings = savings
        self._stem = stem
        self._chosen = 0
        self._proposed = free_name(stem, savings[0].suffix)
        self._overwrites = ""  # the existing file that the next enter replaces
        self._asked = 0.0

    def compose(self) -> ComposeResult:
        """Yield the list, the input for the name, and a line for messages."""
        keys = f"{arrow_keys('up', 'down')} choose   enter save   esc cancel"
        name = DialogInput(self._proposed, select_on_focus=True)
        parts = Static(self._list(), id="savings"), name, DialogMessage()
        yield DialogFrame(*parts, title="save", keys=keys, id="save")

    def _list(self) -> Content:
        marks = ("▸" if number == self._chosen else " " for number in range(len(self._savings)))
        return Content(
            "\n".join(f"{mark} {each.label}" for mark, each in zip(marks, self._savings, strict=True))
        )

    def action_choose(self, direction: int) -> None:
        """Choose the next (1) or previous (-1) kind of file, and propose a name unless one was typed."""
        self._chosen = (self._chosen + direction) % len(self._savings)
        self.query_one("#savings", Static).update(self._list())
        box = self.query_one(Input)
        if box.value == self._proposed:
            self._proposed = box.value = free_name(self._stem, self._savings[self._chosen].suffix)
        self._say("")

    def on_input_changed(self) -> None:
        """Drop the question about the name before."""
        if self.query_one(Input).value != self._overwrites:
            self._say("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save, ask about an existing file, or say why the file can't be written."""
        if not self.is_active:  # a key that arrived together with this one has closed or covered the dialog
            return
        name, saving = event.value, self._savings[self._chosen]
        problem = saving.problem(name)
        if not problem and saving.replaces(name) and not self._was_asked_about(name):
            return
        problem = problem or saving.save(name)
        if problem:
            self._say(problem, error=True)
        else:
            self.dismiss(f"Saved {printable_path(name)}{saving.ending(name)}")

    def _was_asked_about(self, name: str) -> bool:
        """Whether enter answers the question about this file; ask the question if it was not asked."""
        if self._overwrites == name:
            return time.monotonic() - self._asked >= QUESTION_SECONDS
        self._say(f"{printable_path(name)} exists: enter replaces it.")
        self._overwrites, self._asked = name, time.monotonic()
        return False

    def _say(self, text: str, *, error: bool = False) -> None:
        self._overwrites = ""
        self.query_one(DialogMessage).say(text, error=error)
