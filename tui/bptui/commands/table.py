"""The table of all commands.

The app and the dialogue run the commands of `COMMANDS`. The footer, the help, the palette, the settings file
and the settings page read it. Those that act on the run or its settings are described here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptui.commands.command import ARROWS, Command, displayed
from bptui.commands.screen_commands import SCREEN_COMMANDS

if TYPE_CHECKING:
    from bpengine import Task


TABS: tuple[Task, ...] = ("regression", "classification")
"""The task of each tab. The names are repeated here since the tabs are drawn before the engine is loaded."""

COMMANDS: tuple[Command, ...] = (
    Command(
        "toggle_run",
        "space",
        "run or pause",
        "Run or pause the training.",
        "session.toggle",
        topic="training",
        synonyms=("start", "play", "pause", "stop"),
        word="run",
        usage="[EPOCHS | to EPOCH]",
        aliases=("train", "continue", "go"),
        spoken="Train to the end, for a number of epochs, or to an epoch, and say the error at each report.",
    ),
    Command(
        "step_epoch",
        "s",
        "one epoch",
        "Pause, and train one epoch.",
        "session.step_epoch",
        topic="training",
        synonyms=("single step", "advance"),
        word="step",
        usage="[COUNT] [epochs | samples]",
        spoken="Train one epoch or one sample, or a number of them.",
    ),
    Command(
        "restart",
        "r",
        "restart",
        "Restart with the same seed (the same run again).",
        "session.restart",
        topic="training",
        synonyms=("reset", "start over", "again"),
        word="restart",
    ),
    Command(
        "new_seed",
        "R",
        "new seed",
        "Restart with the next seed (new random weights).",
        "session.new_seed",
        topic="training",
        synonyms=("randomize", "reroll", "new weights"),
        word="new seed",
    ),
    Command(
        "rewind",
        "b",
        "earlier epochs",
        "Go back to the last reported epoch and pause; while you look at an earlier one, branch there.",
        "session.rewind",
        topic="training",
        synonyms=("go back",),
        word="rewind",
        spoken="Go back to the last reported epoch; while you look at an earlier one, branch there.",
    ),
    Command(
        "scrub_back",
        "comma",
        "earlier epochs",
        "Pause, and view the previous reported epoch; the run is not changed.",
        "tab.scrub(-1)",
        topic="training",
        synonyms=("history", "earlier epoch", "time travel"),
        word="back",
        spoken="View the previous reported epoch.",
    ),
    Command(
        "scrub_on",
        "full_stop",
        "earlier epochs",
        "View the next reported epoch, up to the latest epoch.",
        "tab.scrub(1)",
        topic="training",
        word="on",
    ),
    Command(
        "scrub_far_back",
        "left_square_bracket",
        "earlier epochs",
        "View the epoch that is a tenth of the run earlier.",
        "tab.scrub(-1, True)",
        topic="training",
    ),
    Command(
        "scrub_far_on",
        "right_square_bracket",
        "earlier epochs",
        "View the epoch that is a tenth of the run later.",
        "tab.scrub(1, True)",
        topic="training",
    ),
    Command(
        "up",
        "up,k",
        "choose a setting",
        "Choose the setting or, in the network, the unit above.",
        "settings.choose(-1)",
        topic="settings",
    ),
    Command(
        "down",
        "down,j",
        "choose a setting",
        "Choose the setting or, in the network, the unit below.",
        "settings.choose(1)",
        topic="settings",
    ),
    Command(
        "less",
        "left,h",
        "change it",
        "Lower the chosen setting; in the network, go to the previous layer.",
        "settings.change(-1)",
        topic="settings",
    ),
    Command(
        "more",
        "right,l",
        "change it",
        "Raise the chosen setting; in the network, go to the next layer.",
        "settings.change(1)",
        topic="settings",
    ),
    Command(
        "much_less",
        "shift+left,less_than_sign",
        "much lower",
        "Lower the chosen setting by a large step.",
        "settings.change(-1, True)",
        topic="settings",
    ),
    Command(
        "much_more",
        "shift+right,greater_than_sign",
        "much higher",
        "Raise the chosen setting by a large step.",
        "settings.change(1, True)",
        topic="settings",
    ),
    Command(
        "first",
        "home",
        "first, last",
        "Choose the first setting.",
        "settings.choose_end(-1)",
        topic="settings",
    ),
    Command(
        "last",
        "end",
        "first, last",
        "Choose the last setting.",
        "settings.choose_end(1)",
        topic="settings",
    ),
    Command(
        "page_up",
        "pageup",
        "page up, down",
        "Choose the setting a page up.",
        "settings.choose_page(-1)",
        topic="settings",
    ),
    Command(
        "page_down",
        "pagedown",
        "page up, down",
        "Choose the setting a page down.",
        "settings.choose_page(1)",
        topic="settings",
    ),
    Command(
        "filter",
        "slash",
        "find by name",
        "Find a setting by part of its name.",
        "panels.find_setting",
        topic="settings",
    ),
    Command(
        "edit",
        "enter",
        "pick or type",
        "Pick or type a value for the chosen setting, or inspect the unit.",
        "settings.edit",
        topic="settings",
    ),
    Command(
        "undo",
        "u",
        "undo, redo",
        "Undo the last change, restart or rewind: the run is as it was before.",
        "session.undo",
        topic="training",
        synonyms=("revert",),
        word="undo",
    ),
    Command(
        "redo",
        "U",
        "undo, redo",
        "Redo what was undone.",
        "session.redo",
        word="redo",
        topic="training",
    ),
    Command(
        "faster",
        "plus,equals_sign",
        "faster, slower",
        "Train faster, up to full speed.",
        "session.change_speed(1)",
        topic="training",
        synonyms=("speed", "speed up"),
    ),
    Command(
        "slower",
        "minus",
        "faster, slower",
        "Train slower, down to one sample per tick.",
        "session.change_speed(-1)",
        topic="training",
        synonyms=("slow down",),
    ),
    Command(
        "defaults",
        "d",
        "default settings",
        "Go back to the settings at the start, then to the defaults.",
        "session.defaults",
        topic="settings",
        synonyms=("default settings", "factory settings"),
        word="defaults",
    ),
    *(
        Command(
            task,
            str(number),
            "open a tab",
            f"Open the {task} tab.",
            f"app.open_tab('{task}')",
            topic="settings",
            word=task,
            spoken=f"Switch to {task}.",
        )
        for number, task in enumerate(TABS, 1)
    ),
    Command(
        "toggle_pin",
        "p",
        "pin, list pins",
        "Pin this run to compare others with it (up to four), or unpin it.",
        "session.toggle_pin",
        topic="compare",
        synonyms=("baseline", "keep for comparison"),
        word="pin",
    ),
    Command(
        "pins",
        "P",
        "pin, list pins",
        "List the pinned runs with their errors and settings that differ; unpin one.",
        "dialogs.pins",
        topic="compare",
        word="pins",
        spoken="List the pinned runs with their errors and settings that differ.",
    ),
    Command(
        "toggle_what_if",
        "i",
        "what if, cloud",
        "What if: each change retrains to this epoch and compares.",
        "session.toggle_what_if",
        topic="compare",
        synonyms=("experiment", "try a change"),
        word="what if",
        usage="[on | off]",
        aliases=("whatif",),
    ),
    Command(
        "advise",
        "a",
        "what helps, a map",
        "What would help? Try about 30 changes on many starts, and take one that lowers the error.",
        "dialogs.advise",
        topic="compare",
        synonyms=("improve", "tune", "suggest", "recommend", "what helps", "overfitting", "underfitting"),
        word="advise",
        spoken="Try about 30 changes of the settings on many starts, and say which of them lower the error.",
    ),
    Command(
        "toggle_cloud",
        "n",
        "what if, cloud",
        "Show the run among many starts that differ only in the seed, or alone again.",
        "session.toggle_cloud",
        topic="compare",
        synonyms=("many seeds", "luck", "variance", "distribution"),
        word="cloud",
        usage="[on | off]",
        aliases=("starts",),
        spoken="Say where the run stands among many starts that differ only in the seed, or stop training "
        "them.",
    ),
    Command(
        "open_map",
        "M",
        "what helps, a map",
        "Sweep two settings: a heat map with many starts in each cell; open one of its runs.",
        "dialogs.open_map",
        topic="compare",
        synonyms=("grid search", "heat map", "heatmap", "hyperparameter search"),
        word="map",
        usage="[SETTING=VALUES by SETTING=VALUES]",
        aliases=("sweep",),
        spoken="Sweep two settings, many starts each: the best values, and how the error changes with each.",
    ),
    Command(
        "toggle_detail",
        "v",
        "look inside",
        "Show units' contributions or class probabilities; in the hidden units, a scale for each.",
        "panels.toggle_detail",
        topic="plots",
        synonyms=("contributions", "probabilities", "confidence", "parts"),
        word="units",
        usage="[UNIT | layer N]",
        spoken="Describe the outputs of the hidden units over the inputs.",
    ),
    Command(
        "open_box",
        "o",
        "the box, words",
        "Open the box: pause, and walk through the next step of the run number by number.",
        "dialogs.open_box",
        topic="inside",
        synonyms=(
            "predict",
            "predictions",
            "backpropagation",
            "backprop",
            "chain rule",
            "derivation",
            "formulas",
            "step by step",
            "debugger",
        ),
        word="box",
        usage="[next | back [STRIDE] | another sample]",
        spoken="Walk through the next step of the run, number by number or by a stride such as layer.",
    ),
    Command(
        "freeze",
        "f",
        "freeze, knock out",
        "In the network: freeze the chosen unit, so that training leaves it as it is, or unfreeze it.",
        "panels.edit_unit('freeze')",
        topic="inside",
        synonyms=("lock", "fix weights"),
        word="freeze",
        usage="UNIT | layer N | WEIGHT",
        spoken="Freeze a unit, a layer, a weight or a bias: training leaves it as it is.",
    ),
    Command(
        "knock_out",
        "K",
        "freeze, knock out",
        "In the network: knock out the chosen unit, which then counts as 0, or bring it back.",
        "panels.edit_unit('knock_out')",
        topic="inside",
        synonyms=("ablation", "ablate", "dropout", "remove unit"),
        word="knock out",
        usage="UNIT",
        spoken="Knock out a hidden unit: it counts as 0, and is frozen.",
    ),
    *SCREEN_COMMANDS,
)


COMMAND: dict[str, Command] = {command.name: command for command in COMMANDS}
"""The commands by name."""


def key_of(name: str) -> str:
    """The key of a command as texts name it, such as "r", "space" or "←"; the first one of several.

    Raises:
        KeyError: there is no such command.
    """
    return COMMAND[name].shown.partition(" ")[0]


def short_keys_of(*names: str) -> str:
    """The shortest keys of related commands, such as "</>" instead of "shift+←→"."""
    return _together(*(min(COMMAND[name].shown.split(), key=len) for name in names))


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
