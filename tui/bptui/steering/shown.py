"""What is shown of a run that is steered: the figures of its metrics, what they say at the cursor, and what
the status line and the description say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpsteer.settings import value_text
from bptui.commands import keys_of
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
from bptui.screen.widgets.status_line import NEEDED, StatusItem, StatusText
from bptui.session.description.error_trend import trend
from bptui.session.snapshot import Mark, MarkKind, Stage, TimelineSnapshot
from bptui.steering.commands import key
from bptui.steering.metric_history import MetricCurve
from bptui.steering.steering import SteerSnapshot
from bpwords import capitalized, listed, many, printable
from bpwords.numbers import ERROR_WIDTH, error_text, number, rate_text

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


_STAGES = {"running": Stage.RUNNING, "paused": Stage.PAUSED, "ended": Stage.FINISHED}
_ASKED = re.compile(r"set to [^;]+ at step \d+; (?=the program set it)")
"""What a shorter version of a note leaves out: what is true now comes after it."""
MAX_LISTED = 8
"""The most changes and saved states that the description lists."""


def status_text(snapshot: SteerSnapshot, cursor: int | None, chosen: str) -> StatusText:
    """The state, the newest metrics, and a sentence.

    Args:
        snapshot: the run.
        cursor: the step at which the curves are read; None for none.
        chosen: the name of the setting that the arrow keys change; empty if there is none.
    """
    name = "silent" if snapshot.is_silent else snapshot.status.state
    stage = _STAGES.get(name, Stage.DIVERGED)
    versions = _versions(snapshot, chosen)
    return StatusText(stage, name, tuple(_items(snapshot)), versions, timeline_of(snapshot, cursor))


def _items(snapshot: SteerSnapshot) -> Iterator[StatusItem]:
    status, speed = snapshot.status, snapshot.steps_per_second
    yield StatusItem(NEEDED, f"step {status.step}")
    for place, (name, value) in enumerate(status.metrics.items()):
        shown = "not finite" if value is None else error_text(value)
        yield StatusItem(NEEDED - 1 - min(place, 4), f"{shortened(name, 40)} {shown:<{ERROR_WIDTH}}")
    if speed is not None:
        yield StatusItem(7, f"{rate_text(speed):>6} steps/s", f"{rate_text(speed):>6}/s")
    if status.branch:
        yield StatusItem(6, f"branch {status.branch}")


def _versions(snapshot: SteerSnapshot, chosen: str) -> tuple[str, ...]:
    """The sentence, and shorter versions of it: what hinders the training comes before what happened last."""
    status = snapshot.status
    problem = f" Problem: {printable(status.problem, 200)}." if status.problem else ""
    waits = tuple(_waits(snapshot)) if not status.is_over else ()
    if snapshot.is_silent:
        text = "The training does not answer: it is suspended, or busy with one long step."
        return *(f"{text} {more}" for more in waits), *waits, text
    if waits:
        return waits
    notes = " ".join(f"{printable(note, 200)}." for note in status.notes)
    said = printable(snapshot.sentence, 400) or notes
    versions = (said, _ASKED.sub("", said)) if said else _advice(snapshot, chosen)
    return tuple(f"{text}{problem}" for text in versions)


def _waits(snapshot: SteerSnapshot) -> Iterator[str]:
    """What waits for the training, and a shorter version."""
    names, seconds = snapshot.waiting, snapshot.waiting_seconds
    if names:
        verb = "waits" if len(names) == 1 else "wait"
        yield f"{capitalized(listed(names))} {verb} for the training, {seconds} s."
        yield f"{many(len(names), '{n} request', '{n} requests')} {verb} for the training, {seconds} s."
    elif snapshot.status.waiting:
        yield "The requests of others wait for the training."


def _advice(snapshot: SteerSnapshot, chosen: str) -> tuple[str, ...]:
    """The state, and what to do next; and shorter versions."""
    where = printable(snapshot.status.sentence, 300)
    leaves = f"{key('quit')} leaves, and the training continues."
    match snapshot.status.state:
        case "running":
            change = f"{keys_of('less', 'more')} change {printable(chosen)}, " if chosen else ""
            return f"{change}{key('toggle_run')} pauses; {leaves}", leaves
        case "paused":
            advice = f"{key('toggle_run')} continues, {key('step_epoch')} trains one step."
            return f"{where} {advice}", where
    if snapshot.has_successor:
        return (f"{where} Another run with this name has begun: {key('restart')} opens it.",)
    return f"{where} {key('save')} saves its record.", where


def timeline_of(snapshot: SteerSnapshot, cursor: int | None) -> TimelineSnapshot:
    """The steps so far with their saved states, changes and branches, and the cursor."""
    past = snapshot.past
    marks = [Mark(state.step - 1, MarkKind.STATE) for state in snapshot.status.states]
    marks += [Mark(change.step - 1, MarkKind.SETTING) for change in past.changes]
    marks += [Mark(step - 1, MarkKind.BRANCH) for step in past.branched]
    return TimelineSnapshot(snapshot.status.step - 1, cursor, tuple(marks), None, last_step(snapshot))


def described(snapshot: SteerSnapshot) -> Iterator[tuple[str, str]]:
    """The run in words: headings and texts."""
    status, past = snapshot.status, snapshot.past
    speed = snapshot.steps_per_second
    rate = f" It trains {rate_text(speed).strip()} steps a second." if speed is not None else ""
    yield "state", f"{printable(status.sentence, 300)}{rate}"
    for name in past.curves:
        yield printable(name), " ".join(_metric(name, past.curves[name]))
    if status.settings:
        settings = (
            f"{setting.name} is {value_text(setting.value)} ({setting.allowed})."
            for setting in status.settings
        )
        yield "settings", " ".join(printable(text, 300) for text in settings)
    if status.notes:
        yield "noticed", " ".join(f"{printable(note, 300)}." for note in status.notes)
    if past.changes:
        changes = (
            f"{change.name} from {value_text(change.old)} to {value_text(change.new)} at step {change.step}"
            for change in past.changes[-MAX_LISTED:]
        )
        more = f"The last {MAX_LISTED} of {len(past.changes)}: " if len(past.changes) > MAX_LISTED else ""
        yield "changes", f"{more}{printable('; '.join(changes), 1000)}."
    if status.states:
        steps = [str(state.step) for state in status.states]
        more = f" and {len(steps) - MAX_LISTED} earlier ones" if len(steps) > MAX_LISTED else ""
        yield "saved states", f"Before the steps {', '.join(steps[-MAX_LISTED:])}{more}."
    if past.branched:
        steps = [str(step) for step in sorted(set(past.branched))]
        yield "branches", f"The run has returned to step {listed(steps)} and continued from there."


def _metric(name: str, curve: MetricCurve) -> Iterator[str]:
    """A metric now, at first, lately, and at its lowest and highest."""
    finite = np.isfinite(curve[1])
    steps, values = curve[0][finite], curve[1][finite]
    shown = printable(name)
    if not len(values):
        yield f"{shown} was never finite."
        return
    yield f"{shown} is {number(float(values[-1]))} at step {steps[-1]:.0f}."
    if len(values) > 1:
        yield f"It was {number(float(values[0]))} at step {steps[0]:.0f}."
        for word, place in (("lowest", int(values.argmin())), ("highest", int(values.argmax()))):
            yield f"The {word} was {number(float(values[place]))}, at step {steps[place]:.0f}."
        if values.min() > 0:
            yield from trend(steps, values, shown)
