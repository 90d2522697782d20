"""The Textual app of `bptui attach NAME`: the screen of a training that was started elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Static

from bptui.screen.overlays.palette import open_palette, theme_entries
from bptui.screen.overlays.palette_entries import PaletteEntry, command_entries
from bptui.screen.terminal.app import TerminalApp
from bptui.screen.terminal.driver import writer_is_busy
from bptui.screen.terminal.guard import TerminalGuard
from bptui.screen.terminal.textual_internals import bind
from bptui.screen.widgets.footer import KeyFooter, KeyHint, PanelBar, hint_of
from bptui.screen.widgets.hyperparameters import HyperparameterPanel, shortened
from bptui.steering.commands import COMMAND, COMMANDS, key
from bptui.steering.dialogs import SteerDialogs
from bptui.steering.runs import FoundRun
from bptui.steering.steer_view import SETTINGS, SteerView
from bptui.steering.steering import Steering, SteerSnapshot
from bpwords import printable

BUSY_SECONDS = 0.02
"""The time after which a frame is tried again while the terminal is busy with an earlier one."""


class SteerApp(TerminalApp):
    """Shows a run of `bpsteer`, and steers it. Leaving it changes nothing.

    Args:
        found: the run.
        guard: watches the terminal; None if there is none, as in tests.
        ascii: whether only ASCII characters are drawn.

    Attributes:
        steering: the run.
        view: the panels.
        dialogs: what opens over them.
        used: the names of the entries of the palette that were used, the last one first.
    """

    def __init__(self, found: FoundRun, *, guard: TerminalGuard | None = None, ascii: bool = False) -> None:
        super().__init__(guard=guard, ascii=ascii)
        for command in COMMANDS:
            bind(
                self,
                Binding(command.keys, command.action, command.label, show=False, priority=command.everywhere),
            )
        self._found = found
        self.steering = Steering(found, self._plan_frame)
        self.view = SteerView(self.steering)
        self.dialogs = SteerDialogs(self.view, self.steering)
        steering, view, dialogs = self.steering, self.view, self.dialogs
        self.actions_of_commands = {
            "toggle_run": steering.toggle,
            "step_epoch": steering.step,
            "rewind": dialogs.back,
            "save_state": lambda: steering.ask("save"),
            "undo": steering.revert,
            "redo": lambda: steering.revert(redo=True),
            "restart": steering.open_successor,
            "stop_run": dialogs.stop,
            "up": lambda: view.choose(-1),
            "down": lambda: view.choose(1),
            "less": lambda: view.change(-1),
            "more": lambda: view.change(1),
            "much_less": lambda: view.change(-1, coarse=True),
            "much_more": lambda: view.change(1, coarse=True),
            "first": lambda: view.choose_end(-1),
            "last": lambda: view.choose_end(1),
            "edit": dialogs.edit,
            "filter": self.action_command_palette,
            "toggle_metrics": view.next_metric,
            "toggle_log": view.toggle_log,
            "toggle_smooth": view.toggle_smooth,
            "describe": dialogs.describe,
            "save": dialogs.save,
            "focus_next": lambda: view.focus_by(1),
            "focus_previous": lambda: view.focus_by(-1),
            "zoom": view.zoom,
            "to_settings": view.to_settings,
            "help": dialogs.help,
            "command_palette": self.action_command_palette,
            "quit": self.action_quit,
        }
        self.palette_source = self  # which the palette searches
        self.used: list[str] = []
        self._panel_bar, self._footer = PanelBar(), KeyFooter()
        self._frame_is_due = False

    def compose(self) -> ComposeResult:
        """Yield the name of the run, its panels and the footer, and a message for a small terminal."""
        name = Static(printable(self._found.status.name), id="run-name", markup=False)
        yield Horizontal(name, self._panel_bar, id="top")
        yield self.view
        yield self.too_small
        yield self._footer

    def on_mount(self) -> None:
        """Watch the terminal, and follow the run."""
        if self._guard is not None:
            self._guard.watch(self, lambda: None)
        self.view.snapshot = self.steering.snapshot()
        self.run_worker(self.steering.follow())
        self.set_interval(1.0, self._plan_frame)  # for how long requests wait, and whether the run is silent

    def _plan_frame(self) -> None:
        """Show the run soon; several changes make one frame."""
        if not self._frame_is_due:
            self._frame_is_due = True
            self.call_later(self._show_frame)

    def _show_frame(self) -> None:
        if writer_is_busy(self):
            self.set_timer(BUSY_SECONDS, self._show_frame)
            return
        self._frame_is_due = False
        self.view.snapshot = self.steering.snapshot()

    def say(self, sentence: str) -> None:
        """Show a sentence in the status line."""
        self.steering.say(sentence)

    def on_steer_view_changed(self) -> None:
        """Show what the keys do now, and which metrics have no room."""
        snapshot = self.view.snapshot
        if snapshot is None:
            return
        self._footer.hints = tuple(hints(snapshot, self.view))
        rest = self.view.metrics[self.view.curve_count :]
        names = ", ".join(shortened(name, 20) for name in rest)
        metric = key("toggle_metrics")
        self._panel_bar.versions = (f"{metric}: {names}", f"{metric}: {len(rest)} more") if rest else ()

    def on_hyperparameter_panel_opened(self, _event: HyperparameterPanel.Opened) -> None:
        """Edit the chosen setting."""
        self.dialogs.edit()

    async def action_quit(self) -> None:
        """Leave. The training continues."""
        self.exit()

    def action_command_palette(self) -> None:
        """Open the palette."""
        open_palette(self, "Find a key or a setting…")

    def entries(self, text: str) -> list[PaletteEntry]:
        """All entries of the palette."""
        commands = command_entries(COMMANDS, self.run_action)
        return [
            *self.dialogs.setting_entries(text),
            *commands,
            *theme_entries(self, partial(setattr, self, "theme")),
        ]


def hints(snapshot: SteerSnapshot, view: SteerView) -> Iterator[KeyHint]:
    """The hints for the footer, in their order."""
    if view.options.cursor is not None or view.zoomed:
        yield KeyHint.of(
            COMMAND["to_settings"], "restore" if view.options.cursor is None else "no cursor", 10
        )
    if snapshot.has_successor:
        yield KeyHint.of(COMMAND["restart"], "next run", 10)
    if not snapshot.status.is_over:
        is_running = snapshot.status.state == "running"
        yield KeyHint.of(COMMAND["toggle_run"], "pause" if is_running else "run", 10)
        yield KeyHint.of(COMMAND["step_epoch"], "step", 6)
        if view.focused == SETTINGS and view.setting is not None:
            yield hint_of(("less", "more"), "change", 7)
            yield KeyHint.of(COMMAND["edit"], "set", 4)
        if snapshot.past.undoable is not None:
            yield KeyHint.of(COMMAND["undo"], "undo", 6)
        if snapshot.status.states:
            yield KeyHint.of(COMMAND["rewind"], "go back", 6)
        yield KeyHint.of(COMMAND["stop_run"], "stop", 5)
    if view.focused not in (SETTINGS, "reports"):
        yield hint_of(("less", "more"), "cursor", 7)
    yield KeyHint.of(COMMAND["describe"], "words", 3)
    yield KeyHint.of(COMMAND["save"], "save", 2)
    yield KeyHint.of(COMMAND["focus_next"], "panels", 5)
    yield KeyHint.of(COMMAND["command_palette"], "find", 4)
    yield KeyHint.of(COMMAND["help"], "help", 10)
    yield KeyHint.of(COMMAND["quit"], "leave", 10)
