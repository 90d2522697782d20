"""The footer: the keys that act now."""

from __future__ import annotations

from textual.screen import Screen
from textual.widgets import Footer


class KeyFooter(Footer):
    """Textual's footer, which makes new widgets for its keys only if they are others than before.

    Textual makes them anew at each change of the focus, which delays the frame that the key asks for.
    """

    _shown: list[tuple[str, str, bool]] | None = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Show the keys anew if their names, words or states have changed."""
        active = screen.active_bindings.values()
        shown = [
            (each.binding.key, each.binding.description, each.enabled) for each in active if each.binding.show
        ]
        if self.app.app_focus and shown != self._shown:  # without the focus, Textual's footer stays as it is
            self._shown = shown
            super().bindings_changed(screen)
