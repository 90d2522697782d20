"""The figures of the error curve and of the learning rates in its place, the same on both tabs."""

from __future__ import annotations

import sys

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.functions import exp, log
from bptui.experiments.sharpness import Rates
from bptui.screen.drawing import (
    LOG_FLOOR,
    ROLES,
    Axis,
    Figure,
    Kind,
    Legend,
    Series,
    Span,
    log_axis,
    nice_ticks,
)
from bptui.screen.tabs.cloud import band, cloud_legend
from bptui.screen.tabs.compared_runs import comparable_runs, compared_legend, compared_line, letters
from bptui.screen.tabs.curve_cursor import index_of, nearest_step
from bptui.session.snapshot import Snapshot
from bpwords import Sentence, word
from bpwords.numbers import number

_LOG = Sentence("log ({toggle_log})")
_LINEAR = Sentence("linear ({toggle_log})")

SMOOTHED = 0.02
"""The fraction of a run's epochs that each point of a smooth curve averages."""


def error_figure(snapshot: Snapshot, *, log: bool, smooth: bool = False) -> Figure:
    """Error over epochs, over the whole length of the run so that the curve grows in place.

    Args:
        snapshot: the run.
        log: whether the axis is logarithmic.
        smooth: whether the lines are moving averages, and the errors are only dots.
    """
    epochs, errors = snapshot.run.curve
    compared = comparable_runs(snapshot)
    previous = (None if compared else snapshot.comparison.previous_curve) or (np.empty(0), np.empty(0))
    ahead = snapshot.timeline.ahead or (np.empty(0), np.empty(0))
    live = np.concatenate([errors, snapshot.run.test_curve, ahead[1]])
    live = live[np.isfinite(live)]
    # The previous run may have diverged: it raises the axis no higher than this run or its own first error.
    top = live if len(live) else previous[1][:1]
    usual = previous[1][previous[1] <= top.max(initial=0.0)]
    cloud = snapshot.comparison.cloud
    errors_of_starts = None if cloud is None else cloud.band
    starts = () if errors_of_starts is None else (errors_of_starts.low, errors_of_starts.high)
    every = np.concatenate([live, usual, *(run.snapshot.run.curve[1] for run in compared), *starts])
    finite = every[np.isfinite(every)]
    x = step_axis(max(snapshot.run.config.epochs - 1, 1))
    y = log_axis(finite) if log else linear_axis(finite)
    window = SMOOTHED * snapshot.run.config.epochs if smooth else 0.0
    before = smoothed(*previous, window)
    series = [Series(previous[0], before, "compared", Kind.DOTTED, name="")]
    if len(ahead[0]):
        series.append(Series(ahead[0], smoothed(*ahead, window), "compared", Kind.DOTTED))
    for run in compared:
        pinned = run.snapshot.run.curve
        line = smoothed(*pinned, window)
        series += [compared_line(run, pinned[0], line), *letters(run, pinned[0], line)]
    if errors_of_starts is not None:
        at, middle = errors_of_starts.epochs, errors_of_starts.median
        series = [*band(at, *starts), *series, Series(at, middle, "median", Kind.DASHED)]
    if smooth:
        series.append(Series(epochs, errors, "raw", Kind.DOTS))
    if snapshot.run.dataset.test is not None:
        test = smoothed(epochs, snapshot.run.test_curve, window)
        series.append(Series(epochs, test, "test", Kind.DASHED))
    series.append(Series(epochs, smoothed(epochs, errors, window), "error", Kind.LINE))
    marks = tuple(map(float, snapshot.run.change_epochs))
    return Figure(x, y, tuple(series), marks=marks, x_name=word("epoch", "axis"))


def smoothed(epochs: Array, errors: Array, window: float, *, log_scale: bool = True) -> Array:
    """The geometric or arithmetic mean of the known errors in a window of so many epochs around each one."""
    if not window:
        return errors
    known = np.isfinite(errors)
    summed = np.where(known, errors, 1.0)
    if log_scale:
        summed = log(np.maximum(summed, LOG_FLOOR))
    sums = np.concatenate([[0.0], np.cumsum(summed)])
    counts = np.concatenate([[0], np.cumsum(known)])
    first = np.searchsorted(epochs, epochs - window / 2)
    end = np.searchsorted(epochs, epochs + window / 2, side="right")
    means = (sums[end] - sums[first]) / np.maximum(counts[end] - counts[first], 1)
    return np.where(known, exp(means) if log_scale else means, np.nan)


def step_axis(last: int) -> Axis:
    """The axis from 0 to the last epoch or step of a run."""
    return Axis(0, last, tuple((tick, f"{tick:.0f}") for tick in nice_ticks(0, last, 5) if tick == int(tick)))


def linear_axis(errors: Array) -> Axis:
    """An axis from 0 to a tick."""
    high = float(errors.max()) if len(errors) else 1.0
    high = high if high > 0 else 1.0
    ticks = nice_ticks(0, high, 4)
    if len(ticks) > 1 and ticks[-1] < high * (1 - 1e-9):
        ticks.append(min(ticks[-1] + ticks[1], sys.float_info.max))
    return Axis(0, max(high, ticks[-1]), tuple((tick, f"{number(tick, 2):>5}") for tick in ticks))


def error_curve_title(snapshot: Snapshot, *, log: bool, smooth: bool) -> Legend:
    """The title of the error curve: what its lines are, and which axis it has."""
    compared = compared_legend(comparable_runs(snapshot), pinned="")
    has_previous = not compared.spans and snapshot.comparison.previous_curve is not None
    sign = ROLES["compared"].sign
    previous = Span(f"{sign} {word('previous run', 'legend')}", "compared") if has_previous else ""
    later = "" if snapshot.timeline.ahead is None else Span(f"{sign} {word('later', 'legend')}", "compared")
    name, short = word("epoch error", "title"), word("error", "title")
    if smooth:
        name = Sentence("mean epoch error ({toggle_smooth})")()
        short = Sentence("mean error ({toggle_smooth})")()
    lines = (
        Span(f"╌ {word('test', 'legend')}" if snapshot.run.dataset.test is not None else "", "test"),
        later,
        compared,
        previous,
        cloud_legend(snapshot),
    )
    axis, comma = (_LOG if log else _LINEAR)(), word(", ", "legend")
    variants = ((name, *lines, axis), (short, *lines, axis), (short, *lines), lines, lines[:-1])
    return Legend.of_variants(*(Legend.of(*parts, between=comma) for parts in variants))


def rates_figure(snapshot: Snapshot, rates: Rates, *, log: bool, cursor: int | None = None) -> Figure:
    """The learning rate along the run, and 2/sharpness, a guide to the largest stable one.

    Args:
        snapshot: the run.
        rates: both.
        log: whether the axis is logarithmic.
        cursor: the epoch that is read; None for none.
    """
    every = np.concatenate([rates.rates, rates.limits])
    finite = every[np.isfinite(every)]
    y = log_axis(finite) if log else linear_axis(finite)
    series = (
        Series(rates.epochs, rates.limits, "limit", Kind.DASHED),
        Series(rates.epochs, rates.rates, "rate", Kind.LINE),
    )
    marks = tuple(map(float, snapshot.run.change_epochs))
    at = nearest_step(rates.epochs, cursor)
    x = step_axis(max(snapshot.run.config.epochs - 1, 1))
    return Figure(x, y, series, marks=marks, x_name=word("epoch", "axis"), cursor=at, note=word(rates.note))


def rates_title(rates: Rates, *, log: bool, cursor: int | None = None) -> Legend:
    """The title of the plot of learning rates, or what it says at the cursor."""
    place = index_of(cursor, rates.epochs)
    if place is not None:
        figures = (rates.rates[place], rates.limits[place])
        rate, limit = ("–" if np.isnan(value) else number(value) for value in figures)
        at = Sentence("epoch {epoch}")(epoch=f"{rates.epochs[place]:.0f}")
        of_rate = Sentence("learning rate {rate}")(rate=rate)
        of_limit = Sentence("2/sharpness {limit}")(limit=limit)
        return Legend.of(at, of_rate, of_limit, between=word(", ", "legend"))
    limit = word("2/sharpness")
    measured = limit if rates.is_complete else word("2/sharpness, being measured")
    axis = (_LOG if log else _LINEAR)()
    name, comma = Span(f"━ {word('learning rate', 'setting')}", "rate"), word(", ", "legend")
    variants = ((measured, axis), (measured, ""), (limit, ""))
    return Legend.of_variants(
        *(Legend.of(name, Span(f"╌ {text}", "limit"), end, between=comma) for text, end in variants)
    )
