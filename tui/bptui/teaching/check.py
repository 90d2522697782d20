"""The check of lessons: whether every goal can be reached, every claim is true, and every text fits."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len

from bpengine import ConfigError, DataError
from bpengine.kernels.choice import load_lanes_for
from bpengine.many.jobs import processors
from bpengine.wording import must_be_one_of, number
from bptui.commands.naming import in_dialogue, on_screen
from bptui.lessons import goals, texts
from bptui.lessons.goals import Facts
from bptui.lessons.lesson import Do, Lesson, Look, Predict, Texts
from bptui.lessons.reading import LessonError, read_lesson
from bptui.teaching.experiments import Experiments, Seeds
from bptui.teaching.judging import refusal, why_not_reached
from bptui.teaching.walkthrough import Visit, walk
from bpwords import speak

MAX_TITLE, MAX_CHOICE = 60, 56
"""The most cells of a title and of a choice, which are never wrapped."""

_SUMMARY = re.compile(r"\b(?:min|max|mean|median|share)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")


@dataclass(frozen=True, slots=True)
class Finding:
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
    findings: tuple[Finding, ...]
    seconds: float
    lesson: Lesson | None
    """None if the file is no lesson."""


def check(paths: Sequence[Path], panels: Sequence[str]) -> Iterator[Checked]:
    """Check lessons, and yield the result for each as soon as it is known.

    Args:
        paths: the files.
        panels: the names of the panels that a step may point at.
    """
    load_lanes_for("auto")
    threads = ThreadPoolExecutor(processors(), thread_name_prefix="lessons")
    try:
        begun = [(path, _begun(path, threads)) for path in paths]
        for path, work in begun:
            if isinstance(work, Experiments):
                before = time.perf_counter()
                found = (*_steps(work.lesson, panels), *_assertions(work))
                yield Checked(path, found, time.perf_counter() - before, work.lesson)
            else:
                yield Checked(path, work, 0.0, None)
    finally:
        threads.shutdown(cancel_futures=True)


def _begun(path: Path, threads: ThreadPoolExecutor) -> Experiments | tuple[Finding, ...]:
    """The experiments of a lesson, which train from now on; or what is wrong with its file."""
    try:
        return Experiments(read_lesson(path), threads)
    except LessonError as error:
        return tuple(Finding("", problem) for problem in error.problems)
    except (ConfigError, DataError) as error:
        return (Finding("", str(error)),)


def _steps(lesson: Lesson, panels: Sequence[str]) -> Iterator[Finding]:
    """What is wrong with the steps."""
    for language, title in lesson.title.items():
        if cell_len(title) > MAX_TITLE:
            yield Finding(f"title.{language}", f"has {cell_len(title)} columns: at most {MAX_TITLE} fit")
    try:
        for visit in walk(lesson):
            place = f"steps[{visit.number + 1}]"
            yield from _texts(lesson, visit, place)
            if isinstance(visit.step, Look) and visit.step.panel not in panels:
                yield Finding(f"{place}.panel", must_be_one_of(panels, visit.step.panel))
            if isinstance(visit.step, Do):
                yield from _task(lesson, visit, visit.step, place)
    except (ConfigError, DataError) as error:
        yield Finding("start", str(error))


def _task(lesson: Lesson, visit: Visit, step: Do, place: str) -> Iterator[Finding]:
    """What is wrong with a goal and its solution."""
    if not why_not_reached(step, visit.before):
        yield Finding(f"{place}.goal", f"{step.goal} is true before the solution")
    if visit.problem:
        yield Finding(f"{place}.solution", visit.problem)
    elif problem := why_not_reached(step, visit.after):
        yield Finding(f"{place}.goal", f"after the solution, {problem}")
    elif problem := refusal(lesson, visit.number, visit.run):
        yield Finding(f"{place}.solution", f"its run {problem}, so that it can't be graded")


def _texts(lesson: Lesson, visit: Visit, place: str) -> Iterator[Finding]:
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
                    yield Finding(where, f"has {cell_len(text)} columns: at most {MAX_CHOICE} fit")
    for key, by_language, facts in of_step:
        for language, text in by_language.items():
            where = f"{place}.{key}.{language}"
            if missing := texts.unknown(text, facts):
                yield Finding(where, f"the run has no {missing[0]} yet")
            if sentence := texts.too_long(_filled(lesson, text, facts)):
                yield Finding(where, f"a sentence of {cell_len(sentence)} columns does not fit a page")


def _filled(lesson: Lesson, text: str, facts: Facts) -> str:
    """The text as the screen shows it, while solutions are done in a dialogue."""
    speak(on_screen)
    filled = texts.filled(text, facts, {each.id: each for each in lesson.measured})
    speak(in_dialogue)
    return filled


def _assertions(experiments: Experiments) -> Iterator[Finding]:
    """Which measured numbers and claims are false."""
    lesson = experiments.lesson
    for measured in lesson.measured:
        value = goals.measurement(measured.value)
        for seeds in experiments.results(measured.experiment):
            found = value(seeds.facts)
            if not abs(found - measured.expected) <= measured.within * abs(measured.expected):
                wanted = f"{number(measured.expected)} within {100 * measured.within:g} %"
                text = f"{measured.value} is {number(found)}, and not {wanted} ({seeds})"
                yield Finding(f"measured {measured.id}", text)
    for position, claim in enumerate(lesson.claims, 1):
        holds = goals.claim(claim.holds)
        for seeds in experiments.results(claim.experiment):
            if not holds(seeds.facts):
                text = f"{claim.holds} is false: {_instead(claim.holds, seeds)} ({seeds})"
                yield Finding(f"claim {position}", text)


def _instead(text: str, seeds: Seeds) -> str:
    """The values in a claim: of its one summary, or of each of them with its name."""
    parts = list(dict.fromkeys(_SUMMARY.findall(text)))
    values = [number(goals.measurement(part)(seeds.facts), 3) for part in parts]
    if len(parts) == 1:
        return values[0]
    return ", ".join(f"{part} is {value}" for part, value in zip(parts, values, strict=True))
