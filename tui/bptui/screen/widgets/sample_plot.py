"""The plot of the samples: a figure or, if they are pictures, a sheet of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual import events
from textual.message import Message
from textual.reactive import reactive

from bptui.screen.drawing import Legend, Sheet, Span
from bptui.screen.terminal.capabilities import has_color_maps
from bptui.screen.terminal.textual_internals import bind_commands
from bptui.screen.widgets.plot import Plot

_SHEET_ACTIONS = {
    "less": "choose(-1, 0)",
    "more": "choose(1, 0)",
    "up": "choose(0, -1)",
    "down": "choose(0, 1)",
    "edit": "open",
}
"""What the keys of commands do in a sheet."""


class SamplePlot(Plot):
    """The plot of the samples; in a sheet of pictures, clicks and the arrow keys choose one."""

    @dataclass
    class Chosen(Message):
        """A picture was chosen."""

        number: int
        """Its number among all samples."""

    class Opened(Message):
        """The chosen picture is to be looked at."""

    sheet: reactive[Sheet | None] = reactive(None, repaint=False, always_update=True)
    """The sheet that is drawn in place of a figure; None for a figure."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        bind_commands(self, _SHEET_ACTIONS)

    def watch_sheet(self) -> None:
        """Draw the new sheet."""
        if self.sheet is not None:
            self.redraw()

    def show_sheet(self, sheet: Sheet, legend: Legend) -> Legend:
        """Draw a sheet in place of a figure, and return the variant of its legend that fits."""
        self.sheet = sheet
        return legend.within(self.legend_room) if self.size.width else Legend()

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The sheet, or else the figure."""
        if self.sheet is None:
            return super().draw(width, height)
        return self.sheet.draw(width, height, colors=has_color_maps(self.app))

    def action_choose(self, columns: int, rows: int) -> None:
        """Ask for a neighbor of the chosen picture."""
        if self.sheet is not None:
            layout = self.sheet.layout(*self.size)
            last = min(layout.room, len(self.sheet.pictures)) - 1
            numbers, chosen = self.sheet.numbers[: last + 1], self.sheet.chosen
            place = numbers.index(chosen) + columns + rows * layout.abreast if chosen in numbers else 0
            if 0 <= place <= last:
                self.sheet = replace(self.sheet, chosen=numbers[place])  # before the next key
                self.post_message(self.Chosen(numbers[place]))

    def action_open(self) -> None:
        """Ask for a look at the chosen picture."""
        self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """Choose the picture that was clicked; a double click opens it."""
        place = event.get_content_offset(self)
        if place is not None and self.sheet is not None:
            number = self.sheet.sample_at(*place, *self.size)
            if number is not None:
                self.post_message(self.Chosen(self.sheet.numbers[number]))
        if event.chain == 2 and self.sheet is not None:
            self.post_message(self.Opened())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave these keys to the app if there is no sheet."""
        if action in ("choose", "open") and self.sheet is None:
            return False
        return super().check_action(action, parameters)
