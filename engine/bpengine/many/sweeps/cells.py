"""Summarizing the results of a sweep's runs as one figure for each cell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bpengine.arithmetic.functions import log
from bpengine.fields import ChoiceField, NamesField
from bpengine.hyperparameters import FIELD
from bpengine.many.sweeps.sweep import Result, Sweep
from bpwords import word
from bpwords.numbers import number as written

METRIC_NAMES = {
    "error": "median error",
    "test-error": "median test error",
    "success": "share that succeeds",
}
"""The names of the figures of a cell."""
METRICS = tuple(METRIC_NAMES)
"""What a cell can show: the median over its starts of the error or the test error, or the share of its starts
that succeeded."""
SUCCESS_ERROR = 0.01
"""The error at or below which a run has succeeded, unless another one or a target error is given."""
UNTRAINED_ERROR = 10.0
"""An error above that of any network that has learned something: targets are of the order of 1."""


@dataclass(slots=True)
class SweepCell:
    """The results of a cell so far, in the order of their runs."""

    success_error: float
    results: dict[int, Result] = field(default_factory=dict)
    _figures: dict[str, float] = field(default_factory=dict)

    def add(self, result: Result) -> None:
        """Add the result of a run."""
        self.results[result.run] = result
        self._figures.clear()

    def errors(self, metric: str = "error") -> list[float]:
        """The error, or the test error, of each run; infinite if it diverged or has none."""
        errors = []
        for number in sorted(self.results):
            result = self.results[number]
            error = result.test_error if metric == "test-error" else result.error
            errors.append(math.inf if error is None or result.diverged else error)
        return errors

    def quantile(self, share: float, metric: str = "error") -> float:
        """The error that this share of the runs is at or below, interpolated between two runs.

        A run that diverged counts as infinite. The cell must have results.
        """
        ordered = sorted(self.errors(metric))
        place = share * (len(ordered) - 1)
        low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
        return low if low == high else low + (high - low) * (place % 1)

    def successes(self, metric: str = "error") -> int:
        """How many runs have not diverged, with a last error or test error at or below `success_error`."""
        return sum(error <= self.success_error for error in self.errors(metric))

    @property
    def diverged(self) -> int:
        """How many runs have diverged."""
        return sum(result.diverged for result in self.results.values())

    def figure(self, metric: str) -> float:
        """The figure of the cell; NaN if it has no results yet."""
        if not self.results:
            return math.nan
        if metric not in self._figures:  # a live map asks for all figures many times a second
            is_share = metric == "success"
            self._figures[metric] = (
                self.successes() / len(self.results) if is_share else self.quantile(0.5, metric)
            )
        return self._figures[metric]

    def in_order(self, metric: str = "error") -> list[Result]:
        """The results in ascending order of the error or test error; ties by the number of the run."""
        errors = dict(zip(sorted(self.results), self.errors(judged_by(metric)), strict=True))
        return [self.results[number] for number in sorted(errors, key=lambda number: errors[number])]

    def middle(self, metric: str = "error") -> Result:
        """The median run; of an even number, the better one of the middle two.

        The cell must have results.
        """
        return self.in_order(metric)[(len(self.results) - 1) // 2]


def judged_by(metric: str) -> str:
    """The error by which runs are judged: "test-error" if that is the metric, otherwise "error"."""
    return "test-error" if metric == "test-error" else "error"


def _short(name: str, value: Any) -> str:
    """A value as users write it, but a long number, such as one of even steps, with two digits."""
    text = FIELD[name].format(value)
    return written(value, 2) if isinstance(value, float) and len(text) > 6 else text


class Cells:
    """The cells of a sweep, filled by its results.

    Args:
        sweep: the sweep.
        metric: one of `METRICS`.
        success_error: the error at or below which a run has succeeded (the test error, if that is the
            metric); by default the target error of the sweep's settings or, if that is off, `SUCCESS_ERROR`.

    Attributes:
        done: the number of results.
    """

    def __init__(self, sweep: Sweep, metric: str = "error", success_error: float | None = None) -> None:
        self.sweep, self.metric = sweep, metric
        self.success_error = success_error or sweep.base.target_error or SUCCESS_ERROR
        self.cells = [SweepCell(self.success_error) for _ in sweep.cells]
        self.done = 0

    def add(self, results: Iterable[Result]) -> None:
        """Add results, one for each run."""
        for result in results:
            self.cells[result.run // self.sweep.starts].add(result)
            self.done += 1

    @property
    def judged_by(self) -> str:
        """See the function `judged_by`."""
        return judged_by(self.metric)

    def name(self, number: int) -> str:
        """The settings of a cell in words: learning rate 0.1, hidden units 3."""
        values = self.sweep.cells[number].items()
        return word(", ", "legend").join(
            f"{FIELD[name].said} {_short(name, value)}" for name, value in values
        )

    def figures(self) -> Sequence[float]:
        """The figure of each cell; NaN for those without results, infinite if most runs diverged."""
        return [cell.figure(self.metric) for cell in self.cells]

    @property
    def ranking(self) -> list[int]:
        """The cells with results, the best first; equal shares of success are ranked by the median error."""
        known = [number for number, cell in enumerate(self.cells) if cell.results]

        def key(number: int) -> tuple[float, float]:
            cell = self.cells[number]
            figure = cell.figure(self.metric)
            return (-figure if self.metric == "success" else figure, cell.figure("error"))

        return sorted(known, key=key)

    @property
    def compared(self) -> str | None:
        """Of two settings, the one whose values are names, such as the optimizer; the second one if both are.

        Each name is compared with the others at its best value of the other setting. None if there are none.
        """
        named = [name for name in self.sweep.vary if isinstance(FIELD[name], (ChoiceField, NamesField))]
        return named[-1] if named and len(self.sweep.vary) == 2 else None

    def best_of_each(self, name: str) -> dict[Any, int]:
        """The best cell of each value of a setting, the best value first; none where most runs diverged."""
        cells: dict[Any, int] = {}
        for number in self.ranking:
            if math.isfinite(self.cells[number].figure(self.metric)):
                cells.setdefault(self.sweep.cells[number][name], number)
        return cells


def levels(figures: Sequence[float], metric: str) -> list[float]:
    """How good each figure is among the others, from 0 (best) to 1 (worst); NaN where it is not finite.

    Errors are compared by their logarithms, since they differ by orders of magnitude; those above
    `UNTRAINED_ERROR` count as equal to it.
    """
    values = np.array(figures, dtype=np.float64)
    if metric == "success":
        return list(1 - values)
    values = log(np.maximum(np.where(np.isfinite(values), values, np.nan), 1e-300))
    if not np.isfinite(values).any():
        return [math.nan] * len(values)
    low = np.nanmin(values)
    values = np.minimum(values, max(low, float(log(UNTRAINED_ERROR))))
    high = np.nanmax(values)
    return list((values - low) / (high - low) if high > low else values - low)
