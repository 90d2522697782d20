"""The figures of the metrics of a run that is steered, and what they say at the cursor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bpengine.arithmetic.arrays import Array
from bptui.screen.drawing import LOG_FLOOR, Axis, Figure, Kind, Legend, Series, Span, axis_over, log_axis
from bptui.screen.tabs.error_curve import (
    SMOOTHED,
    STRIDES,
    linear_axis,
    moved_along,
    nearest_step,
    smoothed,
    step_axis,
)
from bptui.screen.widgets.hyperparameters import shortened
from bptui.steering.commands import key
from bptui.steering.metric_history import MetricCurve
from bptui.steering.steering import SteerSnapshot
from bpwords.numbers import number

_LIKE_AN_ERROR = re.compile(r"loss|err|norm|mse|mae|perplexity|ppl|nll|gap|distance", re.IGNORECASE)
"""The names of metrics that are drawn on a logarithmic axis at first."""
_MIN_LAST = 10
"""The fewest steps on the axis."""


@dataclass(frozen=True, slots=True)
class CurveOptions:
    """How the metrics are drawn."""

    switched: frozenset[str] = frozenset()
    """The metrics whose axis is not the one that suits their name."""
    smooth: bool = False
    cursor: int | None = None
    """The step at which the curves are read; None if there is no cursor."""

    def is_log(self, metric: str) -> bool:
        """Whether a metric is to have a logarithmic axis."""
        return bool(_LIKE_AN_ERROR.search(metric)) != (metric in self.switched)


def last_step(snapshot: SteerSnapshot) -> int:
    """The last step of the axes and of the timeline."""
    return max(snapshot.past.last_step, snapshot.status.step - 1, 0)


def metric_figure(snapshot: SteerSnapshot, metric: str, options: CurveOptions) -> tuple[Figure, Legend | str]:
    """The figure of a metric, and its title, which says the values at the cursor if there is one."""
    past, none = snapshot.past, (np.empty(0), np.empty(0))
    now, left = past.curves.get(metric, none), past.left.get(metric, none)
    last = max(last_step(snapshot), _MIN_LAST)
    earlier = [_until(last, run[metric]) for run in snapshot.earlier if metric in run]
    values = np.concatenate([now[1], left[1], *(run[1] for run in earlier)])
    finite = values[np.isfinite(values)]
    is_log = options.is_log(metric) and bool((finite >= 0).all()) and bool((finite > 0).any())
    window = SMOOTHED * last if options.smooth else 0.0
    series = [
        Series(run[0], smoothed(*run, window, log_scale=is_log), "compared", Kind.DOTTED, name="")
        for run in earlier
    ]
    series.append(Series(*left, "compared", Kind.DOTTED))
    if options.smooth:
        series.append(Series(*now, "raw", Kind.DOTS))
    series.append(Series(now[0], smoothed(*now, window, log_scale=is_log), "error", Kind.THICK))
    marks = tuple(float(change.step) for change in past.changes)
    at = cursor_at(snapshot, options.cursor)
    figure = Figure(
        step_axis(last), _axis(finite, log=is_log), tuple(series), marks=marks, cursor=at, x_name="step"
    )
    if at is not None:
        return figure, _reading(metric, at, last / STRIDES, now, left, *earlier)
    return figure, Legend.of(
        f"{'mean ' if options.smooth else ''}{shortened(metric, 40)}",
        Span("⠂ branch" if len(left[0]) else "", "compared"),
        Span("" if not earlier else f"⠂ earlier run{'s' if len(earlier) > 1 else ''}", "compared"),
        f"{'log' if is_log else 'linear'} ({key('toggle_log')})",
        between=", ",
    )


def _until(last: int, curve: MetricCurve) -> MetricCurve:
    """The part of a curve up to a step."""
    within = curve[0] <= last
    return curve[0][within], curve[1][within]


def _axis(finite: Array, *, log: bool) -> Axis:
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    over = axis_over(finite, margin=0.05, width=5)
    if log:  # powers of ten say little of values that are less than a decade apart
        return over._replace(log=True) if low > LOG_FLOOR and high < 10 * low else log_axis(finite)
    return over if low < 0 or low > high / 2 else linear_axis(finite)


def _reading(metric: str, at: int, reach: float, now: MetricCurve, *others: MetricCurve) -> str:
    """The step at the cursor and the values there, also those of other runs that have one nearby."""
    values = [f"⠂{value}" for other in others if (value := _value_near(other, at, reach))]
    return f"step {at}: {shortened(metric, 40)} {' '.join((_value_near(now, at, 0) or '–', *values))}"


def _value_near(curve: MetricCurve, step: int, reach: float) -> str:
    """The value at the step that is nearest to another one; empty if that is out of reach."""
    finite = np.isfinite(curve[1])
    steps, values = curve[0][finite], curve[1][finite]
    distances = np.abs(steps - step)
    if not len(steps) or distances.min() > reach:
        return ""
    return number(float(values[distances.argmin()]), keeps_zeros=True)


def cursor_at(snapshot: SteerSnapshot, cursor: int | None) -> int | None:
    """The reported step that is nearest to the cursor; None without a cursor or a report."""
    return None if cursor is None else nearest_step(_known(snapshot.past.curves), cursor)


def moved(snapshot: SteerSnapshot, cursor: int | None, strides: int) -> int | None:
    """The reported step that the cursor moves to; see `moved_along`."""
    steps = _known(snapshot.past.curves)
    newest = int(steps[-1]) if len(steps) else 0
    return moved_along(steps, cursor, strides, newest=newest, count=last_step(snapshot))


def _known(curves: Mapping[str, MetricCurve]) -> Array:
    """The steps of which a metric is known, in ascending order."""
    return np.unique(np.concatenate([np.empty(0), *(steps for steps, _ in curves.values())]))
