"""A dialog that saves what a person chooses in a file."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from bpengine import CheckpointError, ConfigError
from bpengine.files import is_replaceable, reason_of
from bpengine.wording import printable_path
from bptui.screens.dialog import Dialog

QUESTION_SECONDS = 0.5
"""The time before enter answers a question: a key that is held down is no answer."""
MAX_NAMES = 10_000
"""The most names that are tried for a free one."""


@dataclass(frozen=True, slots=True)
class Saving:
    """Something that can be saved."""

    label: str
    suffix: str
    """How the proposed name ends."""
    write: Callable[[Path], None]
    """Writes the file; raises OSError, ConfigError or CheckpointError."""


class SaveScreen(Dialog[str]):
    """Asks what to save and where, and saves it; returns the name of the file, or None after escape.

    Args:
        savings: what can be saved.
        stem: the proposed name without its suffix.
    """

    BINDINGS = [
        Binding("escape", "dismiss", "Cancel", show=False),
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
        """Create the list, the name, and a line for messages."""
        dialog = Vertical(id="save", classes="dialog")
        dialog.border_title = "save"
        dialog.border_subtitle = "↑↓ choose   enter save   esc cancel"
        with dialog:
            yield Static(self._list(), id="savings")
            box = Input(self._proposed, select_on_focus=True)
            box.cursor_blink = False  # a blinking cursor sends bytes while nothing happens
            yield box
            yield Static(id="message", markup=False)

    def _list(self) -> Content:
        marks = ("▸" if number == self._chosen else " " for number in range(len(self._savings)))
        return Content(
            "\n".join(f"{mark} {each.label}" for mark, each in zip(marks, self._savings, strict=True))
        )

    def action_choose(self, direction: int) -> None:
        """Choose the next (1) or previous (-1) thing, and propose a name for it unless one was typed."""
        self._chosen = (self._chosen + direction) % len(self._savings)
        self.query_one("#savings", Static).update(self._list())
        box = self.query_one(Input)
        if box.value == self._proposed:
            self._proposed = box.value = free_name(self._stem, self._savings[self._chosen].suffix)
        self._say("")

    def on_input_changed(self) -> None:
        """Forget the question about another name."""
        if self.query_one(Input).value != self._overwrites:
            self._say("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save, ask about an existing file, or say why the file can't be written."""
        if not self.is_active:  # a key that arrived together with this one has closed or covered the dialog
            return
        name = event.value
        try:
            problem = self._problem(name)
            if problem:
                self._say(problem, error=True)
                return
            path = Path(name).expanduser()
            if path.exists() and not self._was_asked_about(name):
                return
            self._savings[self._chosen].write(path)
        except (CheckpointError, ConfigError) as error:
            self._say(str(error), error=True)
        except OSError as error:
            self._say(f"{printable_path(name)}: can't be written: {reason_of(error)}", error=True)
        except (RuntimeError, ValueError):  # a home that is unknown, or a name that no file can have
            self._say(f"{printable_path(name)}: is not a possible file name", error=True)
        else:
            self.dismiss(printable_path(name))

    def _was_asked_about(self, name: str) -> bool:
        """Whether enter answers the question about this file; ask it if it was not asked before."""
        if self._overwrites == name:
            return time.monotonic() - self._asked >= QUESTION_SECONDS
        self._say(f"{printable_path(name)} exists: enter replaces it.")
        self._overwrites, self._asked = name, time.monotonic()
        return False

    def _problem(self, name: str) -> str:
        """Why no file of this name can be written, as far as that is known before; empty if it can."""
        shown = printable_path(name)
        if not name.strip():
            return "must be the name of a file"
        if not name.isprintable():
            return f"{shown}: must be a name without control characters"
        path = Path(name).expanduser()
        if path.is_dir():
            return f"{shown}: is a folder, not a file"
        if not is_replaceable(path):
            return f"{shown}: is not a regular file"
        return ""

    def _say(self, text: str, *, error: bool = False) -> None:
        self._overwrites = ""
        message = self.query_one("#message", Static)
        message.update(text)
        message.set_class(error, "-error")


def free_name(stem: str, suffix: str) -> str:
    """A name in the current folder that no file has yet."""
    names = (
        f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}" for number in range(1, MAX_NAMES)
    )
    for name in names:
        with contextlib.suppress(OSError):
            if not Path(name).exists() and not Path(name).is_symlink():
                return name
    return f"{stem}{suffix}"
