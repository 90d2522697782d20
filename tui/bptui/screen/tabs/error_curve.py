"""The figures of the error curve and of the learning rates in its place, the same on both tabs, and the
cursor of a curve.
"""

from __future__ import annotations

import sys

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.functions import exp, log
from bptui.experiments.beside import Rates
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
from bptui.session.snapshot import Snapshot
from bpwords import Sentence, word
from bpwords.numbers import error_text, number

STRIDES = 100
"""The number of strides over the whole run; in a run with fewer steps, each stride is one step."""


def moved_along(steps: Array, cursor: int | None, strides: int, *, newest: int, count: int) -> int | None:
    """The step that the cursor moves to.

    Args:
        steps: those that it can be at, in ascending order.
        cursor: the step that the cursor is at; None if there is no cursor: then one stride shows it at the
            newest step of the run, and larger moves begin there.
        strides: how far to move it, to earlier steps if negative.
        newest: the newest step.
        count: how many steps the whole run has.

    Returns:
        None if there is no step to be at.
    """
    if not len(steps):
        return None
    if cursor is None:
        cursor = newest
        if abs(strides) == 1:
            return cursor
    target = cursor + strides * max(1.0, count / STRIDES)
    on_the_way = steps[steps > cursor] if strides > 0 else steps[steps < cursor]
    return nearest_step(on_the_way if len(on_the_way) else steps, target)


def index_of(cursor: float | None, steps: Array) -> int | None:
    """The index of the step that is nearest to the cursor, since long curves are thinned; None without."""
    return None if cursor is None or not len(steps) else int(np.abs(steps - cursor).argmin())


def nearest_step(steps: Array, cursor: float | None) -> int | None:
    """The step that is nearest to the cursor; None without a cursor or steps."""
    place = index_of(cursor, steps)
    return None if place is None else int(steps[place])


def moved(snapshot: Snapshot, cursor: int | None, strides: int) -> int | None:
    """The epoch that the cursor of the error curve moves to: one whose error is known; see `moved_along`."""
    epochs, own = _known(snapshot), snapshot.run.curve[0]
    newest = int((own if len(own) else epochs)[-1]) if len(epochs) else 0
    return moved_along(epochs, cursor, strides, newest=newest, count=snapshot.run.config.epochs)


def epoch_at(snapshot: Snapshot, cursor: int | None) -> int | None:
    """The epoch at the cursor: the nearest one with a known error; None if there is none."""
    return None if cursor is None else nearest_step(_known(snapshot), cursor)


def reading(snapshot: Snapshot, cursor: int) -> Legend:
    """The epoch at the cursor and its errors, with fewer digits and words in its shorter variants.

    An error that the run does not have, or does not remember, is a dash.
    """
    run, previous = snapshot.run, snapshot.comparison.previous_curve
    compared = comparable_runs(snapshot)
    errors = [("", "", _at(cursor, *run.curve))]
    if run.dataset.test is not None:
        errors.append(("╌", f" {word('test', 'legend')}", _at(cursor, run.curve[0], run.test_curve)))
    sign = ROLES["compared"].sign
    for other in compared:
        name = "" if other.label else f" {word('before', 'legend')}"
        errors.append((f"{sign}{other.label}", name, _at(cursor, *other.snapshot.run.curve)))
    if not compared and previous is not None:
        errors.append((sign, f" {word('previous run', 'legend')}", _at(cursor, *previous)))
    titles = []
    for digits, with_names in ((3, True), (3, False), (2, False)):
        parts = (
            f"{sign}{name if with_names else ''} {error_text(error, digits)}".strip()
            for sign, name, error in errors
        )
        errors_of = word(", ", "list").join(parts)
        titles.append(Sentence("epoch {epoch}: {errors}")(epoch=cursor, errors=errors_of))
    for digits in (3, 2, 1):
        parts = (f"{sign}{error_text(error, digits)}" for sign, _, error in errors)
        titles.append(f"{cursor}: {' '.join(parts)}")
    return Legend.of_variants(*map(Legend.of, titles))


def _known(snapshot: Snapshot) -> Array:
    """The epochs on the axis of which an error is known, in ascending order."""
    compared, previous = comparable_runs(snapshot), snapshot.comparison.previous_curve
    curves = [snapshot.run.curve, *(other.snapshot.run.curve for other in compared)]
    if not compared and previous is not None:
        curves.append(previous)
    known: Array = np.unique(np.concatenate([epochs for epochs, _ in curves]))
    return known[known < snapshot.run.config.epochs]


def _at(epoch: int, epochs: Array, errors: Array) -> float | None:
    """The error of an epoch; None if it is not known."""
    place = int(np.searchsorted(epochs, epoch))
    if place == len(epochs) or epochs[place] != epoch or np.isnan(errors[place]):
        return None
    return float(errors[place])


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
