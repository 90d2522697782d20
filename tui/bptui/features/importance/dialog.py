"""What matters: a dialog that shuffles the columns of the table, and draws how answers depend on one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from rich.cells import set_cell_size
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from bpengine.data.raw_columns import RawColumn
from bpengine.explain.importance import STARTS, Dependence, Importance
from bptui.features.importance.plan import MeasuringImportance
from bptui.features.importance.words import describe_importance, range_of, summary
from bptui.screen.app import BptuiApp
from bptui.screen.drawing import Axis, Figure, Kind, Legend, Series, Span, axis_over, column_axis
from bptui.screen.overlays.dialog import Dialog, DialogFrame, DialogOptions, prose
from bptui.screen.overlays.reading import WordsScreen
from bptui.screen.widgets.footer import CLOSE, choose, hint_of
from bptui.screen.widgets.plot import Plot
from bptui.session.description.words import caveat, line_of
from bpwords import Sentence, as_sentence, joined, printable, word
from bpwords.numbers import number

NAME_WIDTH, BAR_WIDTH = 22, 20
"""The columns of a name, and of the longest bar."""
SINGLE_ROWS = 12
"""How many single rows are drawn."""
MANY_CLASSES = 3
"""From so many classes on, one is chosen; of two, the second says all."""
_PROBABILITIES = Axis(0.0, 1.0, ((0.0, "0"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75"), (1.0, "1")))


class _ColumnRow(NamedTuple):
    """A row of the list: a column of the table, or the group that it begins."""

    column: int
    """The number of the column."""
    text: str


class ImportanceScreen(Dialog[None]):
    """Lists the columns by their importance; the plot below shows the highlighted one.

    Args:
        measuring: the experiment, which begins with the dialog and ends with it.
    """

    ACTIONS = {"importance": "dismiss", "less": "choose(-1)", "more": "choose(1)", "describe": "describe"}
    DEFAULT_CSS = """
    ImportanceScreen {
        #importance { width: 100; height: 100%; max-height: 44; }
        #rows { max-height: 40%; }
        #answers { color: $text-muted; }
    }
    """

    def __init__(self, measuring: MeasuringImportance) -> None:
        super().__init__()
        self._measuring = measuring
        classes = measuring.dataset.classes
        self._output = 1 if len(classes) == MANY_CLASSES - 1 else 0
        self._listed: list[_ColumnRow] = []
        self._summary = Static(markup=False)
        self._options = DialogOptions(markup=False, id="rows")
        self._answers = Static(id="answers", markup=False)
        self._plot = Plot()

    def compose(self) -> ComposeResult:
        """Yield what is measured, the list, and the plot with a line about it."""
        has_choice = len(self._measuring.dataset.classes) >= MANY_CLASSES
        other = (hint_of(("less", "more"), "other class"),) if has_choice else ()
        title = joined(word("what matters?"), caveat(self._measuring.edited))
        keys = choose(), *other, hint_of("describe", "words"), CLOSE
        parts = self._summary, self._options, self._answers, self._plot
        yield DialogFrame(*parts, title=title, keys=keys, id="importance")

    def on_mount(self) -> None:
        """Begin the experiment."""
        self._waiting = self.set_interval(0.2, self._show_findings)
        self.carry_out(self._measuring, self._measuring.runner, self._show_findings)

    def _show_findings(self) -> None:
        """Show how far the experiment is or, at its end, what it has found."""
        measuring = self._measuring
        if not measuring.has_ended:
            training = Sentence("Training {starts} starts: epoch {epoch} of {end}…")
            self._summary.update(training(starts=STARTS, epoch=measuring.epochs_done, end=measuring.epochs))
            return
        self._waiting.stop()
        found = measuring.found
        tests = len(measuring.dataset.test or ())
        told = as_sentence(measuring.problem) if measuring.problem else summary(found, tests)
        self._summary.update(prose(told))
        if found and not self._listed:
            self._listed = list(_rows(found, measuring.dataset.raw_columns))
            self._options.add_options(Option(Content(row.text)) for row in self._listed)
            self._options.highlighted = 0
            self._options.focus()

    @property
    def is_done(self) -> bool:
        """Whether the experiment has ended, and what it found is shown."""
        return bool(self._listed) or bool(self._measuring.problem)

    def on_option_list_option_highlighted(self, _event: OptionList.OptionHighlighted) -> None:
        """Show how the answers depend on the column."""
        self._draw()

    def action_choose(self, direction: int) -> None:
        """Show the next (1) or the previous (-1) class."""
        classes = len(self._measuring.dataset.classes)
        if classes >= MANY_CLASSES:
            self._output = (self._output + direction) % classes
            self._draw()

    def action_describe(self) -> None:
        """Say in words what was found."""
        if found := self._measuring.found:
            words = map(line_of, describe_importance(found, len(self._measuring.dataset.test or ())))
            self.app.push_screen(WordsScreen(("", "\n".join(words)), title=word("what matters?")))

    def _draw(self) -> None:
        row = self._options.highlighted
        if row is None:
            return
        dataset = self._measuring.dataset
        dependence = self._measuring.dependence(self._listed[row].column, self._output)
        if dataset.classes:
            answer = Sentence("probability of {name}")(name=printable(dataset.classes[self._output], 20))
        else:
            answer = printable(dataset.target, 20)
        about = Sentence("{answer} by {column}, the other columns as in the rows: {legend}")
        legend = Legend.of(
            Span(f"━ {word('mean')}", "fit"),
            Span(f"⠅ {Sentence('{n} starts on the same rows')(n=len(dependence.means))}", "cloud"),
            Span(f"─ {word('single rows')}", "compared"),
            between=word(", ", "legend"),
        )
        column = printable(dependence.column.name, 20)
        self._answers.update(prose(about(answer=answer, column=column, legend=str(legend))))
        self._plot.show(dependence_figure(dependence, shares=bool(dataset.classes)), Legend())


def _rows(found: tuple[Importance, ...], table: tuple[RawColumn, ...]) -> list[_ColumnRow]:
    """A row for each group of columns, the most important first, and for each column of a larger one."""
    names, longest = [column.name for column in table], max(importance.mean for importance in found)
    rows = []
    for importance in found:
        title = word(" + ", "columns").join(importance.columns)
        name = set_cell_size(printable(title, NAME_WIDTH), NAME_WIDTH)
        if importance.is_decided:
            bar = "█" * max(1, round(BAR_WIDTH * importance.mean / longest))
            figures = f"{number(importance.mean, 2):>8}   {range_of(importance)}"
        else:
            bar, figures = "", f"       –   {word('not decided')}"
        numbers = [names.index(column) for column in importance.columns]
        rows.append(_ColumnRow(numbers[0], f"{name}  {bar:<{BAR_WIDTH}} {figures}"))
        if len(numbers) > 1:
            rows += [_ColumnRow(one, f"  {printable(names[one], NAME_WIDTH - 2)}") for one in numbers]
    return rows


def dependence_figure(dependence: Dependence, *, shares: bool) -> Figure:
    """The plot of the answers by the values of a column; those of categories are not joined.

    Args:
        dependence: the answers.
        shares: whether they are probabilities.
    """
    column, values, means = dependence.column, dependence.values, dependence.means
    middle, low, high = means.mean(axis=0), means.min(axis=0), means.max(axis=0)
    every = np.linspace(0, len(dependence.rows) - 1, min(SINGLE_ROWS, len(dependence.rows))).round()
    singles = dependence.rows[np.unique(every).astype(int)]
    y = _PROBABILITIES if shares else axis_over(np.concatenate([singles.ravel(), low, high]), margin=0.05)
    x = column_axis(column, values)
    if column.steps:
        ends = np.repeat(values, 2), np.column_stack([low, high]).ravel()
        points = [Series(values, row, "compared", Kind.POINTS, "·") for row in singles]
        spread = [Series(*ends, "cloud", Kind.POINTS, "┼")]
        return Figure(x, y, (*points, *spread, Series(values, middle, "fit", Kind.POINTS, "●")))
    lines = [Series(values, row, "compared", Kind.FAINT) for row in singles]
    band = Series(
        np.concatenate([values, values[::-1]]), np.concatenate([low, high[::-1]]), "cloud", Kind.BAND
    )
    return Figure(
        x, y, (*lines, band, Series(values, middle, "fit", Kind.THICK)), x_name=printable(column.name, 12)
    )


def open_dialog(app: BptuiApp) -> None:
    """Find out by experiment which columns of the table matter, and in which way."""
    app.push_screen(ImportanceScreen(MeasuringImportance(app.view.session.trainer, app.experiment_limits())))
