"""What the apps of the trainer and of steering have in common: how they use a terminal, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.filter import LineFilter
from textual.widgets import Static

from bptui.commands import displayed, spell_arrows
from bptui.commands.naming import on_screen
from bptui.process.restrictions import MIN_SIZE
from bptui.screen.terminal import capabilities
from bptui.screen.terminal.driver import TerminalDriver
from bptui.screen.terminal.guard import TerminalGuard
from bptui.screen.terminal.themes import THEME_CSS
from bpwords import Sentence, columns, speak, word

_NO_EFFECT = Sentence("{key} has no effect here: {help} lists the keys, {command_palette} finds by name.")
_COMPOSED_KEYS = Sentence("An input method composes these keys: switch it to English. {help} lists the keys.")
_TOO_SMALL = Sentence(
    "bptui needs {columns} columns and {rows} rows;\nthis terminal has {width} and {height}.\n"
    "The run continues."
)
_OTHER_CASE = Sentence("{key} has no effect here; {other}: {label}. {help} lists the keys.")


class TerminalApp(App[int]):
    """An app that draws in any terminal of at least `MIN_SIZE`, no faster than the terminal can.

    Args:
        guard: watches the terminal; None if there is none, as in tests.
        ascii: whether only ASCII characters are drawn.

    Attributes:
        too_small: the message for a terminal that is too small, which a subclass places on its screen.
        actions_of_commands: what each command calls, by its name; a subclass fills it.
    """

    TITLE = "bptui"
    CSS = THEME_CSS
    CSS_PATH = Path(__file__).parents[1] / "app.tcss"  # a relative path starts at the file of a subclass
    BINDINGS = [
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
        Binding("f1", "do('help')", "Help", show=False),  # unless a settings file gives it to another command
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (MIN_SIZE[0], "-narrow"), (80, "-normal"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-too-short"), (MIN_SIZE[1], "-short"), (32, "-tall")]

    def __init__(self, *, guard: TerminalGuard | None, ascii: bool) -> None:
        if guard is not None:
            capabilities.heed_missing_colors()
        super().__init__(driver_class=None if guard is None else TerminalDriver)
        self._guard = guard
        self._own_filters = capabilities.filters_for(self, ascii=ascii)
        capabilities.use_themes(self)
        spell_arrows(on=ascii)
        speak(on_screen)
        self.too_small = Static(id="too-small", markup=False)
        self.actions_of_commands: dict[str, Callable[[], object]] = {}
        self._pressed_keys: set[str] = set()

    def on_key(self, event: events.Key) -> None:
        """Say of a key without a binding what works instead, when it is pressed first.

        A dialog names its keys in its frame.
        """
        key = event.key
        if len(self.screen_stack) != 1 or key in self._pressed_keys:  # a look goes through all bindings
            return
        self._pressed_keys.add(key)
        if key in self.screen.active_bindings:
            return
        if event.is_printable and columns(event.character or "") > 1:
            self.say(_COMPOSED_KEYS())
            return
        shown = event.character if event.is_printable and event.character else displayed(key)
        if len(key) == 1 and (other := self.screen.active_bindings.get(key.swapcase())) is not None:
            self.say(
                _OTHER_CASE(key=shown, other=key.swapcase(), label=word(other.binding.description, "key"))
            )
        else:
            self.say(_NO_EFFECT(key=shown))

    def get_default_screen(self) -> capabilities.PacedScreen:
        """A screen that waits for the terminal."""
        return capabilities.paced_screen(self)

    def get_css_variables(self) -> dict[str, str]:
        """The variables of the theme, and the color of text on the primary color."""
        variables = super().get_css_variables()
        self.theme_variables = {**variables, "text-on-primary": variables["text"]}
        return self.theme_variables

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's filters, and those that the terminal needs."""
        return [*super().get_line_filters(), *self._own_filters]

    def on_resize(self, event: events.Resize) -> None:
        """Update the message that is shown if the terminal is too small."""
        capabilities.announce_size(self, event.size)
        width, height = event.size
        sizes = dict(zip(("columns", "rows", "width", "height"), (*MIN_SIZE, width, height), strict=True))
        self.too_small.update(_TOO_SMALL(**sizes))

    async def run_action(self, *arguments: Any, **options: Any) -> bool:
        """Run the action of a key, but not after `exit`: a key may be handled after the one that quits."""
        return self.return_code is None and await super().run_action(*arguments, **options)

    async def action_do(self, name: str) -> None:
        """Run a command of the table. Textual has asked `check_action` whether it is allowed."""
        done = self.actions_of_commands[name]()
        if isawaitable(done):
            await done

    def pop_screen(self) -> AwaitComplete:
        """Close the top screen. Two keys that arrive together may close a dialog twice: once is enough."""
        return super().pop_screen() if len(self.screen_stack) > 1 else AwaitComplete()

    def action_interrupt(self) -> None:
        """Quit with the exit status of an interrupt."""
        self.exit(130, return_code=130)

    def action_suspend_process(self) -> None:
        """Suspend the app, and return to the shell; its `fg` continues the app."""
        if self._guard is None or not self._guard.suspend(self):
            self.say("There is no shell to return to, so ctrl+z has no effect.")

    def say(self, sentence: str) -> None:
        """Show a sentence in the status line: a note would cover what a small terminal needs."""
        raise NotImplementedError

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open nothing: no text of these apps is a link, and the browser would be that of the server."""

    def save_screenshot(self, *_arguments: Any, **_options: Any) -> str:
        """Write nothing, as the methods below: only the commands of the tables write files."""
        return ""

    def deliver_text(self, *_arguments: Any, **_options: Any) -> None:
        """Write nothing."""

    def deliver_binary(self, *_arguments: Any, **_options: Any) -> None:
        """Write nothing."""
