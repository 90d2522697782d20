"""Whether a run reaches the goal of a step, as the check and the grading judge it."""

from __future__ import annotations

import re

from bpengine import Dataset, TrainingConfig
from bpengine.network.network import network_sizes, parameter_count
from bpengine.training.run import RunState
from bpengine.training.training_data import make_dataset
from bptui.lessons.goals import CONDITIONS, NUMBERS, Facts, goal
from bptui.lessons.lesson import Do, Lesson, has_data_of, run_of
from bpwords.numbers import number

MAX_WORK = 2 * 10**9
"""The most work of a run that is repeated, and of all runs of solutions together: some seconds."""
JUDGING_EPOCHS = 100
"""How many epochs are as much work as it is to compute what a goal or a claim is about."""
LEAST_WEIGHTS = 100
"""A smaller network takes about as much work for a sample as one with this many weights."""


def work_of(config: TrainingConfig, source: Dataset | None, epochs: int) -> int:
    """The work of a run that is judged: epochs times samples times weights."""
    dataset = make_dataset(config, source)
    samples = len(dataset) + (0 if dataset.test is None else len(dataset.test))
    sizes = network_sizes(dataset.inputs.shape[1], config.hidden_units, dataset.targets.shape[1])
    return (epochs + JUDGING_EPOCHS) * samples * max(parameter_count(sizes), LEAST_WEIGHTS)


def too_much(work: int, most: int) -> str:
    """Why work is refused before it is done."""
    return f"epochs times samples times weights are {work:.2g}, and must be at most {most:.2g}"


def refusal(lesson: Lesson, at: int, run: RunState) -> str:
    """Why a run is not one with which the step can be done, whatever its numbers; empty if it is."""
    largest, work = max_epochs(lesson), work_of(run.config, run.source, run.epochs_done)
    if run.epochs_done > largest:
        return f"has {run.epochs_done} epochs, and the runs of the lesson have at most {largest}"
    if work > MAX_WORK:
        return f"is too large to repeat it: {too_much(work, MAX_WORK)}"
    if any(edit.kind == "set all" for edit in run.edits):
        return "had all its weights set at once, which no key does"
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
