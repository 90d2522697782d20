"""The command palette: its ranking, and fixes for keys that arrive faster than it is drawn."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any, Protocol, cast

from textual.app import SystemCommand
from textual.binding import Binding
from textual.command import CommandPalette, Hit, Hits
from textual.system_commands import SystemCommandsProvider
from textual.widgets import OptionList

_BEST = 5.0
"""A score above that of any entry found by its title."""


class Findable(Protocol):
    """The part of the app that the palette searches."""

    def find_typed(self, text: str) -> Iterable[SystemCommand]:
        """The commands for a typed setting and value."""
        ...


class Finder(SystemCommandsProvider):
    """Finds keys, settings, values, data sets and panels.

    Commands for a typed setting and value come first, then titles that begin with the query, then titles with
    words that begin with its words. Only if there are none of these, Textual's fuzzy matching is used.
    """

    async def search(self, query: str) -> Hits:
        """Yield the entries that match, with their scores."""
        from bptui.screens.finding import match

        hits = [
            Hit(_BEST, each.title, each.callback, help=each.help)
            for each in cast(Findable, self.app).find_typed(query)
        ]
        matcher, titles = self.matcher(query), {hit.text for hit in hits}
        scattered: list[Hit] = []
        for title, help_text, callback, _ in self.app.get_system_commands(self.screen):
            score, letters = match(query, title), matcher.match(title)
            if (score or letters) and title not in titles:
                rank = score + letters / (1 + letters)
                hit = Hit(rank, matcher.highlight(title), callback, text=title, help=help_text)
                (hits if score else scattered).append(hit)
        for hit in hits or scattered:
            yield hit


class Palette(CommandPalette):
    """A palette of commands or, with other providers, of themes."""

    BINDINGS = [
        Binding("pageup", "move_page(-1)", "Previous page", show=False),
        Binding("pagedown", "move_page(1)", "Next page", show=False),
    ]

    def run_worker(self, *arguments: Any, **options: Any) -> Any:
        """Search for commands; an error does not end the app.

        The search fails if the palette was closed in the meantime, since its list of commands is then gone.
        """
        return super().run_worker(*arguments, **options | {"exit_on_error": False})

    def action_move_page(self, direction: int) -> None:
        """Move a page down (1) or up (-1) in the list of commands."""
        commands = self.query_one(OptionList)
        # The list knows the line of the highlighted command only after it has been drawn.
        with contextlib.suppress(LookupError):
            if direction > 0:
                commands.action_page_down()  # type: ignore[no-untyped-call]  # Textual has no annotation here
            else:
                commands.action_page_up()  # type: ignore[no-untyped-call]
