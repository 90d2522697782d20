"""A map of two settings in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

from bpengine import FIELD
from bpengine.many.sweeps.cells import Cells
from bpwords import Sentence, joined, listed, many, word
from bpwords.numbers import DIVERGENCE, median_text, number, percent

NEARLY = 2.0
"""A median error of at most this many times the best one counts as nearly as good."""


def describe_map(cells: Cells) -> list[str]:
    """Describe a map in a few sentences: its progress, the best cell, and the effect of each setting."""
    sweep = cells.sweep
    if not cells.done:
        return [_swept(cells), word("No run has ended yet.")]
    sentences = [_swept(cells), *_progress(cells), _best(cells)]
    if cells.metric != "success":
        sentences += _nearly_best(cells)
    for name in sweep.vary:
        sentences += _each_at_its_best(cells, name) if name == cells.compared else _along(cells, name)
    return sentences


def figure_in_words(figure: float, metric: str) -> str:
    """The figure of a cell in words."""
    return percent(figure) if metric == "success" else median_text(figure, 3, DIVERGENCE)


def _swept(cells: Cells) -> str:
    sweep = cells.sweep
    axis = Sentence("{n} values of {setting}")
    axes = [axis(n=len(values), setting=FIELD[name].said) for name, values in sweep.vary.items()]
    one, several = "A map of {axes}, {n} start each.", "A map of {axes}, {n} starts each."
    return many(sweep.starts, one, several, axes=listed(axes))


def _progress(cells: Cells) -> list[str]:
    sentences = []
    if cells.done < len(cells.sweep):
        ended = Sentence("{done} of {runs} runs have ended.")
        sentences.append(ended(done=cells.done, runs=len(cells.sweep)))
    diverged = sum(cell.diverged for cell in cells.cells)
    if diverged:
        one, several = "Of {n} run, {diverged} diverged.", "Of {n} runs, {diverged} diverged."
        sentences.append(many(cells.done, one, several, diverged=diverged))
    return sentences


def _best(cells: Cells) -> str:
    """The best cell with its figures."""
    best = cells.ranking[0]
    cell = cells.cells[best]
    kind = cells.judged_by
    low, middle, high = (figure_in_words(cell.quantile(share, kind), kind) for share in (0.1, 0.5, 0.9))
    said = Sentence(
        "The best cell is {name}: its median {error} is {median}, the 10th percentile {low} and the 90th "
        "{high}; {successes} of {starts} starts end at or below {limit}."
    )
    return said(
        name=cells.name(best),
        error=word("test error") if kind == "test-error" else word("error"),
        median=middle,
        low=low,
        high=high,
        successes=cell.successes(kind),
        starts=len(cell.results),
        limit=number(cells.success_error),
    )


def _nearly_best(cells: Cells) -> list[str]:
    """How many cells are nearly as good as the best one, which is often not the only good cell."""
    best = cells.cells[cells.ranking[0]].figure(cells.metric)
    if not math.isfinite(best):
        return []
    near = sum(cell.figure(cells.metric) <= NEARLY * best for cell in cells.cells) - 1
    if not near:
        return [word("No other cell has at most twice that error.")]
    one = "Of the other {cells} cells, {n} has at most twice that error."
    several = "Of the other {cells} cells, {n} have at most twice that error."
    return [many(near, one, several, cells=len(cells.cells) - 1)]


def _each_at_its_best(cells: Cells, name: str) -> list[str]:
    """The best figure with each name of a setting, the best name first, and where it is."""
    sweep, field = cells.sweep, FIELD[name]
    other = next(FIELD[varied] for varied in sweep.vary if varied != name)
    one = Sentence("{value} {figure} at {other}")
    parts = [
        one(
            value=field.format(value),
            figure=figure_in_words(cells.cells[number].figure(cells.metric), cells.metric),
            other=other.format(sweep.cells[number][other.name]),
        )
        for value, number in cells.best_of_each(name).items()
    ]
    if len(parts) < 2:
        return []
    said = Sentence("With each {setting} at its best {other}: {figures}.")
    return [said(setting=field.said, other=other.said, figures=word(", ", "legend").join(parts))]


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
        half = Sentence("With each {setting}, half of the cells or more diverged.")
        return [half(setting=field.said)]
    at_end = Sentence("{figure} at {value}")
    ends = [
        at_end(figure=figure_in_words(figure, cells.metric), value=field.format(value))
        for value, figure in (known[0], known[-1])
        if value != at
    ]
    by = Sentence("By {setting}, the median over the cells is best at {value}: {figure}, against {others}.")
    said = by(
        setting=field.said,
        value=field.format(at),
        figure=figure_in_words(figure, cells.metric),
        others=listed(ends),
    )
    return [joined(said, _side(at, [value for value, _ in known]))]


def _side(best: Any, values: Sequence[Any]) -> str:
    """A note if the best value is at an end of the range: a wider range may have better values."""
    plain = [value[0] if isinstance(value, tuple) and len(value) == 1 else value for value in values]
    is_range = all(isinstance(value, (int, float)) for value in plain)
    if not is_range or best not in (values[0], values[-1]):
        return ""
    return word("That is the end of the range: a wider one may have a better value.")
