"""The part of the app that keeps the runs of its tabs, and continues those of an earlier session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from textual.app import App

from bpengine import CheckpointError, Task
from bptui.commands import COMMAND
from bptui.screen.overlays.dialog import Confirmation
from bptui.screen.tabs.run_tabs import RunTabs
from bptui.screen.widgets.footer import KeyHint, hint_of
from bptui.session.autosave.keeper import Keeper
from bptui.session.autosave.runs_folder import details, when
from bptui.session.autosave.state_file import ScreenState, worth_keeping
from bptui.settings.start_settings import StartSettings
from bpwords import Sentence, word

_QUIT_UNKEPT = Sentence("enter quits without keeping, esc goes back[, {save} saves elsewhere]")

NOTE_SECONDS = 20.0
"""How long the note is shown that no run can be kept."""


class Keeping:
    """Keeps the runs when the app ends, offers kept ones at the start, and says what can't be kept.

    Args:
        app: the app, which shows the questions and notes.
        tabs: the tabs.
        start: the settings at the start.
        lessons: returns the names of the open lessons; any thread may call it.

    Attributes:
        keeper: writes the file.
        continued: what the file with which the app was opened has of the screen; None if there is none.
    """

    def __init__(
        self,
        app: App[int],
        tabs: RunTabs,
        start: StartSettings,
        lessons: Callable[[], Mapping[Task, str]],
    ) -> None:
        self._app, self._tabs, self._lessons, self._paused = app, tabs, lessons, start.paused
        self.keeper = Keeper(start, self._state)
        self.continued = None if start.continued is None else self._continue(start.continued)

    def _state(self) -> ScreenState | None:
        """What is worth keeping of the last published states. Any thread may call this."""
        tabs = {task: view.frames.kept for task, view in self._tabs.views.items()}
        return worth_keeping(tabs, self._tabs.opened, self._lessons())

    def _continue(self, path: Path) -> ScreenState:
        """Replace the runs of the tabs by those of a file. Return the state in the file.

        Raises:
            CheckpointError: the file can't be read, or is damaged.
        """
        state = self.keeper.continue_from(path)
        for task, tab in state.tabs.items():
            self._tabs.views[task].continue_from(tab, paused=self._paused)
        return state

    def offer(self, take: Callable[[ScreenState | None], Awaitable[None]]) -> bool:
        """Ask whether to continue the kept runs, if there are any. Nothing trains until the answer.

        Args:
            take: called with the state that is continued, or None for new runs.

        Returns:
            Whether there are kept runs to offer.
        """
        kept = self.keeper.offered
        if kept is None:
            return False

        async def answered(answer: str | None) -> None:
            state = None
            try:
                state = None if answer is None else self._continue(kept.path)
            except CheckpointError as error:  # the file was damaged after the offer
                self._app.notify(str(error), severity="error", markup=False)
            await take(state)

        question = Confirmation(
            Sentence("Your run of {when} was kept.")(when=when(kept)),
            word("enter continues it, esc starts a new run"),
            details=details(kept),
            keys=(KeyHint("enter", "continue"), KeyHint("esc", "new run"), hint_of("quit", "quit")),
            actions={"quit": "app.quit"},
        )
        self._app.push_screen(question, answered)
        return True

    @property
    def _can_save(self) -> bool:
        """Whether the user may write files."""
        return self._app.check_action("do", ("save",)) is not False

    def warn(self) -> None:
        """Say so if no run can be kept, before there is one to lose."""
        problem = self.keeper.try_folder()
        if problem:
            text = f"{problem}."
            if self._can_save:
                text += f"\n{Sentence('{save} saves a run in a file.')()}"
            title = word("No run can be kept")
            self._app.notify(text, title=title, severity="warning", timeout=NOTE_SECONDS, markup=False)

    def ask_to_quit(self) -> None:
        """Ask whether to quit although the runs can't be kept."""

        async def answered(answer: str | None) -> None:
            if answer == "enter":
                self._app.exit()
            elif answer == "save":
                await self._app.run_action(COMMAND["save"].action)

        self._app.clear_notifications()  # the note of the start says the same, and would cover the dialogs
        keys = KeyHint("enter", "quit"), KeyHint("esc", "back"), hint_of("save", "save")
        question = Confirmation(
            Sentence("The run can't be kept: {problem}.")(problem=self.keeper.problem),
            (_QUIT_UNKEPT if self._can_save else _QUIT_UNKEPT.without("save"))(),
            keys=keys if self._can_save else keys[:2],
            actions={"save": "dismiss('save')"} if self._can_save else {},
        )
        self._app.push_screen(question, answered)
