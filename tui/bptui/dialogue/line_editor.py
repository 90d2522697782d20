"""The line editor: history and completion through readline, without escape sequences."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from bpengine.files import is_replaceable
from bptui.commands.phrases import in_english, said
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.table import ENTRIES
from bptui.session.autosave.runs_folder import locked

PROMPT = "bptui> "
MAX_HISTORY = 1000
"""The most lines that are remembered."""
_MAX_LENGTH = 10_000  # the most characters that are read at once: a line of a pipe may be endless

_BINDINGS = (
    # For a terminal named dumb, readline moves with backspaces. These settings would still send sequences.
    *(
        f"set {name} off"
        for name in (
            *("enable-bracketed-paste", "colored-stats", "colored-completion-prefix", "show-mode-in-prompt"),
            *("enable-active-region", "blink-matching-paren", "enable-keypad", "enable-meta-key"),
        )
    ),
    "set completion-ignore-case on",
    "tab: complete",
)


class LineEditor:
    """Reads lines from standard input: with a prompt, history and completion if it is a terminal.

    Args:
        dialogue: the dialogue whose commands are completed.
        history: the file with the lines of earlier dialogues; None for no file.
    """

    def __init__(self, dialogue: Dialogue, history: Path | None) -> None:
        self._dialogue = dialogue
        self._history = history
        self._candidates: list[str] = []
        self._read = 0  # how many lines of earlier dialogues there are
        self.is_interactive = sys.stdin.isatty() and sys.stdout.isatty()
        if self.is_interactive:
            os.environ["TERM"] = "dumb"  # read once, when readline is loaded
            with contextlib.suppress(ImportError):
                self._prepare()
        else:
            self._history = None

    def read(self) -> str | None:
        """The next line, or None at the end of the input."""
        try:
            if self.is_interactive:
                return input(PROMPT)
            return sys.stdin.readline(_MAX_LENGTH) or None
        except (EOFError, OSError):  # an OSError if the terminal has hung up
            return None
        except SystemError:  # two signals at once, see `Signals`
            return ""

    def remember(self) -> None:
        """Write the history. Errors are ignored: the history is only a convenience."""
        if self._history is None:
            return
        with contextlib.suppress(ImportError, AttributeError, OSError):  # libedit can't append
            import readline

            said = readline.get_current_history_length() - self._read
            if said and is_replaceable(self._history):  # a pipe would wait for a reader
                self._history.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with locked(self._history.parent):  # other dialogues may be adding lines
                    self._history.touch(mode=0o600)
                    readline.append_history_file(said, self._history)

    def _prepare(self) -> None:
        import readline

        if "libedit" in (readline.__doc__ or ""):
            readline.parse_and_bind("bind ^I rl_complete")
        else:
            for binding in _BINDINGS:
                readline.parse_and_bind(binding)
        readline.set_completer_delims("")
        readline.set_completer(self._complete)
        readline.set_history_length(MAX_HISTORY)
        with contextlib.suppress(OSError):
            if self._history is not None and is_replaceable(self._history):
                readline.read_history_file(self._history)
        self._read = readline.get_current_history_length()

    def _complete(self, line: str, number: int) -> str | None:
        if number == 0:
            try:
                self._candidates = completions(self._dialogue, line)
            except Exception:
                self._candidates = []  # readline would print a traceback into the line
        return self._candidates[number] if number < len(self._candidates) else None


def completions(dialogue: Dialogue, line: str) -> list[str]:
    """The lines that the beginning of a line can become with one more word, in the language that is typed."""
    line, words = line.lstrip(), said()
    if not words or (line and line.isascii()):
        return _in_english(dialogue, line)
    others = len(line.rstrip("".join(sign for sign in line if not sign.isascii())))
    for place in range(others, len(line) + 1):  # there may be no space before the word that is begun
        begun, beginning = line[:place], line[place:]
        start = in_english(begun) + " " * (begun[-1:].isspace() or not begun[-1:].isascii())
        more = [text.removeprefix(start) for text in _in_english(dialogue, start)]
        texts = [words.get(text.strip(), text.strip()) + " " * text.endswith(" ") for text in more]
        if start.isascii() and (found := [begun + text for text in texts if text.startswith(beginning)]):
            return found
    return []


def _in_english(dialogue: Dialogue, line: str) -> list[str]:
    words = [(word, own) for entry, own in ENTRIES.items() for word in entry.words]
    begun = [word for word in words if word[0].startswith(line.casefold())]
    completed = [f"{word} " if own.usage else word for word, own in begun if word == own.name]
    completed = completed or [f"{word} " if own.usage else word for word, own in begun]
    for word, own in words:
        start = f"{word} "
        if line.casefold().startswith(start) and (complete := own.completes):
            completed += [line[: len(start)] + more for more in complete(dialogue, line[len(start) :])]
    return list(dict.fromkeys(completed))
