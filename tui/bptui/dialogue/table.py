"""The table of all commands of the dialogue. Help, completion and the docs read `ENTRIES`.

The words of commands that the screen has, too, are in the table of `bptui.commands`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from bpengine.exports import FORMATS
from bpengine.wording import listed, shown
from bptui.commands.grammar import CHANGES, RefusedError, field_named, named, refused, value_named
from bptui.commands.naming import spoken
from bptui.dialogue import (
    changing,
    comparing,
    completing,
    describing,
    experiments,
    files,
    lessons,
    network_edits,
    training,
    units,
)
from bptui.dialogue import worked_step as walking
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.dialogue_command import DialogueCommand, of_the_screen
from bptui.session import commands
from bptui.session.description import SECTIONS
from bpwords import Sentence, word


def help_on(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Explain a command, a setting or a value, or list a group of commands; without a word, the groups."""
    allowed = {
        name: [entry for entry in group if entry.word not in dialogue.restrictions.actions]
        for name, group in GROUPS.items()
    }
    if not text:
        yield _HOW_TO_SAY()
        words = {spoken(name): listed([spoken(entry.word) for entry in allowed[name]]) for name in allowed}
        yield from (Sentence("{name}: {text}")(name=name, text=text) for name, text in words.items())
        return
    if text in allowed:
        yield from map(_explained, allowed[text])
        return
    entry = entry_of(text)
    if entry is None:
        yield from _help_on_setting(dialogue, text)
        return
    yield _explained(entry)
    _, *others = word(entry.word, "dialogue").split(", ")
    if aliases := (*others, *entry.aliases):
        yield Sentence("You can also say {words}.")(words=word(", ", "list").join(aliases))
    if entry.key:
        yield Sentence("Its key on the screen, {key}, works, too.")(key=entry.key)


def _help_on_setting(dialogue: Dialogue, text: str) -> Iterator[str]:
    try:
        field, _ = field_named(text)
    except RefusedError:
        if (value := value_named(text)) is not None and (help := value[0].helps.get(value[1])):
            help = "" if dialogue.session.hides_verdicts() else help
            of_value = Sentence("The {setting} {value}: {text}")
            yield of_value(setting=value[0].said, value=value[1], text=word(help))
            return
        unknown = "no command or setting is called {text}: {help} lists commands, {show} settings"
        raise refused(unknown, text=shown(text)) from None
    yield from changing.show(dialogue, field.label)


_QUESTION = re.compile(r"(?:(?:what(?!\s+if\b)|what\W?s|show)\s|(?:how|why|which)\b).*|.+\?", re.IGNORECASE)
_FILLERS = re.compile(
    r"\b(?:an?|and|are|can|do|does|how|i|in|is|it|me|mean|my|of|or|s|should|show|so|the|this|to|use|what|which|why"
    r"|work|you)\b|[^\w-]"
)


def answered(dialogue: Dialogue, text: str) -> Iterator[str] | None:
    """Answer a question with a side of the run, or with the help on what it names; None if it is none."""
    if not _QUESTION.fullmatch(text):
        return None
    topic = " ".join(_FILLERS.sub(" ", text.casefold()).split())
    if topic in SECTIONS:
        return describing.tell(dialogue, topic)
    with contextlib.suppress(RefusedError):
        entry = entry_of(topic)
        if entry is not None and entry.word in (
            "errors",
            "metrics",
            "diagnosis",
            "weights",
            "status",
        ):  # the loss
            said = entry.do(dialogue, "")
            return iter((said,) if isinstance(said, str) else [*said])
        if text.casefold().startswith("show"):
            return None
        return iter([*help_on(dialogue, f"{topic}s" if topic else "")])  # a neuron is one of the neurons
    return help_on(dialogue, topic)


def explained(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Complete a group, a command or a setting."""
    yield from completing.beginning((*GROUPS, *(entry.word for entry in ENTRIES)), text)
    yield from completing.settings(dialogue, text)


def repeat(dialogue: Dialogue, _text: str) -> Iterator[str]:
    """Say the last answer again."""
    return iter(dialogue.said)


def leave(dialogue: Dialogue, _text: str) -> str:
    """End the dialogue. If the runs can't be kept, ask first."""
    dialogue.keeper.keep()
    problem = dialogue.keeper.problem
    if not problem or dialogue.leaves_unkept:
        dialogue.is_over = True
        return ""
    dialogue.leaves_unkept = True
    sentence = _QUIT_UNKEPT if dialogue.restrictions.has_files else _QUIT_UNKEPT.without("save")
    return sentence(problem=problem)


_HOW_TO_SAY = Sentence(
    "Say a command or its beginning; ctrl and c together pause a run that trains. {help:training} and so on "
    "says what the commands of a group do, and {help} with a command, a setting or a value explains that."
)
_QUIT_UNKEPT = Sentence(
    "The run can't be kept: {problem}. {press quit} again to quit without keeping it[, or {save}]."
)

ENTRIES: tuple[DialogueCommand, ...] = (
    replace(of_the_screen("toggle_run", training.run), synonyms=("start", "play")),
    of_the_screen("step_epoch", training.step),
    of_the_screen("restart", partial(training.do, commands.restart)),
    of_the_screen("new_seed", partial(training.do, commands.new_seed)),
    of_the_screen("rewind", partial(training.do, commands.rewind)),
    DialogueCommand(
        "view",
        "View the run as it was after an epoch, without changing it. To train or change it there begins a "
        "branch.",
        training.view,
        usage="EPOCH | start | latest",
    ),
    of_the_screen("scrub_back", partial(training.scrub, -1)),
    of_the_screen("scrub_on", partial(training.scrub, 1)),
    DialogueCommand(
        "set",
        "Change a setting, such as set learning rate 0.3.",
        changing.set_value,
        usage="SETTING VALUE",
        aliases=CHANGES["set"][1:],
        synonyms=("try", "choose"),
        completes=completing.values,
    ),
    DialogueCommand(
        "show",
        "Say the value of a setting and what it does, or all values.",
        changing.show,
        usage="[SETTING]",
        aliases=("settings",),
        completes=completing.settings,
    ),
    DialogueCommand(
        "raise",
        "Raise a setting by a step, or by a large one.",
        partial(changing.move, 1),
        usage="SETTING [a lot]",
        aliases=CHANGES["raise"][1:],
        synonyms=("add", "increase"),
        completes=completing.settings,
    ),
    DialogueCommand(
        "lower",
        "Lower a setting by a step, or by a large one.",
        partial(changing.move, -1),
        usage="SETTING [a lot]",
        aliases=CHANGES["lower"][1:],
        synonyms=("fewer", "decrease", "reduce"),
        completes=completing.settings,
    ),
    of_the_screen("defaults", partial(training.do, commands.defaults)),
    of_the_screen("undo", partial(training.do, commands.undo)),
    of_the_screen("redo", partial(training.do, commands.redo)),
    of_the_screen("regression", partial(files.switch, "regression")),
    of_the_screen("classification", partial(files.switch, "classification")),
    DialogueCommand(
        "status",
        "Say how far the run is and what to do next.",
        describing.status,
        synonyms=("stop", "pause", "done", "is it done"),  # nothing trains while a line is read
    ),
    replace(
        of_the_screen("describe", describing.tell, completes=completing.among(SECTIONS)),
        synonyms=("plot", "draw", "summary", "explain"),
    ),
    DialogueCommand(
        "errors",
        "List the errors of the last reported epochs.",
        training.reports,
        usage="[COUNT]",
        aliases=("table", "reports"),
        synonyms=("loss", "cost"),
    ),
    of_the_screen("toggle_metrics", describing.metrics),
    DialogueCommand(
        "diagnosis",
        "Say what happens inside the layers.",
        describing.diagnosis,
        aliases=("diagnostics", "verdict"),
        synonyms=("not learn", "stuck", "slow"),
    ),
    of_the_screen("predict", describing.predict),
    of_the_screen("plane", describing.plane),
    DialogueCommand(
        "picture",
        "Say a sample that is a picture, as rows of signs, and what the network answers.",
        describing.picture,
        usage="[SAMPLE]",
    ),
    DialogueCommand(
        "fool",
        "Change a picture along the gradient until the network is fooled, beside random changes.",
        describing.fool,
        usage="[SAMPLE]",
        synonyms=("adversarial",),
    ),
    of_the_screen("toggle_pin", comparing.toggle_pin),
    DialogueCommand(
        "unpin",
        "Unpin the newest pinned run, or the one with this letter.",
        comparing.unpin,
        usage="[LETTER]",
    ),
    of_the_screen("pins", comparing.pins),
    DialogueCommand(
        "compare",
        "Compare this run with the pinned ones, or with the one before the restart.",
        comparing.compare,
    ),
    of_the_screen("toggle_what_if", changing.what_if, completes=completing.among(("on", "off"))),
    of_the_screen("calibration", describing.calibrated),
    of_the_screen("toggle_cloud", describing.cloud, completes=completing.among(("on", "off"))),
    of_the_screen("open_map", experiments.sweep_map, completes=completing.settings),
    of_the_screen("advise", experiments.advise),
    of_the_screen("importance", experiments.importance),
    DialogueCommand("take", "Make a change that advise found to help.", experiments.take, usage="NUMBER"),
    of_the_screen("toggle_detail", units.units),
    DialogueCommand(
        "unit", "Describe the outputs and the weights of a unit.", units.unit, usage="UNIT [of layer N]"
    ),
    DialogueCommand("weights", "List the weights and biases.", units.weights, usage="[UNIT | layer N]"),
    DialogueCommand(
        "set weight",
        "Set a weight of the network, such as set weight W1[1,2] 0.5: from input 1 to unit 2 of layer 1.",
        network_edits.set_weight,
        usage="WEIGHT VALUE",
    ),
    DialogueCommand(
        "set bias",
        "Set a bias of the network, such as set bias of unit 2 of layer 1 to 0.5.",
        network_edits.set_bias,
        usage="UNIT VALUE",
    ),
    of_the_screen("freeze", partial(network_edits.freeze, "freeze")),
    DialogueCommand(
        "unfreeze",
        "Unfreeze what was frozen, so that training changes it again.",
        partial(network_edits.freeze, "unfreeze"),
        usage="UNIT | layer N | WEIGHT",
    ),
    of_the_screen("knock_out", partial(network_edits.knock_out, "knock out")),
    DialogueCommand(
        "bring back",
        "Bring back a unit that was knocked out.",
        partial(network_edits.knock_out, "bring back"),
        usage="UNIT",
    ),
    of_the_screen("open_box", walking.box),
    DialogueCommand(
        "chain",
        "Say the chain of derivatives of a weight or bias in the next step, and check it by differences.",
        walking.chain,
        usage="[WEIGHT | UNIT | next | back]",
        synonyms=("derivative", "gradient"),
    ),
    DialogueCommand(
        "guess",
        "Guess each number of the next step before it is shown: answer with +, - or 0, then with a number.",
        walking.guess,
        usage="[+ | - | 0 | NUMBER | reveal | off]",
        synonyms=("quiz",),
    ),
    of_the_screen("surface", experiments.surface, completes=completing.among(("random",))),
    of_the_screen("lessons", lessons.lesson, completes=lessons.ids),
    of_the_screen("lesson_on", lessons.following),
    DialogueCommand(
        "answer",
        "Answer the question of a lesson: answer 2 takes the second choice.",
        lessons.answer,
        usage="NUMBER",
    ),
    of_the_screen("lesson_hint", lessons.hint),
    of_the_screen("lesson_show", lessons.show_me),
    of_the_screen("save", files.save, completes=partial(completing.savings, files.KINDS)),
    DialogueCommand(
        "export",
        "Write the run as NumPy, C, PyTorch, ONNX or JSON, with rows by which to check it.",
        files.export,
        usage=f"{' | '.join(FORMATS)} [FILE]",
        completes=partial(completing.savings, tuple(FORMATS)),
    ),
    DialogueCommand(
        "open",
        "Open a checkpoint, a settings file or a CSV file.",
        files.open_run,
        usage="FILE",
        aliases=("load",),
        synonyms=("csv", "load csv", "open csv"),
        completes=completing.files,
    ),
    DialogueCommand("repeat", "Say the last answer again.", repeat, aliases=("again",)),
    DialogueCommand("resume", "Continue the kept run that was offered at the start.", files.resume),
    of_the_screen("help", help_on, completes=explained),
    of_the_screen("quit", leave),
)
"""All commands, in the order of the help."""
GROUPS: dict[str, list[DialogueCommand]] = {}
"""The commands by group, each of which the help lists in at most ten lines."""
_FIRST = {
    "run": "training",
    "set": "settings",
    "status": "results",
    "pin": "comparing",
    "units": "network",
    "box": "one step",
    "lesson": "lessons",
    "save": "files",
}
for _entry in ENTRIES:
    if _entry.word in _FIRST:
        _group = GROUPS[_FIRST[_entry.word]] = []
    _group.append(_entry)


def entry_of(text: str) -> DialogueCommand | None:
    """The command whose key or name is the whole text, or None."""
    found, rest = command_named(text)
    return found if not rest else None


def command_named(text: str) -> tuple[DialogueCommand | None, str]:
    """The command that a text begins with: its key, its name or the beginning of its name.

    Returns:
        The command or None, and the rest of the text.

    Raises:
        RefusedError: more than one command begins with it.
    """
    first, _, rest = text.partition(" ")
    for command in ENTRIES:
        if first == command.key:
            return command, rest.strip()
    found, rest = named(
        text, {entry: entry.words for entry in ENTRIES}, {entry: entry.synonyms for entry in ENTRIES}
    )
    if len(found) > 1:
        names = word(", ", "list").join(spoken(entry.word) for entry in found)
        raise refused("that is the beginning of {names}: say more of it", names=names)
    return (found[0] if found else None), rest.strip()


def _explained(entry: DialogueCommand) -> str:
    usage = f"{spoken(entry.word)} {entry.usage and word(entry.usage, 'usage')}".strip()
    return Sentence("{name}: {text}")(name=usage, text=word(entry.help))
