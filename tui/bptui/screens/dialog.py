"""The base class of all dialogs, which close only once, the lists in them, and a dialog with a question."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen, ScreenResultType
from textual.widgets import OptionList, Static

from bptui.terminal.textual_internals import bind_commands


class Dialog(ModalScreen[ScreenResultType]):
    """A modal screen. Of two keys that arrive together and both close it, the second does nothing."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close the dialog with a result, unless it is already closed."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class DialogOptions(OptionList):
    """The options of a dialog.

    Textual's list raises a KeyError, which ends the app, if a page key arrives while the list has no width or
    height.
    """

    DEFAULT_CSS = """
    DialogOptions {
        height: auto; padding: 0; border: none; background: $surface; scrollbar-size-vertical: 1;
        &:focus { border: none; background: $surface; background-tint: transparent; }
    }
    """

    def action_page_up(self) -> None:
        """Highlight the option a page above."""
        if self.scrollable_content_region.area:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Highlight the option a page below."""
        if self.scrollable_content_region.area:
            super().action_page_down()  # type: ignore[no-untyped-call]


class Question(Dialog[str]):
    """Asks a question; returns "enter", what another key dismisses it with, or None after escape.

    Args:
        lines: the question.
        details: what is shown below it in a weaker color; empty for nothing.
        keys: what the keys do, in words.
        actions: the actions of commands whose keys work here, too.
    """

    BINDINGS = [
        Binding("enter", "dismiss('enter')", "Yes", show=False),
        Binding("escape", "dismiss", "No", show=False),
    ]

    def __init__(self, *lines: str, keys: str, actions: Mapping[str, str], details: str = "") -> None:
        super().__init__()
        bind_commands(self, actions)
        self._lines, self._details, self._keys = lines, details, keys

    def compose(self) -> ComposeResult:
        """Yield the question and the details."""
        dialog = Vertical(*(Static(line, markup=False) for line in self._lines), classes="dialog")
        dialog.border_subtitle = self._keys
        with dialog:
            if self._details:
                yield Static(self._details, classes="details", markup=False)
