"""The help screen: the focused panel, the keys, the other panels, and how a network is trained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widget import Widget

from bpengine import Task
from bptui.commands import COMMANDS, Command, arrow_keys, command_of, key_of
from bptui.drawing.signs import PanelHelp, Sign
from bptui.screens.dialog import Dialog
from bptui.widgets.rows import style_of

_TRAINING = (
    "Each batch of samples changes every weight a little to shrink the error. An epoch uses all samples once."
)
_MOUSE = "A click chooses a panel, a setting or a unit; a double click opens it."


class HelpScreen(Dialog[None]):
    """Shows the whole help as one text: one page in a large terminal, scrolled in a small one.

    Args:
        panels: the name and the help of each panel, the focused one first.
        task: the task of the open tab. Signs that only the other tab has are left out.
        with_keys: whether the keys of the tabs are listed. They do not act below another screen.
    """

    BINDINGS = [
        Binding("q", "dismiss", "Close", show=False),
        Binding("space", "page_down", "Next page", show=False),
    ]

    def __init__(
        self, panels: Sequence[tuple[str, PanelHelp]], task: Task, *, with_keys: bool = True
    ) -> None:
        super().__init__()
        self._scroll = VerticalScroll(HelpText(panels, task, with_keys=with_keys), id="help")

    def compose(self) -> ComposeResult:
        """Yield a scrolling dialog."""
        self._scroll.border_title = "help"
        arrows = arrow_keys("up", "down")
        self._scroll.border_subtitle = f"space {arrows} scroll   {key_of('help')} or esc close"
        yield self._scroll

    def on_key(self, event: events.Key) -> None:
        """Close with the key that opened the help, and scroll with the keys that choose a setting."""
        if event.key in command_of("help").keys.split(","):
            event.stop()  # otherwise the app would open the help again
            self.dismiss()
        for name, direction in (("up", -1), ("down", 1)):
            if event.key in command_of(name).keys.split(","):
                self._scroll.scroll_relative(y=direction, animate=False)

    def action_page_down(self) -> None:
        """Scroll down by a page."""
        self._scroll.scroll_page_down(animate=False)


class HelpText(Widget):
    """The text of the help, with each sign in its color. See `HelpScreen` for the arguments."""

    DEFAULT_CSS = """
    HelpText { height: auto; }
    """

    def __init__(
        self, panels: Sequence[tuple[str, PanelHelp]], task: Task, *, with_keys: bool = True
    ) -> None:
        super().__init__()
        self._panels, self._with_keys = panels, with_keys
        self._shown_task = task

    def render(self) -> Group:
        """Return the text."""
        (name, focused), *others = self._panels
        first = (
            _titled(name, focused.about),
            _in_columns(self._sign(sign) for sign in self._signs(focused)),
        )
        if not self._with_keys:
            return Group(*first, _titled("training", _TRAINING))
        return Group(
            *first,
            Text.assemble(
                ("keys", "bold underline"), f"  {key_of('command_palette')} explains each. {_MOUSE}"
            ),
            _in_columns(_keys(filter(self._is_allowed, COMMANDS))),
            *(self._paragraph(*other) for other in others),
            _titled("training", _TRAINING),
        )

    def _is_allowed(self, command: Command) -> bool:
        """Whether the app may run a command: a restricted one refuses some."""
        return bool(self.app.check_action("do", (command.name,)))

    def _paragraph(self, name: str, shown: PanelHelp) -> Text:
        """The help of a panel with its signs one after the other."""
        signs = self._signs(shown)
        parts = [_titled(name, shown.about)]
        if signs:
            parts.append(Text("; ").join(map(self._sign, signs)))
        return Text(" ").join(parts)

    def _signs(self, shown: PanelHelp) -> list[Sign]:
        return [sign for sign in shown.signs if sign.task in (None, self._shown_task)]

    def _sign(self, sign: Sign) -> Text:
        style = style_of(self, sign.style) if sign.style else "bold"
        return Text.assemble((sign.text, style), "\u00a0", sign.meaning)


def _titled(name: str, text: str) -> Text:
    return Text.assemble((name, "bold underline"), "  ", text)


def _keys(commands: Iterable[Command]) -> list[Text]:
    """A line for each label, with all keys that have it."""
    keys: dict[str, list[str]] = {}
    for command in commands:
        keys.setdefault(command.label, []).append(command.shown)
    return [Text.assemble((f"{' '.join(shown):<9}", "bold"), " ", label) for label, shown in keys.items()]


def _in_columns(items: Iterable[Text]) -> RenderableType:
    """The items in as many columns as fit."""
    return Columns(items, padding=(0, 2), equal=True, column_first=True)
