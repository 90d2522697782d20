"""The part of the app that leads through the open lessons, and sees which goals the runs reach.

Without a lesson, no module of lessons is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING

from bpengine import ConfigError, DataError, Task
from bpengine.training.run import RunState
from bptui.commands.grammar import RefusedError
from bptui.process.restrictions import Restrictions
from bptui.screen.actions.panels import Panels
from bptui.screen.actions.settings import Settings
from bptui.screen.tabs.panels import NAMES
from bptui.screen.tabs.run_tabs import RunTabs
from bptui.session import commands
from bptui.session.saving.user_files import UserFiles
from bptui.settings.start_settings import StartSettings
from bpwords import Sentence, word

if TYPE_CHECKING:
    from bptui.lessons.attempt import LessonWalk
    from bptui.lessons.goals import Facts
    from bptui.lessons.solutions import Act
    from bptui.lessons.user_lessons import UserLessons
    from bptui.screen.actions.showing import Showing

_DONE = Sentence("The lesson {id} is done. {lessons} opens it again, or another one.")
_LEFT = Sentence("Left the lesson {id} at step {place}. {lessons} opens it again, or another one.")
_NOT_ASKED = Sentence("In a lesson, numbers only answer its questions. {lesson_on} continues.")
PAUSE_SECONDS = 1.2
"""The pause before and after each command that is shown."""


class Guide:
    """Leads through the open lessons: at most one in each tab, which belongs to its task.

    Args:
        tabs: the tabs.
        panels, settings: the parts of the app that lessons use.
        files: remembers from which files samples were read.
        start: the settings at the start.
        restrictions: the limits.

    Attributes:
        pause_seconds: the pause before and after each command that is shown.
    """

    def __init__(
        self,
        tabs: RunTabs,
        panels: Panels,
        settings: Settings,
        files: UserFiles,
        start: StartSettings,
        restrictions: Restrictions,
    ) -> None:
        self._tabs, self._panels, self._settings = tabs, panels, settings
        self._files, self._start, self._restrictions = files, start, restrictions
        self._left: dict[Task, str] = {}  # the lesson that was left last on each tab
        self._followed: set[Task] = set()
        self._showing: Showing | None = None
        self._act: Act | None = None  # the command that is shown
        self.pause_seconds = PAUSE_SECONDS

    @cached_property
    def user_lessons(self) -> UserLessons:
        """All lessons, and where the learner is in those that are open."""
        from bptui.lessons.user_lessons import UserLessons

        start = self._start
        lessons = UserLessons(
            start.lessons, ascii=start.ascii, files=self._files, restrictions=self._restrictions
        )
        lessons.hide_verdicts({task: view.session for task, view in self._tabs.views.items()})
        return lessons

    @property
    def _open(self) -> dict[Task, LessonWalk]:
        return self.user_lessons.open if "user_lessons" in vars(self) else {}

    @property
    def opened(self) -> dict[Task, str]:
        """The names of the open lessons by their tabs. Any thread may ask."""
        return self.user_lessons.opened if "user_lessons" in vars(self) else {}

    def last_on(self, task: Task) -> str | None:
        """The ID of the lesson that is open on a tab or, if there is none, was left last there."""
        walk = self._open.get(task)
        return self._left.get(task) if walk is None else walk.lesson.id

    def continue_with(self, names: Mapping[Task, str]) -> None:
        """Continue the lessons that were open when the runs of the tabs were kept, unless they are gone."""
        if names:
            self.user_lessons.continue_with(names)
        for task in self._open:
            self._follow_tab(task)
            self._show_step(task)

    def begin_run(self, walk: LessonWalk, run: RunState | None = None) -> bool:
        """Begin the run of a step, or continue this one; return whether that was possible, or say why not."""
        view = self._tabs.view
        try:
            self.user_lessons.begin(walk, view.session, view.open_run, run)
        except (ConfigError, DataError, RefusedError) as error:
            view.do(commands.refuse, str(error))
            return False
        if view.options.rates:  # which another step had asked for
            view.change_options(rates=False)
        return True

    @property
    def walk(self) -> LessonWalk | None:
        """The walk on the open tab. If there is none, say how to open one."""
        walk = self._open.get(self._tabs.opened)
        if walk is None:
            self._tabs.view.do(commands.say, Sentence("No lesson is open: {lessons} lists them.")())
        return walk

    def on(self) -> None:
        """Continue, or say how to answer the question of the step; at the end, leave the lesson."""
        walk = self.walk
        if walk is None:
            return
        self.stop_showing()
        after = walk.on(self._facts(walk.task), self._tabs.view.lesson_pages)
        if after is not walk:
            if after.number == walk.number or not after.step.settings or self.begin_run(after):
                self.go(after)
        elif not walk.asks:
            self.leave()
        elif walk.choices:
            self.answer(walk, "")  # which says what an answer may be
        else:
            self._tabs.view.type_answer()

    def answer(self, walk: LessonWalk, text: str) -> None:
        """Answer the question of a step, or say what an answer may be, or that nothing is asked."""
        if not walk.asks:
            self._tabs.view.do(commands.say, _NOT_ASKED())
            return
        try:
            answered = walk.answered(walk.parse_answer(text))
        except RefusedError as error:
            self._tabs.view.do(commands.say, str(error))
        else:
            self._tabs.view.do(commands.say, "")  # no longer what an earlier answer should have been
            self.go(answered)

    def back(self) -> None:
        """Go back by a page or a step. The run stays as it is."""
        walk = self.walk
        if walk is not None:
            self.stop_showing()
            self.go(walk.back(self._facts(walk.task), self._tabs.view.lesson_pages))

    def hint(self) -> None:
        """Show the hint of the task, or the task again."""
        walk = self.walk
        if walk is not None and self._has_task(walk):
            self.go(walk.hinting())

    def _has_task(self, walk: LessonWalk) -> bool:
        if walk.solution:
            return True
        self._tabs.view.do(commands.say, Sentence("This step has no task. {lesson_on} continues.")())
        return False

    def leave(self) -> None:
        """Leave the lesson of the open tab; the run stays."""
        task, view = self._tabs.opened, self._tabs.view
        walk = self._open.pop(task, None)
        if walk is None:
            return
        self.stop_showing()
        self._left[task] = walk.lesson.id
        self._panels.end_pointing()
        view.show_lesson(None)
        id = walk.lesson.id
        view.do(commands.say, _DONE(id=id) if walk.is_over else _LEFT(id=id, place=walk.place))

    def escape(self) -> None:
        """Stop what is in progress, go to the settings, or end what-if; otherwise leave the lesson.

        At the question whether to skip a task, go back to the task. Notes about a file are closed.
        """
        self._tabs.view.app.clear_notifications()
        walk = self._open.get(self._tabs.opened)
        if walk is not None and walk.is_skipping:
            self.back()
        elif not self.stop_showing() and not self._panels.to_settings():
            self.leave()

    # Showing the step.

    def go(self, walk: LessonWalk) -> None:
        """Show another step or page on the tab of the lesson."""
        task, view = walk.task, self._tabs.views[walk.task]
        self._follow_tab(task)
        enters = self.user_lessons.go(walk, view.session)
        if enters:
            self._panels.end_pointing()
            self._note_goal(task)  # for a learner who was faster than the lesson
        self._show_step(task)
        if enters and walk.panel in NAMES:
            self._panels.point_at(walk.panel)
        if note := self.user_lessons.note:
            view.do(commands.say, note)

    def _follow_tab(self, task: Task) -> None:
        if task not in self._followed:
            self._followed.add(task)
            view = self._tabs.views[task]
            view.app.watch(view, "snapshot", partial(self._follow, task), init=False)

    def _follow(self, task: Task) -> None:
        """Fill in the numbers of the run, and note it if it has reached the goal."""
        if task in self._open and self._tabs.views[task].snapshot is not None:
            self._note_goal(task)
            self._show_step(task)

    def _note_goal(self, task: Task) -> None:
        """Note the run of a tab if it has reached the goal of its step."""
        from bptui.lessons.goals import facts_of

        walk, view = self._open[task], self._tabs.views[task]
        if view.snapshot is not None and walk.is_reached(facts_of(view.snapshot)):
            self.user_lessons.note_goal(walk, view.session)  # which may have trained on since then

    def _show_step(self, task: Task) -> None:
        """Show the step of a tab's lesson, with the numbers of its run."""
        from bptui.lessons.lesson_snapshot import lesson_snapshot

        view = self._tabs.views[task]
        if view.is_attached:  # otherwise it is shown when its tab is opened
            view.show_lesson(lesson_snapshot(self._open[task], self._facts(task), self._act))

    def _facts(self, task: Task) -> Facts:
        """The numbers of the run of a tab, as it is shown."""
        from bptui.lessons.goals import facts_of

        view = self._tabs.views[task]
        return facts_of(view.snapshot or view.session.snapshot())

    # Showing a solution.

    def show_me(self) -> None:
        """Do the task before the eyes of the learner, from where it began; or stop that."""
        from bptui.lessons.solutions import act_of
        from bptui.screen.actions.showing import Showing

        walk, view = self.walk, self._tabs.view
        if walk is None or self.stop_showing() or not self._has_task(walk):
            return
        try:
            acts = [act_of(command) for command in walk.solution]
        except (ConfigError, RefusedError) as error:
            view.do(commands.refuse, str(error))
            return
        view.leave()
        begun = self.user_lessons.begin_showing(walk, view.session)
        if begun is None:
            view.do(commands.pause)
        else:
            view.do(commands.return_to, begun, word("the attempt at the task", "undo"))
        self._showing = Showing(view, self._settings, acts, self._say_act, self.pause_seconds)

    def _say_act(self, act: Act | None) -> None:
        """Show a command in the panel of the lesson; None shows the step again."""
        self._act = act
        if act is None:
            self._showing = None
        if self._tabs.opened in self._open:
            self._show_step(self._tabs.opened)

    def stop_showing(self) -> bool:
        """Stop showing a solution; return whether one was shown."""
        if self._showing is None:
            return False
        self._showing.stop()
        self._tabs.view.leave()
        self._say_act(None)
        return True
