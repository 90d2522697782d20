"""Every key, once: bindings, footer, help, command palette and the README's table come from `COMMANDS`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding

if TYPE_CHECKING:
    from bpengine import Task

TABS: tuple[Task, ...] = ("regression", "classification")
"""The tabs by the engine's names of their tasks; told here, for they are to be seen before it is loaded."""

FOOTER = ("space", "s", "r", "R", "?", "q", "p", "i")
"""The keys in the footer; below 80 columns there is room for the first six."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can do."""

    keys: str
    """Textual's names of its keys, by comma."""
    shown: str
    """The keys as people read them."""
    action: str
    """The app's action."""
    label: str
    """A word or two, for the footer."""
    help: str
    """A sentence, for the help and the palette."""

    @property
    def binding(self) -> Binding:
        """As Textual takes it."""
        shown = self.shown in FOOTER
        return Binding(self.keys, self.action, self.label, show=shown, key_display=self.shown)


COMMANDS: tuple[Command, ...] = (
    Command("space", "space", "toggle_run", "run", "Run or pause the training."),
    Command("s", "s", "step_epoch", "step", "Pause, and train one epoch."),
    Command("r", "r", "restart", "restart", "Restart with the same seed: the same run again."),
    Command("R", "R", "new_seed", "new seed", "Restart with the next seed: another start."),
    Command("b", "b", "rewind", "back", "Go back to the last reported epoch, exactly, and pause."),
    Command("up", "↑", "choose(-1)", "choose", "Choose the setting above or, in the network, the unit."),
    Command("down", "↓", "choose(1)", "choose", "Choose the setting below or, in the network, the unit."),
    Command("left", "←", "change(-1)", "less", "Lower the chosen setting; in the network go a layer back."),
    Command("right", "→", "change(1)", "more", "Raise the chosen setting; in the network go a layer on."),
    Command(
        "shift+left,less_than_sign",
        "shift+← <",
        "change(-1, True)",
        "less",
        "Lower the chosen hyperparameter by a coarse step.",
    ),
    Command(
        "shift+right,greater_than_sign",
        "shift+→ >",
        "change(1, True)",
        "more",
        "Raise the chosen hyperparameter by a coarse step.",
    ),
    Command("enter", "enter", "edit", "open", "Type a value for the chosen setting, or inspect the unit."),
    Command("d", "d", "defaults", "defaults", "Put all hyperparameters back to their defaults."),
    *(
        Command(str(number), str(number), f"open_tab('{task}')", task, f"Open the {task} tab.")
        for number, task in enumerate(TABS, 1)
    ),
    Command("p", "p", "toggle_pin", "pin", "Pin this run to compare others with it, or unpin."),
    Command("i", "i", "toggle_what_if", "what if", "What if: have a change train anew to this epoch."),
    Command("v", "v", "toggle_detail", "view", "View what lies behind: units' parts, or probabilities."),
    Command("t", "t", "describe", "words", "Tell the present state in words."),
    Command("tab", "tab", "focus_next", "next panel", "Go to the next panel; one without a place gets all."),
    Command("shift+tab", "shift+tab", "focus_previous", "last panel", "Go to the panel before."),
    Command("z", "z", "zoom", "zoom", "Give the panel in focus the whole room, or its place again."),
    Command("x", "x", "hide_panel", "hide", "Hide the panel in focus."),
    Command("X", "X", "show_panels", "show all", "Show all panels again."),
    Command(
        "escape", "esc", "to_settings", "back", "Go back to the settings, with every panel in its place."
    ),
    Command("plus,equals_sign", "+", "change_speed(1)", "faster", "Train faster, up to flat out."),
    Command("minus", "-", "change_speed(-1)", "slower", "Train slower, down to one sample a tick."),
    Command("l", "l", "toggle_log", "log", "Switch the error curve between log and linear axis."),
    Command("e", "e", "toggle_smooth", "smooth", "Smooth the error curve, or show every error."),
    Command("m", "m", "toggle_metrics", "metrics", "Show metrics or the reported epochs' errors."),
    Command("question_mark", "?", "help", "help", "Show or leave this help."),
    Command("q", "q", "quit", "quit", "Quit."),
)

FOOTER_FIRST = sorted(
    COMMANDS, key=lambda each: FOOTER.index(each.shown) if each.shown in FOOTER else len(FOOTER)
)
"""As the footer has them, and then the others."""
