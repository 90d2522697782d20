"""The unit screen: a unit's outputs over the inputs, its weights, and whether it is saturated or off."""

from __future__ import annotations

import numpy as np
from rich.cells import set_cell_size
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from bpengine import Edit
from bpengine.arithmetic.arrays import Array
from bptui.commands import key_of
from bptui.screen.drawing import (
    ROLES,
    Axis,
    ColorMap,
    Figure,
    Kind,
    Legend,
    Scale,
    Series,
    axis_over,
    class_axis,
)
from bptui.screen.overlays.dialog import RunDialog, scroll_page
from bptui.screen.overlays.questions import AskScreen, weight_of
from bptui.screen.widgets.footer import KeyHint, fitting, hint_of
from bptui.screen.widgets.plot import Plot
from bptui.screen.widgets.rows import UnitChosen, UnitEdited, WeightOpened
from bptui.screen.widgets.weight_bars import WeightBars
from bptui.session import units as facts
from bptui.session.plane import in_columns
from bptui.session.snapshot import Snapshot
from bptui.session.units import Place, even_limits, move, name_of_pixels, nearest_unit, sizes_of, unit_pixels
from bpwords import word
from bpwords.numbers import number, signed

_WIDTH = 78
"""The most columns of the dialog, as in its CSS."""


class UnitScreen(RunDialog):
    """Shows a unit; the arrow keys go to other units.

    Args:
        unit: the layer and number of the unit, counted from 0; the output layer is the last one.
        snapshot: the run.
    """

    ACTIONS = {
        "less": "walk(-1, 0)",
        "more": "walk(1, 0)",
        "up": "walk(0, -1)",
        "down": "walk(0, 1)",
        "page_up": "scroll(-1)",
        "page_down": "scroll(1)",
        "edit": "set_weight",
        "freeze": "edit('freeze')",
        "knock_out": "edit('knock_out')",
    }

    BINDINGS = [Binding("q", "dismiss", "Close", show=False)]

    DEFAULT_CSS = """
    UnitScreen {
        #unit {
            width: 78; max-width: 100%; height: auto; max-height: 100%;
            padding: 0 1; border: round $primary; background: $surface;
        }
        #outputs { height: auto; }
        #outputs Plot { width: 3fr; height: 10; }
        #facts { width: 2fr; height: auto; margin: 0 0 0 1; }
        &.-tall #outputs Plot { height: 14; }
        WeightBars { margin-top: 1; }
    }
    """

    def __init__(self, unit: Place, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self.unit = unit
        self._plot = Plot()
        self._facts = Static(id="facts", markup=False)
        self._weights = WeightBars()
        self._scroll = VerticalScroll(
            Horizontal(self._plot, self._facts, id="outputs"), self._weights, id="unit"
        )
        self._scroll.can_focus = False  # otherwise it would take the arrow keys

    def compose(self) -> ComposeResult:
        """Yield a dialog that scrolls if it does not fit."""
        yield self._scroll

    def on_resize(self) -> None:
        """Name the keys that fit."""
        self._name_keys()

    def _name_keys(self) -> None:
        edits = facts.unit_edits(self._snapshot, self.unit)
        hints = (
            hint_of("edit", "set", 2),
            *(hint_of(command, label, 2) for command, label in edits),
            hint_of(("up", "down", "less", "more"), "unit", 2),
            KeyHint(f"{key_of('page_up')} {key_of('page_down')}", "scroll", 1),
            KeyHint("esc", "close", 3),
        )
        room = max(min(self.size.width, _WIDTH) - 6, 0)
        named = (f"{hint.shown} {hint.said}" for hint in fitting(hints, room))
        self._scroll.border_subtitle = "  ".join(named)

    def action_walk(self, layers: int, units: int) -> None:
        """Show a neighbor of the unit."""
        unit = move(self.unit, layers, units, sizes_of(self._snapshot))
        if unit != self.unit:
            self.unit = unit
            self.show_run()
            self._scroll.scroll_home(animate=False)
            self.post_message(UnitChosen(unit))

    def action_edit(self, command: str) -> None:
        """Ask for an edit of the unit."""
        self.post_message(UnitEdited(command, self.unit))

    def action_set_weight(self) -> None:
        """Ask for a value of one of the unit's weights or of its bias."""
        self.app.push_screen(AskScreen(weight_of(self._snapshot, self.unit, self._request_edit)))

    def on_click(self, event: events.Click) -> None:
        """Request the chain of the bias if its line was clicked."""
        place = event.get_content_offset(self._facts)
        if event.widget is self._facts and place is not None and place.y == 0:
            self.post_message(WeightOpened((*self.unit, None)))

    def _request_edit(self, edit: Edit) -> None:
        self.post_message(UnitEdited("", self.unit, edit))

    def action_scroll(self, direction: int) -> None:
        """Scroll up or down by most of a page."""
        scroll_page(self._scroll, direction)

    def show_run(self) -> None:
        """Show the unit or, in a smaller network, the nearest one."""
        snapshot = self._snapshot
        self.unit = nearest_unit(self.unit, sizes_of(snapshot))
        activation = facts.activation_of(snapshot, self.unit[0])
        pixels = unit_pixels(snapshot, self.unit)
        titles = [facts.unit_name(snapshot, self.unit), activation]
        titles += [] if pixels is None else [name_of_pixels(self.unit[0])]
        # Not markup: the names of the user's classes may contain brackets.
        self._scroll.border_title = Content(word(", ", "legend").join(titles))
        values = facts.outputs_of(snapshot, self.unit)
        figure = None if values is None else unit_figure(snapshot, activation, values)
        if values is None:
            values = facts.sample_outputs_of(snapshot, self.unit)
            figure = None if values is None else sample_figure(snapshot, activation, values)
        figure = figure if pixels is None else pixel_figure(pixels)
        self._plot.display = figure is not None
        self._plot.figure = figure
        lines = map(self._plot.legend, _facts_lines(snapshot, self.unit, activation, values))
        self._facts.update(Content("\n").join(lines))
        self._weights.shown = (snapshot, self.unit)
        self._name_keys()


def _fact(name: str, value: str) -> str:
    return f"{set_cell_size(name, 7)} {value}"


def _facts_lines(snapshot: Snapshot, unit: Place, activation: str, values: Array | None) -> list[Legend]:
    """The range of the outputs, the scale of a map, and a verdict, or why they are unknown."""
    lines = [_fact(word("bias", "unit"), signed(facts.weights_of(snapshot, unit)[1]))]
    edited = facts.edited_as(snapshot, unit)
    if edited:
        out = word("knocked out: counts as 0")
        lines.append(out if edited is facts.Edited.KNOCKED_OUT else word(edited))
    if values is None:
        return [*map(Legend.of, lines), Legend(), Legend.of(facts.why_unknown(snapshot))]
    summary = facts.unit_facts(activation, values)
    inputs = len(snapshot.run.dataset.domain)
    lines += [
        word(
            "over all samples:" if inputs > 2 else "over both inputs:" if inputs == 2 else "over all inputs:"
        ),
        _fact(word("lowest", "unit"), signed(summary.low)),
        _fact(word("highest", "unit"), signed(summary.high)),
        _fact(word("mean", "unit"), signed(summary.mean)),
    ]
    shown = [*map(Legend.of, lines)]
    if values.ndim == 2:
        low, high = facts.limits_of(activation, values)
        shown.append(
            Legend.of(
                _fact(word("scale", "unit"), number(low)),
                Scale.over(low, high).legend(low, high),
                number(high),
            )
        )
    return [*shown, Legend(), Legend.of(summary.verdict)] if summary.verdict else shown


def unit_figure(snapshot: Snapshot, activation: str, values: Array) -> Figure:
    """The outputs of a unit as a curve over one input, or as shades over two."""
    domain = snapshot.run.dataset.domain
    if values.ndim == 1:
        low, high = domain[0]
        x = np.linspace(low, high, len(values))
        y_axis = axis_over(np.array(facts.limits_of(activation, values)), margin=0.05, width=5)
        curve = Series(x, values, "fit", Kind.THICK)
        return Figure(axis_over(np.array([low, high])), y_axis, (curve,), x_name=facts.axis_name(snapshot, 0))
    across, up = domain
    shade = ColorMap.of_numbers(values, *facts.limits_of(activation, values), across, up)
    return Figure(
        axis_over(np.array(across)),
        axis_over(np.array(up), width=5),
        shade=shade,
        x_name=facts.axis_name(snapshot, 0),
        y_name=facts.axis_name(snapshot, 1),
    )


def pixel_figure(pixels: Array) -> Figure:
    """What a unit looks at, over the columns and rows of a picture."""
    rows, columns = pixels.shape
    x, y = (0.0, columns - 1.0), (1.0 - rows, 0.0)
    shade = ColorMap.of_numbers(pixels, *even_limits(pixels), x, y)
    downwards = tuple((float(-row), f"{row:5}") for row in (0, rows // 2, rows - 1))
    names = word("column", "axis"), word("row", "axis")
    return Figure(axis_over(np.array(x)), Axis(*y, downwards), shade=shade, x_name=names[0], y_name=names[1])


def sample_figure(snapshot: Snapshot, activation: str, values: Array) -> Figure:
    """The outputs of a unit for each sample, over the target or in a column for each class."""
    dataset = snapshot.run.dataset
    limits = facts.own_limits(values) if activation == "identity" else facts.limits_of(activation, values)
    y_axis = axis_over(np.array(limits), margin=0.05, width=5)
    if dataset.classes:
        names = [facts.short_name(name, 10) for name in dataset.classes]
        x, x_axis, name = in_columns(dataset.targets.argmax(axis=1)), class_axis(names), ""
    else:
        x = dataset.target_scaling.undo(dataset.targets)[:, 0]
        x_axis, name = axis_over(x, margin=0.025), facts.short_name(dataset.target, facts.MAX_NAME_LENGTH)
    points = Series(x, values, "output", Kind.POINTS, ROLES["output"].sign)
    return Figure(x_axis, y_axis, (points,), x_name=name)
