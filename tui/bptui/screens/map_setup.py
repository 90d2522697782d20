"""A dialog in which a map is edited: its two settings, their values, the starts and what a cell shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from bpengine import FIELD, ConfigError, Field
from bpengine.many.sweeps.axes import FORMS, axis_field
from bpengine.many.sweeps.cells import METRIC_NAMES, METRICS, SUCCESS_ERROR
from bpengine.numbers import parse_whole, whole_range
from bpengine.wording import must_be
from bptui.background.map.plan import (
    MAX_STARTS,
    AxisPlan,
    MapBase,
    MapPlan,
    axis_fields,
    proposed_axis,
    typed_axis,
    why_not_proposed,
)
from bptui.commands import arrow_keys, keys_of
from bptui.screens.dialog import Dialog, DialogFrame, DialogInput, DialogOptions
from bptui.terminal.textual_internals import bind_commands
from bpwords import Sentence

STARTS = (1, 2, 4, 8, 16, 32, 64)
"""The numbers of starts that the keys choose from."""
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

    DEFAULT_CSS = """
    MapSetup {
        #map-setup { width: 76; }
        #map-help { color: $text-muted; height: 3; }
        #map-problem { height: auto; &.-problem { color: $text-error; } }
        Input { display: none; }
        &.-typing Input { display: block; }
    }
    """

    def __init__(self, base: MapBase, plan: MapPlan) -> None:
        super().__init__()
        bind_commands(self, {"less": "change(-1)", "more": "change(1)", "toggle_smooth": "leave"})
        self._base, self._plan, self._before = base, plan, plan
        self._fields = axis_fields(base)
        self._rows = self._made_rows()
        self._options = DialogOptions(markup=False)
        self._help = Static(id="map-help", markup=False)
        self._problem = Static(id="map-problem", markup=False)
        self._input = DialogInput(select_on_focus=True)

    def compose(self) -> ComposeResult:
        """Yield the lines, an input that is shown while a value is typed, and a line about the chosen one."""
        rows, values = arrow_keys("up", "down"), keys_of("less", "more")
        keys = f"{rows} choose   {values} change   enter type   esc done"
        parts = self._options, self._input, self._help, self._problem
        yield DialogFrame(*parts, title="edit the map", keys=keys, id="map-setup")

    def on_mount(self) -> None:
        """Show the plan."""
        self._fill()
        self._options.focus()

    def _made_rows(self) -> tuple[SetupLine, ...]:
        own, target = self._base.config.epochs, FIELD["target_error"]

        def success_error(plan: MapPlan) -> float:
            return plan.success_error or self._base.config.target_error or SUCCESS_ERROR

        return (
            *self._axis_rows("columns"),
            *self._axis_rows("rows"),
            SetupLine(
                "starts",
                lambda plan: str(plan.starts),
                lambda plan, by: replace(plan, starts=_next(STARTS, plan.starts, by)),
                lambda plan, text: replace(plan, starts=_whole(text, "starts", MAX_STARTS)),
                f"How many random starts a cell has, from 1 to {MAX_STARTS}. Their seeds follow the run's.",
            ),
            SetupLine(
                "a cell shows",
                lambda plan: METRIC_NAMES[plan.metric],
                lambda plan, by: replace(plan, metric=_turned(METRICS, plan.metric, by)),
                _metric,
                f"One of {', '.join(METRIC_NAMES.values())}. The test error needs test samples.",
            ),
            SetupLine(
                "succeeds at",
                lambda plan: f"{success_error(plan):g}",
                lambda plan, by: replace(plan, success_error=target.validate(success_error(plan) * 10.0**by)),
                lambda plan, text: replace(plan, success_error=target.parse(text) or None),
                "The last error at or below which a run has succeeded; its test error, if a cell shows that.",
            ),
            SetupLine(
                "epochs",
                lambda plan: f"{own} (those of the run)" if plan.epochs is None else str(plan.epochs),
                lambda plan, by: replace(plan, epochs=FIELD["epochs"].move(plan.epochs or own, by)),
                lambda plan, text: replace(plan, epochs=FIELD["epochs"].parse(text) if text else None),
                "How many epochs each run has. If left empty, as many as the run.",
            ),
        )

    def _axis_rows(self, name: str) -> tuple[SetupLine, SetupLine]:
        base = self._base

        def axis(plan: MapPlan) -> AxisPlan:
            found: AxisPlan = getattr(plan, name)
            return found

        def having(plan: MapPlan, changed: AxisPlan) -> MapPlan:
            return replace(plan, columns=changed) if name == "columns" else replace(plan, rows=changed)

        def proposed(plan: MapPlan, field: Field) -> AxisPlan:
            count = len(axis(plan).axis.values)
            return proposed_axis(field, base, count)

        def next_field(plan: MapPlan, by: int) -> MapPlan:
            taken = {*plan.names} - {axis(plan).field.name}
            fields = [field for field in self._fields if field.name not in taken]
            place = fields.index(axis(plan).field) if axis(plan).field in fields else 0
            field = fields[(place + by) % len(fields)]
            return having(plan, proposed(plan, field))

        def typed_field(plan: MapPlan, text: str) -> MapPlan:
            if "=" in text:
                return having(plan, typed_axis(text, None))
            begun = (field for field in self._fields if text and field.label.startswith(text.lower()))
            field = next(begun, axis_field(text))
            if field is None:
                raise ConfigError(name, must_be("the name of a setting", text))
            why_not = why_not_proposed(field, base)
            if why_not:
                raise ConfigError(field.label, why_not)
            return having(plan, proposed(plan, field))

        return (
            SetupLine(
                name,
                lambda plan: axis(plan).field.label,
                next_field,
                typed_field,
                "The setting that is varied. Type the beginning of its name, or its name, = and values.",
            ),
            SetupLine(
                "  values",
                lambda plan: axis(plan).text,
                lambda plan, by: having(plan, _finer(axis(plan), by)),
                lambda plan, text: having(plan, typed_axis(text, axis(plan).field)),
                Sentence("Type {forms}. {less/more} change the count of a range.")(forms=FORMS),
            ),
        )

    def _fill(self) -> None:
        chosen = self._options.highlighted or 0
        self._options.clear_options()
        self._options.add_options(
            [Option(Content(f"{row.label:<14} {row.value(self._plan)}")) for row in self._rows]
        )
        self._options.highlighted = chosen
        problem = self._base.problem(self._plan)
        self._say(problem or f"{self._plan.runs} runs", is_problem=bool(problem))

    def _say(self, text: str, *, is_problem: bool = True) -> None:
        self._problem.update(text)
        self._problem.set_class(is_problem, "-problem")

    @property
    def _row(self) -> SetupLine:
        return self._rows[self._options.highlighted or 0]

    def on_option_list_option_highlighted(self) -> None:
        """Explain the chosen line."""
        self._help.update(self._row.help)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Let the user type a value for the line."""
        event.stop()
        self.add_class("-typing")
        self._input.value = self._row.value(self._plan).partition(" (")[0]
        self._input.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the typed value, or say why it is refused."""
        event.stop()
        try:
            self._plan = self._row.typed(self._plan, event.value.strip())
        except ConfigError as error:
            self._say(f"{error}.")
            return
        self._end_typing()
        self._fill()

    def _end_typing(self) -> None:
        self.remove_class("-typing")
        self._options.focus()

    def action_change(self, direction: int) -> None:
        """Change the value of the chosen line."""
        try:
            self._plan = self._row.move(self._plan, direction)
        except ConfigError as error:
            self._say(f"{error}.")
            return
        self._fill()

    def action_leave(self) -> None:
        """Stop typing; otherwise return the plan. A plan that is not possible keeps the dialog open."""
        if self.has_class("-typing"):
            self._end_typing()
            self._fill()
        elif self._plan == self._before:
            self.dismiss(None)
        elif self._base.problem(self._plan):
            self._plan = self._before
            self._fill()
            self._say("That map is not possible, so the last possible values are shown. esc goes back.")
        else:
            self.dismiss(self._plan)


def _next(ladder: tuple[int, ...], value: int, direction: int) -> int:
    """The next number in a sequence, or the same one at its end."""
    remaining = [step for step in ladder if (step - value) * direction > 0]
    return value if not remaining else remaining[0] if direction > 0 else remaining[-1]


def _turned(names: tuple[str, ...], name: str, direction: int) -> str:
    return names[(names.index(name) + direction) % len(names)]


def _metric(plan: MapPlan, text: str) -> MapPlan:
    for metric, name in METRIC_NAMES.items():
        if text.lower().strip() in (metric, name):
            return replace(plan, metric=metric)
    raise ConfigError("a cell shows", must_be(f"one of {', '.join(METRIC_NAMES)}", text))


def _whole(text: str, name: str, most: int) -> int:
    try:
        value = parse_whole(text)
    except ValueError:
        value = 0
    if not 1 <= value <= most:
        raise ConfigError(name, must_be(whole_range(1, most), text))
    return value


def _finer(axis: AxisPlan, by: int) -> AxisPlan:
    """The same range with `by` more values."""
    found = _COUNT.search(axis.text)
    if found is None:
        raise ConfigError(axis.field.label, "press enter to type other values")
    count = int(found[1]) + by
    return AxisPlan(f"{axis.text[: found.start()]}:{count}", axis.field)
