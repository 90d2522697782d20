"""The Textual app: tabs, commands and what they act on.

The engine and all that needs it are imported where they are used: the first frame is there before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

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
    from bpengine import Task
    from bptui.screens.unit import UnitScreen
    from bptui.startup.start_settings import StartSettings
    from bptui.views.panel_layout import PanelLayout
    from bptui.views.run_view import RunView

MIN_SIZE = (60, 18)
"""Columns and rows below which there is no room for everything."""


class BptuiApp(TerminalApp):
    """The live trainer.

    Args:
        start: what to open with.
        keeper: looks after the terminal; None where there is none.
    """

    TITLE = "bptui"
    CSS_PATH = "app.tcss"
    BINDINGS = [
        *(command.binding for command in FOOTER_FIRST),
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (MIN_SIZE[0], "-narrow"), (80, "-normal"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-too-short"), (MIN_SIZE[1], "-short"), (32, "-tall")]

    def __init__(self, start: StartSettings | DeferredStart, *, keeper: TerminalGuard | None = None) -> None:
        super().__init__(ascii=start.ascii, driver_class=None if keeper is None else TerminalDriver)
        self._keeper = keeper
        self._open: Task = start.start
        self._tabs = Tabs(
            *(Tab(f"{number} {task.capitalize()}", id=task) for number, task in enumerate(TABS, 1)),
            active=start.start,
        )
        self._tabs.can_focus = False
        self._switcher = ContentSwitcher()
        self._too_small = Static(id="too-small", markup=False)
        self._views: dict[Task, RunView] = {}
        self._late: DeferredStart | None = None
        self._early: list[events.InputEvent] = []
        if isinstance(start, DeferredStart):
            self._late = start
        else:
            self._make_views(start)

    def _make_views(self, start: StartSettings) -> None:
        from bptui.session.kernel_choice import KernelChoice
        from bptui.session.session import Session
        from bptui.views.run_view import RunView
        from bptui.views.saved_layout import SavedLayout

        self._kernels = KernelChoice(start.kernel)
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
            self._views[task] = RunView(session, paused=paused, fps=start.fps, id=task)

    def compose(self) -> ComposeResult:
        """Tabs, the open view and the keys; or a word about the size."""
        yield self._tabs
        yield self._switcher
        yield self._too_small
        yield Footer(show_command_palette=False)

    async def on_mount(self) -> None:
        """Look after the terminal and begin, unless there is still something to load."""
        if self._keeper is not None:
            self._keeper.watch(self)
        if self._late is None:
            await self._begin()
        else:
            self.call_after_refresh(self._load, self._late)

    async def _load(self, late: DeferredStart) -> None:
        """Begin, and then take what was typed meanwhile."""
        self._make_views(late.load())
        end_gc_pause()
        await self._begin()
        self._late = None
        for event in self._early:
            self.post_message(event)

    async def on_event(self, event: events.Event) -> None:
        """Keep what comes before there is anything to act on."""
        if self._late is not None and isinstance(event, events.InputEvent):
            self._early.append(event)
        else:
            await super().on_event(event)

    async def _begin(self) -> None:
        """Show the open tab, and get the compiled kernel ready: not before, as that would delay it."""
        for view in self._views.values():
            view.panel_layout = self._saved_layout.recall()
        await self._switcher.add_content(self.view, set_current=True)
        self.view.open()
        if self._saved_layout.is_first_time:
            self._do(self.view.session.welcome)
            self._saved_layout.keep(self.view.panel_layout)
        self.call_after_refresh(self._load_kernel)

    def _load_kernel(self) -> None:
        self._kernels.load(lambda: self.call_later(self._take_kernel))

    def _take_kernel(self) -> None:
        for view in self._views.values():
            view.session.take_kernel()
        self.view.show_now()

    def on_run_view_focused(self, event: RunView.Focused) -> None:
        """Give the panel that was clicked the focus, on every tab."""
        self._arrange(self.view.panel_layout.focusing(event.panel))

    def on_run_view_opened(self) -> None:
        """Open what was clicked twice."""
        self.action_inspect()

    def on_unit_screen_walked(self, event: UnitScreen.Walked) -> None:
        """The network panel follows the screen above it."""
        self.view.unit = event.unit

    def on_resize(self, event: events.Resize) -> None:
        """Say what is needed where the terminal is too small."""
        width, height = event.size
        need = "{} columns and {} rows".format(*MIN_SIZE)
        self._too_small.update(
            f"bptui needs {need};\nthis terminal has {width} and {height}.\nThe run is kept."
        )

    @property
    def view(self) -> RunView:
        """The open tab's."""
        return self._views[self._open]

    async def on_tabs_tab_activated(self) -> None:
        """Show the tab that was asked for; the other's run holds still."""
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
        """The palette has all commands, and the themes."""
        for command in COMMANDS:
            yield SystemCommand(
                command.help.rstrip("."), f"Key: {command.shown}", partial(self.run_action, command.action)
            )
        yield SystemCommand("Choose other colors", "Textual's themes", self.action_change_theme)

    # The commands' actions: each one a word to the open tab's session, then the screen follows.

    def action_toggle_run(self) -> None:
        """Run or pause."""
        self._do(self.view.session.toggle)

    def action_step_epoch(self) -> None:
        """Train one epoch."""
        self._do(self.view.session.step_epoch)

    def action_restart(self) -> None:
        """Begin anew with the same seed."""
        self._do(self.view.session.restart)

    def action_new_seed(self) -> None:
        """Begin anew with the next seed."""
        self._do(self.view.session.new_seed)

    def action_defaults(self) -> None:
        """Put the hyperparameters back."""
        self._do(self.view.session.defaults)

    def action_rewind(self) -> None:
        """Go back to an earlier epoch."""
        self._do(self.view.session.rewind)

    def action_change_speed(self, direction: int) -> None:
        """Train faster or slower."""
        self._do(self.view.session.change_speed, direction)

    def action_choose(self, direction: int) -> None:
        """Choose another hyperparameter, and say what it does; or walk to another unit."""
        view = self.view
        if view.in_network:
            view.walk(0, direction)
            return
        view.choose(direction)
        self._do(view.session.explain, view.field)

    def action_change(self, direction: int, coarse: bool = False) -> None:
        """Change the chosen hyperparameter by a step; or walk to another layer."""
        if self.view.in_network:
            self.view.walk(direction, 0)
            return
        field, session = self.view.field, self.view.session
        value = field.move(getattr(session.config, field.name), direction, coarse=coarse)
        self._do(session.change, field, value)

    def action_inspect(self) -> None:
        """Ask for a value of the chosen hyperparameter; or look into the chosen unit."""
        from bptui.screens.unit import UnitScreen
        from bptui.screens.value import ValueScreen

        view = self.view
        if view.in_network:
            screen = UnitScreen(view.unit, view.snapshot)
            self.push_screen(screen)
            screen.watch(view, "snapshot", screen.show, init=False)
            return
        field, session = view.field, view.session

        def take(value: object) -> None:
            if value is not None:
                self._do(session.change, field, value)

        self.push_screen(ValueScreen(field, getattr(session.config, field.name)), take)

    async def action_open_tab(self, task: str) -> None:
        """Open the task's tab."""
        self._tabs.active = task
        await self.on_tabs_tab_activated()  # now, for the next key may come before the tabs' own message

    def action_toggle_log(self) -> None:
        """Switch the error curve's axis."""
        self.view.log_errors = not self.view.log_errors

    def action_toggle_pin(self) -> None:
        """Keep this run beside the live one, or let it go."""
        self._do(self.view.session.toggle_pin)

    def action_toggle_what_if(self) -> None:
        """Switch what a change does."""
        self._do(self.view.session.toggle_what_if)

    def action_toggle_metrics(self) -> None:
        """Show the metrics in the error table's place, or the table again."""
        self._arrange(self.view.panel_layout.with_other_figures())

    def action_toggle_smooth(self) -> None:
        """Smooth the error curve, or show every error."""
        self.view.smooth = not self.view.smooth

    def action_toggle_detail(self) -> None:
        """Show what lies behind the plot, or the plot alone."""
        self.view.detail = not self.view.detail

    def action_describe(self) -> None:
        """Tell the state in words."""
        from bptui.describe import describe
        from bptui.screens.words import WordsScreen

        self.push_screen(WordsScreen(describe(self.view.session.snapshot())))

    def action_focus_next(self) -> None:
        """Walk to the next panel or, in a dialog, to its next part."""
        if isinstance(self.screen, ModalScreen):
            super().action_focus_next()
        else:
            self._arrange(self.view.panel_layout.walked(1))

    def action_focus_previous(self) -> None:
        """The other way."""
        if isinstance(self.screen, ModalScreen):
            super().action_focus_previous()
        else:
            self._arrange(self.view.panel_layout.walked(-1))

    def action_zoom(self) -> None:
        """Give the panel in focus the whole room, or its place again."""
        self._arrange(replace(self.view.panel_layout, zoomed=not self.view.panel_layout.zoomed))

    def action_hide_panel(self) -> None:
        """Hide the panel in focus."""
        self._arrange(self.view.panel_layout.without_focused())

    def action_show_panels(self) -> None:
        """Show all panels again."""
        self._arrange(self.view.panel_layout.whole(*self.size))

    def action_to_settings(self) -> None:
        """Go back to the settings."""
        self._arrange(self.view.panel_layout.back())

    def _arrange(self, panel_layout: PanelLayout) -> None:
        for view in self._views.values():
            view.panel_layout = panel_layout
        self._saved_layout.keep(panel_layout)

    def action_command_palette(self) -> None:
        """Open the palette."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        """Open the palette of themes."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def pop_screen(self) -> AwaitComplete:
        """Two keys that come together may close a dialog or the palette twice: once is enough."""
        return super().pop_screen() if len(self.screen_stack) > 1 else AwaitComplete()

    def action_help(self) -> None:
        """Show the help."""
        from bptui.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def action_interrupt(self) -> None:
        """Quit as ctrl+c does everywhere."""
        self.exit(130, return_code=130)

    def _do(self, command: Callable[..., None], *arguments: object) -> None:
        command(*arguments)
        self.view.show_now()
