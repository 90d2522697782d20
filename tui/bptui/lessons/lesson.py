"""What a lesson is: its start, its steps, what its texts assert, and the runs with which they begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from bpengine import FIELD, DataError, Dataset, Task, TrainingConfig
from bpengine.files import FileError, regular_file
from bpengine.training.run import RunState
from bptui.settings.options import DATA, DATA_OPTIONS, FEATURES, TASK, as_flag
from bpwords import printable_path

Texts = Mapping[str, str]
"""A text by language. Every language of a lesson is there."""
Values = Mapping[str, Any]
"""Settings by name, as in a settings file, each checked by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a lesson. Its text may fill in numbers of the run: {error:.2g}, {measured.ID:.2g}."""

    text: Texts
    settings: Values = field(default_factory=dict)
    """A new run with these settings, merged into the lesson's start, begins with the step (the key `set`).
    Empty: the run stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look(Step):
    """Points at a panel."""

    panel: str
    """The name of the panel, which is highlighted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Predict(Step):
    """A question, which is answered before the run shows the answer."""

    answer: float
    """The right choice, counted from 1; without choices, a number."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The choices by language; empty if a number is asked for."""
    within: float = 0.05
    """The relative difference up to which a number is right."""
    after: Texts = field(default_factory=dict)
    """Said when there is an answer: why the right one is right. It may be empty."""

    def is_right(self, given: float) -> bool:
        """Whether an answer is right."""
        if self.choices:
            return given == self.answer
        return abs(given - self.answer) <= self.within * abs(self.answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Do(Step):
    """A task."""

    goal: str
    """A condition on the run; the names in it are those of `bptui.lessons.goals`."""
    solution: tuple[str, ...]
    """Commands of the line dialogue after which the goal is reached."""
    hint: Texts
    any_data: bool = False
    """Whether the run may learn other data than that with which the step begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain(Step):
    """Says why."""


@dataclass(frozen=True, slots=True)
class LessonExperiment:
    """Runs from several starts, as a check trains them."""

    settings: Values
    """Merged into the lesson's start."""
    starts: int
    """How many seeds, counted from that of the lesson's start. A check also takes starts that it draws."""
    epochs: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A number that texts may use: a median over the starts of an experiment."""

    id: str
    experiment: LessonExperiment
    value: str
    """A number of each run, such as error."""
    expected: float
    """The median as the texts say it (the key `is`)."""
    within: float = 0.2
    """The relative difference that a check allows."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the texts assert about the starts of an experiment."""

    text: Texts
    experiment: LessonExperiment
    holds: str
    """A condition on each run, such as error > 0.03."""
    share: float = 1.0
    """The least share of starts for which it holds; 1 for every start."""
    compared: LessonExperiment | None = None
    """Runs from the same starts to which each run is compared: the condition may name, say, other_error."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson."""

    id: str
    """Lower case, with hyphens."""
    minutes: int
    title: Texts
    start: Values
    """The settings of the run with which the lesson begins."""
    steps: tuple[Step, ...]
    measured: tuple[Measured, ...]
    claims: tuple[Claim, ...]
    languages: tuple[str, ...]
    learned: Mapping[str, tuple[str, ...]]
    """What the end says was learned, by language; empty for nothing."""
    path: Path
    """Its file. Names of files in the lesson are relative to the file's folder."""
    shown_points: float = 1.0
    """The points of a task whose solution was shown before its goal was reached."""

    def language(self, wanted: str) -> str:
        """The language in which it is shown: the wanted one, or else its first."""
        return wanted if wanted in self.languages else self.languages[0]


MAX_DATA = 1_000_000
"""The most bytes of a file of samples, which is read whenever the lesson is."""


def run_of(lesson: Lesson, settings: Values) -> tuple[TrainingConfig, Dataset | None]:
    """The settings of a run, and its samples if they are from a file of the lesson.

    Args:
        lesson: the lesson.
        settings: what differs from its start.

    Raises:
        ConfigError: the values do not go together.
        DataError: the file of the samples can't be used.
    """
    return merged(lesson.start, settings, lesson.path.parent)


def opening_of(lesson: Lesson, number: int) -> tuple[TrainingConfig, Dataset | None]:
    """The last run that the lesson has begun when a step is reached; see `run_of`.

    Args:
        lesson: the lesson.
        number: the step, counted from 0.
    """
    return run_of(lesson, settings_at(lesson, number))


def settings_at(lesson: Lesson, number: int) -> Values:
    """What differs from the lesson's start in the last run that has begun when a step is reached."""
    begun = [step.settings for step in lesson.steps[: number + 1] if step.settings]
    return begun[-1] if begun else {}


def has_data_of(lesson: Lesson, number: int, run: RunState) -> bool:
    """Whether a run learns the data with which a step begins, which may be split and scaled otherwise.

    Some tasks allow any data; see `Do.any_data`.
    """
    step = lesson.steps[number]
    if isinstance(step, Do) and step.any_data:
        return True
    config, source = opening_of(lesson, number)
    own = run.config
    if source is None or run.source is None:
        same = (own.task, own.dataset, own.function) == (config.task, config.dataset, config.function)
        return same and source is run.source
    return np.array_equal(run.source.targets, source.targets)


def data_options(lesson: Lesson, settings: Values) -> dict[str, Any]:
    """The options with which the samples are read from a file; empty for a named data set."""
    values = {**lesson.start, **settings}
    options = {option.name: values[option.name] for option in DATA_OPTIONS if option.name in values}
    return options | {DATA.name: str(lesson.path.parent / options[DATA.name])} if DATA.name in options else {}


def merged(start: Values, settings: Values, folder: Path) -> tuple[TrainingConfig, Dataset | None]:
    """The settings and the samples of a run; see `run_of`."""
    values = {**start, **settings}
    task: Task = values.get(TASK.name, "regression")
    config = TrainingConfig.defaults(task, **{name: value for name, value in values.items() if name in FIELD})
    if DATA.name not in values:
        return config, None
    options = {option.name: values[option.name] for option in DATA_OPTIONS[1:] if option.name in values}
    key = tuple(sorted((*options.items(), (FEATURES.name, config.features or None))))
    source = _loaded(folder / values[DATA.name], task, key)
    return config.replace(features=source.asked_features), source


@lru_cache(maxsize=16)
def _loaded(path: Path, task: Task, options: tuple[tuple[str, Any], ...]) -> Dataset:
    """The samples in a file, which many runs of a lesson share."""
    from bpengine.data.csv import load_csv

    try:
        with regular_file(path, MAX_DATA):
            pass
    except FileError as error:
        raise DataError(f"{printable_path(path)}: {error}") from None
    keywords: Mapping[str, Any] = dict(options)
    return load_csv(str(path), task, **keywords, spell=as_flag)
