"""What a lesson is: its start, its steps, and what its texts assert."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
