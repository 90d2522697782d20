"""The Textual app, with the actions for panels and the palette. Its base classes have the other actions."""

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

from bptui.actions.screen_actions import ScreenActions
from bptui.commands import COMMANDS
from bptui.screens.palette import Finder, Palette
from bptui.terminal.textual_internals import bind
from bptui.widgets.top_lines import PanelBar

if TYPE_CHECKING:
    from bptui.views.run_view import RunView

MIN_SIZE = (60, 18)
"""The fewest columns and rows of a terminal."""


class BptuiApp(ScreenActions):
    """The live trainer. See `KeepingApp` for the arguments."""

    TITLE = "bptui"
    CSS_PATH = Path(__file__).with_name("app.tcss")  # a relative path would be relative to a subclass's file
    BINDINGS = [
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (MIN_SIZE[0], "-narrow"), (80, "-normal"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-too-short"), (MIN_SIZE[1], "-short"), (32, "-tall")]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for command in COMMANDS:
            bind(self, command.binding)

    def on_run_view_focused(self, event: RunView.Focused) -> None:
        """Focus the panel that was clicked, on both tabs; maximize or restore it after a double click."""
        layout = self.view.panel_layout.focusing(event.panel)
        self._arrange(layout.toggling_zoom() if event.is_double else layout)

    def on_panel_bar_chosen(self, event: PanelBar.Chosen) -> None:
        """Open the panel whose name was clicked."""
        self._reveal(event.panel)

    def on_resize(self, event: events.Resize) -> None:
        """Update the message that is shown if the terminal is too small."""
        width, height = event.size
        need = "{} columns and {} rows".format(*MIN_SIZE)
        self._too_small.update(
            f"bptui needs {need};\nthis terminal has {width} and {height}.\nThe run continues."
        )

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002  Textual's
        """Yield the commands, panels, settings and themes that the palette lists."""
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
        """Return the palette's commands for a typed setting and value, such as "learning rate 0.3"."""
        from bptui.screens.finding import typed_commands

        return typed_commands(text, self._edit_by_name, self._change_by_name)

    def _reveal(self, panel: str) -> None:
        """Focus a panel, and show it if it is out of sight."""
        self._arrange(self.view.panel_layout.revealing(panel))

    def action_toggle_log(self) -> None:
        """Switch the error axis between logarithmic and linear."""
        self.view.change_options(log_errors=not self.view.options.log_errors)

    def action_toggle_metrics(self) -> None:
        """Show the metrics in place of the error table, or the table again."""
        if self.view.panel_layout.shown(*self.size) >= {"metrics", "table"}:
            self._command("say", "There is room for both: errors and metrics are on the screen.")
            return
        self._arrange(self.view.panel_layout.toggling_metrics())

    def action_toggle_smooth(self) -> None:
        """Smooth the error curve, or show the error of each epoch."""
        self.view.change_options(smooth=not self.view.options.smooth)

    def action_toggle_detail(self) -> None:
        """Show the contributions to a fit or the class probabilities; in the hidden units, own scales."""
        name = "own_scales" if self.view.panel_layout.focused == "units" else "detail"
        self.view.change_options(**{name: not getattr(self.view.options, name)})

    def action_focus_next(self) -> None:
        """Focus the next panel or, in a dialog, the next widget."""
        if isinstance(self.screen, ModalScreen):
            super().action_focus_next()
        else:
            self._arrange(self.view.panel_layout.focusing_next(1))

    def action_focus_previous(self) -> None:
        """Focus the previous panel or, in a dialog, the previous widget."""
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
        """Stop what is in progress, or leave the earlier epoch on view; otherwise focus the settings."""
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
        """Suspend the app, and return to the shell; its `fg` continues the app."""
        if self._guard is None or not self._guard.suspend(self):
            self._command("say", "There is no shell to return to: ctrl+z suspends what one has started.")
