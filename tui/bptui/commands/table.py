"""The table of all commands: what each is called, and what it calls.

The help, the palette, the settings file and the settings page read it; the footer takes its keys from here,
and its words from `screen.tabs.key_hints`. The modules that commands call are imported when one of them is
used, so this is the one module that may name those above it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import TYPE_CHECKING

from bptui.commands.command import ARROWS, TOPICS, Command, displayed
from bptui.commands.lazy import LazyModule

if TYPE_CHECKING:
    from bpengine import Task
    from bptui.dialogue import changing, completing, describing, experiments, files, lessons, training, units
    from bptui.dialogue import table as answers
    from bptui.dialogue import worked_step as walking
    from bptui.dialogue.dialogue import Dialogue
    from bptui.features.calibration import dialog as calibration_dialog
    from bptui.features.calibration import talk as calibration_talk
    from bptui.features.importance import dialog as importance_dialog
    from bptui.features.importance import talk as importance_talk
    from bptui.features.surface import dialog as surface_dialog
    from bptui.features.surface import talk as surface_talk
    from bptui.screen.app import BptuiApp
    from bptui.session import commands as run
else:
    changing = LazyModule("bptui.dialogue.changing")
    completing = LazyModule("bptui.dialogue.completing")
    describing = LazyModule("bptui.dialogue.describing")
    experiments = LazyModule("bptui.dialogue.experiments")
    files = LazyModule("bptui.dialogue.files")
    lessons = LazyModule("bptui.dialogue.lessons")
    training = LazyModule("bptui.dialogue.training")
    units = LazyModule("bptui.dialogue.units")
    answers = LazyModule("bptui.dialogue.table")
    walking = LazyModule("bptui.dialogue.worked_step")
    calibration_dialog = LazyModule("bptui.features.calibration.dialog")
    calibration_talk = LazyModule("bptui.features.calibration.talk")
    importance_dialog = LazyModule("bptui.features.importance.dialog")
    importance_talk = LazyModule("bptui.features.importance.talk")
    surface_dialog = LazyModule("bptui.features.surface.dialog")
    surface_talk = LazyModule("bptui.features.surface.talk")
    run = LazyModule("bptui.session.commands")


TABS: tuple[Task, ...] = ("regression", "classification")
"""The task of each tab. The names are repeated here since the tabs are drawn before the engine is loaded."""


def _open(task: Task, app: BptuiApp) -> object:
    return app.action_open_tab(task)


def _spoken(
    name: str,
    help: str,
    usage: str = "",
    aliases: tuple[str, ...] = (),
    synonyms: tuple[str, ...] = (),
    *,
    dialogue: Callable[[Dialogue, str], str | Iterable[str]],
    completes: Callable[[Dialogue, str], Iterable[str]] | None = None,
    group: str,
) -> Command:
    """A command that only the dialogue has."""
    calls = partial(Command, dialogue=dialogue, completes=completes, group=group)
    return calls(name, "", "", help, topic="", word=name, usage=usage, aliases=aliases, synonyms=synonyms)


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
        screen=lambda app: app.view.do(run.toggle),
        dialogue=training.run,
        group="training",
        heard=("start", "play"),
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
        screen=lambda app: app.view.do(run.step_epoch),
        dialogue=training.step,
        group="training",
    ),
    _training(
        "restart",
        "r",
        "restart",
        "Restart with the same seed (the same run again).",
        synonyms=("reset", "start over"),
        word="restart",
        screen=lambda app: app.view.do(run.restart),
        dialogue=partial(training.do, run.restart),
        group="training",
    ),
    _training(
        "new_seed",
        "R",
        "new seed",
        "Restart with the next seed (new random weights).",
        synonyms=("randomize", "reroll", "new weights"),
        word="new seed",
        screen=lambda app: app.view.do(run.new_seed),
        dialogue=partial(training.do, run.new_seed),
        group="training",
    ),
    _training(
        "rewind",
        "b",
        "earlier epochs",
        "Go back to the last reported epoch and pause; while you look at an earlier one, branch there.",
        synonyms=("go back",),
        word="rewind",
        screen=lambda app: app.view.do(run.rewind),
        dialogue=partial(training.do, run.rewind),
        group="training",
    ),
    _training(
        "scrub_back",
        "comma",
        "earlier epochs",
        "Pause, and view the previous reported epoch; the run is not changed.",
        synonyms=("history", "earlier epoch", "time travel"),
        word="back",
        screen=lambda app: app.view.scrub(-1),
        dialogue=partial(training.scrub, -1),
        group="training",
    ),
    _training(
        "scrub_on",
        "full_stop",
        "earlier epochs",
        "View the next reported epoch, up to the latest epoch.",
        word="on",
        screen=lambda app: app.view.scrub(1),
        dialogue=partial(training.scrub, 1),
        group="training",
    ),
    _training(
        "scrub_far_back",
        "left_square_bracket",
        "earlier epochs",
        "View the epoch that is a tenth of the run earlier.",
        screen=lambda app: app.view.scrub(-1, far=True),
    ),
    _training(
        "scrub_far_on",
        "right_square_bracket",
        "earlier epochs",
        "View the epoch that is a tenth of the run later.",
        screen=lambda app: app.view.scrub(1, far=True),
    ),
    _settings(
        "up",
        "up,k",
        "choose a setting",
        "Choose the setting or, in the network, the unit above.",
        screen=lambda app: app.settings.choose(-1),
    ),
    _settings(
        "down",
        "down,j",
        "choose a setting",
        "Choose the setting or, in the network, the unit below.",
        screen=lambda app: app.settings.choose(1),
    ),
    _settings(
        "less",
        "left,h",
        "change it",
        "Lower the chosen setting; in the network, go to the previous layer.",
        screen=lambda app: app.settings.change(-1),
    ),
    _settings(
        "more",
        "right,l",
        "change it",
        "Raise the chosen setting; in the network, go to the next layer.",
        screen=lambda app: app.settings.change(1),
    ),
    _settings(
        "much_less",
        "shift+left,less_than_sign",
        "much lower",
        "Lower the chosen setting by a large step.",
        screen=lambda app: app.settings.change(-1, coarse=True),
    ),
    _settings(
        "much_more",
        "shift+right,greater_than_sign",
        "much higher",
        "Raise the chosen setting by a large step.",
        screen=lambda app: app.settings.change(1, coarse=True),
    ),
    _settings(
        "first",
        "home",
        "first, last",
        "Choose the first setting.",
        screen=lambda app: app.settings.choose_end(-1),
    ),
    _settings(
        "last",
        "end",
        "first, last",
        "Choose the last setting.",
        screen=lambda app: app.settings.choose_end(1),
    ),
    _settings(
        "page_up",
        "pageup",
        "page up, down",
        "Choose the setting a page up.",
        screen=lambda app: app.settings.choose_page(-1),
    ),
    _settings(
        "page_down",
        "pagedown",
        "page up, down",
        "Choose the setting a page down.",
        screen=lambda app: app.settings.choose_page(1),
    ),
    _settings(
        "filter",
        "slash",
        "find by name",
        "Find a setting by part of its name.",
        screen=lambda app: app.action_command_palette(),
    ),
    _settings(
        "edit",
        "enter",
        "pick or type",
        "Pick or type a value for the chosen setting, or inspect the unit.",
        screen=lambda app: app.settings.edit(),
    ),
    _training(
        "undo",
        "u",
        "undo, redo",
        "Undo the last change, restart or rewind: the run is as it was before.",
        synonyms=("revert",),
        word="undo",
        screen=lambda app: app.view.do(run.undo),
        dialogue=partial(training.do, run.undo),
        group="settings",
    ),
    _training(
        "redo",
        "U",
        "undo, redo",
        "Redo what was undone.",
        word="redo",
        screen=lambda app: app.view.do(run.redo),
        dialogue=partial(training.do, run.redo),
        group="settings",
    ),
    _training(
        "faster",
        "plus,equals_sign",
        "faster, slower",
        "Train faster, up to full speed.",
        synonyms=("faster", "speed", "speed up"),
        screen=lambda app: app.view.do(run.change_speed, 1),
    ),
    _training(
        "slower",
        "minus",
        "faster, slower",
        "Train slower, down to one sample per tick.",
        synonyms=("slower", "slow down"),
        screen=lambda app: app.view.do(run.change_speed, -1),
    ),
    _settings(
        "defaults",
        "d",
        "default settings",
        "Go back to the settings at the start, then to the defaults.",
        synonyms=("default settings", "factory settings"),
        word="defaults",
        screen=lambda app: app.view.do(run.defaults),
        dialogue=partial(training.do, run.defaults),
        group="settings",
    ),
    *(
        _settings(
            task,
            str(number),
            "open a tab",
            f"Open the {task} tab.",
            word=task,
            screen=partial(_open, task),
            dialogue=partial(files.switch, task),
            group="settings",
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
        screen=lambda app: app.view.do(run.toggle_pin),
        dialogue=partial(training.do, run.toggle_pin),
        group="comparing",
    ),
    _compare(
        "pins",
        "P",
        "pin, list pins",
        "List the pinned runs with their errors and settings that differ; unpin one.",
        word="pins",
        screen=lambda app: app.dialogs.pins(),
        dialogue=training.pins,
        group="comparing",
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
        screen=lambda app: app.view.do(run.toggle_what_if),
        dialogue=changing.what_if,
        group="comparing",
        completes=partial(completing.among, ("on", "off")),
    ),
    _compare(
        "advise",
        "a",
        "what helps, maps",
        "What would help? Try about 30 changes on many starts, and take one that lowers the error.",
        synonyms=("improve", "tune", "suggest", "recommend", "what helps", "overfitting", "underfitting"),
        word="advise",
        screen=lambda app: app.dialogs.advise(),
        dialogue=experiments.advise,
        group="comparing",
    ),
    _compare(
        "importance",
        "I",
        "what matters",
        "What matters? Train 8 starts, and see how the test error rises when a column is shuffled.",
        synonyms=("feature importance", "permutation", "which columns", "partial dependence", "relevance"),
        word="importance",
        screen=importance_dialog.open_dialog,
        dialogue=importance_talk.say,
        group="comparing",
    ),
    _compare(
        "calibration",
        "A",
        "calibration",
        "How sure? The confidence of the test samples beside what is right, for classes.",
        synonyms=("reliability", "overconfident"),
        word="calibration",
        spoken="Say how confident the answers for the test samples are, and how often they are right.",
        screen=calibration_dialog.open_dialog,
        dialogue=calibration_talk.say,
        group="comparing",
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
        screen=lambda app: app.view.do(run.toggle_cloud),
        dialogue=describing.cloud,
        group="comparing",
        completes=partial(completing.among, ("on", "off")),
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
        screen=lambda app: app.dialogs.open_map(),
        dialogue=experiments.sweep_map,
        group="comparing",
        completes=completing.settings,
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
        screen=surface_dialog.open_dialog,
        dialogue=surface_talk.say,
        group="one step",
        completes=partial(completing.among, ("random",)),
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
        screen=lambda app: app.dialogs.predict(),
        dialogue=describing.predict,
        group="results",
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
        screen=lambda app: app.panels.toggle_detail(),
        dialogue=units.units,
        group="network",
    ),
    _inside(
        "draw",
        "B",
        "draw samples",
        "Draw samples over one or two inputs: the run restarts with them.",
        synonyms=("points by hand", "own data", "place", "new data"),
        screen=lambda app: app.dialogs.draw(),
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
        screen=lambda app: app.panels.toggle_plane(),
        dialogue=describing.plane,
        group="results",
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
        screen=lambda app: app.dialogs.open_box(),
        dialogue=walking.box,
        group="one step",
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
        screen=lambda app: app.panels.edit_unit("freeze"),
        dialogue=partial(changing.freeze, "freeze"),
        group="network",
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
        screen=lambda app: app.panels.edit_unit("knock_out"),
        dialogue=partial(changing.knock_out, "knock out"),
        group="network",
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
        screen=lambda app: app.lessons.choose(),
        dialogue=lessons.lesson,
        group="lessons",
        completes=lessons.ids,
    ),
    _screen(
        "lesson_on",
        "c",
        "next step, back",
        "In a lesson: go to the next page or step, or begin to type the number that is asked for.",
        synonyms=("next step", "answer"),
        word="next",
        spoken="Go to the next step of the lesson.",
        screen=lambda app: app.guide.on(),
        dialogue=lessons.following,
        group="lessons",
    ),
    _screen(
        "lesson_back",
        "C",
        "next step, back",
        "In a lesson: go back by a page or a step; the run stays as it is.",
        synonyms=("previous step",),
        screen=lambda app: app.guide.back(),
    ),
    _screen(
        "lesson_hint",
        "H",
        "hint, show me",
        "In a lesson: show the hint of the task, or the task again.",
        word="hint",
        spoken="Say the hint of the task.",
        screen=lambda app: app.guide.hint(),
        dialogue=lessons.hint,
        group="lessons",
    ),
    _screen(
        "lesson_show",
        "S",
        "hint, show me",
        "In a lesson: watch how the task is done, from where it began; again, or esc, stops it.",
        synonyms=("show me", "demo"),
        word="solution",
        spoken="Do the task of the lesson, from where it began, and say each command.",
        screen=lambda app: app.guide.show_me(),
        dialogue=lessons.show_me,
        group="lessons",
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
        screen=lambda app: app.dialogs.save(),
        dialogue=files.save,
        group="files",
        completes=files.savings,
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
        screen=lambda app: app.dialogs.describe(),
        dialogue=describing.tell,
        group="results",
        completes=completing.sections,
        heard=("plot", "draw", "summary", "explain"),
    ),
    _screen(
        "focus_next",
        "tab",
        "next panel",
        "Focus the next panel; one that does not fit opens full screen.",
        screen=lambda app: app.panels.arrange(app.view.panel_layout.focusing_next(1)),
    ),
    _screen(
        "focus_previous",
        "shift+tab",
        "previous panel",
        "Focus the previous panel.",
        screen=lambda app: app.panels.arrange(app.view.panel_layout.focusing_next(-1)),
    ),
    _screen(
        "zoom",
        "z",
        "maximize",
        "Maximize or restore the focused panel.",
        synonyms=("zoom", "full screen", "enlarge", "bigger", "larger"),
        screen=lambda app: app.panels.arrange(app.view.panel_layout.toggling_zoom()),
    ),
    _screen(
        "hide_panel",
        "x",
        "hide, show panels",
        "Hide the focused panel.",
        synonyms=("close panel",),
        screen=lambda app: app.panels.arrange(app.view.panel_layout.hiding_focused()),
    ),
    _screen(
        "show_panels",
        "X",
        "hide, show panels",
        "Show all panels again.",
        synonyms=("all panels",),
        screen=lambda app: app.panels.show_all(),
    ),
    _screen(
        "to_settings",
        "escape",
        "to the settings",
        "Stop what is in progress, leave an earlier epoch, go to the settings, end what-if, leave a lesson.",
        screen=lambda app: app.guide.escape(),
    ),
    _plots(
        "toggle_log",
        "L",
        "curve and metrics",
        "Switch the error axis between logarithmic and linear.",
        synonyms=("log scale", "logarithmic", "linear axis"),
        screen=lambda app: app.panels.toggle("log_errors"),
    ),
    _plots(
        "toggle_smooth",
        "e",
        "curve and metrics",
        "Smooth the error curve, or show the error of each epoch.",
        synonyms=("moving average", "smoothing"),
        screen=lambda app: app.panels.toggle("smooth"),
    ),
    _plots(
        "toggle_rates",
        "E",
        "curve and metrics",
        "Show the learning rate and 2/sharpness, a guide to the largest stable one, or the errors.",
        synonyms=("sharpness", "stability", "2/L", "curvature", "eigenvalue"),
        screen=lambda app: app.panels.toggle("rates"),
    ),
    _plots(
        "toggle_metrics",
        "m",
        "curve and metrics",
        "Show the metrics or the errors of the reported epochs or, on a small screen, the network.",
        synonyms=("accuracy", "confusion matrix", "rmse", "good"),
        word="metrics",
        spoken="Say how good the outputs are, and which classes are confused.",
        screen=lambda app: app.panels.toggle_metrics(),
        dialogue=describing.metrics,
        group="results",
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
        screen=lambda app: app.dialogs.help(),
        dialogue=answers.help_on,
        group="files",
        completes=answers.explained,
    ),
    _screen(
        "command_palette",
        "ctrl+p",
        "find by name",
        "Find a key, setting, value, data set or panel by name, and set or open it.",
        synonyms=("search", "commands"),
        everywhere=True,
        screen=lambda app: app.action_command_palette(),
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
        screen=lambda app: app.action_quit(),
        dialogue=answers.leave,
        group="files",
    ),
)


SPOKEN: tuple[Command, ...] = (
    _spoken(
        "view",
        "View the run as it was after an epoch, without changing it. To train or change it there begins a "
        "branch.",
        "EPOCH | start | latest",
        dialogue=training.view,
        group="training",
    ),
    _spoken(
        "set",
        "Change a setting, such as set learning rate 0.3.",
        "SETTING VALUE",
        ("change", "use"),
        ("try", "choose"),
        dialogue=changing.set_value,
        group="settings",
        completes=completing.values,
    ),
    _spoken(
        "show",
        "Say the value of a setting and what it does, or all values.",
        "[SETTING]",
        ("settings",),
        dialogue=changing.show,
        group="settings",
        completes=completing.settings,
    ),
    _spoken(
        "raise",
        "Raise a setting by a step, or by a large one.",
        "SETTING [a lot]",
        ("more",),
        ("add", "increase"),
        dialogue=partial(changing.move, 1),
        group="settings",
        completes=completing.settings,
    ),
    _spoken(
        "lower",
        "Lower a setting by a step, or by a large one.",
        "SETTING [a lot]",
        ("less",),
        ("fewer", "decrease", "reduce"),
        dialogue=partial(changing.move, -1),
        group="settings",
        completes=completing.settings,
    ),
    _spoken(
        "status",
        "Say how far the run is and what to do next.",
        synonyms=("stop", "pause", "done", "is it done"),  # nothing trains while a line is read
        dialogue=describing.status,
        group="results",
    ),
    _spoken(
        "errors",
        "List the errors of the last reported epochs.",
        "[COUNT]",
        ("table", "reports"),
        ("loss", "cost"),
        dialogue=training.reports,
        group="results",
    ),
    _spoken(
        "diagnosis",
        "Say what happens inside the layers.",
        aliases=("diagnostics", "verdict"),
        synonyms=("not learn", "stuck", "slow"),
        dialogue=describing.diagnosis,
        group="results",
    ),
    _spoken(
        "picture",
        "Say a sample that is a picture, as rows of signs, and what the network answers.",
        "[SAMPLE]",
        dialogue=describing.picture,
        group="results",
    ),
    _spoken(
        "fool",
        "Change a picture along the gradient until the network is fooled, beside random changes.",
        "[SAMPLE]",
        synonyms=("adversarial",),
        dialogue=describing.fool,
        group="results",
    ),
    _spoken(
        "unpin",
        "Unpin the newest pinned run, or the one with this letter.",
        "[LETTER]",
        dialogue=training.unpin,
        group="comparing",
    ),
    _spoken(
        "compare",
        "Compare this run with the pinned ones, or with the one before the restart.",
        dialogue=training.compare,
        group="comparing",
    ),
    _spoken(
        "take",
        "Make a change that advise found to help.",
        "NUMBER",
        dialogue=experiments.take,
        group="comparing",
    ),
    _spoken(
        "unit",
        "Describe the outputs and the weights of a unit.",
        "UNIT [of layer N]",
        dialogue=units.unit,
        group="network",
    ),
    _spoken(
        "weights",
        "List the weights and biases.",
        "[UNIT | layer N]",
        dialogue=units.weights,
        group="network",
    ),
    _spoken(
        "set weight",
        "Set a weight of the network, such as set weight W1[1,2] 0.5: from input 1 to unit 2 of layer 1.",
        "WEIGHT VALUE",
        dialogue=changing.set_weight,
        group="network",
    ),
    _spoken(
        "set bias",
        "Set a bias of the network, such as set bias of unit 2 of layer 1 to 0.5.",
        "UNIT VALUE",
        dialogue=changing.set_bias,
        group="network",
    ),
    _spoken(
        "unfreeze",
        "Unfreeze what was frozen, so that training changes it again.",
        "UNIT | layer N | WEIGHT",
        dialogue=partial(changing.freeze, "unfreeze"),
        group="network",
    ),
    _spoken(
        "bring back",
        "Bring back a unit that was knocked out.",
        "UNIT",
        dialogue=partial(changing.knock_out, "bring back"),
        group="network",
    ),
    _spoken(
        "chain",
        "Say the chain of derivatives of a weight or bias in the next step, and check it by differences.",
        "[WEIGHT | UNIT | next | back]",
        synonyms=("derivative", "gradient"),
        dialogue=walking.chain,
        group="one step",
    ),
    _spoken(
        "guess",
        "Guess each number of the next step before it is shown: answer with +, - or 0, then with a number.",
        "[+ | - | 0 | NUMBER | reveal | off]",
        synonyms=("quiz",),
        dialogue=walking.guess,
        group="one step",
    ),
    _spoken(
        "answer",
        "Answer the question of a lesson: answer 2 takes the second choice.",
        "NUMBER",
        dialogue=lessons.answer,
        group="lessons",
    ),
    _spoken(
        "export",
        "Write the run as NumPy, C, PyTorch, ONNX or JSON, with rows by which to check it.",
        "numpy | c | pytorch | onnx | json [FILE]",
        dialogue=files.export,
        group="files",
        completes=files.exports,
    ),
    _spoken(
        "open",
        "Open a checkpoint, a settings file or a CSV file.",
        "FILE",
        ("load",),
        ("csv", "load csv", "open csv"),
        dialogue=files.open_run,
        group="files",
        completes=completing.files,
    ),
    _spoken(
        "repeat",
        "Say the last answer again.",
        aliases=("again",),
        dialogue=answers.repeat,
        group="files",
    ),
    _spoken(
        "resume",
        "Continue the kept run that was offered at the start.",
        dialogue=files.resume,
        group="files",
    ),
)
"""The commands that only the dialogue has: the screen does them in other ways, or does not need them."""

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
