"""The table of all commands of the dialogue: what each calls. Help, completion and the docs read `ENTRIES`.

The words of commands that the screen has, too, are in the table of `bptui.commands`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from bpengine.exports import FORMATS
from bpengine.wording import listed, shown
from bptui.commands import COMMAND, Command
from bptui.commands.grammar import CHANGES, RefusedError, field_named, named, refused, value_named
from bptui.commands.naming import spoken
from bptui.dialogue import (
    changing,
    completing,
    describing,
    experiments,
    files,
    lessons,
    training,
    units,
)
from bptui.dialogue import worked_step as walking
from bptui.dialogue.dialogue import Dialogue
from bptui.session import commands
from bptui.session.description import SECTIONS
from bpwords import Sentence, headed, word

DialogueLines = str | Iterable[str]
"""A line, or lines that are written one after the other, such as the reports of a run."""
Executes = Callable[[Dialogue, str], DialogueLines]
"""Executes a command, given the text after its word."""
Completes = Callable[[Dialogue, str], Iterable[str]]
"""Completions of the text after the word of a command."""


def help_on(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Explain a command, a setting or a value, or list a group of commands; without a word, the groups."""
    allowed = {
        name: [entry for entry in group if entry.word not in dialogue.restrictions.actions]
        for name, group in GROUPS.items()
    }
    if not text:
        yield _HOW_TO_SAY()
        for name, group in allowed.items():
            yield headed(spoken(name), listed([spoken(entry.word) for entry in group]))
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
    if entry.shown:
        yield Sentence("Its key on the screen, {key}, works, too.")(key=entry.shown)


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
        raise refused(unknown, text=shown(spoken(text))) from None
    yield from changing.show(dialogue, field.label)


_QUESTION = re.compile(r"(?:(?:what(?!\s+if\b)|what\W?s|show)\s|(?:how|why|which)\b).*|.+\?", re.IGNORECASE)
_ANSWERS = ("errors", "metrics", "diagnosis", "weights", "status")
"""The commands that answer a question about what they say."""
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
        if entry is not None and entry.word in _ANSWERS:  # the loss
            said = DO[entry.name](dialogue, "")
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


def _spoken(
    name: str, help: str, usage: str = "", aliases: tuple[str, ...] = (), synonyms: tuple[str, ...] = ()
) -> Command:
    """A command that only the dialogue has."""
    return Command(name, "", "", help, topic="", word=name, usage=usage, aliases=aliases, synonyms=synonyms)


_SPOKEN = (
    _spoken(
        "view",
        "View the run as it was after an epoch, without changing it. To train or change it there begins a "
        "branch.",
        "EPOCH | start | latest",
    ),
    _spoken(
        "set",
        "Change a setting, such as set learning rate 0.3.",
        "SETTING VALUE",
        CHANGES["set"][1:],
        ("try", "choose"),
    ),
    _spoken(
        "show", "Say the value of a setting and what it does, or all values.", "[SETTING]", ("settings",)
    ),
    _spoken(
        "raise",
        "Raise a setting by a step, or by a large one.",
        "SETTING [a lot]",
        CHANGES["raise"][1:],
        ("add", "increase"),
    ),
    _spoken(
        "lower",
        "Lower a setting by a step, or by a large one.",
        "SETTING [a lot]",
        CHANGES["lower"][1:],
        ("fewer", "decrease", "reduce"),
    ),
    _spoken(
        "status",
        "Say how far the run is and what to do next.",
        synonyms=("stop", "pause", "done", "is it done"),  # nothing trains while a line is read
    ),
    _spoken(
        "errors",
        "List the errors of the last reported epochs.",
        "[COUNT]",
        ("table", "reports"),
        ("loss", "cost"),
    ),
    _spoken(
        "diagnosis",
        "Say what happens inside the layers.",
        aliases=("diagnostics", "verdict"),
        synonyms=("not learn", "stuck", "slow"),
    ),
    _spoken(
        "picture",
        "Say a sample that is a picture, as rows of signs, and what the network answers.",
        "[SAMPLE]",
    ),
    _spoken(
        "fool",
        "Change a picture along the gradient until the network is fooled, beside random changes.",
        "[SAMPLE]",
        synonyms=("adversarial",),
    ),
    _spoken("unpin", "Unpin the newest pinned run, or the one with this letter.", "[LETTER]"),
    _spoken("compare", "Compare this run with the pinned ones, or with the one before the restart."),
    _spoken("take", "Make a change that advise found to help.", "NUMBER"),
    _spoken("unit", "Describe the outputs and the weights of a unit.", "UNIT [of layer N]"),
    _spoken("weights", "List the weights and biases.", "[UNIT | layer N]"),
    _spoken(
        "set weight",
        "Set a weight of the network, such as set weight W1[1,2] 0.5: from input 1 to unit 2 of layer 1.",
        "WEIGHT VALUE",
    ),
    _spoken(
        "set bias", "Set a bias of the network, such as set bias of unit 2 of layer 1 to 0.5.", "UNIT VALUE"
    ),
    _spoken(
        "unfreeze", "Unfreeze what was frozen, so that training changes it again.", "UNIT | layer N | WEIGHT"
    ),
    _spoken("bring back", "Bring back a unit that was knocked out.", "UNIT"),
    _spoken(
        "chain",
        "Say the chain of derivatives of a weight or bias in the next step, and check it by differences.",
        "[WEIGHT | UNIT | next | back]",
        synonyms=("derivative", "gradient"),
    ),
    _spoken(
        "guess",
        "Guess each number of the next step before it is shown: answer with +, - or 0, then with a number.",
        "[+ | - | 0 | NUMBER | reveal | off]",
        synonyms=("quiz",),
    ),
    _spoken("answer", "Answer the question of a lesson: answer 2 takes the second choice.", "NUMBER"),
    _spoken(
        "export",
        "Write the run as NumPy, C, PyTorch, ONNX or JSON, with rows by which to check it.",
        f"{' | '.join(FORMATS)} [FILE]",
    ),
    _spoken(
        "open",
        "Open a checkpoint, a settings file or a CSV file.",
        "FILE",
        ("load",),
        ("csv", "load csv", "open csv"),
    ),
    _spoken("repeat", "Say the last answer again.", aliases=("again",)),
    _spoken("resume", "Continue the kept run that was offered at the start."),
)
"""The commands that the screen does in other ways, or does not need."""
_KNOWN = COMMAND | {command.name: command for command in _SPOKEN}
_KNOWN |= {
    "toggle_run": replace(COMMAND["toggle_run"], synonyms=("start", "play")),
    "describe": replace(COMMAND["describe"], synonyms=("plot", "draw", "summary", "explain")),
}

_DOES: dict[str, dict[str, Executes]] = {
    "training": {
        "toggle_run": training.run,
        "step_epoch": training.step,
        "restart": partial(training.do, commands.restart),
        "new_seed": partial(training.do, commands.new_seed),
        "rewind": partial(training.do, commands.rewind),
        "view": training.view,
        "scrub_back": partial(training.scrub, -1),
        "scrub_on": partial(training.scrub, 1),
    },
    "settings": {
        "set": changing.set_value,
        "show": changing.show,
        "raise": partial(changing.move, 1),
        "lower": partial(changing.move, -1),
        "defaults": partial(training.do, commands.defaults),
        "undo": partial(training.do, commands.undo),
        "redo": partial(training.do, commands.redo),
        "regression": partial(files.switch, "regression"),
        "classification": partial(files.switch, "classification"),
    },
    "results": {
        "status": describing.status,
        "describe": describing.tell,
        "errors": training.reports,
        "toggle_metrics": describing.metrics,
        "diagnosis": describing.diagnosis,
        "predict": describing.predict,
        "plane": describing.plane,
        "picture": describing.picture,
        "fool": describing.fool,
    },
    "comparing": {
        "toggle_pin": partial(training.do, commands.toggle_pin),
        "unpin": training.unpin,
        "pins": training.pins,
        "compare": training.compare,
        "toggle_what_if": changing.what_if,
        "calibration": describing.calibrated,
        "toggle_cloud": describing.cloud,
        "open_map": experiments.sweep_map,
        "advise": experiments.advise,
        "importance": experiments.importance,
        "take": experiments.take,
    },
    "network": {
        "toggle_detail": units.units,
        "unit": units.unit,
        "weights": units.weights,
        "set weight": changing.set_weight,
        "set bias": changing.set_bias,
        "freeze": partial(changing.freeze, "freeze"),
        "unfreeze": partial(changing.freeze, "unfreeze"),
        "knock_out": partial(changing.knock_out, "knock out"),
        "bring back": partial(changing.knock_out, "bring back"),
    },
    "one step": {
        "open_box": walking.box,
        "chain": walking.chain,
        "guess": walking.guess,
        "surface": experiments.surface,
    },
    "lessons": {
        "lessons": lessons.lesson,
        "lesson_on": lessons.following,
        "answer": lessons.answer,
        "lesson_hint": lessons.hint,
        "lesson_show": lessons.show_me,
    },
    "files": {
        "save": files.save,
        "export": files.export,
        "open": files.open_run,
        "repeat": repeat,
        "resume": files.resume,
        "help": help_on,
        "quit": leave,
    },
}
"""What each command calls, by group, each of which the help lists in at most ten lines."""
DO = {name: do for does in _DOES.values() for name, do in does.items()}
"""The same by command."""
COMPLETIONS: dict[str, Completes] = {
    "set": completing.values,
    "show": completing.settings,
    "raise": completing.settings,
    "lower": completing.settings,
    "describe": completing.among(SECTIONS),
    "toggle_what_if": completing.among(("on", "off")),
    "toggle_cloud": completing.among(("on", "off")),
    "open_map": completing.settings,
    "surface": completing.among(("random",)),
    "lessons": lessons.ids,
    "save": partial(completing.savings, files.KINDS),
    "export": partial(completing.savings, tuple(FORMATS)),
    "open": completing.files,
    "help": explained,
}
"""What completes the text after the word of a command."""
GROUPS = {name: [_KNOWN[each] for each in does] for name, does in _DOES.items()}
"""The commands by group."""
ENTRIES = tuple(entry for group in GROUPS.values() for entry in group)
"""All commands, in the order of the help."""


def entry_of(text: str) -> Command | None:
    """The command whose key or name is the whole text, or None."""
    found, rest = command_named(text)
    return found if not rest else None


def command_named(text: str) -> tuple[Command | None, str]:
    """The command that a text begins with: its key, its name or the beginning of its name.

    Returns:
        The command or None, and the rest of the text.

    Raises:
        RefusedError: more than one command begins with it.
    """
    first, _, rest = text.partition(" ")
    for command in ENTRIES:
        if first == command.shown:
            return command, rest.strip()
    found, rest = named(
        text, {entry: entry.words for entry in ENTRIES}, {entry: entry.synonyms for entry in ENTRIES}
    )
    if len(found) > 1:
        names = word(", ", "list").join(spoken(entry.word) for entry in found)
        raise refused("that is the beginning of {names}: say more of it", names=names)
    return (found[0] if found else None), rest.strip()


def _explained(entry: Command) -> str:
    usage = f"{spoken(entry.word)} {entry.usage and word(entry.usage, 'usage')}".strip()
    return headed(usage, word(entry.spoken or entry.help))
