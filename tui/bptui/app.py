"""The Textual app: two tabs, and an action for each command.

The engine and everything that needs it are imported inside the functions that use them, so that the first
frame is drawn before they are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import ComposeResult, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.command import CommandPalette
from textual.screen import ModalScreen, Screen
from textual.theme import ThemeProvider
from textual.widgets import ContentSwitcher, Footer, Static, Tab, Tabs

from bptui.commands import COMMANDS, FOOTER_FIRST, TABS
from bptui.screens.palette import Palette
from bptui.startup.deferred_start import DeferredStart
from bptui.startup.gc_pause import end_gc_pause
from bptui.terminal.capabilities import TerminalApp
from bptui.terminal.driver import TerminalDriver
from bptui.terminal.signals import TerminalGuard

if TYPE_CHECKING:
    from bpengine import Field, Task
    from bptui.kept.folder import KeptFile
    from bptui.kept.keeper import Keeper
    from bptui.kept.screen_state import ScreenState
    from bptui.screens.unit import UnitScreen
    from bptui.startup.start_settings import StartSettings
    from bptui.views.panel_layout import PanelLayout
    from bptui.views.run_view import RunView

MIN_SIZE = (60, 18)
"""The columns and rows that the screen needs at least."""


class BptuiApp(TerminalApp):
    """The live trainer.

    Args:
        start: what the screen opens with.
        guard: watches the terminal; None if there is none, as in tests.
        open_file: reads a file for the open tab's task and a kernel, and returns what it contains, or why it
            can't be opened; None if no file can be opened.
    """

    TITLE = "bptui"
    CSS_PATH = "app.tcss"
    BINDINGS = [
        *(command.binding for command in FOOTER_FIRST),
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
    ]
    TRAINS_IN_THREAD = True
    """Whether a run on a terminal is trained beside the event loop."""
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (MIN_SIZE[0], "-narrow"), (80, "-normal"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-too-short"), (MIN_SIZE[1], "-short"), (32, "-tall")]

    def __init__(
        self,
        start: StartSettings | DeferredStart,
        *,
        guard: TerminalGuard | None = None,
        open_file: Callable[[str, Task, str], StartSettings | str] | None = None,
    ) -> None:
        super().__init__(ascii=start.ascii, driver_class=None if guard is None else TerminalDriver)
        self._guard = guard
        self._open_file = open_file
        self._open: Task = start.start
        self._tabs = Tabs(
            *(Tab(f"{number} {task.capitalize()}", id=task) for number, task in enumerate(TABS, 1)),
            active=start.start,
        )
        self._tabs.can_focus = False
        self._switcher = ContentSwitcher()
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
        from bptui.kept.folder import KeptFolder
        from bptui.kept.keeper import Keeper
        from bptui.kept.screen_state import read_state, screen_state
        from bptui.kept.user_files import UserFiles
        from bptui.session.kernel_choice import KernelChoice
        from bptui.session.session import Session
        from bptui.views.run_view import RunView
        from bptui.views.saved_layout import SavedLayout
        from bptui.views.training import TrainingThread

        self._kernels = KernelChoice(start.kernel)
        self._files = UserFiles(start, self._open_file)
        self._saved_layout = SavedLayout(start.layout_path)
        for task, config in start.configs.items():
            restored = start.restored if start.restored and start.restored.config.task == task else None
            session = Session(
                config,
                start.sources.get(task),
                kernels=self._kernels,
                restored=restored,
                awaited_kernel="" if restored is None else start.awaited_kernel,
            )
            paused = start.paused or restored is not None
            thread = TrainingThread() if self._guard is not None and self.TRAINS_IN_THREAD else None
            self._views[task] = RunView(session, paused=paused, fps=start.fps, thread=thread, id=task)
        folder = None if start.runs_path is None else KeptFolder(start.runs_path)
        self._keeper = Keeper(folder, lambda: screen_state(self._views, self._open))
        self._paused = start.paused
        self._offered = folder.newest() if folder is not None and start.offers else None
        self._continued: ScreenState | None = None
        if start.continued is not None:
            self._continued = read_state(start.continued)
            self._keeper.continued = start.continued
            for task, tab in self._continued.tabs.items():
                self._views[task].continue_from(tab.session, tab.options, paused=start.paused)

    def compose(self) -> ComposeResult:
        """Tabs, the open view and the footer; or a message about the size."""
        yield self._tabs
        yield self._switcher
        yield self._too_small
        yield Footer(show_command_palette=False)

    async def on_mount(self) -> None:
        """Watch the terminal, and begin unless the engine is still to be loaded."""
        if self._guard is not None:
            self._guard.watch(self, self.keep)
        if self._late is None:
            await self._begin()
        else:
            self.call_after_refresh(self._load, self._late)

    async def _load(self, late: DeferredStart) -> None:
        """Load the engine and begin, then handle the keys that were typed meanwhile."""
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
            await super().on_event(event)

    async def _begin(self) -> None:
        """Show the open tab, and only then load the compiled kernel, which would delay the first frame."""
        layout = self._saved_layout.load()
        if self._continued is not None:
            layout = self._continued.layout
            self._tabs.active = self._open = self._continued.open
        for view in self._views.values():
            view.panel_layout = layout
        await self._switcher.add_content(self.view, set_current=True)
        self.view.open(begin=self._offered is None)
        if self._offered is not None:
            self._offer(self._offered)
        elif self._saved_layout.is_first_time:
            self._do(self.view.session.welcome)
            self._saved_layout.save(self.view.panel_layout)
        self.call_after_refresh(self._load_kernel)

    def _load_kernel(self) -> None:
        self._kernels.load(lambda: self.call_later(self._take_kernel))

    def _take_kernel(self) -> None:
        for view in self._views.values():
            view.session.take_kernel()
        self.view.show_now()

    def _offer(self, kept: KeptFile) -> None:
        """Ask whether to continue a kept run; nothing trains meanwhile."""
        from bptui.kept.wording import details, when
        from bptui.screens.kept_run import KeptRunScreen

        async def take(goes_on: bool | None) -> None:
            if goes_on:
                await self._continue(kept)
            else:
                self.view.open()

        self.push_screen(KeptRunScreen(when(kept), details(kept)), take)

    async def _continue(self, kept: KeptFile) -> None:
        """Continue a kept run in place of the runs that the screen was opened with."""
        from bpengine import CheckpointError
        from bptui.kept.screen_state import read_state

        try:
            state = read_state(kept.path)
        except CheckpointError as error:  # damaged since it was offered
            self.notify(str(error), severity="error", markup=False)
            self.view.open()
            return
        assert self._keeper is not None
        self._keeper.continued = kept.path
        for task, tab in state.tabs.items():
            self._views[task].continue_from(tab.session, tab.options, paused=self._paused)
        self._arrange(state.layout)
        await self.action_open_tab(state.open)
        self.view.open()

    def keep(self) -> None:
        """Keep the state of the tabs for the next start; may be called from any thread."""
        if self._keeper is not None:
            self._keeper.keep()

    @property
    def keep_problem(self) -> str:
        """Why the state could not be kept, or an empty text."""
        return "" if self._keeper is None else self._keeper.problem

    def exit(self, *arguments: Any, **options: Any) -> None:
        """Keep the state, and end."""
        self.keep()
        super().exit(*arguments, **options)

    def on_run_view_focused(self, event: RunView.Focused) -> None:
        """Focus the panel that was clicked, on both tabs."""
        self._arrange(self.view.panel_layout.focusing(event.panel))

    def on_hyperparameter_panel_opened(self) -> None:
        """Edit the chosen setting."""
        self.action_edit()

    def on_network_panel_opened(self) -> None:
        """Show the details of the chosen unit, and keep them up to date."""
        from bptui.screens.unit import UnitScreen

        view = self.view
        screen = UnitScreen(view.options.unit, view.snapshot)
        self.push_screen(screen)
        screen.watch(view, "snapshot", screen.show, init=False)

    def on_unit_screen_walked(self, event: UnitScreen.Walked) -> None:
        """Choose the unit in the network panel that the unit screen shows."""
        self.view.change_options(unit=event.unit)

    def on_resize(self, event: events.Resize) -> None:
        """Update the message that is shown if the terminal is too small."""
        width, height = event.size
        need = "{} columns and {} rows".format(*MIN_SIZE)
        self._too_small.update(
            f"bptui needs {need};\nthis terminal has {width} and {height}.\nThe run continues."
        )

    @property
    def view(self) -> RunView:
        """The view of the open tab."""
        return self._views[self._open]

    async def on_tabs_tab_activated(self) -> None:
        """Show the chosen tab, and hold the run on the other one."""
        if self._tabs.active == self._open:
            return
        self.view.close()
        self._open = next(task for task in self._views if task == self._tabs.active)
        if self.view.is_attached:
            self._switcher.current = self._open
        else:
            await self._switcher.add_content(self.view, set_current=True)
        self.view.open()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002  Textual's
        """All commands and the choice of a theme, for the palette."""
        for command in COMMANDS:
            yield SystemCommand(
                command.help.rstrip("."), f"Key: {command.shown}", partial(self.run_action, command.action)
            )
        if self._open_file is not None:
            yield SystemCommand("Open a file…", "A checkpoint, settings or a CSV file", self.action_open)
        yield SystemCommand("Change the theme", "Choose other colors", self.action_change_theme)

    # The actions of the commands. Most call the session of the open tab; then the view shows the result.

    def action_toggle_run(self) -> None:
        """Run or pause."""
        self._do(self.view.session.toggle)

    def action_step_epoch(self) -> None:
        """Train one epoch."""
        self._do(self.view.session.step_epoch)

    def action_restart(self) -> None:
        """Restart with the same seed."""
        self._do(self.view.session.restart)

    def action_new_seed(self) -> None:
        """Restart with the next seed."""
        self._do(self.view.session.new_seed)

    def action_undo(self) -> None:
        """Undo the last change."""
        self._do(self.view.session.undo)

    def action_redo(self) -> None:
        """Redo what was undone."""
        self._do(self.view.session.redo)

    def action_defaults(self) -> None:
        """Set the hyperparameters to those at the start, or else to the defaults."""
        self._do(self.view.session.defaults)

    def action_rewind(self) -> None:
        """Go back to an earlier epoch."""
        self._do(self.view.session.rewind)

    def action_change_speed(self, direction: int) -> None:
        """Train faster or slower."""
        self._do(self.view.session.change_speed, direction)

    def action_choose(self, direction: int) -> None:
        """Choose the next (1) or previous (-1) setting, and explain it."""
        self.view.choose_setting(self.view.options.setting + direction)

    def action_change(self, direction: int, coarse: bool = False) -> None:
        """Change the chosen setting by a step."""
        field, session = self.view.field, self.view.session
        self.change_setting(field, field.move(getattr(session.config, field.name), direction, coarse=coarse))

    def action_edit(self) -> None:
        """Ask for a value of the chosen setting."""
        from bptui.screens.value import ValueScreen

        field, session = self.view.field, self.view.session

        def take(value: object) -> None:
            if value is not None:
                self.change_setting(field, value)

        self.push_screen(ValueScreen(field, getattr(session.config, field.name)), take)

    def change_setting(self, field: Field, value: object) -> None:
        """Change a setting of the open tab."""
        self._do(self.view.session.change, field, value)

    async def action_open_tab(self, task: str) -> None:
        """Open the task's tab."""
        self._tabs.active = task
        await self.on_tabs_tab_activated()  # at once: the next key may arrive before the message of the tabs

    def action_toggle_log(self) -> None:
        """Switch the error axis between logarithmic and linear."""
        self.view.change_options(log_errors=not self.view.options.log_errors)

    def action_toggle_pin(self) -> None:
        """Pin this run, or unpin the pinned one."""
        self._do(self.view.session.toggle_pin)

    def action_toggle_what_if(self) -> None:
        """Switch whether each change retrains and compares."""
        self._do(self.view.session.toggle_what_if)

    def action_toggle_metrics(self) -> None:
        """Show the metrics in place of the error table, or the table again."""
        self._arrange(self.view.panel_layout.toggling_metrics())

    def action_toggle_smooth(self) -> None:
        """Smooth the error curve, or show each error."""
        self.view.change_options(smooth=not self.view.options.smooth)

    def action_toggle_detail(self) -> None:
        """Show the parts of a fit or the class probabilities, or the plot alone."""
        self.view.change_options(detail=not self.view.options.detail)

    def action_save(self) -> None:
        """Ask what to save and where, and save it."""
        from bptui.screens.save import SaveScreen
        from bptui.terminal.textual_internals import screen_strips

        session, run = self.view.session, self.view.session.snapshot().run
        savings = self._files.savings(session, screen_strips(self))  # before the dialog covers the screen

        def saved(name: str | None) -> None:
            if name is not None:
                self._do(session.say, f"Saved {name}.")

        self.push_screen(SaveScreen(savings, f"{run.config.task}-{run.epoch}"), saved)

    def action_open(self) -> None:
        """Ask for a file, and open it on its tab."""
        from bptui.screens.open import OpenScreen

        self.push_screen(OpenScreen(self._take_file))

    def _take_file(self, name: str) -> str:
        """Open a file on its tab; return why that is not possible, or an empty text."""
        opened = self._files.open(name, self._open)
        if isinstance(opened, str):
            return opened
        problem = self._views[opened.start].open_run(opened, name)
        if not problem:
            self.call_later(self.action_open_tab, opened.start)
        return problem

    def action_describe(self) -> None:
        """Describe the run in words."""
        from bptui.describe import describe
        from bptui.screens.words import WordsScreen

        self.push_screen(WordsScreen(describe(self.view.session.snapshot())))

    def action_focus_next(self) -> None:
        """Focus the next panel or, in a dialog, its next widget."""
        if isinstance(self.screen, ModalScreen):
            super().action_focus_next()
        else:
            self._arrange(self.view.panel_layout.focusing_next(1))

    def action_focus_previous(self) -> None:
        """Focus the previous panel or, in a dialog, its previous widget."""
        if isinstance(self.screen, ModalScreen):
            super().action_focus_previous()
        else:
            self._arrange(self.view.panel_layout.focusing_next(-1))

    def action_zoom(self) -> None:
        """Maximize or restore the focused panel."""
        self._arrange(self.view.panel_layout.toggling_zoom())

    def action_hide_panel(self) -> None:
        """Hide the focused panel."""
        self._arrange(self.view.panel_layout.hiding_focused())

    def action_show_panels(self) -> None:
        """Show all panels again."""
        self._arrange(self.view.panel_layout.showing_all(*self.size))

    def action_to_settings(self) -> None:
        """Stop a step, rewind or what-if in progress; otherwise focus the settings."""
        if self.view.session.in_progress:
            self._do(self.view.session.stop)
            return
        self._arrange(self.view.panel_layout.focusing_first())

    def _arrange(self, panel_layout: PanelLayout) -> None:
        for view in self._views.values():
            view.panel_layout = panel_layout
        self._saved_layout.save(panel_layout)

    def action_command_palette(self) -> None:
        """Open the palette."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        """Open the palette of themes."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def pop_screen(self) -> AwaitComplete:
        """Close the top screen. Two keys that arrive together may close a dialog twice: once is enough."""
        return super().pop_screen() if len(self.screen_stack) > 1 else AwaitComplete()

    def action_help(self) -> None:
        """Show the help."""
        from bptui.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def action_interrupt(self) -> None:
        """Quit with the exit status of an interrupt."""
        self.exit(130, return_code=130)

    def _do(self, command: Callable[..., None], *arguments: object) -> None:
        command(*arguments)
        self.view.show_now()
