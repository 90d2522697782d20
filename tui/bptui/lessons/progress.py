"""What a learner has done of a lesson, and its form in a file: the container of checkpoints.

The file of a lesson's progress is also what is handed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bpengine.checkpoint import codec, container
from bpengine.checkpoint.container import Content, damaged
from bpengine.checkpoint.runs import decode_runs, encode_runs
from bpengine.checkpoint.saving import errors_of
from bpengine.training.run import RunState
from bptui.lessons.lesson import Do, Lesson, Predict

KIND = "bptui hand-in"
"""The format of a file; see `bpengine.checkpoint.container`."""
MAX_RUNS = 60
"""The most runs: one for each step of the longest lesson."""
MAX_STEP = 1000
"""More than the highest number of a step."""
_NOBODY: Content = {"name": "", "shown": []}


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """What a learner has done of a lesson. Steps are counted from 0."""

    lesson: str
    """The ID of the lesson."""
    version: str
    """The version of the lesson; see `version_of`."""
    answers: Mapping[int, float] = field(default_factory=dict)
    """The first answer to each question, by its step."""
    runs: Mapping[int, RunState] = field(default_factory=dict)
    """The run that first reached each goal, by its step."""
    step: int = 0
    """The step at which the learner is."""
    shown: frozenset[int] = frozenset()
    """The tasks whose solution was shown before their goals were reached."""
    name: str = ""
    """The name of the learner, if it was asked for."""

    @classmethod
    def of(cls, lesson: Lesson) -> Progress:
        """No progress yet."""
        return cls(lesson.id, version_of(lesson))

    def belongs_to(self, lesson: Lesson) -> bool:
        """Whether the steps are those of this lesson."""
        return (self.lesson, self.version) == (lesson.id, version_of(lesson))

    def answered(self, step: int, given: float) -> Progress:
        """The progress with an answer; the first answer to a question stays."""
        return self if step in self.answers else replace(self, answers={**self.answers, step: given})

    def reached(self, step: int, run: RunState) -> Progress:
        """The progress with the run that reached a goal; the first such run stays."""
        return self if step in self.runs else replace(self, runs={**self.runs, step: run})

    def showing(self, step: int) -> Progress:
        """The progress when the solution of a task is shown: from then on, its goal is not the learner's."""
        return self if step in self.runs else replace(self, shown=self.shown | {step})

    def joined(self, other: Progress) -> Progress:
        """The progress with what another session has done, whose answers were the first ones."""
        answers, runs = {**self.answers, **other.answers}, {**other.runs, **self.runs}
        name, shown = self.name or other.name, self.shown | other.shown
        return replace(self, answers=answers, runs=runs, name=name, shown=shown)

    def at(self, step: int) -> Progress:
        """The progress with the learner at this step."""
        return self if step == self.step else replace(self, step=step)

    def counts(self, lesson: Lesson) -> tuple[int, int]:
        """How many questions and tasks are done, and how many there are."""
        wanted = [number for number, step in enumerate(lesson.steps) if isinstance(step, (Predict, Do))]
        return sum(number in self.answers or number in self.runs for number in wanted), len(wanted)

    def packed(self) -> bytes:
        """The bytes of a file.

        Raises:
            CheckpointError: it is too large.
            DamagedError: the user's own samples would be refused by `read_progress`.
        """
        saved = _Saved(self.lesson, self.version, tuple(sorted(self.answers.items())), self.step)
        runs = {str(step): self.runs[step] for step in sorted(self.runs)}
        learner = codec.encode(_Learner(self.name, tuple(sorted(self.shown))))
        content: Content = {"progress": codec.encode(saved), "learner": learner, **encode_runs(runs)}
        return container.packed(KIND, content, {"lesson": self.lesson})


@dataclass(frozen=True, slots=True)
class _Saved:
    """What a file holds apart from the runs, whose names are the numbers of their steps."""

    lesson: str
    version: str
    answers: tuple[tuple[int, float], ...]
    step: int


@dataclass(frozen=True, slots=True)
class _Learner:
    """What a file holds of the learner; the files of earlier versions have nothing."""

    name: str
    shown: tuple[int, ...]


def read_progress(path: Path) -> Progress:
    """The progress in a file.

    Raises:
        CheckpointError: the file can't be read, is of another kind, or has been damaged or changed.
    """
    with errors_of(path):
        content = container.read(path, KIND)
        saved: _Saved = codec.decode(_Saved, content.pop("progress", None), "progress")
        learner: _Learner = codec.decode(_Learner, content.pop("learner", _NOBODY), "learner")
        runs = decode_runs(content, MAX_RUNS)
        steps = {name: int(name) for name in runs if name.isdecimal() and len(name) < 4}
        answers = dict(saved.answers)
        for where, numbers, holds in (
            ("runs", [*steps.values()], len(steps) == len(runs)),
            ("progress.answers", [*answers], len(answers) == len(saved.answers)),
            ("progress.step", [saved.step], True),
            ("learner.shown", learner.shown, True),
        ):
            if not holds or not all(0 <= number < MAX_STEP for number in numbers):
                raise damaged(where, "has an impossible step")
    by_step = {step: runs[name] for name, step in steps.items()}
    shown = frozenset(learner.shown)
    return Progress(saved.lesson, saved.version, answers, by_step, saved.step, shown, learner.name)


def version_of(lesson: Lesson) -> str:
    """A text that differs if the questions, tasks or runs of the lesson do, but not if only its texts do."""
    digest = hashlib.sha256()
    for step in lesson.steps:
        parts: list[object] = [type(step).__name__, sorted(step.settings.items())]
        if isinstance(step, Predict):
            parts += [step.answer, len(next(iter(step.choices.values()), ())), step.within]
        if isinstance(step, Do):
            parts += [step.goal]
        digest.update(repr(parts).encode())
    digest.update(repr(sorted(lesson.start.items())).encode())
    return digest.hexdigest()[:16]
