"""A dialog for typing a value of a unit's weight or bias."""

from __future__ import annotations

import math

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from bpengine import Edit
from bpengine.edits import BIAS
from bpengine.edits import Input as Source
from bpengine.numbers import parse_real
from bptui.commands import arrow_keys
from bptui.drawing.unit_facts import input_name, unit_name
from bptui.drawing.unit_position import Place
from bptui.screens.dialog import Dialog, DialogFrame, DialogInput, DialogMessage
from bptui.session.snapshot import Snapshot


class WeightScreen(Dialog[Edit]):
    """Asks for a value until it is a number; returns the edit, or None after escape.

    Args:
        snapshot: the run.
        unit: the unit whose incoming weights and bias can be set.
        source: the input whose weight to begin with, or "bias"; the up and down keys go to the others.
    """

    BINDINGS = [
        Binding("up", "choose(-1)", "Previous", show=False, priority=True),
        Binding("down", "choose(1)", "Next", show=False, priority=True),
    ]

    DEFAULT_CSS = "WeightScreen #weight { width: 60; }"

    def __init__(self, snapshot: Snapshot, unit: Place, source: Source = BIAS) -> None:
        super().__init__()
        self._snapshot = snapshot
        self._unit = unit
        inputs = len(snapshot.network.layers[unit[0]]) - 1
        self._row = source if isinstance(source, int) else inputs
        self._bias_row = inputs
        self._about = Static(markup=False)
        self._input = DialogInput(select_on_focus=True)
        self._message = DialogMessage()

    def compose(self) -> ComposeResult:
        """Yield the name of the weight or bias, and an input with its value."""
        others = f"   {arrow_keys('up', 'down')} others" if self._bias_row else ""
        yield DialogFrame(
            self._about,
            self._input,
            self._message,
            title=f"set a weight of {unit_name(self._snapshot, self._unit)}",
            keys=f"enter set{others}   esc cancel",
            id="weight",
        )

    def on_mount(self) -> None:
        """Begin with the weight or bias that was asked for."""
        self._show()

    def action_choose(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) weight; the bias comes after the last one."""
        self._row = (self._row + direction) % (self._bias_row + 1)
        self._message.say("")
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return the edit, or say why the value is refused."""
        edit = self._edit
        try:
            value = parse_real(event.value)
            if not math.isfinite(value):
                raise ValueError("must be a finite number")
        except ValueError as error:
            problem = str(error) if str(error).startswith(("the comma", "must")) else "must be a number"
            self._message.say(f"{edit.target}: {problem}, such as -0.42, 4.2e-2 or 0,3.", error=True)
        else:
            layer, unit = self._unit
            self.dismiss(Edit("set", layer, unit, edit.input, value))

    @property
    def _edit(self) -> Edit:
        """The edit without its value."""
        layer, unit = self._unit
        return Edit("set", layer, unit, BIAS if self._row == self._bias_row else self._row)

    def _show(self) -> None:
        edit = self._edit
        what = "the bias"
        if edit.input != BIAS:
            layer = self._unit[0]
            of = (
                input_name(self._snapshot, self._row)
                if layer == 0
                else f"unit {self._row + 1} of layer {layer}"
            )
            what = f"the weight from {of}"
        self._about.update(f"{edit.target}, {what}")
        value = float(self._snapshot.network.layers[self._unit[0]][self._row, self._unit[1]])
        self._input.value = repr(value)
        self._input.select_all()
