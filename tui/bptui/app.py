"""The Textual app: an action for each command."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.command import CommandPalette
from textual.screen import ModalScreen, Screen
from textual.theme import ThemeProvider

from bptui.box.tally import Tally
from bptui.commands import COMMANDS, key_of
from bptui.kept.keeping_app import KeepingApp
from bptui.screens.palette import Finder, Palette
from bptui.terminal.textual_internals import bind
from bptui.widgets.panel_bar import PanelBar

if TYPE_CHECKING:
    from bpengine import ChoiceField, Field, NamesField
    from bpengine.advice import Change
    from bptui.drawing.unit_position import Link, Place
    from bptui.screens.box import BoxScreen
    from bptui.screens.pins import PinsScreen
    from bptui.screens.unit import UnitScreen
    from bptui.session.advising import Limits
    from bptui.startup.start_settings import TargetChoice
    from bptui.views.run_view import RunView
    from bptui.widgets.network import NetworkPanel

MIN_SIZE = (60, 18)
"""The columns and rows that the screen needs at least."""


class BptuiApp(KeepingApp):
    """The live trainer. See `KeepingApp` for the arguments."""

    TITLE = "bptui"
    CSS_PATH = Path(__file__).with_name("app.tcss")  # a relative path would be relative to a subclass
    BINDINGS = [
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (MIN_SIZE[0], "-narrow"), (80, "-normal"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-too-short"), (MIN_SIZE[1], "-short"), (32, "-tall")]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._tally = Tally()
        for command in COMMANDS:
            bind(self, command.binding)

    def on_run_view_focused(self, event: RunView.Focused) -> None:
        """Focus the panel that was clicked, on both tabs; maximize or restore it after a double click."""
        layout = self.view.panel_layout.focusing(event.panel)
        self._arrange(layout.toggling_zoom() if event.is_double else layout)

    def on_panel_bar_chosen(self, event: PanelBar.Chosen) -> None:
        """Open the panel whose name was clicked."""
        self._reveal(event.panel)

    def on_hyperparameter_panel_opened(self) -> None:
        """Edit the chosen setting."""
        self.action_edit()

    def on_network_panel_opened(self) -> None:
        """Show the details of the chosen unit, and keep them up to date."""
        from bptui.screens.unit import UnitScreen

        self._push(UnitScreen(self.view.options.unit, self.view.snapshot))

    def on_network_panel_weight_opened(self, event: NetworkPanel.WeightOpened) -> None:
        """Open the box with the chain of derivatives of the weight that was clicked."""
        self._open_box(event.link)

    def _push(self, screen: BoxScreen | PinsScreen | UnitScreen) -> None:
        """Open a screen that follows the run of the open tab."""
        self.push_screen(screen)
        screen.watch(self.view, "snapshot", screen.show, init=False)

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

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002  Textual's
        """All commands, panels and settings and the choice of a theme, for the palette."""
        from bptui.screens.finding import panel_commands, setting_commands
        from bptui.views.panels import NAMES

        for command in COMMANDS:
            yield SystemCommand(
                command.help.rstrip("."), f"Key: {command.shown}", partial(self.run_action, command.action)
            )
        if self._open_file is not None:
            yield SystemCommand("Open a file…", "A checkpoint, settings or a CSV file", self.action_open)
        yield SystemCommand(
            "Learn a function…", "A formula such as sin(x) + x/2, or y > x**3 - x", self.action_learn
        )
        yield SystemCommand("Change the theme", "Choose other colors", self.action_change_theme)
        yield from panel_commands(NAMES, self._reveal)
        yield from setting_commands(self.view.session.config, self._edit_by_name, self._change_by_name)

    def find_typed(self, text: str) -> Iterable[SystemCommand]:
        """The commands that set what a text spells, such as "learning rate 0.3", for the palette."""
        from bptui.screens.finding import typed_commands

        return typed_commands(text, self._edit_by_name, self._change_by_name)

    def _reveal(self, panel: str) -> None:
        """Focus a panel, and show it if it is out of sight."""
        self._arrange(self.view.panel_layout.revealing(panel))

    def _change_by_name(self, field: Field, value: object) -> None:
        """Choose a setting, and set it."""
        self._choose(field)
        self.change_setting(field, value)

    def _edit_by_name(self, field: Field) -> None:
        """Choose a setting, and ask for its value."""
        self._choose(field)
        self.edit_setting(field)

    def _choose(self, field: Field) -> None:
        from bpengine import FIELDS

        self.view.choose_setting(FIELDS.index(field))

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

    def action_scrub(self, direction: int, far: bool = False) -> None:
        """View the next (1) or the previous (-1) reported epoch."""
        self.view.scrub(direction, far=far)

    def action_change_speed(self, direction: int) -> None:
        """Train faster or slower."""
        self._do(self.view.session.change_speed, direction)

    def action_choose(self, direction: int) -> None:
        """Choose the next (1) or previous (-1) setting, and explain it."""
        if self.view.settings_in_sight():
            self.view.choose_setting(self.view.options.setting + direction)

    def action_choose_end(self, direction: int) -> None:
        """Choose the last (1) or first (-1) setting, and explain it."""
        if self.view.settings_in_sight():
            self.view.choose_setting(-1 if direction > 0 else 0)

    def action_choose_page(self, direction: int) -> None:
        """Choose the setting a page down (1) or up (-1), and explain it."""
        if self.view.settings_in_sight():
            self.view.choose_page(direction)

    def action_filter(self) -> None:
        """Focus the settings, and find those whose names contain what is typed."""
        self._arrange(self.view.panel_layout.revealing("settings"))
        self.view.find_setting()

    def action_change(self, direction: int, coarse: bool = False) -> None:
        """Change the chosen setting by a step."""
        field, session = self.view.field, self.view.session
        if self.view.settings_in_sight():
            value = field.move(getattr(session.config, field.name), direction, coarse=coarse)
            self.change_setting(field, value)

    def action_edit(self) -> None:
        """Ask for a value of the chosen setting."""
        if self.view.settings_in_sight():
            self.edit_setting(self.view.field)

    def edit_setting(self, field: Field) -> None:
        """Ask for a value of a setting: a name from a list, or a value that is typed."""
        from bpengine import ChoiceField, NamesField

        if isinstance(field, (ChoiceField, NamesField)):
            self._ask_for_name(field)
        else:
            self._ask_for_value(field)

    def _ask_for_value(self, field: Field) -> None:
        from bptui.screens.value import ValueScreen

        def take(value: object) -> None:
            if value is not None:
                self.change_setting(field, value)

        self.push_screen(ValueScreen(field, getattr(self.view.session.config, field.name)), take)

    def _ask_for_name(self, field: ChoiceField | NamesField) -> None:
        from bptui.screens.choice import SEVERAL, ChoiceScreen

        def take(name: str | None) -> None:
            if name == SEVERAL:
                self._ask_for_value(field)
            elif name is not None:
                self.change_setting(field, field.parse(name))

        config = self.view.session.config
        self.push_screen(ChoiceScreen(field, getattr(config, field.name), len(config.hidden_units)), take)

    def change_setting(self, field: Field, value: object) -> None:
        """Change a setting of the open tab."""
        self._do(self.view.session.change, field, value)

    def action_toggle_log(self) -> None:
        """Switch the error axis between logarithmic and linear."""
        self.view.change_options(log_errors=not self.view.options.log_errors)

    def action_toggle_pin(self) -> None:
        """Pin this run, or unpin it."""
        self._do(self.view.session.toggle_pin)

    def action_pins(self) -> None:
        """List the pinned runs, and keep the list up to date."""
        from bptui.screens.pins import PinsScreen

        view = self.view
        snapshot = view.session.snapshot()
        if snapshot.comparison.reference is None:
            self._do(view.session.say, f"No run is pinned yet: {key_of('toggle_pin')} pins this one.")
            return
        self._push(PinsScreen(snapshot, lambda letter: self._do(view.session.unpin, letter)))

    def action_toggle_what_if(self) -> None:
        """Switch whether each change retrains and compares."""
        self._do(self.view.session.toggle_what_if)

    def action_advise(self) -> None:
        """Find out by experiment which changes help, and take one."""
        from bptui.screens.advice import AdviceScreen

        def take(change: Change | None) -> None:
            if change is not None:
                self._do(self.view.session.take, change.values, change.text.replace("->", "→"))

        self.push_screen(AdviceScreen(self.view.session.advising(self.experiment_limits())), take)

    def experiment_limits(self) -> Limits:
        """What an experiment may use: everything."""
        from bptui.session.advising import Limits

        return Limits(cluster=self._cluster)

    def action_open_map(self) -> None:
        """Sweep two settings on a screen that covers the tab, whose run holds still; open a run of it."""
        from bptui.screens.map import MapScreen, Opened
        from bptui.views.cell_fits import fits_figure

        view = self.view
        if any(isinstance(screen, MapScreen) for screen in self.screen_stack):  # the palette opens over it
            return

        def take(opened: Opened | None) -> None:
            if opened is not None:
                self._do(view.session.open_run, opened.values, opened.what)
            if view is self.view:  # the palette may have opened the other tab
                view.open()

        view.close()
        self.push_screen(MapScreen(*view.session.map_base(self.experiment_limits()), fits_figure), take)

    def action_toggle_cloud(self) -> None:
        """Show the run as one of many starts, or alone."""
        self._do(self.view.session.toggle_cloud)

    def action_toggle_metrics(self) -> None:
        """Show the metrics in place of the error table, or the table again."""
        if self.view.panel_layout.shown(*self.size) >= {"metrics", "table"}:
            self._do(self.view.session.say, "There is room for both: errors and metrics are on the screen.")
            return
        self._arrange(self.view.panel_layout.toggling_metrics())

    def action_toggle_smooth(self) -> None:
        """Smooth the error curve, or show each error."""
        self.view.change_options(smooth=not self.view.options.smooth)

    def action_toggle_detail(self) -> None:
        """Show the parts of a fit or the class probabilities; in the hidden units, own scales."""
        name = "own_scales" if self.view.panel_layout.focused == "units" else "detail"
        self.view.change_options(**{name: not getattr(self.view.options, name)})

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

    def _take_file(self, name: str) -> TargetChoice | str:
        """Open a file on its tab.

        Args:
            name: the file, and flags.

        Returns:
            The columns of which one is to be chosen first, or why the file can't be opened; an empty text
            if it was opened.
        """
        from bptui.startup.start_settings import StartSettings

        opened = self._files.open(name, self._open)
        if not isinstance(opened, StartSettings):
            return opened
        problem = self._views[opened.start].open_run(opened, name.partition(" --")[0])
        if not problem:
            self._tell(opened.notes)
            self.call_later(self.action_open_tab, opened.start)
        return problem

    def action_learn(self) -> None:
        """Ask for a function, and learn it on the open tab."""
        from bptui.screens.function import FunctionScreen

        config = self.view.session.config
        self.push_screen(FunctionScreen(config.task, config.function, self._take_function))

    def _take_function(self, function: str) -> str:
        """Learn a function on the open tab; return why that is not possible, or an empty text."""
        from bpengine import ConfigError, DataError

        try:
            self._do(self.view.session.learn, function)
        except (ConfigError, DataError) as error:
            return str(error)
        return ""

    def action_freeze(self) -> None:
        """Freeze or unfreeze the chosen unit, if the network is in focus."""
        self._edit_unit("freeze", self.view.options.unit)

    def action_knock_out(self) -> None:
        """Knock out the chosen unit or bring it back, if the network is in focus."""
        self._edit_unit("knock_out", self.view.options.unit)

    def on_network_panel_edited(self, event: NetworkPanel.Edited) -> None:
        """Edit the chosen unit."""
        self._edit_unit(event.command, event.unit)

    def on_unit_screen_edited(self, event: UnitScreen.Edited) -> None:
        """Edit the unit shown, or one of its weights."""
        session = self.view.session
        if event.edit is not None:
            self._do(session.edit, event.edit)
        else:
            self._do(session.toggle_edit, event.command, event.unit)

    def _edit_unit(self, command: str, unit: Place) -> None:
        view = self.view
        if view.panel_layout.focused == "network":
            self._do(view.session.toggle_edit, command, unit)
        else:
            where = f"{key_of(command)} acts on a unit: choose one in the network"
            self._do(view.session.say, f"{where} ({key_of('focus_next')} goes to the next panel).")

    def action_open_box(self) -> None:
        """Pause, and show the next step of the run number by number."""
        self._open_box()

    def _open_box(self, weight: Link | None = None) -> None:
        from bptui.screens.box import BoxScreen
        from bptui.views.step_effect import effect_figure

        view = self.view
        if not any(
            isinstance(screen, BoxScreen) for screen in self.screen_stack
        ):  # the palette opens over it
            self._push(BoxScreen(lambda: view.session, view.show_now, effect_figure, self._tally, weight))

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
        """Stop what is in progress, or leave an earlier epoch on view; otherwise focus the settings."""
        if self.view.leave():
            return
        self._arrange(self.view.panel_layout.focusing_first())

    def action_command_palette(self) -> None:
        """Open the palette."""
        if not isinstance(self.screen, CommandPalette):
            placeholder = "Find a key, setting, value, data set or panel…"
            self.push_screen(Palette(providers=[Finder], placeholder=placeholder, id="--command-palette"))

    def search_themes(self) -> None:
        """Open the palette of themes."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def pop_screen(self) -> AwaitComplete:
        """Close the top screen. Two keys that arrive together may close a dialog twice: once is enough."""
        return super().pop_screen() if len(self.screen_stack) > 1 else AwaitComplete()

    def action_help(self) -> None:
        """Show the help."""
        from bptui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.view.help(), self._open))

    def action_interrupt(self) -> None:
        """Quit with the exit status of an interrupt."""
        self.exit(130, return_code=130)

    def action_suspend_process(self) -> None:
        """Stop, and return to the shell, whose `fg` continues."""
        if self._guard is None or not self._guard.suspend(self):
            self._do(
                self.view.session.say, "There is no shell to return to: ctrl+z suspends what one has started."
            )
