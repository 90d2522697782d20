"""A dialog for typing a value of a setting."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, Static

from bpengine import ConfigError, Field
from bptui.screens.dialog import Dialog


class ValueScreen(Dialog[object]):
    """Asks for a value until it is allowed; returns the value, or None after escape."""

    BINDINGS = [Binding("escape", "dismiss", "Cancel", show=False)]

    def __init__(self, field: Field, value: object) -> None:
        super().__init__()
        self._field = field
        self._value = value

    def compose(self) -> ComposeResult:
        """Yield the help of the setting, an input with its value, and the allowed values."""
        field = self._field
        dialog = Vertical(id="value")
        dialog.border_title = f"{field.label} {field.symbol}"
        dialog.border_subtitle = "enter set   esc cancel"
        with dialog:
            yield Static(field.help, markup=False)
            box = Input(field.format(self._value), select_on_focus=True)
            box.cursor_blink = False  # a blinking cursor sends bytes while nothing happens
            yield box
            yield Static(f"Allowed: {field.allowed}.", id="allowed", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return the value, or say why it is refused."""
        try:
            value = self._field.parse(event.value.strip())
        except ConfigError as error:
            allowed = self.query_one("#allowed", Static)
            allowed.update(str(error))
            allowed.add_class("-error")
        else:
            self.dismiss(value)
