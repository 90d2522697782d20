"""The cells of a sweep as a table: a heat map of two settings, or a list of cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bpengine import FIELD
from bpengine.many.sweeps.cells import Cells, levels
from bptui.screen.drawing.spans import Span
from bpwords import Sentence, many, word
from bpwords import columns as text_columns
from bpwords.numbers import figure_text, median_text
from bpwords.wrapping import lines_of

COLORS = ("#FDE737", "#D9CE4B", "#B3B35C", "#929468", "#75786E", "#5A6370", "#3C4D6E", "#16386D", "#00204D")
"""The colors from the best to the worst value: the palette cividis, which suits color-blind people and gets
darker with each step."""
STYLES = {
    "heading": "bold",
    "unknown": "dim",
    "cursor": "bold reverse",
    "cursor-unknown": "bold reverse",
    **{f"level-{n}": f"{'#000000' if n < 4 else '#FFFFFF'} on {color}" for n, color in enumerate(COLORS)},
    **{
        f"cursor-level-{n}": f"bold {color} on {'#000000' if n < 4 else '#FFFFFF'}"
        for n, color in enumerate(COLORS)
    },
}
"""The style of each role of a map, as rich and Textual write it; a level is an index into `COLORS`."""
SHADES, ASCII_SHADES = " ░▒▓█", " :=#@"
"""The characters from the best to the worst value, if there are no colors. None of them is `*`, `+`, `>`, `.`
or `x`: they mark the best cell, that of a name, the cursor, and cells without results or with divergence."""
MAX_LABEL_LENGTH = 12
"""The most characters of the value in front of a row."""
MAX_ROWS = 20
"""The most cells in a list of three or more settings."""


@dataclass(frozen=True, slots=True)
class MapStyle:
    """What the terminal can show of a map."""

    width: int
    colors: bool = True
    ascii: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """The numbers of the cells that stand out; None for none."""

    cursor: int | None = None
    best: int | None = None


@dataclass(frozen=True, slots=True)
class MapLayout:
    """How two settings are laid out as a map."""

    columns: str
    """The name of the setting on the horizontal axis."""
    rows: str
    """The name of the setting on the vertical axis."""
    digits: int | None
    """The digits of the figures after the first one; None for cells without figures."""
    width: int
    """The columns of a cell."""
    counts: tuple[int, int]
    """How many columns and rows there are."""
    transposed: bool
    """Whether the horizontal axis is the setting that varies fastest in the numbers of the cells."""

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


def map_layout(cells: Cells, style: MapStyle) -> MapLayout | None:
    """A layout with figures, or without if they do not fit; None if none fits, or without two settings."""
    vary = cells.sweep.vary
    if len(vary) != 2:
        return None
    first, second = vary
    for choice in ((1, 0), (None,)):
        for columns, rows, digits in (
            *((first, second, digits) for digits in choice),
            *((second, first, digits) for digits in choice),
        ):
            width = _cell_width(cells, vary[columns], columns, digits)
            label = max(len(_label(rows, value)) for value in vary[rows])
            if label + 2 + width * len(vary[columns]) <= style.width:
                counts = len(vary[columns]), len(vary[rows])
                return MapLayout(columns, rows, digits, width, counts, columns != first)
    return None


def heat_map(cells: Cells, style: MapStyle) -> RenderableType:
    """Two settings as columns and rows, with the figure of each cell; or a list if they do not fit."""
    layout = map_layout(cells, style)
    if layout is None:
        return _list(cells, style)
    rows = map_rows(cells, style, layout)
    return Group(
        *(Text.assemble(*((text, STYLES.get(role or "", "")) for text, role, _ in row)) for row in rows)
    )


def caption(cells: Cells) -> str:
    """The caption: what the figures are."""
    starts, limit = cells.sweep.starts, f"{cells.success_error:g}"
    if cells.metric == "success":
        one = "share of 1 start with an error at or below {limit}"
        return many(starts, one, "share of {n} starts with an error at or below {limit}", limit=limit)
    error = word(cells.metric.replace("-", " "))
    return many(starts, "{error} of 1 start", "median {error} of {n} starts", error=error)


def best_text(cells: Cells, *, brief: bool = False) -> str:
    """The best cell in words; with `brief`, without its share of successes. Empty if nothing is known."""
    if not cells.ranking:
        return ""
    number = cells.ranking[0]
    cell, named = cells.cells[number], cells.name(number)
    kind = cells.judged_by
    said = Sentence("median {error} {median}")
    median = said(error=word(kind.replace("-", " ")), median=median_text(cell.figure(kind)))
    reached = f" ({cell.successes(kind)} of {len(cell.results)} at or below {cells.success_error:g})"
    best = Sentence("best: {cell}: {median}")(cell=named, median=median)
    return best if brief else best + reached


def _short(name: str, value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) and value else FIELD[name].brief(value)


def _label(name: str, value: Any) -> str:
    """The value in front of a row."""
    text = _short(name, value)
    return text if len(text) <= MAX_LABEL_LENGTH else f"{text[: MAX_LABEL_LENGTH - 3]}..."


def _cell_width(cells: Cells, values: Sequence[Any], name: str, digits: int | None) -> int:
    """The width of a column with a blank, for figures with `digits` digits (None: no figures)."""
    if digits is None:
        return 2
    texts = [figure_text(figure, cells.metric, digits) for figure in cells.figures()]
    texts += ["8.8e-8" if digits else "8e-8", *(_short(name, value) for value in values)]
    return 1 + max(map(len, texts))


def map_rows(cells: Cells, style: MapStyle, layout: MapLayout, marks: Marks = Marks()) -> list[list[Span]]:
    """The map as rows of spans in the roles of `STYLES`: the caption, the map and the legend."""
    vary, figures = cells.sweep.vary, cells.figures()
    columns, rows, digits, width = layout.columns, layout.rows, layout.digits, layout.width
    heights = levels(figures, cells.metric)
    drawn = [[Span(line)] for line in _headings(cells, style, layout)]
    labels = [_label(rows, value) for value in vary[rows]]
    room = max(map(len, labels))
    compared = cells.compared
    leading = {*cells.best_of_each(compared).values()} if compared else set()
    if digits is not None:
        names = "".join(f"{_short(columns, value):>{width}}" for value in vary[columns])
        drawn.append([Span(f"{'':{room + 2}}{names}", "heading")])
    for row, label in enumerate(labels):
        spans = [Span(f"{label:>{room}}  ")]
        for column in range(len(vary[columns])):
            number = layout.number(column, row)
            text = "" if digits is None else figure_text(figures[number], cells.metric, digits)
            known = bool(cells.cells[number].results)
            cell = _cell(text, heights[number], width, style, known=known)
            spans.append(_marked(cell, number, style, marks, leads=number in leading))
        drawn.append(spans)
    return [*drawn, *_legend(cells, style, has_best=marks.best is not None)]


def cell_at(cells: Cells, style: MapStyle, layout: MapLayout, x: int, y: int) -> int | None:
    """The number of the cell at a place of `map_rows`; None if there is none."""
    labels = [_label(layout.rows, value) for value in cells.sweep.vary[layout.rows]]
    column = (x - max(map(len, labels)) - 2) // layout.width
    row = y - len(_headings(cells, style, layout)) - (layout.digits is not None)
    is_cell = 0 <= column < layout.counts[0] and 0 <= row < layout.counts[1]
    return layout.number(column, row) if is_cell else None


def _headings(cells: Cells, style: MapStyle, layout: MapLayout) -> list[str]:
    """The caption with the names of the columns and rows, in as many lines as it takes."""
    columns, values = layout.columns, cells.sweep.vary[layout.columns]
    across = FIELD[columns].said
    if layout.digits is None:
        ends = Sentence("{name} from {low} to {high}")
        across = ends(name=across, low=_short(columns, values[0]), high=_short(columns, values[-1]))
    axes = Sentence("{caption}; columns: {across}, rows: {along}")
    text = axes(caption=caption(cells), across=across, along=FIELD[layout.rows].said)
    return lines_of(text, max(style.width, 1))


def _marked(cell: Span, number: int, style: MapStyle, marks: Marks, *, leads: bool) -> Span:
    """The cell, with a sign before it if it stands out; the cell of the cursor is also in reverse."""
    if number == marks.cursor:
        sign = ">" if style.ascii else "▸"
        return Span(f"{sign}{cell.text[1:]}", f"cursor-{cell.role}" if cell.role else "cursor")
    sign = "*" if number == marks.best else "+" if leads else cell.text[:1]
    return cell.with_text(f"{sign}{cell.text[1:]}")


def _cell(text: str, level: float, width: int, style: MapStyle, *, known: bool) -> Span:
    """A cell with its figure at the right; if there are no colors, a shade is before it."""
    if not known:
        return Span(f"{'.' if style.ascii else '·':>{width}}", "unknown")
    if not style.colors:
        shades = ASCII_SHADES if style.ascii else SHADES
        shade = "x" if math.isnan(level) else shades[round(level * (len(shades) - 1))]
        return Span(shade * 2 if width <= 2 else f"{shade if len(text) < width else ''}{text:>{width - 1}}")
    if math.isnan(level):
        return Span(f"{text or 'x':>{width}}")
    return Span(f"{text:>{width}}", f"level-{round(level * (len(COLORS) - 1))}")


def _legend(cells: Cells, style: MapStyle, *, has_best: bool) -> list[list[Span]]:
    """The legend of the colors or the shades."""
    known = [figure for figure in cells.figures() if math.isfinite(figure)]
    if not known:
        return [[Span("")]]
    is_share = cells.metric == "success"
    best, worst = (1.0, 0.0) if is_share else (min(known), max(known))
    shades = ASCII_SHADES if style.ascii else SHADES
    scale = [Span("  ", f"level-{number}") for number in range(len(COLORS))]
    ending = Sentence("{figure} worse; * best" if has_best else "{figure} worse")
    legend = [
        Span(f"{Sentence('better {figure}')(figure=figure_text(best, cells.metric))} "),
        *(scale if style.colors else [Span(f"[{shades}]")]),
        Span(f" {ending(figure=figure_text(worst, cells.metric))}"),
    ]
    leads = Sentence("+ best with this {setting}")
    notes = [leads(setting=FIELD[cells.compared].said)] if cells.compared else []
    if any(cell.diverged for cell in cells.cells):
        notes.append(word("div or x: half of the runs or more diverged"))
    lines = [legend]
    for note in notes:
        if text_columns("".join(span.text for span in lines[-1])) + text_columns(note) + 2 > style.width:
            lines.append([Span(note)])
        else:
            lines[-1].append(Span(word("; ", "list") + note))
    return lines


def _list(cells: Cells, style: MapStyle) -> RenderableType:
    """A row for each cell in order or, with three or more settings, for each of the best cells."""
    vary, figures = cells.sweep.vary, cells.figures()
    in_order = len(vary) == 1
    numbers = list(range(len(cells.cells))) if in_order else cells.ranking[:MAX_ROWS]
    heights = levels(figures, cells.metric)
    table = Table(box=None, pad_edge=False)
    for name in vary:
        table.add_column(FIELD[name].label, justify="right", no_wrap=True)
    kind = cells.judged_by
    for heading in (f"median {kind.replace('-', ' ')}", "10th to 90th percentile", "succeeded", "diverged"):
        table.add_column(heading, justify="right", no_wrap=True)
    for number in numbers:
        cell, values = cells.cells[number], cells.sweep.cells[number]
        labels = [FIELD[name].format(value) for name, value in values.items()]
        if not cell.results:
            table.add_row(*labels)
            continue
        median, low, high = (figure_text(cell.quantile(share, kind), kind, 2) for share in (0.5, 0.1, 0.9))
        count = len(cell.results)
        cell_span = _cell(median, heights[number], 10, style, known=True)
        shaded = Text(cell_span.text, STYLES.get(cell_span.role or "", ""))
        succeeded, diverged = f"{cell.successes(kind)}/{count}", str(cell.diverged)
        table.add_row(*labels, shaded, f"{low} to {high}", succeeded, diverged)
    title = caption(cells) if in_order else f"{caption(cells)}: the best of {len(cells.cells)} cells"
    return Group(Text(title), table)
