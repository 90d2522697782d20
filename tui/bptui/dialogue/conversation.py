"""The conversation: reads commands and writes answers until the end, and then keeps the runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bptui.dialogue.answering import answer_to
from bptui.dialogue.describing import status
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.files import ask_classes
from bptui.dialogue.line_editor import LineEditor
from bptui.dialogue.requests import EndedError, Signals
from bptui.session.autosave.runs_folder import details, when
from bptui.session.description.words import line_of
from bpwords import Sentence, as_sentence, joined


class Conversation:
    """A dialogue over standard input and output.

    Args:
        dialogue: the runs and their commands.
        signals: reports requests to pause or end; the dialogue uses it as well.
        history: the file of earlier commands; None for no file.
    """

    def __init__(self, dialogue: Dialogue, signals: Signals, history: Path | None = None) -> None:
        self._dialogue = dialogue
        self._signals = signals
        self._editor = LineEditor(dialogue, history)

    def run(self) -> int:
        """Hold the conversation to its end, and return the exit status."""
        with self._signals.handled():
            try:
                return self._talk()
            except EndedError as end:
                if self._editor.is_interactive:
                    print(flush=end.status == 0)  # the shell's prompt must begin a line
                if end.status == 0:
                    self._dialogue.allowance.seconds_left()  # which notes why there are none
                return end.status
            finally:
                self._dialogue.keeper.keep()
                self._editor.remember()

    def _talk(self) -> int:
        dialogue = self._dialogue
        for text in greeting(dialogue):
            self._say(text)
        while not dialogue.is_over:
            dialogue.allowance.note_input()
            self._signals.deadline = time.monotonic() + dialogue.allowance.seconds_left()
            with self._signals.interruptible():
                dialogue.rest()
                line = self._editor.read()
            if line is None:
                if self._editor.is_interactive:
                    self._say("")
                break
            with self._signals.answering():
                for answer in answer_to(dialogue, line):
                    if self._editor.is_interactive and self._signals.pause_is_new():
                        self._say("")  # below the ^C that the terminal has written
                    self._say(answer)
        return 0

    def _say(self, line: str) -> None:
        with self._signals.interruptible():
            print(line, flush=True)


def greeting(dialogue: Dialogue) -> Iterator[str]:
    """Yield the lines before the first command."""
    yield line_of(joined(status(dialogue, ""), Sentence("{press help} for the commands.")()))
    for note in dialogue.start.notes_beside_question:
        yield line_of(as_sentence(note))
    if asked := ask_classes(dialogue, dialogue.start):
        yield line_of(asked)
    if problem := dialogue.keeper.try_folder():
        save = Sentence("{press save} to save a run in a file.")() if dialogue.restrictions.has_files else ""
        yield line_of(joined(Sentence("No run can be kept: {problem}.")(problem=problem), save))
    if offered := dialogue.keeper.offered:
        runs = details(offered).replace("\n", " ")
        kept = Sentence("A run was kept at {when}. {runs}")(when=when(offered), runs=runs)
        yield line_of(joined(kept, Sentence("{press resume} to continue it.")()))
    if (name := dialogue.start.lessons.name) is not None:
        yield from answer_to(dialogue, f"lesson {name}")
