"""The base class of all dialogs, which close only once."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType


class Dialog(ModalScreen[ScreenResultType]):
    """A modal screen. Of two keys that arrive together and both close it, the second does nothing."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close the dialog with a result, unless it is already closed."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
