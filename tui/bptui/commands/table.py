"""The table of all commands.

The help, the palette, the settings file and the settings page read it; the footer takes its keys from here,
and its words from `screen.tabs.key_hints`. What a command calls is in `screen.actions.table`, and for the
dialogue in `dialogue.table`.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from bptui.commands.command import ARROWS, TOPICS, Command, displayed

if TYPE_CHECKING:
    from bpengine import Task


TABS: tuple[Task, ...] = ("regression", "classification")
"""The task of each tab. The names are repeated here since the tabs are drawn before the engine is loaded."""

_training, _settings, _compare, _plots, _inside, _screen = (partial(Command, topic=topic) for topic in TOPICS)

COMMANDS: tuple[Command, ...] = (
    _training(
        "toggle_run",
        "space",
        "run or pause",
        "Run or pause the training.",
        synonyms=("start", "play", "pause", "stop"),
        word="run",
        usage="[EPOCHS | to EPOCH]",
        aliases=("train", "continue", "go"),
        spoken="Train to the end, for a number of epochs, or to an epoch, and say the error at each report.",
    ),
    _training(
        "step_epoch",
        "s",
        "one epoch",
        "Pause, and train one epoch.",
        synonyms=("single step", "advance"),
        word="step",
        usage="[COUNT] [epochs | samples]",
        spoken="Train one epoch or one sample, or a number of them.",
    ),
    _training(
        "restart",
        "r",
        "restart",
        "Restart with the same seed (the same run again).",
        synonyms=("reset", "start over"),
        word="restart",
    ),
    _training(
        "new_seed",
        "R",
        "new seed",
        "Restart with the next seed (new random weights).",
        synonyms=("randomize", "reroll", "new weights"),
        word="new seed",
    ),
    _training(
        "rewind",
        "b",
        "earlier epochs",
        "Go back to the last reported epoch and pause; while you look at an earlier one, branch there.",
        synonyms=("go back",),
        word="rewind",
    ),
    _training(
        "scrub_back",
        "comma",
        "earlier epochs",
        "Pause, and view the previous reported epoch; the run is not changed.",
        synonyms=("history", "earlier epoch", "time travel"),
        word="back",
    ),
    _training(
        "scrub_on",
        "full_stop",
        "earlier epochs",
        "View the next reported epoch, up to the latest epoch.",
        word="on",
    ),
    _training(
        "scrub_far_back",
        "left_square_bracket",
        "earlier epochs",
        "View the epoch that is a tenth of the run earlier.",
    ),
    _training(
        "scrub_far_on",
        "right_square_bracket",
        "earlier epochs",
        "View the epoch that is a tenth of the run later.",
    ),
    _settings("up", "up,k", "choose a setting", "Choose the setting or, in the network, the unit above."),
    _settings("down", "down,j", "choose a setting", "Choose the setting or, in the network, the unit below."),
    _settings(
        "less", "left,h", "change it", "Lower the chosen setting; in the network, go to the previous layer."
    ),
    _settings(
        "more", "right,l", "change it", "Raise the chosen setting; in the network, go to the next layer."
    ),
    _settings(
        "much_less", "shift+left,less_than_sign", "much lower", "Lower the chosen setting by a large step."
    ),
    _settings(
        "much_more",
        "shift+right,greater_than_sign",
        "much higher",
        "Raise the chosen setting by a large step.",
    ),
    _settings("first", "home", "first, last", "Choose the first setting."),
    _settings("last", "end", "first, last", "Choose the last setting."),
    _settings("page_up", "pageup", "page up, down", "Choose the setting a page up."),
    _settings("page_down", "pagedown", "page up, down", "Choose the setting a page down."),
    _settings("filter", "slash", "find by name", "Find a setting by part of its name."),
    _settings(
        "edit", "enter", "pick or type", "Pick or type a value for the chosen setting, or inspect the unit."
    ),
    _training(
        "undo",
        "u",
        "undo, redo",
        "Undo the last change, restart or rewind: the run is as it was before.",
        synonyms=("revert",),
        word="undo",
    ),
    _training("redo", "U", "undo, redo", "Redo what was undone.", word="redo"),
    _training(
        "faster",
        "plus,equals_sign",
        "faster, slower",
        "Train faster, up to full speed.",
        synonyms=("faster", "speed", "speed up"),
    ),
    _training(
        "slower",
        "minus",
        "faster, slower",
        "Train slower, down to one sample per tick.",
        synonyms=("slower", "slow down"),
    ),
    _settings(
        "defaults",
        "d",
        "default settings",
        "Go back to the settings at the start, then to the defaults.",
        synonyms=("default settings", "factory settings"),
        word="defaults",
    ),
    *(
        _settings(
            task,
            str(number),
            "open a tab",
            f"Open the {task} tab.",
            word=task,
        )
        for number, task in enumerate(TABS, 1)
    ),
    _compare(
        "toggle_pin",
        "p",
        "pin, list pins",
        "Pin this run to compare others with it (up to four), or unpin it.",
        synonyms=("baseline", "keep for comparison"),
        word="pin",
    ),
    _compare(
        "pins",
        "P",
        "pin, list pins",
        "List the pinned runs with their errors and settings that differ; unpin one.",
        word="pins",
    ),
    _compare(
        "toggle_what_if",
        "i",
        "what if, cloud",
        "What if: each change retrains to this epoch and compares.",
        synonyms=("experiment", "try a change"),
        word="what if",
        usage="[on | off]",
        aliases=("whatif",),
    ),
    _compare(
        "advise",
        "a",
        "what helps, maps",
        "What would help? Try about 30 changes on many starts, and take one that lowers the error.",
        synonyms=("improve", "tune", "suggest", "recommend", "what helps", "overfitting", "underfitting"),
        word="advise",
    ),
    _compare(
        "importance",
        "I",
        "what matters",
        "What matters? Train 8 starts, and see how the test error rises when a column is shuffled.",
        synonyms=("feature importance", "permutation", "which columns", "partial dependence", "relevance"),
        word="importance",
    ),
    _compare(
        "calibration",
        "A",
        "calibration",
        "How sure? The confidence of the test samples beside what is right, for classes.",
        synonyms=("reliability", "overconfident"),
        word="calibration",
        spoken="Say how confident the answers for the test samples are, and how often they are right.",
    ),
    _compare(
        "toggle_cloud",
        "n",
        "what if, cloud",
        "Show the run among many starts that differ only in the seed, or alone again.",
        synonyms=("many seeds", "luck", "variance", "distribution"),
        word="cloud",
        usage="[on | off]",
        aliases=("starts",),
        spoken="Say where the run stands among many starts that differ only in the seed, or stop training "
        "them.",
    ),
    _compare(
        "open_map",
        "M",
        "what helps, maps",
        "Sweep two settings: a heat map with many starts in each cell; open one of its runs.",
        synonyms=("grid search", "heat map", "heatmap", "hyperparameter search"),
        word="map",
        usage="[SETTING=VALUES by SETTING=VALUES]",
        aliases=("sweep",),
        spoken="Sweep two settings, many starts each: the best values, and how the error changes with each.",
    ),
    _inside(
        "surface",
        "V",
        "what helps, maps",
        "The surface: the error over a plane through the weights, and the path of the run on it.",
        synonyms=("loss landscape", "valley", "descent", "principal components", "pca"),
        word="surface",
        usage="[random]",
        spoken="Say how the error changes over a plane through the weights: around the path, or at random.",
    ),
    _inside(
        "predict",
        "D",
        "draw, predict",
        "Predict: type a value for each input or, for pictures, draw one, and fool the network.",
        synonyms=("prediction", "inference", "answer", "new row", "new rows", "pad"),
        word="predict",
        usage="[VALUES]",
        spoken="Say what the network answers for a value of each input, such as predict 0.3; without values, "
        "what they may be.",
    ),
    _plots(
        "toggle_detail",
        "v",
        "look inside",
        "Show units' contributions; regions of classes for probabilities; in the units, own scales.",
        synonyms=("contributions", "probabilities", "confidence", "parts"),
        word="units",
        usage="[UNIT | layer N]",
        spoken="Describe the outputs of the hidden units over the inputs.",
    ),
    _inside(
        "draw",
        "B",
        "draw samples",
        "Draw samples over one or two inputs: the run restarts with them.",
        synonyms=("points by hand", "own data", "place", "new data"),
    ),
    _plots(
        "plane",
        "T",
        "any two columns",
        "Show more than two inputs over any two columns: arrows change one, enter names them and a sample.",
        synonyms=("two columns", "axes", "slice", "cross section", "scatter plot"),
        word="plane",
        usage="[COLUMN by COLUMN [at SAMPLE]]",
        spoken="Describe the answers over any two columns, the others at their medians or as in a sample.",
    ),
    _inside(
        "open_box",
        "o",
        "the box, words",
        "Open the box: pause, and walk through the next step of the run number by number.",
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
    _inside(
        "freeze",
        "f",
        "freeze, knock out",
        "In the network: freeze the chosen unit, so that training leaves it as it is, or unfreeze it.",
        synonyms=("lock", "fix weights"),
        word="freeze",
        usage="UNIT | layer N | WEIGHT",
        spoken="Freeze a unit, a layer, a weight or a bias: training leaves it as it is.",
    ),
    _inside(
        "knock_out",
        "K",
        "freeze, knock out",
        "In the network: knock out the chosen unit, which then counts as 0, or bring it back.",
        synonyms=("ablation", "ablate", "remove unit"),
        word="knock out",
        usage="UNIT",
        spoken="Knock out a hidden unit: it counts as 0, and is frozen.",
    ),
    _screen(
        "lessons",
        "G",
        "lessons",
        "Open a lesson: a guide of steps, questions and tasks beside the run.",
        synonyms=("lessons", "tutorial", "guide", "course", "tour", "teach", "learn", "getting started"),
        word="lesson",
        usage="[ID | back | off]",
        spoken="Open a lesson, a guide of steps, questions and tasks, go back in it, or leave it. Without a "
        "word, list all.",
    ),
    _screen(
        "lesson_on",
        "c",
        "next step, back",
        "In a lesson: go to the next page or step, or begin to type the number that is asked for.",
        synonyms=("next step", "answer"),
        word="next",
        spoken="Go to the next step of the lesson.",
    ),
    _screen(
        "lesson_back",
        "C",
        "next step, back",
        "In a lesson: go back by a page or a step; the run stays as it is.",
        synonyms=("previous step",),
    ),
    _screen(
        "lesson_hint",
        "H",
        "hint, show me",
        "In a lesson: show the hint of the task, or the task again.",
        word="hint",
        spoken="Say the hint of the task.",
    ),
    _screen(
        "lesson_show",
        "S",
        "hint, show me",
        "In a lesson: watch how the task is done, from where it began; again, or esc, stops it.",
        synonyms=("show me", "demo"),
        word="solution",
        spoken="Do the task of the lesson, from where it began, and say each command.",
    ),
    _screen(
        "save",
        "w",
        "save",
        "Save a checkpoint, an export, the settings, the command line, a page or a picture.",
        synonyms=("export", "download", "screenshot", "picture", "share", "page", "html", "svg", "png"),
        word="save",
        usage="[checkpoint | settings | command line] [FILE]",
        spoken="Save a checkpoint, the settings or the command line.",
    ),
    _plots(
        "describe",
        "t",
        "the box, words",
        "Describe the run in words.",
        synonyms=("summary", "explain", "text", "screen reader"),
        word="describe",
        aliases=("words",),
        usage="[SECTION]",
        spoken="Describe the run, or one side of it, as in describe fit or describe error.",
    ),
    _screen(
        "focus_next", "tab", "next panel", "Focus the next panel; one that does not fit opens full screen."
    ),
    _screen("focus_previous", "shift+tab", "previous panel", "Focus the previous panel."),
    _screen(
        "zoom",
        "z",
        "maximize",
        "Maximize or restore the focused panel.",
        synonyms=("zoom", "full screen", "enlarge", "bigger", "larger"),
    ),
    _screen(
        "hide_panel",
        "x",
        "hide, show panels",
        "Hide the focused panel.",
        synonyms=("close panel",),
    ),
    _screen(
        "show_panels",
        "X",
        "hide, show panels",
        "Show all panels again.",
        synonyms=("all panels",),
    ),
    _screen(
        "to_settings",
        "escape",
        "to the settings",
        "Stop what is in progress, leave an earlier epoch, go to the settings, end what-if, leave a lesson.",
    ),
    _plots(
        "toggle_log",
        "L",
        "curve and metrics",
        "Switch the error axis between logarithmic and linear.",
        synonyms=("log scale", "logarithmic", "linear axis"),
    ),
    _plots(
        "toggle_smooth",
        "e",
        "curve and metrics",
        "Smooth the error curve, or show the error of each epoch.",
        synonyms=("moving average", "smoothing"),
    ),
    _plots(
        "toggle_rates",
        "E",
        "curve and metrics",
        "Show the learning rate and 2/sharpness, a guide to the largest stable one, or the errors.",
        synonyms=("sharpness", "stability", "2/L", "curvature", "eigenvalue"),
    ),
    _plots(
        "toggle_metrics",
        "m",
        "curve and metrics",
        "Show the metrics or the errors of the reported epochs or, on a small screen, the network.",
        synonyms=("accuracy", "confusion matrix", "rmse", "good"),
        word="metrics",
        spoken="Say how good the outputs are, and which classes are confused.",
    ),
    _screen(
        "help",
        "question_mark",
        "help",
        "Open the help: the focused panel and the ten most useful keys, then a page for each topic.",
        synonyms=("hello", "keys", "shortcuts", "manual", "documentation"),
        word="help",
        usage="[COMMAND | SETTING]",
        spoken="List the commands, or explain a command or a setting.",
    ),
    _screen(
        "command_palette",
        "ctrl+p",
        "find by name",
        "Find a key, setting, value, data set or panel by name, and set or open it.",
        synonyms=("search", "commands"),
        everywhere=True,
    ),
    _screen(
        "quit",
        "q",
        "quit",
        "Quit.",
        synonyms=("leave", "close"),
        word="quit",
        aliases=("exit", "bye"),
        spoken="Quit; the run is kept.",
    ),
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


@cache
def _together(*keys: str) -> str:
    """The displayed keys of related commands as one text."""
    if len(keys) > 1 and all(key.startswith("shift+") for key in keys):
        bases = [key.removeprefix("shift+") for key in keys]
        if all(base in ARROWS or base in ARROWS.values() for base in bases):
            return f"shift+{_together(*bases)}"
    if set(keys) == set(ARROWS.values()):
        return "arrows"
    return "".join(keys) if all(key in ARROWS for key in keys) else "/".join(keys)
