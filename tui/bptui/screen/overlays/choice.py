"""The dialog for a name as the value of a setting: a list, which typed text filters."""

from __future__ import annotations

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from bpengine import ChoiceField, NamesField
from bptui.commands import COMMAND
from bptui.screen.overlays.dialog import Dialog, DialogFrame, DialogMessage, DialogOptions
from bptui.screen.widgets.footer import CANCEL, KeyHint, hint_of
from bpwords import Sentence, translatable, word

SEVERAL = "one each"
"""The entry that asks for a name for each layer."""
_SET_NOW = translatable("set now")
_SEVERAL_HELP = "Type the names for the layers one by one, separated by commas."
_MAX_WANTED = 40
"""The most characters that filter the list."""


class ChoiceScreen(Dialog[str]):
    """Asks for one of the names; returns it, `SEVERAL`, or None after escape.

    Typed text filters the names. Until something is typed, the letter keys that choose a setting also move in
    the list.

    Args:
        field: the setting.
        value: its current value.
        layers: the number of hidden layers.
        marked: what is said about the current value.
    """

    BINDINGS = [Binding("escape", "leave", "Cancel", show=False)]

    def __init__(
        self, field: ChoiceField | NamesField, value: object, layers: int, *, marked: str = _SET_NOW
    ) -> None:
        super().__init__()
        self._field, self._marked = field, marked
        self._present = field.format(value)
        self._rows = {name: word(field.helps[name]) for name in field.alternatives(value)}
        if isinstance(field, NamesField) and layers > 1:
            self._rows[SEVERAL] = word(_SEVERAL_HELP)
        self._wanted = ""
        self._found = list(self._rows)
        self._list = DialogOptions(compact=True)
        self._message = DialogMessage()

    def compose(self) -> ComposeResult:
        """Yield the help of the setting, the list, and a line for the typed text."""
        yield DialogFrame(
            Static(self._field.explained, markup=False, id="choice-help"),
            self._list,
            self._message,
            title=f"{self._field.said} {self._field.symbol}",
            keys=(hint_of(("up", "down"), "choose"), KeyHint("enter", "take"), CANCEL),
            id="choice",
        )

    def on_mount(self) -> None:
        """Fill the list, with the current name highlighted."""
        self._fill(self._present)

    def action_leave(self) -> None:
        """Show all names again if something was typed; otherwise cancel."""
        if self._wanted:
            self._filter("")
        else:
            self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Move in the list with the letter keys of the commands, or filter by the typed text."""
        character = event.character if event.character is not None and event.character.isprintable() else ""
        if not self._wanted and event.key in COMMAND["down"].keys.split(","):
            self._list.action_cursor_down()
        elif not self._wanted and event.key in COMMAND["up"].keys.split(","):
            self._list.action_cursor_up()
        elif character:
            self._filter((self._wanted + character)[:_MAX_WANTED])
        elif event.key == "backspace":
            self._filter(self._wanted[:-1])
        else:
            return
        event.stop()
        event.prevent_default()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Mark the highlighted name with a sign as well: not everybody can see a color."""
        for number, name in enumerate(self._found):
            if number < self._list.option_count:
                self._list.replace_option_prompt_at_index(
                    number, self._row(name, event.option_index == number)
                )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the name."""
        self.dismiss(event.option.id)

    def _filter(self, wanted: str) -> None:
        self._wanted = wanted
        before = self._list.highlighted_option
        self._fill(str(before.id) if before is not None and not wanted else "")

    def _fill(self, highlighted: str) -> None:
        """Show what the typed text names or, if there is nothing, the names whose sentences contain it."""
        text = self._wanted.strip().casefold()
        others = self._field.other_names
        names = [
            name
            for name in self._rows
            if text in name.casefold() or any(other.startswith(text) for other in others.get(name, ()))
        ]
        names.sort(key=lambda name: not name.casefold().startswith(text))
        self._found = names or [name for name, help in self._rows.items() if text in help.casefold()]
        at = self._found.index(highlighted) if highlighted in self._found else 0
        self._list.set_options(
            Option(self._row(name, number == at), id=name) for number, name in enumerate(self._found)
        )
        self._list.highlighted = at if self._found else None
        if self._wanted:
            typed = Sentence("{text}▏ {found} of {all}, esc shows all")
            said = typed(text=self._wanted, found=len(self._found), all=len(self._rows))
        else:
            said = Sentence("• is {marked}. Type to filter the list.")(marked=word(self._marked))
        self._message.say(said)

    def _row(self, name: str, highlighted: bool) -> Table:
        """A row: the marks of the highlighted and of the current name, the name, and its sentence."""
        table = Table.grid(padding=(0, 1, 0, 0))
        table.add_column(width=2)
        table.add_column(width=max(map(cell_len, self._rows)), no_wrap=True)
        table.add_column()
        marks = f"{'▸' if highlighted else ' '}{'•' if name == self._present else ' '}"
        table.add_row(marks, Text(name), Text(self._rows[name]))  # which may contain brackets
        return table
