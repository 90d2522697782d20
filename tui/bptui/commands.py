"""The commands: bindings, footer, help, command palette and the key table of the README read `COMMANDS`.

A text that names a key takes it from `key_of`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.binding import Binding

    from bpengine import Task

TABS: tuple[Task, ...] = ("regression", "classification")
"""The task of each tab. The tabs are drawn before the engine is loaded, so the names stand here as well."""


@dataclass(frozen=True, slots=True)
class Command:
    """An action that a key performs."""

    keys: str
    """The keys, separated by commas, by their names in Textual."""
    shown: str
    """The keys as they are displayed."""
    action: str
    """The action of the app."""
    label: str
    """What the key does in at most 17 characters, for the help. Keys with the same label share a line."""
    help: str
    """A sentence for the palette and the README."""
    everywhere: bool = False
    """Whether the key also acts in dialogs."""

    @property
    def binding(self) -> Binding:
        """The Textual binding."""
        from textual.binding import Binding  # here, since what opens no screen does not load Textual

        return Binding(self.keys, self.action, self.label, show=False, priority=self.everywhere)


COMMANDS: tuple[Command, ...] = (
    Command("space", "space", "toggle_run", "run or pause", "Run or pause the training."),
    Command("s", "s", "step_epoch", "one epoch", "Pause, and train one epoch."),
    Command("r", "r", "restart", "restart", "Restart with the same seed (the same run again)."),
    Command("R", "R", "new_seed", "new seed", "Restart with the next seed (new random weights)."),
    Command("b", "b", "rewind", "rewind", "Go back to the last reported epoch, and pause."),
    Command(
        "up", "↑", "choose(-1)", "choose a setting", "Choose the setting or, in the network, the unit above."
    ),
    Command(
        "down", "↓", "choose(1)", "choose a setting", "Choose the setting or, in the network, the unit below."
    ),
    Command(
        "left",
        "←",
        "change(-1)",
        "change it",
        "Lower the chosen setting; in the network, go to the previous layer.",
    ),
    Command(
        "right",
        "→",
        "change(1)",
        "change it",
        "Raise the chosen setting; in the network, go to the next layer.",
    ),
    Command(
        "shift+left,less_than_sign",
        "shift+← <",
        "change(-1, True)",
        "much lower",
        "Lower the chosen setting by a large step.",
    ),
    Command(
        "shift+right,greater_than_sign",
        "shift+→ >",
        "change(1, True)",
        "much higher",
        "Raise the chosen setting by a large step.",
    ),
    Command(
        "enter", "enter", "edit", "type a value", "Type a value for the chosen setting, or inspect the unit."
    ),
    Command(
        "u", "u", "undo", "undo, redo", "Undo the last change, restart or rewind, with the run as it was."
    ),
    Command("U", "U", "redo", "undo, redo", "Redo what was undone."),
    Command(
        "d",
        "d",
        "defaults",
        "default settings",
        "Go back to the settings at the start, then to the defaults.",
    ),
    *(
        Command(str(number), str(number), f"open_tab('{task}')", "open a tab", f"Open the {task} tab.")
        for number, task in enumerate(TABS, 1)
    ),
    Command(
        "p",
        "p",
        "toggle_pin",
        "pin, list pins",
        "Pin this run to compare others with it (up to four), or unpin it.",
    ),
    Command(
        "P", "P", "pins", "pin, list pins", "List the pinned runs: what differs, their errors; unpin one."
    ),
    Command(
        "i", "i", "toggle_what_if", "what if", "What if: each change retrains to this epoch and compares."
    ),
    Command(
        "v",
        "v",
        "toggle_detail",
        "look inside",
        "Show units' contributions or class probabilities; in the hidden units, own scales.",
    ),
    Command("w", "w", "save", "save", "Save a checkpoint, the settings, the command line or a picture."),
    Command("t", "t", "describe", "run in words", "Describe the run in words."),
    Command(
        "tab",
        "tab",
        "focus_next",
        "next panel",
        "Focus the next panel; one that does not fit opens full screen.",
    ),
    Command("shift+tab", "shift+tab", "focus_previous", "previous panel", "Focus the previous panel."),
    Command("z", "z", "zoom", "maximize", "Maximize or restore the focused panel."),
    Command("x", "x", "hide_panel", "hide the panel", "Hide the focused panel."),
    Command("X", "X", "show_panels", "show all panels", "Show all panels again."),
    Command(
        "escape",
        "esc",
        "to_settings",
        "to the settings",
        "Focus the settings, and restore a maximized panel.",
    ),
    Command("plus,equals_sign", "+", "change_speed(1)", "faster, slower", "Train faster, up to full speed."),
    Command("minus", "-", "change_speed(-1)", "faster, slower", "Train slower, down to one sample per tick."),
    Command("l", "l", "toggle_log", "log or linear", "Switch the error axis between logarithmic and linear."),
    Command("e", "e", "toggle_smooth", "smooth the curve", "Smooth the error curve, or show each error."),
    Command(
        "m",
        "m",
        "toggle_metrics",
        "metrics or errors",
        "Show the metrics or the errors of the reported epochs.",
    ),
    Command(
        "question_mark",
        "?",
        "help",
        "help",
        "Open the help: the focused panel first, then the keys and all other panels.",
    ),
    Command(
        "ctrl+p",
        "ctrl+p",
        "command_palette",
        "find by name",
        "Find a key, setting, value, data set or panel by name, and set or open it.",
        everywhere=True,
    ),
    Command("q", "q", "quit", "quit", "Quit."),
)

_BY_ACTION = {command.action: command for command in COMMANDS}


def command_of(action: str) -> Command:
    """The command with this action. All texts that name a key take it from here.

    Raises:
        KeyError: no command has this action.
    """
    return _BY_ACTION[action]


def key_of(action: str) -> str:
    """The first key of this action as it is displayed, such as space or ↑.

    Raises:
        KeyError: no command has this action.
    """
    return command_of(action).shown.split()[0]
