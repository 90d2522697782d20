"""The progress in lessons, kept in a folder beside the kept runs: one file for each lesson."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path

from bpengine import CheckpointError
from bpengine.files import write_whole
from bptui.lessons.lesson import Lesson
from bptui.lessons.progress import Progress, read_progress
from bptui.session.autosave.runs_folder import locked, problem_with

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

    def progress(self, lesson: Lesson, known: Progress | None = None) -> Progress:
        """The progress in a lesson; none if there is no file, or one of another version of the lesson.

        Args:
            lesson: the lesson.
            known: what this session knows, to which that in the file is added.
        """
        if self._path is not None:
            with contextlib.suppress(CheckpointError):
                kept = read_progress(self._file(self._path, lesson))
                if kept.belongs_to(lesson):
                    return known.joined(kept) if known else kept
        return known or Progress.of(lesson)

    def keep(self, lesson: Lesson, progress: Progress) -> Progress:
        """Write the progress with that of other sessions, so that none erases what another has done.

        Returns:
            The progress of all sessions.
        """
        joined = progress

        def write(folder: Path) -> None:
            nonlocal joined
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with locked(folder):
                joined = self.progress(lesson, progress)
                write_whole(self._file(folder, lesson), joined.packed())

        if self._path is not None:
            self.problem = problem_with(partial(write, self._path))
        return joined

    def _file(self, folder: Path, lesson: Lesson) -> Path:
        return folder / f"{lesson.id}{_SUFFIX}"
