"""The commands: bindings, footer, help, command palette and the key table of the README read `COMMANDS`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding

if TYPE_CHECKING:
    from bpengine import Task

TABS: tuple[Task, ...] = ("regression", "classification")
"""The task of each tab. The tabs are drawn before the engine is loaded, so the names stand here as well."""

FOOTER = ("space", "s", "r", "R", "?", "q", "p", "i")
"""The keys in the footer. Below 80 columns there is room for the first six."""


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
    """One or two words for the footer."""
    help: str
    """A sentence for the help and the palette."""

    @property
    def binding(self) -> Binding:
        """The Textual binding."""
        shown = self.shown in FOOTER
        return Binding(self.keys, self.action, self.label, show=shown, key_display=self.shown)


COMMANDS: tuple[Command, ...] = (
    Command("space", "space", "toggle_run", "run", "Run or pause the training."),
    Command("s", "s", "step_epoch", "step", "Pause, and train one epoch."),
    Command("r", "r", "restart", "restart", "Restart with the same seed (the same run again)."),
    Command("R", "R", "new_seed", "new seed", "Restart with the next seed (new random weights)."),
    Command("b", "b", "rewind", "back", "Go back to the last reported epoch, and pause."),
    Command("up", "↑", "choose(-1)", "choose", "Choose the setting or, in the network, the unit above."),
    Command("down", "↓", "choose(1)", "choose", "Choose the setting or, in the network, the unit below."),
    Command(
        "left",
        "←",
        "change(-1)",
        "less",
        "Lower the chosen setting; in the network, go to the previous layer.",
    ),
    Command(
        "right", "→", "change(1)", "more", "Raise the chosen setting; in the network, go to the next layer."
    ),
    Command(
        "shift+left,less_than_sign",
        "shift+← <",
        "change(-1, True)",
        "less",
        "Lower the chosen setting by a large step.",
    ),
    Command(
        "shift+right,greater_than_sign",
        "shift+→ >",
        "change(1, True)",
        "more",
        "Raise the chosen setting by a large step.",
    ),
    Command("enter", "enter", "edit", "open", "Type a value for the chosen setting, or inspect the unit."),
    Command("u", "u", "undo", "undo", "Undo the last change, restart or rewind, with the run as it was."),
    Command("U", "U", "redo", "redo", "Redo what was undone."),
    Command("d", "d", "defaults", "defaults", "Go back to the settings at the start, then to the defaults."),
    *(
        Command(str(number), str(number), f"open_tab('{task}')", task, f"Open the {task} tab.")
        for number, task in enumerate(TABS, 1)
    ),
    Command("p", "p", "toggle_pin", "pin", "Pin this run to compare others with it, or unpin it."),
    Command(
        "i", "i", "toggle_what_if", "what if", "What if: each change retrains to this epoch and compares."
    ),
    Command(
        "v",
        "v",
        "toggle_detail",
        "view",
        "Show units' contributions or class probabilities; in the hidden units, own scales.",
    ),
    Command("w", "w", "save", "save", "Save a checkpoint, the settings, the command line or a picture."),
    Command("t", "t", "describe", "words", "Describe the run in words."),
    Command(
        "tab",
        "tab",
        "focus_next",
        "next panel",
        "Focus the next panel; one that does not fit opens full screen.",
    ),
    Command("shift+tab", "shift+tab", "focus_previous", "previous panel", "Focus the previous panel."),
    Command("z", "z", "zoom", "zoom", "Maximize or restore the focused panel."),
    Command("x", "x", "hide_panel", "hide", "Hide the focused panel."),
    Command("X", "X", "show_panels", "show all", "Show all panels again."),
    Command("escape", "esc", "to_settings", "back", "Focus the settings, and restore a maximized panel."),
    Command("plus,equals_sign", "+", "change_speed(1)", "faster", "Train faster, up to full speed."),
    Command("minus", "-", "change_speed(-1)", "slower", "Train slower, down to one sample per tick."),
    Command("l", "l", "toggle_log", "log", "Switch the error axis between logarithmic and linear."),
    Command("e", "e", "toggle_smooth", "smooth", "Smooth the error curve, or show each error."),
    Command("m", "m", "toggle_metrics", "metrics", "Show the metrics or the errors of the reported epochs."),
    Command("question_mark", "?", "help", "help", "Open or close this help."),
    Command("q", "q", "quit", "quit", "Quit."),
)

FOOTER_FIRST = sorted(
    COMMANDS, key=lambda each: FOOTER.index(each.shown) if each.shown in FOOTER else len(FOOTER)
)
"""The commands of the footer in its order, then all others."""
