"""The check of lessons: whether every goal can be reached, every claim is true, and every text fits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.cells import cell_len

from bpengine import ConfigError, DataError
from bpengine.kernels.choice import load_lanes_for
from bpengine.many.jobs import processors
from bptui.cli.grading.experiments import LessonExperiments
from bptui.cli.grading.judging import refusal, why_not_reached
from bptui.cli.grading.walkthrough import Visit, walk
from bptui.commands.naming import on_screen
from bptui.lessons import goals, texts
from bptui.lessons.goals import Facts
from bptui.lessons.lesson import Do, Lesson, Look, Predict, Texts
from bptui.lessons.reading import LessonError, read_lesson
from bptui.screen.tabs.panels import NAMES
from bpwords import must_be_one_of, printable
from bpwords.numbers import number

MAX_TITLE, MAX_LEARNED, MAX_CHOICE = 60, 72, 56
"""The most cells of a title, of a line of what was learned, and of a choice."""

FALSE_ALARMS = 0.001
"""The most probability with which a check refutes something although all that the lessons assert is true."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with a lesson."""

    place: str
    """The step or the claim; empty if the whole file is meant."""
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of the check of a lesson."""

    path: Path
    faults: tuple[Fault, ...]
    seconds: float
    lesson: Lesson | None
    """None if the file is no lesson."""


Bar = Callable[[int, str], AbstractContextManager[Callable[[int], None]]]
"""Shows the progress of so many runs of a lesson; see `bptui.cli.progress`."""


def check(
    paths: Sequence[Path],
    seed: int,
    bar: Bar = lambda _runs, _name: nullcontext(lambda _done: None),
) -> Iterator[Checked]:
    """Check lessons, and yield the result for each as soon as it is known.

    Args:
        paths: the files.
        seed: what the fresh starts are drawn from; the same faults for the same seed.
        bar: shows the progress.
    """
    load_lanes_for("auto")
    threads = ThreadPoolExecutor(processors(), thread_name_prefix="lessons")
    begun: list[tuple[Path, LessonExperiments | tuple[Fault, ...]]] = []
    try:
        begun += [(path, _begun(path, threads, seed)) for path in paths]
        chances = sum(_chances(work.lesson) for _, work in begun if isinstance(work, LessonExperiments))
        level = FALSE_ALARMS / max(chances, 1)
        for path, work in begun:
            if isinstance(work, LessonExperiments):
                before = time.perf_counter()
                try:
                    steps = [*_steps(work.lesson)]
                    with bar(work.runs, path.name) as show:
                        work.wait(show)
                    faults = (*steps, *_assertions(work, level))
                except Exception as error:  # whatever a file holds, the others are checked
                    faults = (_failure(error),)
                yield Checked(path, faults, time.perf_counter() - before, work.lesson)
            else:
                yield Checked(path, work, 0.0, None)
    finally:
        for _, work in begun:
            if isinstance(work, LessonExperiments):
                work.stop()
        threads.shutdown(cancel_futures=True)


def _begun(path: Path, threads: ThreadPoolExecutor, seed: int) -> LessonExperiments | tuple[Fault, ...]:
    """The experiments of a lesson, which train from now on; or what is wrong with its file."""
    try:
        return LessonExperiments(read_lesson(path), threads, seed)
    except LessonError as error:
        return tuple(Fault("", problem) for problem in error.problems)
    except (ConfigError, DataError) as error:
        return (Fault("", str(error)),)
    except Exception as error:  # whatever a file holds, the others are checked
        return (_failure(error),)


def _failure(error: Exception) -> Fault:
    """The fault of a lesson whose check failed in a way that nobody expected."""
    return Fault("", printable(f"can't be checked: {type(error).__name__}: {error}", 200))


def _steps(lesson: Lesson) -> Iterator[Fault]:
    """What is wrong with the steps."""
    for language, title in lesson.title.items():
        lines = [("title", title, MAX_TITLE)]
        lines += [("learned", line, MAX_LEARNED) for line in lesson.learned.get(language, ())]
        for key, line, most in lines:
            if cell_len(line) > most:
                yield Fault(f"{key}.{language}", f"has {cell_len(line)} columns: at most {most} fit")
    try:
        for visit in walk(lesson):
            place = f"steps[{visit.number + 1}]"
            yield from _texts(lesson, visit, place)
            if isinstance(visit.step, Look) and visit.step.panel not in NAMES:
                yield Fault(f"{place}.panel", must_be_one_of(NAMES, visit.step.panel))
            if isinstance(visit.step, Do):
                yield from _task(lesson, visit, visit.step, place)
    except (ConfigError, DataError) as error:
        yield Fault("start", str(error))


def _task(lesson: Lesson, visit: Visit, step: Do, place: str) -> Iterator[Fault]:
    """What is wrong with a goal and its solution."""
    if not why_not_reached(step, visit.before):
        yield Fault(f"{place}.goal", f"{step.goal} is true before the solution")
    if visit.problem:
        yield Fault(f"{place}.solution", visit.problem)
    elif problem := why_not_reached(step, visit.after):
        yield Fault(f"{place}.goal", f"after the solution, {problem}")
    elif problem := refusal(lesson, visit.number, visit.run):
        yield Fault(f"{place}.solution", f"its run {problem}, so that it can't be graded")


def _texts(lesson: Lesson, visit: Visit, place: str) -> Iterator[Fault]:
    """Which texts of a step do not fit, or ask for numbers that the run does not have."""
    step = visit.step
    of_step: list[tuple[str, Texts, Facts]] = [("text", step.text, visit.before)]
    if isinstance(step, Do):
        of_step.append(("hint", step.hint, visit.before))
    if isinstance(step, Predict):
        of_step.append(("after", step.after, visit.before))
        for language, choices in step.choices.items():
            for position, choice in enumerate(choices, 1):
                text = _filled(lesson, choice, visit.before)
                if cell_len(text) > MAX_CHOICE:
                    where = f"{place}.choices.{language}[{position}]"
                    yield Fault(where, f"has {cell_len(text)} columns: at most {MAX_CHOICE} fit")
    for key, by_language, facts in of_step:
        for language, text in by_language.items():
            where = f"{place}.{key}.{language}"
            if missing := texts.unknown(text, facts):
                yield Fault(where, f"the run has no {missing[0]} yet")
            if sentence := texts.too_long(_filled(lesson, text, facts)):
                yield Fault(where, f"a sentence of {cell_len(sentence)} columns does not fit a page")


def _filled(lesson: Lesson, text: str, facts: Facts) -> str:
    """The text as the screen shows it, while solutions are done in a dialogue."""
    return texts.filled(text, facts, {measured.id: measured for measured in lesson.measured}, on_screen)


def _assertions(experiments: LessonExperiments, level: float) -> Iterator[Fault]:
    """Which measured numbers and claims are false."""
    lesson = experiments.lesson
    for measured in lesson.measured:
        value, room = goals.measurement(measured.value), measured.within * abs(measured.expected)
        for runs in experiments.results(measured.experiment):
            values = [value(run) for run in runs.facts]
            reached = sum(found >= measured.expected - room for found in values)
            reached = min(reached, sum(found <= measured.expected + room for found in values))
            if reached < runs.fewest(0.5, level):
                wanted = f"{number(measured.expected)} within {100 * measured.within:g} %"
                text = (
                    f"the median of {measured.value} is {number(median(values))}, and not {wanted} ({runs})"
                )
                yield Fault(f"measured {measured.id}", text)
    for position, claim in enumerate(lesson.claims, 1):
        holds = goals.comparison(claim.holds) if claim.compared else goals.goal(claim.holds)
        wanted = "each" if claim.share == 1 else f"{100 * claim.share:g} %"
        others = experiments.results(claim.compared or claim.experiment)
        for runs, other in zip(experiments.results(claim.experiment), others, strict=True):
            facts = map(goals.compared, runs.facts, other.facts) if claim.compared else runs.facts
            failed = [start for start, run in zip(runs.starts, facts, strict=True) if not holds(run)]
            count = len(runs.starts) - len(failed)
            if count < runs.fewest(claim.share, level):
                starts = f"{len(runs.starts)} start{'s' * (len(runs.starts) != 1)}"
                of_all = f"{count} of {starts}, and not in {wanted} ({runs})"
                first = "the first without it has seed {} and data seed {}".format(*failed[0])
                yield Fault(f"claim {position}", f"{claim.holds} holds in {of_all}; {first}")


def _chances(lesson: Lesson) -> int:
    """How many tests of what a lesson asserts might refute it by chance; see `Runs.fewest`.

    A claim about every start is never refuted by chance, and a median may be too high or too low.
    """
    return 2 * len(lesson.measured) + sum(claim.share < 1 for claim in lesson.claims)
