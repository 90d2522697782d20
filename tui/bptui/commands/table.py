"""The table of all commands. The footer, the help, the palette and the README's key table read `COMMANDS`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptui.commands.command import ARROWS, Command, displayed

if TYPE_CHECKING:
    from bpengine import Task


TABS: tuple[Task, ...] = ("regression", "classification")
"""The task of each tab. The names are repeated here since the tabs are drawn before the engine is loaded."""

COMMANDS: tuple[Command, ...] = (
    Command("space", "toggle_run", "run or pause", "Run or pause the training."),
    Command("s", "step_epoch", "one epoch", "Pause, and train one epoch."),
    Command("r", "restart", "restart", "Restart with the same seed (the same run again)."),
    Command("R", "new_seed", "new seed", "Restart with the next seed (new random weights)."),
    Command(
        "b",
        "rewind",
        "earlier epochs",
        "Go back to the last reported epoch and pause; while you look at an earlier one, branch there.",
    ),
    Command(
        "comma",
        "scrub(-1)",
        "earlier epochs",
        "Pause, and view the previous reported epoch; the run is not changed.",
        "scrub_back",
    ),
    Command(
        "full_stop",
        "scrub(1)",
        "earlier epochs",
        "View the next reported epoch, up to the latest epoch.",
        "scrub_on",
    ),
    Command(
        "left_square_bracket",
        "scrub(-1, True)",
        "earlier epochs",
        "View the epoch that is a tenth of the run earlier.",
        "scrub_far_back",
    ),
    Command(
        "right_square_bracket",
        "scrub(1, True)",
        "earlier epochs",
        "View the epoch that is a tenth of the run later.",
        "scrub_far_on",
    ),
    Command(
        "up,k",
        "choose(-1)",
        "choose a setting",
        "Choose the setting or, in the network, the unit above.",
        "up",
    ),
    Command(
        "down,j",
        "choose(1)",
        "choose a setting",
        "Choose the setting or, in the network, the unit below.",
        "down",
    ),
    Command(
        "left,h",
        "change(-1)",
        "change it",
        "Lower the chosen setting; in the network, go to the previous layer.",
        "less",
    ),
    Command(
        "right,l",
        "change(1)",
        "change it",
        "Raise the chosen setting; in the network, go to the next layer.",
        "more",
    ),
    Command(
        "shift+left,less_than_sign",
        "change(-1, True)",
        "much lower",
        "Lower the chosen setting by a large step.",
        "much_less",
    ),
    Command(
        "shift+right,greater_than_sign",
        "change(1, True)",
        "much higher",
        "Raise the chosen setting by a large step.",
        "much_more",
    ),
    Command("home", "choose_end(-1)", "first, last", "Choose the first setting.", "first"),
    Command("end", "choose_end(1)", "first, last", "Choose the last setting.", "last"),
    Command("pageup", "choose_page(-1)", "page up, down", "Choose the setting a page up.", "page_up"),
    Command("pagedown", "choose_page(1)", "page up, down", "Choose the setting a page down.", "page_down"),
    Command("slash", "filter", "find by name", "Find a setting by part of its name."),
    Command(
        "enter",
        "edit",
        "pick or type",
        "Pick or type a value for the chosen setting, or inspect the unit.",
    ),
    Command(
        "u",
        "undo",
        "undo, redo",
        "Undo the last change, restart or rewind: the run is as it was before.",
    ),
    Command("U", "redo", "undo, redo", "Redo what was undone."),
    Command(
        "d",
        "defaults",
        "default settings",
        "Go back to the settings at the start, then to the defaults.",
    ),
    *(
        Command(str(number), f"open_tab('{task}')", "open a tab", f"Open the {task} tab.", task)
        for number, task in enumerate(TABS, 1)
    ),
    Command(
        "p",
        "toggle_pin",
        "pin, list pins",
        "Pin this run to compare others with it (up to four), or unpin it.",
    ),
    Command(
        "P",
        "pins",
        "pin, list pins",
        "List the pinned runs with their errors and settings that differ; unpin one.",
    ),
    Command(
        "i",
        "toggle_what_if",
        "what if, cloud",
        "What if: each change retrains to this epoch and compares.",
    ),
    Command(
        "a",
        "advise",
        "what helps, a map",
        "What would help? Try about 30 changes on many starts, and take one that lowers the error.",
    ),
    Command(
        "n",
        "toggle_cloud",
        "what if, cloud",
        "Show the run among many starts that differ only in the seed, or alone again.",
    ),
    Command(
        "M",
        "open_map",
        "what helps, a map",
        "Sweep two settings: a heat map with many starts in each cell; open one of its runs.",
    ),
    Command(
        "v",
        "toggle_detail",
        "look inside",
        "Show units' contributions or class probabilities; in the hidden units, a scale for each.",
    ),
    Command(
        "o",
        "open_box",
        "the box, words",
        "Open the box: pause, and walk through the next step of the run number by number.",
    ),
    Command(
        "f",
        "freeze",
        "freeze, knock out",
        "In the network: freeze the chosen unit, so that training leaves it as it is, or unfreeze it.",
    ),
    Command(
        "K",
        "knock_out",
        "freeze, knock out",
        "In the network: knock out the chosen unit, which then counts as 0, or bring it back.",
    ),
    Command("w", "save", "save", "Save a checkpoint, the settings, the command line or a picture."),
    Command("t", "describe", "the box, words", "Describe the run in words."),
    Command(
        "tab",
        "focus_next",
        "next panel",
        "Focus the next panel; one that does not fit opens full screen.",
    ),
    Command("shift+tab", "focus_previous", "previous panel", "Focus the previous panel."),
    Command("z", "zoom", "maximize", "Maximize or restore the focused panel."),
    Command("x", "hide_panel", "hide, show panels", "Hide the focused panel."),
    Command("X", "show_panels", "hide, show panels", "Show all panels again."),
    Command(
        "escape",
        "to_settings",
        "to the settings",
        "Stop what is in progress, leave an earlier epoch, or go to the settings and restore the panels.",
    ),
    Command(
        "plus,equals_sign",
        "change_speed(1)",
        "faster, slower",
        "Train faster, up to full speed.",
        "faster",
    ),
    Command(
        "minus",
        "change_speed(-1)",
        "faster, slower",
        "Train slower, down to one sample per tick.",
        "slower",
    ),
    Command("L", "toggle_log", "curve and metrics", "Switch the error axis between logarithmic and linear."),
    Command(
        "e", "toggle_smooth", "curve and metrics", "Smooth the error curve, or show the error of each epoch."
    ),
    Command(
        "m",
        "toggle_metrics",
        "curve and metrics",
        "Show the metrics or the errors of the reported epochs.",
    ),
    Command(
        "question_mark",
        "help",
        "help",
        "Open the help: the focused panel first, then the keys and all other panels.",
    ),
    Command(
        "ctrl+p",
        "command_palette",
        "find by name",
        "Find a key, setting, value, data set or panel by name, and set or open it.",
        everywhere=True,
    ),
    Command("q", "quit", "quit", "Quit."),
)


COMMAND: dict[str, Command] = {command.name: command for command in COMMANDS}
"""The commands by name."""

_BY_ACTION = {command.action: command for command in COMMANDS}


def command_of(name: str) -> Command:
    """The command with this name or action, such as "less" or "change(-1)".

    Raises:
        KeyError: there is no such command.
    """
    return _BY_ACTION[name] if name in _BY_ACTION else COMMAND[name]


def key_of(name: str) -> str:
    """The key of a command as texts name it, such as "r", "space" or "←"; the first one of several.

    Args:
        name: the name or the action of the command.

    Raises:
        KeyError: there is no such command.
    """
    return command_of(name).shown.partition(" ")[0]


def short_keys_of(*names: str) -> str:
    """The shortest keys of related commands, such as "</>" instead of "shift+←→"."""
    return _together(*(min(command_of(name).shown.split(), key=len) for name in names))


def keys_of(*names: str) -> str:
    """The keys of related commands, such as "←→" or "shift+←→", or "a/d" if they are not arrow keys."""
    return _together(*map(key_of, names))


def arrow_keys(*names: str) -> str:
    """Related arrow keys that belong to no command, by their names in Textual."""
    return _together(*map(displayed, names))


def _together(*keys: str) -> str:
    """The displayed keys of related commands as one text."""
    if len(keys) > 1 and all(key.startswith("shift+") for key in keys):
        bases = [key.removeprefix("shift+") for key in keys]
        if all(base in ARROWS or base in ARROWS.values() for base in bases):
            return f"shift+{_together(*bases)}"
    if set(keys) == set(ARROWS.values()):
        return "arrows"
    return "".join(keys) if all(key in ARROWS for key in keys) else "/".join(keys)


def key_first(name: str) -> str:
    """The key of a command at the beginning of a sentence: "Space", but "r"."""
    key = key_of(name)
    return key if len(key) == 1 else key[0].upper() + key[1:]
