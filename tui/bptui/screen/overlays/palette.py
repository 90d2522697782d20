"""The command palette: its ranking, and fixes for keys that arrive faster than it is drawn."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from textual import on
from textual.app import App
from textual.binding import Binding
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape
from textual.widgets import Input, OptionList
from textual.worker import WorkerError

from bptui.screen.overlays.dialog import Dialog
from bpwords import Sentence, word

if TYPE_CHECKING:
    from bptui.screen.overlays.palette_entries import PaletteEntry


_THEME_WORDS = {"dark": ("dark mode", "colors"), "light": ("light mode", "colors")}


class EntrySource(Protocol):
    """What the palette searches.

    Attributes:
        used: the names of the entries that were used in this session, the last one first.
    """

    used: list[str]

    def entries(self, text: str) -> list[PaletteEntry]:
        """All entries, with those that are made for a typed text."""
        ...


class Finder(Provider):
    """Finds keys, settings, values, data sets and panels.

    Entries that are named by words, beginnings of words or synonyms come first. Only if there are none,
    similar names count.
    """

    @property
    def _source(self) -> EntrySource:
        return cast(EntrySource, cast(Any, self.app).palette_source)

    async def discover(self) -> Hits:
        """Yield the entries that are offered without a text: what was used last, then what is used most."""
        from bptui.screen.overlays.palette_entries import in_order

        for entry in in_order(self._source.entries(""), self._source.used):
            run = partial(self._use, entry)
            yield DiscoveryHit(escape(entry.title), run, entry.title, escape(_about(entry)))

    async def search(self, query: str) -> Hits:
        """Yield the entries that match, with their scores."""
        from bptui.screen.overlays.palette_entries import found, similar

        matcher, entries, titles = self.matcher(query), self._source.entries(query), set[str]()
        ranked: list[tuple[float, PaletteEntry]] = [*found(query, entries)] or similar(query, entries)
        for rank, entry in ranked:
            if entry.title not in titles:
                titles.add(entry.title)
                run, title = partial(self._use, entry), Content(entry.title)
                for found_word in re.finditer(
                    "|".join(map(_beginning, query.split())), entry.title, re.IGNORECASE
                ):
                    title = title.stylize(matcher.match_style, *found_word.span())
                yield Hit(rank, title, run, entry.title, escape(_about(entry)))
        if not titles:
            yield Hit(1, word("Nothing here has these words."), lambda: None)

    def _use(self, entry: PaletteEntry) -> object:
        """Do what an entry offers, and remember it."""
        used = self._source.used
        used[:] = [entry.name, *(name for name in used if name != entry.name)]
        return entry.run()


def _about(entry: PaletteEntry) -> str:
    """What an entry is about, and its help."""
    return Sentence("{group}: {about}")(group=word(entry.group, "topic"), about=entry.help)


def _beginning(text: str) -> str:
    """A pattern for what begins like a word."""
    return rf"(?<!\w){re.escape(text)}"


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

    @on(Input.Submitted)
    async def _search_first(self) -> None:
        """Choose from what was typed: an enter that comes before its search has ended waits for it."""
        for worker in self.workers:
            if worker.node is self:
                with contextlib.suppress(WorkerError):
                    await worker.wait()

    def action_move_page(self, direction: int) -> None:
        """Move a page down (1) or up (-1) in the list of commands."""
        commands = self.query_one(OptionList)
        # The list knows the line of the highlighted command only after it has been drawn.
        with contextlib.suppress(LookupError):
            if direction > 0:
                commands.action_page_down()  # type: ignore[no-untyped-call]  # Textual has no annotation here
            else:
                commands.action_page_up()  # type: ignore[no-untyped-call]


def open_palette(app: App[Any], placeholder: str) -> None:
    """Open the palette of what the app can do, unless it is open, or a question is.

    Args:
        app: the app, whose attribute `palette_source` the palette searches.
        placeholder: what its empty line says.
    """
    screen = app.screen
    if not isinstance(screen, CommandPalette) and not (isinstance(screen, Dialog) and screen.is_question):
        app.push_screen(Palette(providers=[Finder], placeholder=placeholder))


def theme_entries(app: App[Any], use: Callable[[str], object]) -> Iterator[PaletteEntry]:
    """An entry for each theme; `use` takes its name. The app's own themes come first, and are listed."""
    from bptui.screen.overlays.palette_entries import PaletteEntry
    from bptui.screen.terminal.themes import THEMES

    own = [theme.name for theme in THEMES]
    for name in dict.fromkeys((*own, *app.available_themes)):
        title = Sentence("theme {name}")(name=name)
        words = (name, f"theme {name}", *_THEME_WORDS.get(name, ()))
        yield PaletteEntry(
            "screen", f"theme {name}", title, word("Other colors"), words, partial(use, name), name in own
        )
