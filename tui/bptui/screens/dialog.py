"""The base class of all dialogs, which close only once."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType
from textual.widgets import OptionList


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
