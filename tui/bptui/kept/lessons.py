"""The progress in lessons, kept in a folder beside the kept runs: one file for each lesson."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path

from bpengine import CheckpointError
from bpengine.files import write_whole
from bptui.kept.folder import problem_with
from bptui.lessons.lesson import Lesson
from bptui.lessons.progress import Progress, read_progress

_SUFFIX = ".bptui"


class KeptLessons:
    """The progress of one user.

    Args:
        path: the folder, which is created when the first file is written; None keeps nothing.

    Attributes:
        problem: why the last progress could not be written; empty if it was.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.problem = ""

    def progress(self, lesson: Lesson) -> Progress:
        """The progress in a lesson; none if there is no file, or one of another version of the lesson."""
        if self._path is not None:
            with contextlib.suppress(CheckpointError):
                found = read_progress(self._file(self._path, lesson))
                if found.belongs_to(lesson):
                    return found
        return Progress.of(lesson)

    def keep(self, lesson: Lesson, progress: Progress) -> None:
        """Write the progress."""
        if self._path is not None:
            self.problem = problem_with(partial(self._write, self._path, lesson, progress))

    def _write(self, folder: Path, lesson: Lesson, progress: Progress) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self._file(folder, lesson), progress.packed())

    def _file(self, folder: Path, lesson: Lesson) -> Path:
        return folder / f"{lesson.id}{_SUFFIX}"
