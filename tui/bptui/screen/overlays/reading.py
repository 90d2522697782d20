"""The screens to read: the run in words, and the table of the pinned runs."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from bptui.screen.overlays.dialog import Dialog, RunDialog
from bptui.screen.widgets.comparison_table import comparison_table
from bptui.screen.widgets.footer import CLOSE, KeyHint, line_of
from bptui.session.document import LABELS
from bptui.session.snapshot import Snapshot
from bpwords import Sentence, word
from bpwords.wrapping import broken


class WordsScreen(Dialog[None]):
    """Shows a text, for people who can't see the plots or want to quote it. It scrolls if it does not fit.

    Args:
        sections: the description in sections, each with its heading, which may be empty.
        title: what is described, if it is not the run.
    """

    ACTIONS = {"describe": "dismiss"}
    BINDINGS = [Binding("q,space,enter", "dismiss", "Close", show=False)]

    def __init__(self, *sections: tuple[str, str], title: str = "") -> None:
        super().__init__()
        self._sections, self._title = sections, title
        self._words = Static(markup=False)

    def compose(self) -> ComposeResult:
        """Yield the text."""
        scroll = VerticalScroll(self._words, id="words")
        scroll.border_title = self._title or word("the run in words", "title")
        scroll.border_subtitle = Sentence("{describe} or esc close")()
        yield scroll

    def on_resize(self) -> None:
        """Show the text."""
        width = min(self.size.width, 78) - 6  # in the frame, beside a scroll bar
        parts = ((name and f"{name}\n", broken(text, width)) for name, text in self._sections)
        self._words.update(Text("\n\n").join(Text.assemble((name, "bold"), text) for name, text in parts))


class PinsScreen(RunDialog):
    """Shows the table of the pinned runs; the letter of a pin removes it.

    Args:
        snapshot: the run.
        unpin: removes the pin with a given letter, if there is one.
    """

    ACTIONS = {"pins": "dismiss"}
    BINDINGS = [
        *(Binding(letter.lower(), f"unpin('{letter}')", f"Unpin {letter}", show=False) for letter in LABELS),
        Binding("q,space,enter", "dismiss", "Close", show=False),
    ]

    def __init__(self, snapshot: Snapshot, unpin: Callable[[str], None]) -> None:
        super().__init__(snapshot)
        self._unpin = unpin
        self._table = Static(markup=False)
        self._scroll = VerticalScroll(self._table, id="pins")

    def compose(self) -> ComposeResult:
        """Yield the table, which scrolls if it does not fit."""
        self._scroll.border_title = word("pinned runs", "title")
        yield self._scroll

    def show_run(self) -> None:
        """Show the pins of the run."""
        self._table.update(comparison_table(self._snapshot))
        letters = " ".join(sorted(pin.label.lower() for pin in self._snapshot.comparison.pins))
        unpins = (KeyHint(letters, "unpin"),) if letters else ()  # there may be only a what-if's run
        self._scroll.border_subtitle = line_of((*unpins, CLOSE))

    def action_unpin(self, letter: str) -> None:
        """Remove a pin; close after the last one."""
        self._unpin(letter)
        if not self._snapshot.comparison.pins:
            self.dismiss()
