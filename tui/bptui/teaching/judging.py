"""Whether a run reaches the goal of a step, as the check and the grading judge it."""

from __future__ import annotations

import re

from bpengine import Trainer
from bpengine.run import RunState
from bpengine.wording import number
from bptui.lessons.goals import CONDITIONS, NUMBERS, Facts, facts, goal
from bptui.lessons.lesson import Do, Lesson
from bptui.lessons.opening import has_data_of, opening_of, run_of

MAX_UNITS, MAX_SAMPLES = 128, 2_000
"""The largest runs that are repeated, unless the lesson itself has larger ones."""


def facts_of_run(run: RunState) -> Facts:
    """The facts of a run, as the screen shows them when it is paused there."""
    last = run.history.last
    return facts(
        run.config,
        Trainer.continuing(run, kernel="numpy").metrics(),
        error=None if last is None else last.error,
        test_error=None if last is None else last.test_error,
        epoch=run.epochs_done if run.samples_done else max(run.epochs_done - 1, 0),
        diverged=run.divergence is not None,
    )


def refusal(lesson: Lesson, at: int, run: RunState) -> str:
    """Why a run is not one with which the step can be done, whatever its numbers; empty if it is."""
    config, source = opening_of(lesson, at)
    largest, units = max_epochs(lesson), sum(run.config.hidden_units)
    samples = max(MAX_SAMPLES, config.samples, 0 if source is None else len(source))
    if run.epochs_done > largest:
        return f"has {run.epochs_done} epochs, and the runs of the lesson have at most {largest}"
    if units > max(MAX_UNITS, sum(config.hidden_units)):
        return f"has {units} hidden units, which are too many to repeat it"
    if any(edit.kind == "set all" for edit in run.edits):
        return "had all its weights set at once, which no key does"
    if max(run.config.samples, len(run.order)) > samples:
        return "has too many samples to repeat it"
    return "" if has_data_of(lesson, at, run) else "learned other data than those of the step"


def max_epochs(lesson: Lesson) -> int:
    """The most epochs of the runs that the lesson begins."""
    return max(run_of(lesson, step.settings)[0].epochs for step in lesson.steps)


def why_not_reached(step: Do, of_run: Facts) -> str:
    """Why the goal is not reached, with the numbers that it is about; empty if it is reached."""
    return "" if goal(step.goal)(of_run) else f"{step.goal} is false: {_named(step.goal, of_run)}"


def _named(text: str, of_run: Facts) -> str:
    """The names in a goal, with their values."""
    names = dict.fromkeys(re.findall(r"[A-Za-z_][A-Za-z_0-9]*", text))
    parts = [f"{name} {number(float(of_run[name]), 4)}" for name in names if name in NUMBERS]
    parts += [name if of_run[name] else f"not {name}" for name in names if name in CONDITIONS]
    return ", ".join(parts)
