"""The dialogue: its runs, and how its commands train them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bpengine import Field, Task
from bpengine.many.advice import TriedChange
from bpengine.many.jobs import processors
from bptui.commands.grammar import RefusedError
from bptui.commands.naming import in_dialogue
from bptui.experiments.runner import EndingPlan, Runner, WorkLimits
from bptui.process.allowance import Allowance
from bptui.process.restrictions import UNRESTRICTED, Restrictions
from bptui.process.streams import can_write
from bptui.session import commands
from bptui.session.autosave.keeper import Keeper
from bptui.session.autosave.state_file import ScreenState, worth_keeping
from bptui.session.saving.user_files import Reader, UserFiles
from bptui.session.session import Session, sessions_of
from bptui.session.snapshot import Snapshot, Stage
from bptui.session.worked_step.prediction import Prediction, Score
from bptui.session.worked_step.stepper import Stepper
from bptui.settings.start_settings import StartSettings
from bpwords import speak, word

if TYPE_CHECKING:  # imported when a lesson or a table is opened, or an experiment begun
    from bptui.lessons.user_lessons import UserLessons

Done = TypeVar("Done")

POLL_SECONDS = 0.02
"""The time between two looks at what threads have found."""
SHARE_SECONDS = 0.02
"""How long a dialogue without a share of the processor waits before it checks again whether it may train."""


class Dialogue:
    """A session for each task, of which one is open.

    Nothing trains between two commands: each command trains in slices of time until it is done.

    Args:
        start: the settings at the start.
        open_file: reads a file as for the screen; None if no file can be opened.
        restrictions: the limits.
        pause_requested: returns whether the training in progress must pause; called after each slice.
    """

    def __init__(
        self,
        start: StartSettings,
        *,
        open_file: Reader | None = None,
        restrictions: Restrictions = UNRESTRICTED,
        pause_requested: Callable[[], bool] = lambda: False,
    ) -> None:
        speak(in_dialogue)
        self._cluster = start.cluster
        self.sessions = sessions_of(start)
        self.opened: Task = start.start
        self.start = start
        """The settings at the start."""
        self.answers: dict[str, Callable[[], str]] = {}
        """What the next line may answer to a question about a table that was opened, and what each does."""
        self.said: list[str] = []
        """The lines of the last answer."""
        self.restrictions = restrictions
        self.pause_requested = pause_requested
        self.files = UserFiles(start, open_file if restrictions.has_files else None)
        self.replaces: tuple[str, str] | None = None
        """The kind and the name of a file that exists: repeating the save command replaces it."""
        self.helpful: tuple[TriedChange, ...] = ()
        """The changes that the last experiment found to help."""
        self.stepper: Stepper | None = None
        """Where the walk through the numbers of a step is; None before it begins."""
        self.prediction = Prediction(Score())
        """Whether this walk asks for the numbers."""
        self.script: list[str] = []
        """Commands that are executed next without being typed, to show a solution."""
        self.leaves_unkept = False
        """Whether the user was asked about quitting although the runs can't be kept."""
        self.is_over = False
        """Whether the last command ended the dialogue."""
        self._runner = Runner(0 if restrictions.limits_processor else processors())
        self.allowance = Allowance(restrictions)
        """What the dialogue may still use of the processor and of the time."""
        self.keeper = Keeper(start, self._state)
        if start.continued is not None:
            self._continue(start.continued)

    @cached_property
    def user_lessons(self) -> UserLessons:
        """The lessons, and where the learner is in those that are open."""
        from bptui.lessons.user_lessons import UserLessons

        can_be_read = can_write(sys.stdout, "中")
        lessons = UserLessons(
            self.start.lessons, ascii=not can_be_read, files=self.files, restrictions=self.restrictions
        )
        lessons.hide_verdicts(self.sessions)
        return lessons

    def _state(self) -> ScreenState | None:
        """What is worth keeping of the runs."""
        tabs = {task: session.kept for task, session in self.sessions.items()}
        return worth_keeping(tabs, self.opened, self.open_lessons)

    @property
    def is_asking(self) -> bool:
        """Whether a question of a lesson is open."""
        walk = self.user_lessons.open.get(self.opened) if self.open_lessons else None
        return walk is not None and walk.asks

    @property
    def open_lessons(self) -> dict[Task, str]:
        """The names of the open lessons by their tasks."""
        return self.user_lessons.opened if "user_lessons" in vars(self) else {}

    @property
    def session(self) -> Session:
        """The session of the open task."""
        return self.sessions[self.opened]

    @property
    def snapshot(self) -> Snapshot:
        """The run of the open task as it is now."""
        return self.session.snapshot()

    def continue_kept(self) -> None:
        """Continue the kept run that was offered.

        Raises:
            RefusedError: none was offered, or it would replace a run that has begun.
            CheckpointError: its file was damaged in the meantime.
        """
        has_flags = self.restrictions.has_files  # a served learner types commands only
        if self.keeper.offered is None:
            others = "no kept run is offered; bptui runs lists them, and --continue ID continues one"
            served = "no kept run is offered; if there is one, it is offered at the start"
            raise RefusedError(word(others if has_flags else served))
        if any(session.kept.is_worth_keeping for session in self.sessions.values()):
            others = "a run has begun here; quit, and continue the kept run with --continue"
            served = "a run has begun here; a kept run can be continued only before that"
            raise RefusedError(word(others if has_flags else served))
        self._continue(self.keeper.offered.path)

    def _continue(self, path: Path) -> None:
        state = self.keeper.continue_from(path)
        for task, tab in state.tabs.items():
            self.sessions[task].take_state(tab, paused=True)
        self.opened = state.open
        if state.lessons:
            self.user_lessons.continue_with(state.lessons)

    def change(self, field: Field, value: object) -> None:
        """Change a setting of the open run, within the limits.

        Raises:
            ConfigError: the value is not allowed.
            RefusedError: a limit does not allow it.
        """
        refusal = self.restrictions.refusal_of_change(self.session.config, field.name, value)
        if refusal:
            raise RefusedError(refusal)
        self.session.do(commands.change, field, value)

    def epochs(self, epochs: int) -> Iterator[None]:
        """Train the open run for `epochs` epochs; yield at each report, at a pause, and at the end."""
        session, target = self.session, self.session.epochs_done + epochs
        while session.epochs_done < target and session.stage in (Stage.READY, Stage.PAUSED):
            left = min(target - session.epochs_done, session.epochs_to_report)
            self._slice(partial(session.do, commands.step_epoch, left))
            self.finish()
            yield
            if self.pause_requested():
                break

    def samples(self, samples: int) -> None:
        """Train the open run on `samples` samples, unless it ends earlier or has to pause."""
        if not self.pause_requested():
            self._slice(partial(self.session.do, commands.step_samples, samples))
            self.finish()

    def finish(self) -> None:
        """Train through the step, rewind or what-if in progress, and pause."""
        session = self.session
        while session.in_progress and not self.pause_requested():
            self._slice(session.tick)
        if session.in_progress or session.stage is Stage.RUNNING:
            session.do(commands.stop)

    def experiment_limits(self) -> WorkLimits:
        """What an experiment may use."""
        return WorkLimits(self._runner, self.restrictions.allows, self._cluster)

    def carry_out(self, plan: EndingPlan) -> Iterator[None]:
        """Train what a plan asks for, until it has ended or has to pause; yield when there may be news."""
        task = self._runner.begin(plan)
        try:
            while not self.pause_requested():
                task.collect()
                yield
                if plan.has_ended:
                    break
                if self._runner.threads:
                    time.sleep(POLL_SECONDS)
                else:
                    self._slice(self._runner.pump)
            task.collect()  # what has ended since
        finally:
            task.end()

    def finish_cloud(self) -> None:
        """Train the starts of the cloud, if it is on, to the epoch of the run, unless asked to pause."""
        session = self.session
        while (shown := self.snapshot.comparison.cloud) and shown.is_working and not self.pause_requested():
            session.cloud.load()
            self._slice(session.tick)

    def rest(self) -> None:
        """Wait until some of the share of the processor is left for a command."""
        while delay := self.allowance.share.input_delay():
            time.sleep(delay)

    def _slice(self, train: Callable[[], Done]) -> Done:
        """Train for a slice of time, after waiting for the share of the processor."""
        while self.allowance.share.training_delay() and not self.pause_requested():
            time.sleep(SHARE_SECONDS)
        done = train()
        self.allowance.share.end_slice()
        return done
