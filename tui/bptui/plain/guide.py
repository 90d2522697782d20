"""`Guide`: the lessons of a dialogue, and where the learner is in those that are open."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING

from bpengine import Task
from bptui.startup.lessons import LessonStart

if TYPE_CHECKING:  # imported when a lesson is opened
    from bptui.kept.course import Course
    from bptui.lessons.walk import Walk
    from bptui.session.document import Document


class Guide:
    """The lessons of a dialogue, at most one for each task.

    Args:
        start: what the command line says about lessons.

    Attributes:
        open: the open lesson of each task.
        begun: the run when the current step was reached, by task.
        script: commands that the dialogue executes next by itself.
    """

    def __init__(self, start: LessonStart) -> None:
        self.start = start
        self.open: dict[Task, Walk] = {}
        self.begun: dict[Task, Document] = {}
        self.script: list[str] = []

    @cached_property
    def course(self) -> Course:
        """All lessons, and the progress in them."""
        from bptui.kept.course import Course
        from bptui.terminal.encoding import can_write

        return Course(self.start, ascii=not can_write(sys.stdout, "中"))

    def go(self, task: Task, walk: Walk) -> None:
        """Be at a step of the lesson of a task."""
        self.open[task] = walk
        self.course.note(walk)
