"""Textual's command palette, made to survive keys that come faster than it is drawn."""

from __future__ import annotations

import contextlib
from typing import Any

from textual.binding import Binding
from textual.command import CommandPalette
from textual.widgets import OptionList


class Palette(CommandPalette):
    """A palette of commands or, with other providers, of themes."""

    BINDINGS = [
        Binding("pageup", "move_page(-1)", "Previous page", show=False),
        Binding("pagedown", "move_page(1)", "Next page", show=False),
    ]

    def run_worker(self, *arguments: Any, **options: Any) -> Any:
        """Search for commands; an error does not end the app.

        The search fails if the palette has been closed meanwhile, since its list of commands is then gone.
        """
        return super().run_worker(*arguments, **options | {"exit_on_error": False})

    def action_move_page(self, direction: int) -> None:
        """Move a page down (1) or up (-1) in the list of commands."""
        commands = self.query_one(OptionList)
        # The list looks up the line of the highlighted command, which it knows only once it has been drawn.
        with contextlib.suppress(LookupError):
            if direction > 0:
                commands.action_page_down()  # type: ignore[no-untyped-call]  # Textual has no annotation here
            else:
                commands.action_page_up()  # type: ignore[no-untyped-call]
