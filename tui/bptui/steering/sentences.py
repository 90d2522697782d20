"""What the status line and the description say about a run that is steered."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from bpengine.wording import counted, listed, printable
from bpsteer.settings import value_text
from bptui.commands import keys_of
from bptui.formatting import sentence_case
from bptui.screen.widgets.hyperparameters import shortened
from bptui.screen.widgets.status_line import NEEDED, StatusItem, StatusText
from bptui.session.description.error_trend import trend
from bptui.session.snapshot import Mark, MarkKind, Stage, TimelineSnapshot
from bptui.steering.commands import key
from bptui.steering.curves import last_step
from bptui.steering.metric_history import MetricCurve
from bptui.steering.steering import SteerSnapshot
from bpwords.numbers import ERROR_WIDTH, error_text, number, rate_text

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
        yield f"{sentence_case(listed(names))} {verb} for the training, {seconds} s."
        yield f"{counted(len(names), 'request')} {verb} for the training, {seconds} s."
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
            yield trend(steps, values, shown)
