"""The palette: it finds by name, and copes with keys that come faster than it is drawn."""

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
"""A score above those of all that is found by its title."""


class Findable(Protocol):
    """The app, as the palette searches it."""

    def find_typed(self, text: str) -> Iterable[SystemCommand]:
        """The commands that set what a text spells."""
        ...


class Finder(SystemCommandsProvider):
    """Finds keys, settings, values, data sets and panels.

    What the text spells comes first, then titles that it begins, then those with words that it begins. Only
    if there are none of these, scattered letters are found, as Textual does.
    """

    async def search(self, query: str) -> Hits:
        """All that matches, each with how well it does."""
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
