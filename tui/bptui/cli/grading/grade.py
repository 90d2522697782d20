"""Grading what was handed in: each run that reached a goal is repeated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bpengine import ConfigError, DataError
from bpengine.checkpoint.verification import verify
from bpengine.training.run import RunState
from bptui.cli.grading.judging import refusal, why_not_reached
from bptui.cli.grading.walkthrough import fast_kernel
from bptui.lessons.goals import facts_of_run
from bptui.lessons.lesson import Do, Lesson, Predict
from bptui.lessons.progress import Progress
from bpwords.numbers import number

GradeStatus = Literal["passed", "failed", "not tried"]


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade of a step: a question or a task. It is worth one point at most."""

    step: int
    """Counted from 0."""
    kind: str
    """predict or do."""
    status: GradeStatus
    message: str
    """What was found."""
    points: float
    """From 0 to 1."""
    is_shown: bool = False
    """Whether the solution was shown before the goal was reached."""


class WrongLessonError(Exception):
    """What was handed in is of another lesson, or of another version of it; the message says which."""


def grade(progress: Progress, lesson: Lesson) -> Iterator[Grade]:
    """Grade what was handed in, and yield the grade of each question and task.

    Args:
        progress: what was handed in.
        lesson: its lesson.

    Raises:
        WrongLessonError: it is of another lesson.
    """
    if not progress.belongs_to(lesson):
        other = "another version of it" if progress.lesson == lesson.id else f"lesson {progress.lesson}"
        raise WrongLessonError(f"was not made with this lesson {lesson.id}, but with {other}")
    for at, step in enumerate(lesson.steps):
        if isinstance(step, Predict):
            given = progress.answers.get(at)
            status, said = _of_answer(step, given)
            yield Grade(at, "predict", status, said, float(status == "passed"))
        elif isinstance(step, Do):
            status, said = _of_run(lesson, at, step, progress.runs.get(at))
            is_shown = at in progress.shown
            points = (lesson.shown_points if is_shown else 1.0) if status == "passed" else 0.0
            yield Grade(at, "do", status, f"shown; {said}" if is_shown else said, points, is_shown)


def _of_answer(step: Predict, given: float | None) -> tuple[GradeStatus, str]:
    if given is None:
        return "not tried", "no answer was given"
    said = f"answered {number(given)}"
    if step.is_right(given):
        return "passed", said
    return "failed", f"{said}, and {number(step.answer)} is right"


def _of_run(lesson: Lesson, at: int, step: Do, run: RunState | None) -> tuple[GradeStatus, str]:
    """Repeat a run, and judge it."""
    if run is None:
        return "not tried", "no run reached the goal"
    if problem := refusal(lesson, at, run):
        return "failed", f"the run {problem}"
    if problem := why_not_reached(step, facts_of_run(run)):
        return "failed", f"the run does not reach the goal: {problem}"
    try:
        verified = verify(run, kernel=fast_kernel())
    except (ConfigError, DataError) as error:
        return "failed", f"the run can't be repeated: {error}"
    if not verified.same:
        return "failed", f"the run repeated is {verified.text}"
    last = run.history.last
    reached = "" if last is None else f"error {number(last.error)} "
    return "passed", f"{reached}after {run.epochs_done} epochs, repeated {verified.text}"
