"""The help screen: the focused panel and the ten keys that matter, then a page for each topic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from bptui.commands import COMMAND, arrow_keys
from bptui.screen.overlays.dialog import Dialog, scroll_page
from bptui.screen.overlays.help_pages import START, HelpSection, matching
from bptui.screen.widgets.footer import KeyHint, line_of
from bptui.screen.widgets.rows import style_of
from bpwords import Sentence, word

MAX_TEXT = 30
"""The most characters of a text to find."""


class HelpScreen(Dialog[None]):
    """Shows the help page by page, or what a typed text finds in it; a page that does not fit scrolls.

    Args:
        sections: what the help says.
        pages: the topics that have a page of their own, the first one at first; without any, all sections
            are one page.
    """

    BINDINGS = [
        Binding("escape", "back", "Back", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home", "home", show=False),
        Binding("left,shift+tab", "turn(-1)", show=False),
        Binding("right,tab", "turn(1)", show=False),
    ]

    def __init__(self, sections: Sequence[HelpSection], pages: Sequence[str] = ()) -> None:
        super().__init__()
        self._sections, self._pages = sections, pages
        self._page, self._wanted = 0, ""
        self._text = HelpText()
        self._scroll = VerticalScroll(self._text, id="help", can_focus=False)

    def compose(self) -> ComposeResult:
        """Yield a scrolling dialog."""
        yield self._scroll

    def on_mount(self) -> None:
        """Show the first page."""
        self._show()

    def _show(self) -> None:
        """Show the page, or what the typed text finds, from its top."""
        scroll, arrows, close = self._scroll, arrow_keys("up", "down"), Sentence("{help} or esc close")()
        if self._wanted:
            searched = [section for section in self._sections if section.topic != START]
            self._text.shown = matching(self._wanted, searched)
            scroll.border_title = Content(Sentence("find: {text}▏")(text=self._wanted))
            scroll.border_subtitle = line_of((KeyHint("backspace", "erases"), KeyHint("esc", "all pages")))
        elif self._pages:
            self._text.shown = [
                section for section in self._sections if section.topic == self._pages[self._page]
            ]
            named = [(word(name, "topic"), name == self._pages[self._page]) for name in self._pages]
            names = (f"‹{name}›" if is_shown else name for name, is_shown in named)
            scroll.border_title = Content(" ".join(names))
            next_page = Sentence("{arrows} or space next page   type to find")
            scroll.border_subtitle = f"{next_page(arrows=arrow_keys('left', 'right'))}   {close}"
        else:
            self._text.shown = [*self._sections]
            scroll.border_title = word("help", "title")
            scroll.border_subtitle = f"{Sentence('{arrows} scroll   type to find')(arrows=arrows)}   {close}"
        scroll.scroll_home(animate=False)

    def on_key(self, event: events.Key) -> None:
        """Close with a key that opens the help, and take other typed characters as a text to find."""
        is_help = event.key in ("f1", *COMMAND["help"].keys.split(","))
        if is_help or (event.key == "q" and not self._wanted):
            self.dismiss()
        elif event.key == "backspace":
            self._find(self._wanted[:-1])
        elif event.is_printable and event.character and (self._wanted or event.character != " "):
            self._find(f"{self._wanted}{event.character}"[:MAX_TEXT])
        else:
            return
        event.stop()  # otherwise the app would run the key's command
        event.prevent_default()

    def _find(self, text: str) -> None:
        if text != self._wanted:
            self._wanted = text
            self._show()

    def action_back(self) -> None:
        """Show all pages again, or close."""
        if self._wanted:
            self._find("")
        else:
            self.dismiss()

    def action_turn(self, direction: int) -> None:
        """Turn to the next (1) or the previous (-1) page; the first one follows the last."""
        if self._pages and not self._wanted:
            self._page = (self._page + direction) % len(self._pages)
            self._show()

    def action_scroll(self, direction: int) -> None:
        """Scroll down (1) or up (-1) by a line."""
        self._scroll.scroll_relative(y=direction, animate=False)

    def action_page(self, direction: int) -> None:
        """Scroll down (1) or up (-1) by most of the height; from the end of a page, turn to the next one."""
        scroll = self._scroll
        if direction > 0 and scroll.scroll_y >= scroll.max_scroll_y:
            self.action_turn(1)
        else:
            scroll_page(scroll, direction)

    def action_home(self) -> None:
        """Show the first page from its top."""
        self._page = 0
        self._show()


class HelpText(Widget):
    """The text of a page, with each sign in its color."""

    DEFAULT_CSS = """
    HelpText { height: auto; }
    """

    shown: reactive[list[HelpSection]] = reactive(list[HelpSection], layout=True)

    def render(self) -> RenderableType:
        """Return the text."""
        if not self.shown:
            return Text(word("Nothing in the help has these words."))
        return Group(*self._parts())

    def _parts(self) -> Iterable[RenderableType]:
        for number, section in enumerate(self.shown):
            if number:
                yield Text()
            yield Text.assemble((section.name, "bold underline"), "  ", section.about)
            if section.lines:
                yield self._sentences(section) if section.has_sentences else self._columns(section)

    def _sentences(self, section: HelpSection) -> Table:
        """A line for each key, with its sentence beside it."""
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column()
        for line in section.lines:
            table.add_row(Text(line.sign.text, "bold"), line.sign.meaning)
        return table

    def _columns(self, section: HelpSection) -> Columns:
        """The signs in as many columns as fit."""
        texts = []
        for line in section.lines:
            style = style_of(self, line.sign.style) if line.sign.style else "bold"
            texts.append(Text.assemble((line.sign.text, style), "\u00a0", line.sign.meaning))
        return Columns(texts, padding=(0, 2), equal=True, column_first=True)
