"""The Textual app: its tabs, how it opens and ends, and how it runs commands.

The engine and everything that imports it are imported inside functions, so that the first frame is drawn
before they are loaded.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal

from bptui.commands import COMMANDS
from bptui.process.allowance import Allowance
from bptui.process.preparation import end_gc_pause
from bptui.screen.overlays.palette import open_palette
from bptui.screen.tabs.key_hints import Situation, key_hints, panels_out_of_sight
from bptui.screen.tabs.run_tabs import RunTabs
from bptui.screen.terminal.app import TerminalApp
from bptui.screen.terminal.guard import TerminalGuard
from bptui.screen.terminal.textual_internals import bind
from bptui.screen.terminal.themes import DARK
from bptui.screen.widgets.footer import KeyFooter, PanelBar, welcome
from bptui.settings.deferred_start import DeferredStart
from bpwords import word

if TYPE_CHECKING:
    from bptui.experiments.runner import WorkLimits
    from bptui.screen.actions.autosave import Keeping
    from bptui.screen.actions.files import Files
    from bptui.screen.actions.guide import Guide
    from bptui.screen.actions.lessons import Lessons
    from bptui.screen.actions.panels import Panels
    from bptui.screen.actions.settings import Settings
    from bptui.screen.tabs.run_view import RunView
    from bptui.screen.widgets.rows import UnitChosen, UnitEdited, WeightOpened
    from bptui.session.autosave.state_file import ScreenState
    from bptui.session.saving.user_files import Reader
    from bptui.session.worked_step.prediction import Score
    from bptui.settings.start_settings import StartSettings

WORK = (events.InputEvent, events.Paste, events.Resize)
"""The events with which a user makes the app work and draw."""


class BptuiApp(TerminalApp):
    """The live trainer: two tabs, whose runs are kept when the app ends, and continued by a later one.

    Args:
        start: the settings at the start. Without a theme in them, it is the one that was chosen last or, if
            there is none, one for the terminal.
        guard: watches the terminal; None if there is none, as in tests.
        open_file: reads a file; see `UserFiles`. None if no file can be opened.
        allowance: what the session may use; None for no limits.

    Attributes:
        allowance: the argument.
        score: the guesses that were made in the box.
        tabs: the two tabs.
        panels, settings, files, lessons, guide: the parts on which commands act.
        palette_source: the part that the palette searches. It and the parts are made when the engine is
            loaded.
    """

    tabs: RunTabs
    panels: Panels
    settings: Settings
    files: Files
    score: Score
    lessons: Lessons
    guide: Guide

    def __init__(
        self,
        start: StartSettings | DeferredStart,
        *,
        guard: TerminalGuard | None = None,
        open_file: Reader | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        super().__init__(guard=guard, ascii=start.ascii)
        if start.theme is not None:
            self.theme = start.theme
        self.allowance = Allowance() if allowance is None else allowance
        for command in COMMANDS:
            action = command.action if self.check_action("do", (command.name,)) else "refuse"
            bind(self, Binding(command.keys, action, command.label, show=False, priority=command.everywhere))
        if self.allowance.restrictions.max_upload:
            bind(self, Binding("shift+f12", "take_upload", show=False, priority=True))
        self._open_file = open_file
        self.tabs = RunTabs(start.start)
        self._panel_bar = PanelBar()
        self._footer = KeyFooter(key_hints(Situation(state="ready" if start.paused else "running")))
        self.actions_of_commands = {each.name: partial(each.screen, self) for each in COMMANDS if each.screen}
        self._keeping: Keeping | None = None
        self._late: DeferredStart | None = None
        self._early: list[events.InputEvent] = []  # keys and clicks that wait until the engine is loaded
        if isinstance(start, DeferredStart):
            self._late = start
        else:
            self._make_views(start)

    def _make_views(self, start: StartSettings) -> None:
        """Make the tabs and the parts that act on them."""
        from bpengine.many.jobs import processors
        from bptui.experiments.runner import Runner
        from bptui.screen.actions.autosave import Keeping
        from bptui.screen.actions.files import Files
        from bptui.screen.actions.guide import Guide
        from bptui.screen.actions.lessons import Lessons
        from bptui.screen.actions.palette_source import PaletteSource
        from bptui.screen.actions.panels import Panels
        from bptui.screen.actions.settings import Settings
        from bptui.screen.tabs.frame_loop import TrainingThread
        from bptui.screen.tabs.run_view import RunView
        from bptui.session.session import sessions_of
        from bptui.session.worked_step.prediction import Score

        self._start = start
        restrictions = self.allowance.restrictions
        trains_in_thread = self._guard is not None and not restrictions.limits_processor
        self.runner = Runner(processors() if trains_in_thread else 0)
        self.runner.may_work = lambda: not self.allowance.training_delay()
        for task, session in sessions_of(start).items():
            paused = start.paused or start.restored_for(task) is not None
            thread = TrainingThread() if trains_in_thread else None
            self.tabs.views[task] = RunView(
                session, runner=self.runner, paused=paused, fps=start.fps, thread=thread, id=task
            )
            self.tabs.views[task].frames.training_delay = self.allowance.training_delay
        self.panels = Panels(self.tabs, start.layout_path)
        self.settings = Settings(self.tabs, restrictions)
        self.files = Files(self.tabs, start, self._open_file, restrictions)
        self.score = Score()
        self.guide = Guide(self.tabs, self.panels, self.settings, self.files.user_files, start, restrictions)
        self.lessons = Lessons(self.tabs, self.guide, self.files)
        self.palette_source = PaletteSource(self.tabs, self.panels, self.settings, self.files, self.lessons)
        self._keeping = Keeping(self, self.tabs, start, lambda: self.guide.opened)

    def compose(self) -> ComposeResult:
        """Yield the tabs, the open view and the footer, and a message for a terminal that is too small."""
        yield Horizontal(self.tabs.bar, self._panel_bar, id="top")
        yield self.tabs.switcher
        yield self.too_small
        yield self._footer

    async def on_mount(self) -> None:
        """Watch the terminal and the time, and begin unless the engine has to be loaded first."""
        if self._guard is not None:
            self._guard.watch(self, self.keep)
        self.check_time()
        if self._late is None:
            await self._begin()
        else:
            self.call_after_refresh(self._load, self._late)

    async def _load(self, late: DeferredStart) -> None:
        """Load the engine and begin; then handle the keys that were typed in the meantime."""
        self._make_views(late.load())
        await self._begin()
        self._late = None
        for event in self._early:
            self.post_message(event)

    async def on_event(self, event: events.Event) -> None:
        """Let what makes work wait for the allowance, and keys and clicks until the engine is loaded."""
        if isinstance(event, events.InputEvent):
            self.allowance.note_input()
        if isinstance(event, WORK) and not event.is_forwarded:
            await self.allowance.rest(lambda: self._guard is not None and self._guard.status)
        if self._late is not None and isinstance(event, events.InputEvent):
            self._early.append(event)
        elif self.screen_stack or not isinstance(event, events.InputEvent):  # which may come at the end
            if isinstance(event, events.Key | events.MouseDown) and not event.is_forwarded:
                self._footer.count_key()
            await super().on_event(event)

    def check_time(self) -> None:
        """End the app when its time is over; until then, check again when it can be over."""
        left = self.allowance.seconds_left()
        if self.allowance.farewell:
            self.exit(0)
        else:
            self.set_timer(left, self.check_time)

    async def _begin(self) -> None:
        """Show the open tab, and then load the compiled kernel, which would delay the first frame."""
        end_gc_pause()
        keeping = self._keeping
        assert keeping is not None
        continued = keeping.continued
        if continued is not None:
            self.tabs.bar.active = self.tabs.opened = continued.open
        self.panels.begin()
        chosen = self.view.panel_layout.theme
        if self._start.theme is None and self.theme == DARK.name and chosen in self.available_themes:
            self.theme = chosen
        for view in self.tabs.views.values():
            self.watch(view, "situation", self._show_hints, init=False)
        if not await self.tabs.show():
            return
        learns = self._start.lessons.name is not None
        has_question = keeping.keeper.offered is not None or self._start.as_classes is not None
        self.view.open(begin=not has_question and not learns)
        is_new = self.panels.is_first_time and not keeping.keeper.has_runs and not learns
        if not keeping.offer(self._take_offer) and (self._start.shows_welcome or is_new):
            self._footer.welcome = welcome()
            self.panels.arrange(self.view.panel_layout)
        self.files.tell(self._start.notes_beside_question)
        self.files.ask_task(self._start, self.view.open)
        if self._start.begins_with is not None:
            self._start.begins_with(self)
        if learns:
            await self.lessons.begin(self._start.lessons.name or "")
        elif continued is not None:
            self.guide.continue_with(continued.lessons)
        self.call_after_refresh(self._load_machine_code)
        self.call_after_refresh(keeping.warn)

    def _load_machine_code(self) -> None:
        """Load it beside the screen. Until then, NumPy trains, with the same numbers.

        Without a terminal, the run itself sees to it if there is much to train.
        """
        from bpengine.kernels import loading

        if self._start.kernel != "numpy" and self._guard is not None:
            loading.load_in_background()

    async def _take_offer(self, state: ScreenState | None) -> None:
        """Begin with the runs of an earlier session, as it has shown them, or None for new ones."""
        if state is not None:
            await self.action_open_tab(state.open)
            self.guide.continue_with(state.lessons)
        self.view.open()

    @property
    def view(self) -> RunView:
        """The view of the open tab."""
        return self.tabs.view

    async def action_open_tab(self, task: str) -> None:
        """Open the task's tab."""
        self.tabs.bar.active = task
        await self.on_tabs_tab_activated()  # at once: the next key may arrive before the tabs' message

    async def on_tabs_tab_activated(self) -> None:
        """Open the tab that was clicked."""
        if await self.tabs.follow_bar():
            self._show_hints()

    def on_line_is_fast(self) -> None:
        """Draw again, with a map in the place of plain regions."""
        if self.tabs.views and self.view.frames.is_open:  # the engine may not be loaded yet
            self.view.frames.show_now()

    def _show_hints(self) -> None:
        """Show what the keys do now, and which panels are not visible."""
        now = self.view.situation
        self._footer.hints = key_hints(now)
        self._panel_bar.names = frozenset((*now.elsewhere, *now.hidden))
        self._panel_bar.versions = panels_out_of_sight(now)

    async def action_answer(self, text: str) -> None:
        """Answer the question of the lesson or, at the end of a lesson, open the next one."""
        await self.lessons.answer(text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether an action, or the command that it runs, may run."""
        is_allowed = self.allowance.restrictions.allows_action(action, parameters)
        return is_allowed and super().check_action(action, parameters)

    def action_refuse(self) -> None:
        """Say that a command is not possible here."""
        from bptui.session import commands
        from bptui.session.sentences import notices

        self.view.do(commands.say, notices.WITHOUT_FILES())

    def action_take_upload(self) -> None:
        """Open the file that was uploaded; the key comes from the server of the page."""
        self.files.take_upload()

    def action_command_palette(self) -> None:
        """Open the palette."""
        open_palette(self, word("Find a key, setting, value, data set or panel…"))

    def on_run_view_focused(self, event: RunView.Focused) -> None:
        """Focus the panel that was clicked, on both tabs; maximize or restore it after a double click."""
        layout = self.view.panel_layout.focusing(event.panel)
        self.panels.arrange(layout.toggling_zoom() if event.is_double else layout)

    def on_panel_bar_chosen(self, event: PanelBar.Chosen) -> None:
        """Open the panel whose name was clicked."""
        self.panels.reveal(event.panel)

    def on_hyperparameter_panel_opened(self) -> None:
        """Edit the chosen setting."""
        self.settings.edit()

    def on_sample_plot_opened(self) -> None:
        """Show the chosen picture on the pad, or ask for the columns of the plot."""
        is_picture = self.view.session.dataset.picture is not None
        (self.actions_of_commands["predict"] if is_picture else self.panels.ask_for_columns)()

    def on_network_panel_opened(self) -> None:
        """Show the details of the chosen unit."""
        from bptui.screen.actions import opening

        opening.unit(self.view)

    def on_weight_opened(self, event: WeightOpened) -> None:
        """Open the box with the chain of derivatives of the weight or bias that was clicked."""
        from bptui.screen.actions import opening

        opening.box(self.view, self.score, event.link)

    def on_unit_chosen(self, event: UnitChosen) -> None:
        """Choose the unit that was clicked in the network panel, or reached by the arrow keys."""
        self.view.change_options(unit=event.unit)

    def on_unit_edited(self, event: UnitEdited) -> None:
        """Edit the unit, or one of its weights."""
        from bptui.session import commands

        if event.edit is not None:
            self.view.do(commands.edit, event.edit)
        else:
            self.view.do(commands.toggle_edit, event.command, event.unit)

    async def action_quit(self) -> None:
        """Quit. If a page is being drawn, only give it up; if the runs can't be kept, ask first."""
        if self._keeping is not None and self.files.give_up():
            return
        self.keep()
        if self._keeping is not None and self.keep_problem:
            self._keeping.ask_to_quit()
        else:
            self.exit()

    def experiment_limits(self) -> WorkLimits:
        """What an experiment may use."""
        from bptui.experiments.runner import WorkLimits

        return WorkLimits(self.runner, self.allowance.restrictions.allows, self._start.cluster)

    def say(self, sentence: str) -> None:
        """Show a sentence in the status line of the open tab."""
        from bptui.session import commands

        self.view.do(commands.say, sentence)

    def keep(self) -> None:
        """Keep the state of the tabs for the next start. Any thread may call this."""
        if self._keeping is not None:
            self._keeping.keeper.keep()

    @property
    def keep_problem(self) -> str:
        """Why the state could not be kept, or an empty text."""
        return "" if self._keeping is None else self._keeping.keeper.problem

    def exit(self, *arguments: Any, **options: Any) -> None:
        """Keep the state, and end the app."""
        for view in self.tabs.views.values():
            view.session.state_to_keep()  # after the slice of training in progress
        self.keep()
        super().exit(*arguments, **options)
