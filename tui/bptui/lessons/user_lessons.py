"""`UserLessons`: the lessons that a user can take, how far the user is in each, and which are open."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, partial

from bpengine import ConfigError, Task, Trainer
from bpengine.training.run import RunState
from bptui.commands.grammar import RefusedError
from bptui.lessons.attempt import LessonWalk
from bptui.lessons.goals import facts_of
from bptui.lessons.lesson import Lesson, data_options, has_data_of, run_of, settings_at
from bptui.lessons.library import SHIPPED, Heading, headings_in, lesson_named, lessons_in
from bptui.lessons.progress import Progress
from bptui.lessons.progress_files import KeptLessons
from bptui.process.restrictions import Restrictions
from bptui.session import commands
from bptui.session.document import Document
from bptui.session.saving.user_files import UserFiles
from bptui.session.session import Session
from bptui.settings.start_settings import LessonStart
from bpwords import Sentence


class UserLessons:
    """All lessons, which are read once. The progress is kept whenever there is any.

    Args:
        start: what the command line says about lessons.
        ascii: whether only ASCII can be shown, so that lessons are in English where they can be.
        files: remembers from which files samples were read.
        restrictions: the limits.

    Attributes:
        language: the language in which lessons are opened.
        open: where the user is in the open lesson of each task.
        begun: the run when the current step was reached, by task.
        problems: why files of the folder are no lessons, as `walks` has found.
    """

    def __init__(
        self, start: LessonStart, *, ascii: bool, files: UserFiles, restrictions: Restrictions
    ) -> None:
        self._start, self._files, self._restrictions = start, files, restrictions
        self._kept = KeptLessons(start.progress)
        self.language = "en" if ascii else start.wanted_language
        self._lessons: list[Lesson] | None = None
        self._progress: dict[str, Progress] = {}
        self.open: dict[Task, LessonWalk] = {}
        self.begun: dict[Task, Document] = {}
        self.problems: tuple[str, ...] = ()

    @cached_property
    def headings(self) -> list[Heading]:
        """The headings of all lessons, which take no time to read."""
        return headings_in(self._start.folder)

    def title(self, heading: Heading) -> str:
        """The title in the user's language, if the lesson has it."""
        return heading.title.get(self.language) or next(iter(heading.title.values()), heading.id)

    def walks(self) -> list[LessonWalk]:
        """Where the user is in each lesson.

        Raises:
            ConfigError: the folder of lessons can't be listed.
        """
        if self._lessons is None:
            self._lessons, problems = lessons_in(self._start.folder)
            self.problems = tuple(map(str, problems))
        return [self.walk_of(lesson) for lesson in self._lessons]

    def named(self, name: str) -> LessonWalk:
        """Where the user is in the lesson with this ID, or in that of a file.

        Raises:
            ConfigError: there is no such lesson, or its file is no lesson.
        """
        return self.walk_of(lesson_named(name, self._start.folder, files=self._restrictions.has_files))

    def walk_of(self, lesson: Lesson) -> LessonWalk:
        """Where the user is in a lesson."""
        known = self._progress.get(lesson.id)
        known = known if known and known.belongs_to(lesson) else None
        progress = self._progress[lesson.id] = self._kept.progress(lesson, known)
        return LessonWalk(lesson, lesson.language(self.language), progress, following=self._after(lesson.id))

    def _after(self, id: str) -> tuple[str, str]:
        """The ID and the title of the lesson after one in the list; empty if there is none."""
        ids = [heading.id for heading in self.headings]
        following = self.headings[ids.index(id) + 1 :][:1] if id in ids else ()
        return next(((heading.id, self.title(heading)) for heading in following), ("", ""))

    def begin(
        self,
        walk: LessonWalk,
        session: Session,
        open_run: Callable[[Trainer, str], object],
        run: RunState | None,
    ) -> None:
        """Leave the open step, and open the run with which another one begins.

        Args:
            walk: where the other step is; `go` follows.
            session: the run of its task.
            open_run: opens a run with a name in place of that one.
            run: a run to continue instead of beginning one.

        Raises:
            ConfigError, DataError, RefusedError: that is not possible.
        """
        settings = settings_at(walk.lesson, walk.number)
        config, source = (run.config, run.source) if run else run_of(walk.lesson, settings)
        if refusal := self._restrictions.refusal(config):
            raise RefusedError(refusal)
        if run is None:
            begun = Trainer(config, source, kernel="numpy")
        else:
            begun = Trainer.continuing(run, kernel="numpy")
        if source is not None:
            self._files.note(source, data_options(walk.lesson, settings))
        self.open.pop(walk.task, None)  # whose goal must not be reached by this run
        if session.document.what_if:
            session.do(commands.toggle_what_if)
        open_run(begun, walk.run_name)

    def hide_verdicts(self, sessions: Mapping[Task, Session]) -> None:
        """Let the sessions keep the program's verdicts back where a question of a lesson is open."""

        def hides(task: Task) -> bool:
            walk = self.open.get(task)
            return walk is not None and walk.hides_verdicts

        for task, session in sessions.items():
            session.hides_verdicts = partial(hides, task)

    def begin_showing(self, walk: LessonWalk, session: Session) -> Document | None:
        """Note that the solution of a task is shown.

        Returns:
            The run when the current step was reached; None if it is still the same.
        """
        self.go(replace(walk, progress=walk.progress.showing(walk.number)), session)
        begun = self.begun.get(walk.task)
        return None if begun is None or begun.shown is session.run else begun

    def go(self, walk: LessonWalk, session: Session) -> bool:
        """Be at a step or a page of a lesson; return whether the step was just reached.

        Args:
            walk: where the user is.
            session: the run of its task.
        """
        before = self.open.get(walk.task)
        enters = before is None or before.progress.step != walk.progress.step
        if enters:
            self.begun[walk.task] = session.document
        if self._progress.get(walk.lesson.id) is not walk.progress:
            walk = replace(walk, progress=self._kept.keep(walk.lesson, walk.progress))
            self._progress[walk.lesson.id] = walk.progress
        self.open[walk.task] = walk
        return enters

    def note_goal(self, walk: LessonWalk, session: Session) -> bool:
        """Note the run if it has reached the goal of the step; return whether it has."""
        run = session.run
        reached = walk.is_reached(facts_of(session.snapshot())) and has_data_of(walk.lesson, walk.number, run)
        if reached:
            self.go(walk.reaching(run), session)
        return reached

    @property
    def name(self) -> str | None:
        """The name of the learner, as it was said for any lesson; None if it has to be asked for: by a served
        session, since its files all have the same names.
        """
        with contextlib.suppress(ConfigError):  # the folder of lessons can't be listed
            if names := [walk.progress.name for walk in self.walks() if walk.progress.name]:
                return names[0]
        return "" if self._restrictions.has_files else None

    @property
    def note(self) -> str:
        """A sentence that says why the last progress could not be kept; empty if it was."""
        unkept = Sentence("What was done in the lesson can't be kept: {problem}.")
        return unkept(problem=self._kept.problem) if self._kept.problem else ""

    @property
    def opened(self) -> dict[Task, str]:
        """The names of the open lessons, IDs or files. Any thread may ask."""
        return {task: _name_of(walk.lesson) for task, walk in dict(self.open).items()}

    def continue_with(self, names: Mapping[Task, str]) -> None:
        """Open the lessons that were open when runs were kept, unless they are gone."""
        for task, name in names.items():
            with contextlib.suppress(ConfigError):
                walk = self.named(name)
                if walk.task == task:
                    self.open[task] = walk


def _name_of(lesson: Lesson) -> str:
    """The name by which a lesson is opened again: its ID, or a file."""
    return lesson.id if lesson.path.parent == SHIPPED else str(lesson.path.absolute())
