"""The part of the app that opens, loads, keeps and continues its two tabs.

The engine and everything that imports it are imported inside functions, so that the first frame is drawn
before they are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import ContentSwitcher, Static, Tab, Tabs

from bptui.commands import TABS, key_of
from bptui.startup.deferred_start import DeferredStart
from bptui.startup.gc_pause import end_gc_pause
from bptui.terminal.capabilities import TerminalApp
from bptui.terminal.driver import TerminalDriver
from bptui.terminal.signals import TerminalGuard
from bptui.views.key_hints import Situation, key_hints, panels_out_of_sight
from bptui.widgets.footer import KeyFooter
from bptui.widgets.panel_bar import PanelBar
from bptui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from bpengine import Task
    from bptui.kept.folder import KeptFile
    from bptui.kept.keeper import Keeper
    from bptui.kept.screen_state import ScreenState
    from bptui.kept.user_files import Reader
    from bptui.startup.start_settings import StartSettings
    from bptui.views.panel_layout import PanelLayout
    from bptui.views.run_view import RunView

NOTES_SECONDS = 20.0
"""How long notes about the data are shown."""


class KeepingApp(TerminalApp):
    """An app with two tabs whose runs are kept when the app ends, and continued by a later one.

    Args:
        start: the settings at the start.
        guard: watches the terminal; None if there is none, as in tests.
        open_file: reads a file; see `UserFiles`. None if no file can be opened.
    """

    TRAINS_IN_THREAD = True
    """Whether a run on a terminal is trained in a thread beside the event loop."""

    def __init__(
        self,
        start: StartSettings | DeferredStart,
        *,
        guard: TerminalGuard | None = None,
        open_file: Reader | None = None,
    ) -> None:
        super().__init__(ascii=start.ascii, driver_class=None if guard is None else TerminalDriver)
        self._guard = guard
        self._open_file = open_file
        self._open: Task = start.start
        self._tabs = Tabs(
            *(Tab(f"{key_of(task)} {task.capitalize()}", id=task) for task in TABS),
            active=start.start,
        )
        self._tabs.can_focus = False
        self._switcher = ContentSwitcher()
        self._panel_bar = PanelBar()
        self._footer = KeyFooter(key_hints(Situation(state="ready" if start.paused else "running")))
        self._too_small = Static(id="too-small", markup=False)
        self._views: dict[Task, RunView] = {}
        self._keeper: Keeper | None = None
        self._late: DeferredStart | None = None
        self._early: list[events.InputEvent] = []
        if isinstance(start, DeferredStart):
            self._late = start
        else:
            self._make_views(start)

    def _make_views(self, start: StartSettings) -> None:
        from bpengine.many.jobs import processors
        from bptui.kept.folder import KeptFolder
        from bptui.kept.keeper import Keeper
        from bptui.kept.screen_state import read_state, screen_state
        from bptui.kept.user_files import UserFiles
        from bptui.session.opening import sessions_of
        from bptui.starts.runner import Runner
        from bptui.views.panel_layout import SavedLayout
        from bptui.views.run_view import RunView
        from bptui.views.training import TrainingThread

        self._kernel, self._cluster = start.kernel, start.cluster
        self._files = UserFiles(start, self._open_file)
        self._saved_layout = SavedLayout(start.layout_path)
        in_threads = self._guard is not None and self.TRAINS_IN_THREAD
        self.runner = Runner(processors() if in_threads else 0)
        for task, session in sessions_of(start).items():
            paused = start.paused or start.restored_for(task) is not None
            thread = TrainingThread() if in_threads else None
            self._views[task] = RunView(
                session, paused=paused, fps=start.fps, thread=thread, runner=self.runner, id=task
            )
        folder = None if start.runs_path is None else KeptFolder(start.runs_path)
        self._keeper = Keeper(folder, lambda: screen_state(self._views, self._open))
        self._paused = start.paused
        self._notes = start.notes
        self._greets = start.greets
        newest = None if folder is None else folder.newest()
        self._offered = newest if start.offers else None
        self._has_kept_runs = newest is not None
        self._continued: ScreenState | None = None
        if start.continued is not None:
            self._continued = read_state(start.continued)
            self._keeper.continued = start.continued
            for task, tab in self._continued.tabs.items():
                self._views[task].continue_from(tab.session, tab.options, paused=start.paused)

    def compose(self) -> ComposeResult:
        """Yield the tabs, the open view and the footer, and a message for a terminal that is too small."""
        yield Horizontal(self._tabs, self._panel_bar, id="top")
        yield self._switcher
        yield self._too_small
        yield self._footer

    async def on_mount(self) -> None:
        """Watch the terminal, and begin unless the engine has to be loaded first."""
        if self._guard is not None:
            self._guard.watch(self, self.keep)
        if self._late is None:
            await self._begin()
        else:
            self.call_after_refresh(self._load, self._late)

    async def _load(self, late: DeferredStart) -> None:
        """Load the engine and begin; then handle the keys that were typed in the meantime."""
        self._make_views(late.load())
        end_gc_pause()
        await self._begin()
        self._late = None
        for event in self._early:
            self.post_message(event)

    async def on_event(self, event: events.Event) -> None:
        """Queue keys and clicks while the engine is being loaded."""
        if self._late is not None and isinstance(event, events.InputEvent):
            self._early.append(event)
        else:
            if isinstance(event, events.Key | events.MouseDown) and not event.is_forwarded:
                for welcome in self.query(Welcome):
                    welcome.count_key()
            await super().on_event(event)

    async def _begin(self) -> None:
        """Show the open tab, and then load the compiled kernel, which would delay the first frame."""
        layout = self._saved_layout.load()
        if self._continued is not None:
            layout = self._continued.layout or layout
            self._tabs.active = self._open = self._continued.open
        for view in self._views.values():
            view.panel_layout = layout.at_start(*self.size)
            self.watch(view, "situation", self._show_hints, init=False)
        await self._show_view()
        if self._is_ending:
            return
        self.view.open(begin=self._offered is None)
        if self._offered is not None:
            self._offer(self._offered)
        elif self._greets or (self._saved_layout.is_first_time and not self._has_kept_runs):
            await self.mount(Welcome(), after="#top")
            self._saved_layout.save(self.view.panel_layout)
        self._tell(self._notes)
        self.call_after_refresh(self._load_machine_code)
        self.call_after_refresh(self._try_to_keep)

    def _tell(self, notes: Sequence[str]) -> None:
        """Show notes about how the user's data was read, until a click or for `NOTES_SECONDS`."""
        if notes:
            title = "How the file was read"
            self.notify("\n".join(notes), title=title, timeout=NOTES_SECONDS, markup=False)

    def _try_to_keep(self) -> None:
        """Say so if no run can be kept, before there is one to lose."""
        problem = "" if self._keeper is None else self._keeper.try_folder()
        if problem:
            text = f"{problem}."
            if self.can_save:
                text += f"\n{key_of('save')} saves a run in a file."
            title = "No run can be kept"
            self.notify(text, title=title, severity="warning", timeout=NOTES_SECONDS, markup=False)

    @property
    def can_save(self) -> bool:
        """Whether the user may write files."""
        return self.check_action("save", ()) is not False

    def _show_hints(self) -> None:
        """Show what the keys do now, and which panels are not visible."""
        now = self.view.situation
        self._footer.hints = key_hints(now)
        self._panel_bar.names = frozenset((*now.elsewhere, *now.hidden))
        self._panel_bar.versions = panels_out_of_sight(now)

    def _load_machine_code(self) -> None:
        """Load it beside the screen. Until then, NumPy trains, with the same numbers.

        Without a terminal, the run itself sees to it if there is much to train.
        """
        from bpengine.kernels import loading

        if self._kernel != "numpy" and self._guard is not None:
            loading.load_in_background()

    def _offer(self, kept: KeptFile) -> None:
        """Ask whether to continue a kept run. Nothing trains until the answer."""
        from bptui.kept.folder import details, when
        from bptui.screens.question import Question

        async def take(answer: str | None) -> None:
            if answer is not None:
                await self._continue(kept)
            else:
                self.view.open()

        question = Question(
            f"Your run of {when(kept)} was kept.",
            "enter continues it, esc starts a new run",
            details=details(kept),
            keys=f"enter continue   esc new run   {key_of('quit')} quit",
            actions={"quit": "app.quit"},
        )
        self.push_screen(question, take)

    async def _continue(self, kept: KeptFile) -> None:
        """Continue a kept run in place of the runs that the screen was opened with."""
        from bpengine import CheckpointError
        from bptui.kept.screen_state import read_state

        try:
            state = read_state(kept.path)
        except CheckpointError as error:  # the file was damaged after the offer
            self.notify(str(error), severity="error", markup=False)
            self.view.open()
            return
        assert self._keeper is not None
        self._keeper.continued = kept.path
        for task, tab in state.tabs.items():
            self._views[task].continue_from(tab.session, tab.options, paused=self._paused)
        if state.layout is not None:
            self._arrange(state.layout.at_start(*self.size))
        await self.action_open_tab(state.open)
        self.view.open()

    def keep(self) -> None:
        """Keep the state of the tabs for the next start. Any thread may call this."""
        if self._keeper is not None:
            self._keeper.keep()

    @property
    def keep_problem(self) -> str:
        """Why the state could not be kept, or an empty text."""
        return "" if self._keeper is None else self._keeper.problem

    def exit(self, *arguments: Any, **options: Any) -> None:
        """Keep the state, and end the app."""
        self.keep()
        super().exit(*arguments, **options)

    @property
    def _is_ending(self) -> bool:
        """Whether `exit` was called. Messages still arrive, but Textual refuses to mount widgets."""
        return self.return_code is not None

    async def run_action(self, *arguments: Any, **options: Any) -> bool:
        """Run the action of a key, but not after `exit`: a key may be handled after the one that quits."""
        return not self._is_ending and await super().run_action(*arguments, **options)

    @property
    def view(self) -> RunView:
        """The view of the open tab."""
        return self._views[self._open]

    async def on_tabs_tab_activated(self) -> None:
        """Show the chosen tab, and pause the run of the other one."""
        if self._is_ending or self._tabs.active == self._open:
            return
        self.view.close()
        self._open = next(task for task in self._views if task == self._tabs.active)
        await self._show_view()
        if not self._is_ending:
            self.view.open()
            self._show_hints()

    async def _show_view(self) -> None:
        """Show the view of the open tab, and mount it when it is shown for the first time."""
        with self.batch_update():
            if not self.view.is_attached:
                self.view.display = False
                await self._switcher.mount_all([self.view])  # mounts nothing in an app that is ending
            if not self._is_ending:
                self._switcher.current = self._open

    async def action_open_tab(self, task: str) -> None:
        """Open the task's tab."""
        self._tabs.active = task
        await self.on_tabs_tab_activated()  # at once: the next key may arrive before the tabs' message

    def _arrange(self, panel_layout: PanelLayout) -> None:
        for view in self._views.values():
            view.panel_layout = panel_layout
        self._saved_layout.save(panel_layout)

    def _do(self, command: Callable[..., None], *arguments: object) -> None:
        command(*arguments)
        self.view.show_now()
