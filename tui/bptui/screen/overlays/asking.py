"""The dialog that asks for a text."""

from __future__ import annotations

import time

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from bpengine import ConfigError, DataError, FormulaError
from bptui.commands.grammar import RefusedError
from bptui.screen.overlays.dialog import Dialog, DialogFrame, DialogInput, DialogMessage
from bptui.screen.overlays.questions import Asked

QUESTION_SECONDS = 0.5
"""How long enter is ignored after a question: a key that is held down must not answer it."""


class AskScreen(Dialog[None]):
    """Asks for a text until it can be used.

    Args:
        asked: what is asked for.
    """

    BINDINGS = [
        Binding("up", "choose(-1)", "Previous", show=False, priority=True),
        Binding("down", "choose(1)", "Next", show=False, priority=True),
    ]

    DEFAULT_CSS = """
    AskScreen {
        #pointer { display: none; color: $text-error; text-style: bold; padding: 0 3; height: 1; }
        &.-checked #pointer { display: block; }
        &.-checked #message { min-height: 2; }
    }
    """

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.set_class(asked.check is not None, "-checked")
        self._asked = asked
        self._about = Static(asked.about, markup=False)
        self._box = DialogInput(asked.text, placeholder=asked.placeholder, select_on_focus=True)
        self._pointer = Static(id="pointer", markup=False)
        self._message = DialogMessage(asked.hint)
        self._answered: str | None = None  # the text that the message is about since enter was pressed
        self._question_time = 0.0

    def compose(self) -> ComposeResult:
        """Yield what is asked for, the input, a line that points at an error, and a line for messages."""
        parts = self._about, self._box, self._pointer, self._message
        yield DialogFrame(*parts, title=self._asked.title, keys=self._asked.keys, id="asked")

    def action_choose(self, direction: int) -> None:
        """Ask for the next (1) or previous (-1) thing instead."""
        if self._asked.others is not None:
            self._asked = self._asked.others(self._box.value, direction)
            self._about.update(self._asked.about)
            self._say(self._asked.hint)
            if self._box.value != self._asked.text:
                self._box.value = self._asked.text
                self._box.select_all()

    def on_input_changed(self) -> None:
        """Check the text once the box has scrolled to its cursor."""
        self.call_after_refresh(self._check)

    def _check(self) -> None:
        text, check = self._box.value, self._asked.check
        if not self.is_mounted or text == self._answered:
            return  # this check must not replace an answer to enter, which came before it
        try:
            if check is not None and text.strip():
                check(text)
        except (RefusedError, ConfigError, DataError) as error:
            self._refuse(error)
        else:
            self._say(self._asked.hint)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Use the text, ask a question about it, or say why it is refused."""
        if not self.is_active:  # a key that arrived together with this one has closed or covered the dialog
            return
        text = event.value
        question = "" if self._asked.question is None else self._asked.question(text)
        if question and text != self._answered:
            self._say(question, about=text)
            self._question_time = time.monotonic()
        elif not question or time.monotonic() - self._question_time >= QUESTION_SECONDS:
            try:
                if self._asked.check is not None:
                    self._asked.check(text)
                self._asked.use(text)
            except (RefusedError, ConfigError, DataError) as error:
                self._refuse(error, about=text)
            else:
                self.dismiss()

    def _refuse(self, error: Exception, about: str | None = None) -> None:
        """Say what is wrong with the text and, below it, where."""
        if isinstance(error, FormulaError):
            at = error.column - 1 - round(self._box.scroll_offset.x)
            is_visible = 0 <= at <= self._box.content_size.width
            self._say(error.reason, is_error=True)
            self._pointer.update(" " * at + "^" if is_visible else "")
        else:
            self._say(str(error), is_error=True, about=about)

    def _say(self, text: str, *, is_error: bool = False, about: str | None = None) -> None:
        """Show a message; `about` is the text that was entered, if it answers enter."""
        self._answered = about
        self._pointer.update("")
        self._message.say(text, error=is_error)
