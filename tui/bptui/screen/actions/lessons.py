"""The part of the app that opens lessons, and hands them in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from bpengine import ConfigError
from bptui.commands import COMMAND
from bptui.screen.actions.files import Files
from bptui.screen.actions.guide import Guide
from bptui.screen.tabs.run_tabs import RunTabs
from bptui.screen.terminal.capabilities import is_ascii
from bptui.screen.widgets.footer import KeyFooter
from bptui.session import commands
from bpwords import Sentence

if TYPE_CHECKING:
    from bptui.lessons.attempt import LessonWalk
    from bptui.lessons.lesson import Lesson
    from bptui.lessons.library import Heading


_DONE = Sentence("what was done in the lesson {id}: {done} of {wanted}")
_SHOWN = Sentence("what was done in the lesson {id}: {done} of {wanted}, {shown} of them shown")


class Lessons:
    """The lessons that can be opened.

    Args:
        tabs: the tabs.
        guide: leads through the lesson that is opened.
        files: asks where to save what is handed in.
    """

    def __init__(self, tabs: RunTabs, guide: Guide, files: Files) -> None:
        self._tabs, self._guide, self._files = tabs, guide, files

    def headings(self) -> Iterator[tuple[Heading, str]]:
        """The headings of all lessons, each with the title in the user's language."""
        user_lessons = self._guide.user_lessons
        return ((heading, user_lessons.title(heading)) for heading in user_lessons.headings)

    def choose(self) -> None:
        """Ask which lesson to open."""
        from bptui.screen.overlays.questions import ListScreen, lessons_of

        async def take(number: int | None) -> None:
            if number is not None:
                await self.open(walks[number - 1].lesson)

        try:
            walks, problems = self._guide.user_lessons.walks(), self._guide.user_lessons.problems
        except ConfigError as error:
            self._tabs.view.do(commands.refuse, str(error))
        else:
            self._tabs.view.app.push_screen(ListScreen(lessons_of(walks, problems)), take)

    async def begin(self, name: str) -> None:
        """Open the lesson with which the program was started, or ask which one if the name is empty."""
        if not name:
            self.choose()
            return
        try:
            lesson = self._guide.user_lessons.named(name).lesson
        except ConfigError as error:
            self._tabs.view.do(commands.refuse, str(error))
        else:
            await self.open(lesson)

    async def open(self, lesson: Lesson) -> None:
        """Open a lesson on the tab of its task, at the step where it was left, or again after its end.

        Unless it is open there, or was left there last, a run begins: the one that reached its last goal.
        """
        guide, walk = self._guide, self._guide.user_lessons.walk_of(lesson)
        await self._tabs.view.app.run_action(COMMAND[walk.task].action)
        guide.stop_showing()
        if guide.last_on(walk.task) != lesson.id or walk.is_over:
            walk = walk.reopened
            if not guide.begin_run(walk, walk.reached_run):
                return
        guide.go(walk)
        self._tabs.view.app.query_one(KeyFooter).welcome = ()

    async def answer(self, text: str) -> None:
        """Answer the question of the open lesson or, at its end, open the next one."""
        walk = self._guide.walk
        if walk is not None and walk.is_over and text == "enter":
            self._guide.leave()
            await self.begin(walk.following[0])
        elif walk is not None:
            self._guide.answer(walk, text)

    @property
    def languages(self) -> Iterable[str]:
        """The languages of the lessons; none if only ASCII can be shown."""
        headings = [] if is_ascii(self._tabs.view.app) else self._guide.user_lessons.headings
        return dict.fromkeys(language for heading in headings for language in heading.title)

    def speak(self, language: str) -> None:
        """Show the open lessons, and those that are opened, in a language."""
        self._guide.user_lessons.language = language
        for walk in [*self._guide.user_lessons.open.values()]:
            self._guide.go(replace(walk, language=walk.lesson.language(language)))

    @property
    def is_open(self) -> bool:
        """Whether a lesson is open on the open tab."""
        return self._tabs.opened in self._guide.opened

    def hand_in(self) -> None:
        """Ask for a file, and in a served session first for a name; write what was done in the lesson."""
        from bptui.screen.overlays.questions import AskScreen, learner

        walk, said = self._guide.walk, list[str]()
        if walk is None:
            return

        def take(_: object) -> None:
            if said:
                self._hand_in(walk, said[0])

        name = self._guide.user_lessons.name
        if name is not None:
            self._hand_in(walk, name)
        else:
            self._tabs.view.app.push_screen(AskScreen(learner(said.append)), take)

    def _hand_in(self, walk: LessonWalk, name: str) -> None:
        from bpengine.files import write_whole
        from bptui.session.saving.saving import Saving

        user_lessons = self._guide.user_lessons
        progress = user_lessons.walk_of(walk.lesson).progress  # with what another session has done
        if name and name != progress.name:
            progress = replace(progress, name=name)
            user_lessons.go(replace(walk, progress=progress.at(walk.progress.step)), self._tabs.view.session)
        done, wanted = progress.counts(walk.lesson)
        shown = len(progress.shown.intersection(progress.runs))
        label = (_SHOWN if shown else _DONE)(id=walk.lesson.id, done=done, wanted=wanted, shown=shown)
        saving = Saving("lesson", label, ".bptui", lambda path: write_whole(path, progress.packed()))
        self._files.ask_to_save([saving], walk.lesson.id)
