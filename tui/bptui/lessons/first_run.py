"""The run with which a lesson, a step or an experiment begins."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from bpengine import FIELD, DataError, Dataset, Task, TrainingConfig
from bpengine.files import FileError, regular_file
from bpengine.training.run import RunState
from bptui.lessons.lesson import Do, Lesson, Values
from bptui.settings.options import DATA, DATA_OPTIONS, FEATURES, TASK, as_flag
from bpwords import printable_path

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
