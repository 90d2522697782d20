"""`Guide`: the lessons of a dialogue, and where the learner is in those that are open."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from bpengine import ConfigError, Task
from bptui.startup.lessons import LessonStart

if TYPE_CHECKING:  # imported when a lesson is opened
    from bptui.kept.course import Course
    from bptui.lessons.walk import Walk
    from bptui.session.document import Document


class Guide:
    """The lessons of a dialogue, at most one for each task.

    Args:
        start: what the command line says about lessons.
        files: whether a file of the user may be a lesson.

    Attributes:
        open: the open lesson of each task.
        begun: the run when the current step was reached, by task.
        script: commands that the dialogue executes next by itself.
    """

    def __init__(self, start: LessonStart, *, files: bool) -> None:
        self.start, self._files = start, files
        self.open: dict[Task, Walk] = {}
        self.begun: dict[Task, Document] = {}
        self.script: list[str] = []

    @cached_property
    def course(self) -> Course:
        """All lessons, and the progress in them."""
        from bptui.kept.course import Course
        from bptui.terminal.encoding import can_write

        return Course(self.start, ascii=not can_write(sys.stdout, "中"), files=self._files)

    @property
    def opened(self) -> dict[Task, str]:
        """The names of the open lessons by their tasks."""
        if not self.open:
            return {}
        from bptui.kept.course import name_of

        return {task: name_of(walk.lesson) for task, walk in dict(self.open).items()}

    def continue_with(self, names: Mapping[Task, str]) -> None:
        """Open the lessons that were open when the runs were kept, unless they are gone."""
        for task, name in names.items():
            with contextlib.suppress(ConfigError):
                walk = self.course.named(name)
                if walk.task == task:
                    self.open[task] = walk

    def go(self, task: Task, walk: Walk) -> None:
        """Be at a step of the lesson of a task."""
        self.open[task] = walk
        self.course.note(walk)
