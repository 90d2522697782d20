"""A map of two settings in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

from bpengine import FIELD
from bpengine.many.sweeps.cells import Cells
from bpengine.wording import counted
from bpwords.numbers import median_text, number, percent

NEARLY = 2.0
"""A median error of at most this many times the best one counts as nearly as good."""


def describe_map(cells: Cells) -> list[str]:
    """Describe a map in a few sentences: its progress, the best cell, and the effect of each setting."""
    sweep = cells.sweep
    if not cells.done:
        return [f"{_swept(cells)}. No run has ended yet."]
    sentences = [f"{_swept(cells)}.", *_progress(cells), _best(cells)]
    if cells.metric != "success":
        sentences += _nearly_best(cells)
    for name in sweep.vary:
        sentences += _each_at_its_best(cells, name) if name == cells.compared else _along(cells, name)
    return sentences


def figure_in_words(figure: float, metric: str) -> str:
    """The figure of a cell in words."""
    return percent(figure) if metric == "success" else median_text(figure, 3, "divergence")


def _swept(cells: Cells) -> str:
    sweep = cells.sweep
    axes = " and ".join(f"{len(values)} values of {FIELD[name].label}" for name, values in sweep.vary.items())
    return f"A map of {axes}, {counted(sweep.starts, 'start')} each"


def _progress(cells: Cells) -> list[str]:
    sentences = []
    if cells.done < len(cells.sweep):
        sentences.append(f"{cells.done} of {len(cells.sweep)} runs have ended.")
    diverged = sum(cell.diverged for cell in cells.cells)
    if diverged:
        sentences.append(f"Of {counted(cells.done, 'run')}, {diverged} diverged.")
    return sentences


def _best(cells: Cells) -> str:
    """The best cell with its figures."""
    best = cells.ranking[0]
    cell = cells.cells[best]
    kind = cells.judged_by
    low, middle, high = (figure_in_words(cell.quantile(share, kind), kind) for share in (0.1, 0.5, 0.9))
    what = "test error" if kind == "test-error" else "error"
    return (
        f"The best cell is {cells.name(best)}: its median {what} is {middle}, the 10th percentile {low} and "
        f"the 90th {high}; {cell.successes(kind)} of {len(cell.results)} starts end at or below "
        f"{number(cells.success_error)}."
    )


def _nearly_best(cells: Cells) -> list[str]:
    """How many cells are nearly as good as the best one, which is often not the only good cell."""
    best = cells.cells[cells.ranking[0]].figure(cells.metric)
    if not math.isfinite(best):
        return []
    near = sum(cell.figure(cells.metric) <= NEARLY * best for cell in cells.cells) - 1
    if not near:
        return ["No other cell has at most twice that error."]
    have = "has" if near == 1 else "have"
    return [f"Of the other {len(cells.cells) - 1} cells, {near} {have} at most twice that error."]


def _each_at_its_best(cells: Cells, name: str) -> list[str]:
    """The best figure with each name of a setting, the best name first, and where it is."""
    sweep, field = cells.sweep, FIELD[name]
    other = next(FIELD[varied] for varied in sweep.vary if varied != name)
    parts = [
        f"{field.format(value)} {figure_in_words(cells.cells[number].figure(cells.metric), cells.metric)} "
        f"at {other.format(sweep.cells[number][other.name])}"
        for value, number in cells.best_of_each(name).items()
    ]
    if len(parts) < 2:
        return []
    return [f"With each {field.label} at its best {other.label}: {', '.join(parts)}."]


def _along(cells: Cells, name: str) -> list[str]:
    """How the figures change with one setting: the median over the cells of each value."""
    sweep, field = cells.sweep, FIELD[name]
    values = sweep.vary[name]
    known = []
    for value in values:
        figures = [
            cell.figure(cells.metric)
            for cell, at in zip(cells.cells, sweep.cells, strict=True)
            if at[name] == value and cell.results
        ]
        if figures:
            known.append((value, median(figures)))
    if len(known) < 2:
        return []
    best = max if cells.metric == "success" else min
    at, figure = best(known, key=lambda pair: pair[1])
    if not math.isfinite(figure):
        return [f"With each {field.label}, half of the cells or more diverged."]
    ends = [
        f"{figure_in_words(figure, cells.metric)} at {field.format(value)}"
        for value, figure in (known[0], known[-1])
        if value != at
    ]
    side = _side(at, [value for value, _ in known])
    return [
        f"By {field.label}, the median over the cells is best at {field.format(at)}: "
        f"{figure_in_words(figure, cells.metric)}, against {' and '.join(ends)}.{side}"
    ]


def _side(best: Any, values: Sequence[Any]) -> str:
    """A note if the best value is at an end of the range: a wider range may have better values."""
    plain = [value[0] if isinstance(value, tuple) and len(value) == 1 else value for value in values]
    is_range = all(isinstance(value, (int, float)) for value in plain)
    if not is_range or best not in (values[0], values[-1]):
        return ""
    return " That is the end of the range: a wider one may have a better value."
