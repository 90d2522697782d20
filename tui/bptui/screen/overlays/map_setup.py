"""A dialog in which a map is edited: its two settings, their values, the starts and what a cell shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from rich.cells import set_cell_size
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from bpengine import FIELD, ConfigError, Field
from bpengine.fields import ChoiceField, LadderStep, NumberField
from bpengine.many.sweeps.cells import METRIC_NAMES, METRICS, SUCCESS_ERROR
from bpengine.many.sweeps.sweep import FORMS, axis_field
from bptui.experiments.map.plan import (
    MAX_STARTS,
    AxisPlan,
    MapBase,
    MapPlan,
    axis_fields,
    proposed_axis,
    typed_axis,
    why_not_proposed,
)
from bptui.screen.overlays.dialog import Dialog, DialogFrame, DialogOptions
from bptui.screen.overlays.questions import Asked, AskScreen
from bptui.screen.widgets.footer import KeyHint, choose, hint_of
from bpwords import Sentence, must_be, word

_STARTS = NumberField(
    label="starts",
    default=16,
    minimum=1,
    maximum=MAX_STARTS,
    step=LadderStep((1, 2, 4, 8, 16, 32, 64)),
)
_METRIC = ChoiceField(label="a cell shows", groups=(METRICS,))
_COUNT = re.compile(r":(\d+)$")
"""The count at the end of a range."""


@dataclass(frozen=True, slots=True)
class SetupLine:
    """A line of the dialog."""

    label: str
    value: Callable[[MapPlan], str]
    """Its text."""
    move: Callable[[MapPlan, int], MapPlan]
    """The map with the next (1) or previous (-1) value."""
    typed: Callable[[MapPlan, str], MapPlan]
    """The map with a typed value. Raises ConfigError if the value is not allowed."""
    help: str


class MapSetup(Dialog[MapPlan]):
    """Edits the plan of a map; returns the plan if it was changed and is possible, else None.

    Args:
        base: the run and settings that the map is based on.
        plan: the plan of the map.
    """

    BINDINGS = [Binding("escape", "leave", "Done", show=False)]

    ACTIONS = {"less": "change(-1)", "more": "change(1)", "toggle_smooth": "leave"}
    DEFAULT_CSS = """
    MapSetup {
        #map-setup { width: 76; }
        #map-help { color: $text-muted; height: 3; }
        #map-problem { height: auto; &.-problem { color: $text-error; } }
    }
    """

    def __init__(self, base: MapBase, plan: MapPlan) -> None:
        super().__init__()
        self._base, self._plan, self._before = base, plan, plan
        self._fields = axis_fields(base)
        self._rows = self._made_rows()
        self._options = DialogOptions(markup=False)
        self._help = Static(id="map-help", markup=False)
        self._problem = Static(id="map-problem", markup=False)

    def compose(self) -> ComposeResult:
        """Yield the lines, and a line about the chosen one."""
        keys = choose(), hint_of(("less", "more"), "change"), KeyHint("enter", "type"), KeyHint("esc", "done")
        parts = self._options, self._help, self._problem
        yield DialogFrame(*parts, title="edit the map", keys=keys, id="map-setup")

    def on_mount(self) -> None:
        """Show the plan."""
        self._fill()
        self._options.focus()

    def _made_rows(self) -> tuple[SetupLine, ...]:
        config, names = self._base.config, word(", ", "list").join(map(word, METRIC_NAMES.values()))
        starts = Sentence("How many starts a cell has, from 1 to {most}. Their seeds follow the run's.")
        return (
            *self._axis_rows("columns", word("columns", "map")),
            *self._axis_rows("rows", word("rows", "map")),
            _line_of("starts", _STARTS, starts(most=MAX_STARTS), word("starts", "map")),
            SetupLine(
                word("a cell shows", "map"),
                lambda plan: word(METRIC_NAMES[plan.metric]),
                lambda plan, by: replace(plan, metric=_METRIC.move(plan.metric, by)),
                lambda plan, text: replace(plan, metric=_METRIC.parse(text)),
                Sentence("One of {names}. The test error needs test samples.")(names=names),
            ),
            _line_of(
                "success_error",
                FIELD["target_error"],
                word(
                    "The last error at or below which a run has succeeded; its test error, if that is shown."
                ),
                word("succeeds at", "map"),
                config.target_error or SUCCESS_ERROR,
            ),
            _line_of(
                "epochs",
                FIELD["epochs"],
                word("How many epochs each run has. If left empty, as many as the run."),
                word("epochs", "map"),
                own=config.epochs,
                note=f" {word('(those of the run)')}",
            ),
        )

    def _axis_rows(self, name: str, label: str) -> tuple[SetupLine, SetupLine]:
        base = self._base

        def axis(plan: MapPlan) -> AxisPlan:
            found: AxisPlan = getattr(plan, name)
            return found

        def proposing(plan: MapPlan, field: Field) -> MapPlan:
            return _with(plan, name, proposed_axis(field, base, len(axis(plan).axis.values)))

        def next_field(plan: MapPlan, by: int) -> MapPlan:
            taken = {*plan.names} - {axis(plan).field.name}
            fields = [field for field in self._fields if field.name not in taken]
            place = fields.index(axis(plan).field) if axis(plan).field in fields else 0
            return proposing(plan, fields[(place + by) % len(fields)])

        def typed_field(plan: MapPlan, text: str) -> MapPlan:
            if "=" in text:
                return _with(plan, name, typed_axis(text, None))
            begins = (
                field.label.startswith(text.lower()) or field.said.startswith(text) for field in self._fields
            )
            begun = (field for field, is_it in zip(self._fields, begins, strict=True) if text and is_it)
            field = next(begun, axis_field(text))
            if field is None:
                raise ConfigError(name, must_be(word("the name of a setting"), text))
            why_not = why_not_proposed(field, base)
            if why_not:
                raise ConfigError(field.said, why_not)
            return proposing(plan, field)

        return (
            SetupLine(
                label,
                lambda plan: axis(plan).field.said,
                next_field,
                typed_field,
                word(
                    "The setting that is varied. Type the beginning of its name, or its name, = and values."
                ),
            ),
            SetupLine(
                f"  {word('values', 'map')}",
                lambda plan: axis(plan).text,
                lambda plan, by: _with(plan, name, _finer(axis(plan), by)),
                lambda plan, text: _with(plan, name, typed_axis(text, axis(plan).field)),
                Sentence("Type {forms}. {less/more} change the count of a range.")(forms=word(FORMS)),
            ),
        )

    def _fill(self) -> None:
        chosen = self._options.highlighted or 0
        self._options.clear_options()
        self._options.add_options(
            [Option(Content(f"{set_cell_size(row.label, 14)} {row.value(self._plan)}")) for row in self._rows]
        )
        self._options.highlighted = chosen
        problem = self._base.problem(self._plan)
        self._say(problem or Sentence("{total} runs")(total=self._plan.runs), is_problem=bool(problem))

    def _say(self, text: str, *, is_problem: bool = True) -> None:
        self._problem.update(text)
        self._problem.set_class(is_problem, "-problem")

    @property
    def _line(self) -> SetupLine:
        return self._rows[self._options.highlighted or 0]

    def on_option_list_option_highlighted(self) -> None:
        """Explain the chosen line."""
        self._help.update(self._line.help)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask for the chosen value."""
        event.stop()
        line = self._line

        def use(text: str) -> None:
            self._plan = line.typed(self._plan, text.strip())
            self._fill()

        text = line.value(self._plan).partition(" (")[0]
        self.app.push_screen(AskScreen(Asked(title=line.label.strip(), about=line.help, text=text, use=use)))

    def action_change(self, direction: int) -> None:
        """Take the next (1) or previous (-1) value."""
        try:
            self._plan = self._line.move(self._plan, direction)
        except ConfigError as error:
            self._say(Sentence("{text}.")(text=error))
            return
        self._fill()

    def action_leave(self) -> None:
        """Return the plan, or go back to the last possible one."""
        if self._plan == self._before:
            self.dismiss(None)
        elif self._base.problem(self._plan):
            self._plan = self._before
            self._fill()
            self._say(word("That map is not possible, so the last possible values are shown. esc goes back."))
        else:
            self.dismiss(self._plan)


def _with(plan: MapPlan, name: str, value: Any) -> MapPlan:
    changes: dict[str, Any] = {name: value}
    return replace(plan, **changes)


def _line_of(name: str, field: Field, help: str, label: str, own: Any = None, note: str = "") -> SetupLine:
    """The line of a part of the plan whose values are those of a setting.

    Args:
        name: the part.
        field: the setting.
        help: what it does.
        label: its label.
        own: what stands for it where the plan has none.
        note: what is said beside that.
    """

    def value(plan: MapPlan) -> Any:
        return getattr(plan, name) or own

    return SetupLine(
        label,
        lambda plan: field.format(value(plan)) + ("" if getattr(plan, name) else note),
        lambda plan, by: _with(plan, name, field.move(value(plan), by)),
        lambda plan, text: _with(plan, name, field.parse(text) if text or own is None else None),
        help,
    )


def _finer(axis: AxisPlan, by: int) -> AxisPlan:
    """The same range with `by` more values."""
    count_part = _COUNT.search(axis.text)
    if count_part is None:
        raise ConfigError(axis.field.said, word("press enter to type other values"))
    count = int(count_part[1]) + by
    return AxisPlan(f"{axis.text[: count_part.start()]}:{count}", axis.field)
