"""The commands that only the dialogue has: the screen does them in other ways, or does not need them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bptui.commands.table.command import Command, Word
from bptui.lazy import LazyModule, late

if TYPE_CHECKING:
    from bptui.dialogue import changing, completing, describing, files, lessons, training, units
    from bptui.dialogue import table as answers
    from bptui.dialogue import worked_step as walking
    from bptui.features.advice import talk as advice_talk
    from bptui.features.predict import talk as predict_talk
else:
    changing, completing, describing, files, lessons, answers, training, units, walking = late(
        "bptui.dialogue",
        "changing",
        "completing",
        "describing",
        "files",
        "lessons",
        "table",
        "training",
        "units",
        "worked_step",
    )
    advice_talk = LazyModule("bptui.features.advice.talk")
    predict_talk = LazyModule("bptui.features.predict.talk")


def _only(help: str, word: Word, synonyms: tuple[str, ...] = ()) -> Command:
    """A command without a key."""
    return Command(word.name, "", "", help, None, word, topic="", synonyms=synonyms)


COMMANDS: tuple[Command, ...] = (
    _only(
        "View the run as it was after an epoch, without changing it. To train or change it there begins a "
        "branch.",
        Word("view", training.view, "training", usage="EPOCH | start | latest"),
    ),
    _only(
        "Change a setting, such as set learning rate 0.3.",
        Word(
            "set",
            changing.set_value,
            "settings",
            usage="SETTING VALUE",
            aliases=("change", "use"),
            completes=completing.values,
        ),
        synonyms=("try", "choose"),
    ),
    _only(
        "Say the value of a setting and what it does, or all values.",
        Word(
            "show",
            changing.show,
            "settings",
            usage="[SETTING]",
            aliases=("settings",),
            completes=completing.settings,
        ),
    ),
    _only(
        "Raise a setting by a step, or by a large one.",
        Word(
            "raise",
            partial(changing.move, 1),
            "settings",
            usage="SETTING [a lot]",
            aliases=("more",),
            completes=completing.settings,
        ),
        synonyms=("add", "increase"),
    ),
    _only(
        "Lower a setting by a step, or by a large one.",
        Word(
            "lower",
            partial(changing.move, -1),
            "settings",
            usage="SETTING [a lot]",
            aliases=("less",),
            completes=completing.settings,
        ),
        synonyms=("fewer", "decrease", "reduce"),
    ),
    _only(
        "Say how far the run is and what to do next.",
        Word("status", describing.status, "results"),
        # nothing trains while a line is read
        synonyms=("stop", "pause", "done", "is it done"),
    ),
    _only(
        "List the errors of the last reported epochs.",
        Word("errors", training.reports, "results", usage="[COUNT]", aliases=("table", "reports")),
        synonyms=("loss", "cost"),
    ),
    _only(
        "Say what happens inside the layers.",
        Word("diagnosis", describing.diagnosis, "results", aliases=("diagnostics", "verdict")),
        synonyms=("not learn", "stuck", "slow"),
    ),
    _only(
        "Say a sample that is a picture, as rows of signs, and what the network answers.",
        Word("picture", predict_talk.picture, "results", usage="[SAMPLE]"),
    ),
    _only(
        "Change a picture along the gradient until the network is fooled, beside random changes.",
        Word("fool", predict_talk.fool, "results", usage="[SAMPLE]"),
        synonyms=("adversarial",),
    ),
    _only(
        "Unpin the newest pinned run, or the one with this letter.",
        Word("unpin", training.unpin, "comparing", usage="[LETTER]"),
    ),
    _only(
        "Compare this run with the pinned ones, or with the one before the restart.",
        Word("compare", training.compare, "comparing"),
    ),
    _only(
        "Make a change that advise found to help.",
        Word("take", advice_talk.take, "comparing", usage="NUMBER"),
    ),
    _only(
        "Describe the outputs and the weights of a unit.",
        Word("unit", units.unit, "network", usage="UNIT [of layer N]"),
    ),
    _only(
        "List the weights and biases.", Word("weights", units.weights, "network", usage="[UNIT | layer N]")
    ),
    _only(
        "Set a weight of the network, such as set weight W1[1,2] 0.5: from input 1 to unit 2 of layer 1.",
        Word("set weight", changing.set_weight, "network", usage="WEIGHT VALUE"),
    ),
    _only(
        "Set a bias of the network, such as set bias of unit 2 of layer 1 to 0.5.",
        Word("set bias", changing.set_bias, "network", usage="UNIT VALUE"),
    ),
    _only(
        "Unfreeze what was frozen, so that training changes it again.",
        Word("unfreeze", partial(changing.freeze, "unfreeze"), "network", usage="UNIT | layer N | WEIGHT"),
    ),
    _only(
        "Bring back a unit that was knocked out.",
        Word("bring back", partial(changing.knock_out, "bring back"), "network", usage="UNIT"),
    ),
    _only(
        "Say the chain of derivatives of a weight or bias in the next step, and check it by differences.",
        Word("chain", walking.chain, "one step", usage="[WEIGHT | UNIT | next | back]"),
        synonyms=("derivative", "gradient"),
    ),
    _only(
        "Guess each number of the next step before it is shown: answer with +, - or 0, then with a number.",
        Word("guess", walking.guess, "one step", usage="[+ | - | 0 | NUMBER | reveal | off]"),
        synonyms=("quiz",),
    ),
    _only(
        "Answer the question of a lesson: answer 2 takes the second choice.",
        Word("answer", lessons.answer, "lessons", usage="NUMBER"),
    ),
    _only(
        "Write the run as NumPy, C, PyTorch, ONNX or JSON, with rows by which to check it.",
        Word(
            "export",
            files.export,
            "files",
            usage="numpy | c | pytorch | onnx | json [FILE]",
            completes=files.exports,
        ),
    ),
    _only(
        "Open a checkpoint, a settings file or a CSV file.",
        Word("open", files.open_run, "files", usage="FILE", aliases=("load",), completes=completing.files),
        synonyms=("csv", "load csv", "open csv"),
    ),
    _only("Say the last answer again.", Word("repeat", answers.repeat, "files", aliases=("again",))),
    _only("Continue the kept run that was offered at the start.", Word("resume", files.resume, "files")),
)
