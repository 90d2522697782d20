"""Textual's command palette, which keys that come faster than it draws don't end the app with."""

from __future__ import annotations

import contextlib
from typing import Any

from textual.command import CommandPalette


class Palette(CommandPalette):
    """The palette of commands or, with other providers, of themes."""

    def run_worker(self, *arguments: Any, **options: Any) -> Any:
        """Search, and let the app live if the palette was closed meanwhile, so that its list is gone."""
        return super().run_worker(*arguments, **options | {"exit_on_error": False})

    def _action_command_list(self, action: str) -> None:
        # A page up or down looks a command's line up, which a list that wasn't drawn yet doesn't know.
        with contextlib.suppress(LookupError):
            super()._action_command_list(action)
