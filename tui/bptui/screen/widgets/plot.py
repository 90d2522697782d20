"""The widgets that draw figures: the plot, and the error curve with a cursor."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual import events
from textual.message import Message
from textual.reactive import reactive

from bptui.screen.drawing import ROLES, Figure, Kind, Legend, Sheet, Span, coarse_kinds, draw, with_density
from bptui.screen.drawing.redraw_rate import MapPace
from bptui.screen.terminal.capabilities import has_color_maps, is_ascii, is_plain, is_projected
from bptui.screen.widgets.rows import Rows

_FAR = 10
"""The strides of a large step."""
_TO_THE_END = 1_000
"""More strides than there are from end to end."""

_TITLE_MARGIN = 4
"""The columns above a plot that a legend cannot use, beside the corners of a frame: for the focus mark."""


class Plot(Rows):
    """Draws a figure over its whole area; its title is the legend."""

    ROLE_STYLES = {name: role.style for name, role in ROLES.items()}

    @dataclass
    class LegendChanged(Message):
        """In its new size, the plot has another legend."""

        plot: Plot
        legend: Legend

    figure: reactive[Figure | None] = reactive(None, repaint=False)
    """The figure; only rows that change are drawn again."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._given: tuple[Figure, Legend] | None = None  # without shades, which depend on the size
        self._legend = Legend()
        self.map_pace = MapPace()
        """When to make the figure again if it is a map."""

    def watch_figure(self) -> None:
        """Draw the new figure."""
        self.redraw()

    def show(self, figure: Figure, legend: Legend) -> Legend:
        """Draw the figure and return its legend, both with shades if the samples are too many for signs.

        The legend is the variant that fits; before the first layout, it is empty.
        """
        self._given, (width, height) = (figure, legend), self.size
        self.figure, legend = with_density(figure, legend, width, height, colors=not self.app.no_color)
        self._legend = legend.within(self.legend_room) if width else Legend()
        return self._legend

    @property
    def legend_room(self) -> int:
        """The columns for the legend."""
        return self.size.width - _TITLE_MARGIN - self.gutter.width

    def clear(self) -> None:
        """Show nothing."""
        self._given = self.figure = None

    def on_resize(self) -> None:
        """Choose again between shades and signs, as the new size has other cells."""
        if self._given is not None:
            before = self._legend
            if self.show(*self._given) != before:
                self.post_message(self.LegendChanged(self, self._legend))

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The figure, or nothing before the first one."""
        if self.figure is None:
            return []
        figure = self.figure
        if is_projected(self.app):
            thick = (
                replace(series, kind=Kind.THICK) if series.kind in (Kind.LINE, Kind.FAINT) else series
                for series in figure.series
            )
            figure = replace(figure, series=tuple(thick))
        coarse = coarse_kinds(plain=is_plain(self.app), ascii=is_ascii(self.app))
        return draw(figure, width, height, coarse=coarse, colors=has_color_maps(self.app))


class ErrorCurve(Plot):
    """A plot over epochs whose keys move a cursor."""

    ACTIONS = {
        "less": "move(-1)",
        "more": "move(1)",
        "much_less": f"move(-{_FAR})",
        "much_more": f"move({_FAR})",
        "first": f"move(-{_TO_THE_END})",
        "last": f"move({_TO_THE_END})",
        "to_settings": "leave",
    }

    @dataclass
    class CursorMoved(Message):
        """A key was pressed that moves or shows the cursor."""

        strides: int
        """How far to move it; to earlier epochs if negative."""

    class CursorLeft(Message):
        """The cursor is to be removed."""

    def action_move(self, strides: int) -> None:
        """Ask for the cursor to be moved by `strides` strides."""
        self.post_message(self.CursorMoved(strides))

    def action_leave(self) -> None:
        """Ask for the cursor to be removed."""
        self.post_message(self.CursorLeft())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the escape key to the app while there is no cursor."""
        if action == "leave" and (self.figure is None or self.figure.cursor is None):
            return False
        return super().check_action(action, parameters)


class SamplePlot(Plot):
    """The plot of the samples.

    In a sheet of pictures, clicks and the arrow keys choose one; in a plane of two columns, the arrow keys
    choose the columns.
    """

    ACTIONS = {
        "less": "choose(-1, 0)",
        "more": "choose(1, 0)",
        "up": "choose(0, -1)",
        "down": "choose(0, 1)",
        "edit": "open",
    }

    @dataclass
    class Chosen(Message):
        """A picture was chosen."""

        number: int
        """Its number among all samples."""

    @dataclass
    class Turned(Message):
        """Other columns were chosen."""

        across: int
        """1 for the next column on the x axis, -1 for the previous one, 0 for the same."""
        up: int
        """The same for the y axis."""

    class Opened(Message):
        """The chosen picture is to be looked at, or the columns are to be typed."""

    takes_columns = False
    """Whether the arrow keys choose the columns of a plane."""

    sheet: reactive[Sheet | None] = reactive(None, repaint=False, always_update=True)
    """The sheet that is drawn in place of a figure; None for a figure."""

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
        """Ask for a neighbor of the chosen picture, or for other columns."""
        if self.takes_columns:
            self.post_message(self.Turned(columns, -rows))
        elif self.sheet is not None:
            layout = self.sheet.layout(*self.size)
            last = min(layout.room, len(self.sheet.pictures)) - 1
            numbers, chosen = self.sheet.numbers[: last + 1], self.sheet.chosen
            place = numbers.index(chosen) + columns + rows * layout.abreast if chosen in numbers else 0
            if 0 <= place <= last:
                self.sheet = replace(self.sheet, chosen=numbers[place])  # before the next key
                self.post_message(self.Chosen(numbers[place]))

    def action_open(self) -> None:
        """Ask for a look at the chosen picture, or for the names of columns."""
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
        """Leave these keys to the app if there is neither a sheet nor a plane of columns."""
        if action in ("choose", "open") and self.sheet is None and not self.takes_columns:
            return False
        return super().check_action(action, parameters)
