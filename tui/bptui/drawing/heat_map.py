"""The cells of a sweep as a table: a heat map of two settings, or a list of cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bpengine import FIELD
from bpengine.sweeps.cells import Cells, levels

COLORS = ("#FDE737", "#D9CE4B", "#B3B35C", "#929468", "#75786E", "#5A6370", "#3C4D6E", "#16386D", "#00204D")
"""From the best to the worst: the palette cividis, which color-blind people see as others do, and which gets
darker from step to step."""
SHADES, ASCII_SHADES = " ░▒▓█", " .:*#"
"""From the best to the worst, where there are no colors."""
MAX_LABEL_LENGTH = 12
"""The most characters of the value in front of a row."""
MAX_ROWS = 20
"""The most cells that a list of three settings or more shows."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the terminal can show."""

    width: int
    colors: bool = True
    ascii: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """The cells that stand out, by their numbers; None for none."""

    cursor: int | None = None
    best: int | None = None


@dataclass(frozen=True, slots=True)
class MapLayout:
    """How two settings are laid out as a map."""

    columns: str
    """The name of the setting across."""
    rows: str
    """That of the setting downward."""
    digits: int | None
    """The digits of the figures behind the first one; None for cells without figures."""
    width: int
    """The columns of a cell."""
    counts: tuple[int, int]
    """How many columns and rows there are."""
    transposed: bool
    """Whether the setting across is the one that varies fastest in the numbers of the cells."""

    def number(self, column: int, row: int) -> int:
        """The number of a cell."""
        return row + column * self.counts[1] if not self.transposed else column + row * self.counts[0]

    def place(self, number: int) -> tuple[int, int]:
        """The column and the row of a cell."""
        if self.transposed:
            row, column = divmod(number, self.counts[0])
        else:
            column, row = divmod(number, self.counts[1])
        return column, row


def map_layout(cells: Cells, look: Look) -> MapLayout | None:
    """The layout with the most digits that fits; None if there is none, or there are not two settings."""
    vary = cells.sweep.vary
    if len(vary) != 2:
        return None
    first, second = vary
    for columns, rows in ((first, second), (second, first)):
        for digits in (1, 0, None):
            width = _cell_width(cells, vary[columns], columns, digits)
            label = max(len(_label(rows, value)) for value in vary[rows])
            if label + 2 + width * len(vary[columns]) <= look.width:
                counts = len(vary[columns]), len(vary[rows])
                return MapLayout(columns, rows, digits, width, counts, columns != first)
    return None


def heat_map(cells: Cells, look: Look, marks: Marks = Marks()) -> RenderableType:  # noqa: B008  frozen
    """Two settings as columns and rows, with the figure of each cell; or a list if they do not fit."""
    layout = map_layout(cells, look)
    return _list(cells, look) if layout is None else _map(cells, look, layout, marks)


def value_text(name: str, value: Any) -> str:
    """A value of a setting as users write it."""
    return FIELD[name].format(value)


def figure_text(figure: float, metric: str, digits: int = 1) -> str:
    """The figure of a cell: 2.1e-3, 88%, or div if most of its runs diverged; empty if it is not known."""
    if math.isnan(figure):
        return ""
    if metric == "success":
        return f"{100 * figure:.0f}%"
    if math.isinf(figure):
        return "div"
    mantissa, exponent = f"{figure:.{digits}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def caption(cells: Cells) -> str:
    """What the figures are."""
    starts = cells.sweep.starts
    of = f"{starts} starts" if starts > 1 else "1 start"
    if cells.metric == "success":
        return f"share of {of} with an error at or below {cells.success_error:g}"
    return f"{'median ' if starts > 1 else ''}{cells.metric.replace('-', ' ')} of {of}"


def best_text(cells: Cells) -> str:
    """The best cell in words; empty if nothing is known."""
    if not cells.ranking:
        return ""
    number = cells.ranking[0]
    cell, named = cells.cells[number], cells.name(number)
    count = len(cell.results)
    median = figure_text(cell.quantile(0.5), "error")
    reached = f"{cell.successes} of {count} at or below {cells.success_error:g}"
    if cells.metric == "test-error":
        return (
            f"best: {named}: median test error {figure_text(cell.figure(cells.metric), 'error')} ({reached})"
        )
    return f"best: {named}: median error {median} ({reached})"


def _short(name: str, value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) and value else FIELD[name].brief(value)


def _label(name: str, value: Any) -> str:
    """The value in front of a row."""
    return _short(name, value)[:MAX_LABEL_LENGTH]


def _cell_width(cells: Cells, values: Sequence[Any], name: str, digits: int | None) -> int:
    """The width of a column with a blank, for figures with so many digits; None is for no figures."""
    if digits is None:
        return 2
    texts = [figure_text(figure, cells.metric, digits) for figure in cells.figures()]
    texts += ["8.8e-8" if digits else "8e-8", *(_short(name, value) for value in values)]
    return 1 + max(map(len, texts))


def _map(cells: Cells, look: Look, layout: MapLayout, marks: Marks) -> RenderableType:
    vary, figures = cells.sweep.vary, cells.figures()
    columns, rows, digits, width = layout.columns, layout.rows, layout.digits, layout.width
    heights = levels(figures, cells.metric)
    table = Table(box=None, padding=0, pad_edge=False, show_header=digits is not None)
    labels = [_label(rows, value) for value in vary[rows]]
    room = max(map(len, labels))
    table.add_column(no_wrap=True, width=room + 2)
    for value in vary[columns]:
        table.add_column(f"{_short(columns, value):>{width}}", no_wrap=True, width=width)
    for row, label in enumerate(labels):
        texts = []
        for column in range(len(vary[columns])):
            number = layout.number(column, row)
            text = "" if digits is None else figure_text(figures[number], cells.metric, digits)
            known = bool(cells.cells[number].results)
            cell = _cell(text, heights[number], width, look, known=known)
            texts.append(_marked(cell, number, look, marks))
        table.add_row(f"{label:>{room}}", *texts)
    across, down = FIELD[columns].label, FIELD[rows].label
    if digits is None:
        ends = [_short(columns, vary[columns][end]) for end in (0, -1)]
        across += f" from {ends[0]} to {ends[1]}"
    legend = _legend(cells, look)
    if marks.best is not None:
        legend.append("; * best")
    return Group(Text(f"{caption(cells)}; columns: {across}, rows: {down}"), table, legend)


def _marked(cell: Text, number: int, look: Look, marks: Marks) -> Text:
    """The cell with a sign in front if it stands out; that of the cursor also in reverse."""
    if number not in (marks.cursor, marks.best):
        return cell
    sign = "*" if number != marks.cursor else ">" if look.ascii else "▸"
    marked = Text(f"{sign}{cell.plain[1:]}", style=cell.style)
    if number == marks.cursor:
        marked.stylize("bold reverse")
    return marked


def _cell(text: str, level: float, width: int, look: Look, *, known: bool) -> Text:
    """A cell with its figure at the right; a shade stands in front where there are no colors."""
    if not known:
        return Text(f"{'.' if look.ascii else '·':>{width}}", style="dim")
    if not look.colors:
        shades = ASCII_SHADES if look.ascii else SHADES
        shade = "x" if math.isnan(level) else shades[round(level * (len(shades) - 1))]
        return Text(shade * 2 if width <= 2 else f"{shade if len(text) < width else ''}{text:>{width - 1}}")
    if math.isnan(level):
        return Text(f"{text or 'x':>{width}}")
    return Text(f"{text:>{width}}", style=_style(level))


def _style(level: float) -> Style:
    number = round(level * (len(COLORS) - 1))
    return Style(color="#000000" if number < 4 else "#FFFFFF", bgcolor=COLORS[number])


def _legend(cells: Cells, look: Look) -> Text:
    """What the colors or the shades mean."""
    known = [figure for figure in cells.figures() if math.isfinite(figure)]
    if not known:
        return Text("")
    best, worst = (max(known), min(known)) if cells.metric == "success" else (min(known), max(known))
    best, worst = (1.0, 0.0) if cells.metric == "success" else (best, worst)
    legend = Text(f"better {figure_text(best, cells.metric)} ")
    if look.colors:
        for number in range(len(COLORS)):
            legend.append("  ", _style(number / (len(COLORS) - 1)))
    else:
        legend.append(f"[{ASCII_SHADES if look.ascii else SHADES}]")
    legend.append(f" {figure_text(worst, cells.metric)} worse")
    if any(cell.diverged for cell in cells.cells):
        legend.append("; div or x: half of the runs or more diverged")
    return legend


def _list(cells: Cells, look: Look) -> RenderableType:
    """A row for each cell in order or, of three settings or more, for each of the best cells."""
    vary, figures = cells.sweep.vary, cells.figures()
    in_order = len(vary) == 1
    numbers = list(range(len(cells.cells))) if in_order else cells.ranking[:MAX_ROWS]
    heights = levels(figures, cells.metric)
    table = Table(box=None, pad_edge=False)
    for name in vary:
        table.add_column(FIELD[name].label, justify="right", no_wrap=True)
    kind = "test-error" if cells.metric == "test-error" else "error"
    for heading in (f"median {kind.replace('-', ' ')}", "10th to 90th percentile", "succeeded", "diverged"):
        table.add_column(heading, justify="right", no_wrap=True)
    for number in numbers:
        cell, values = cells.cells[number], cells.sweep.cells[number]
        labels = [value_text(name, value) for name, value in values.items()]
        if not cell.results:
            table.add_row(*labels)
            continue
        median, low, high = (figure_text(cell.quantile(share, kind), kind, 2) for share in (0.5, 0.1, 0.9))
        count = len(cell.results)
        shaded = _cell(median, heights[number], 10, look, known=True)
        table.add_row(*labels, shaded, f"{low} to {high}", f"{cell.successes}/{count}", str(cell.diverged))
    title = caption(cells) if in_order else f"{caption(cells)}: the best of {len(cells.cells)} cells"
    return Group(Text(title), table)
