"""The table of all commands of the dialogue. Help, completion and the docs read `ENTRIES`."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine.wording import shown
from bptui.plain import (
    advising,
    changing,
    comparing,
    completing,
    describing,
    files,
    mapping,
    network_edits,
    training,
    units,
)
from bptui.plain.dialogue import Dialogue
from bptui.plain.entry import Entry
from bptui.plain.errors import RefusedError
from bptui.plain.names import field_named, named


def help_on(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Explain a command or a setting; without a word, list the commands."""
    if not text:
        yield "Say a command, or the beginning of one. help with a word explains a command or a setting."
        yield from (f"{_usage(each)}: {each.help}" for each in ENTRIES)
        yield (
            "ctrl+c pauses a run that trains. Name a setting as on the screen or by its flag; the beginning "
            "is enough."
        )
        return
    entry = entry_of(text)
    if entry is None:
        yield from _help_on_setting(dialogue, text)
        return
    yield f"{_usage(entry)}: {entry.help}"
    if entry.aliases:
        yield f"You can also say {', '.join(entry.aliases)}."
    if entry.key:
        yield f"Its key on the screen, {entry.key}, works, too."


def _help_on_setting(dialogue: Dialogue, text: str) -> Iterator[str]:
    try:
        field, _ = field_named(text)
    except RefusedError:
        what = "a command or a setting: help lists the commands, show the settings"
        raise RefusedError(f"help explains {what}; got {shown(text)}") from None
    yield from changing.show(dialogue, field.label)


def explained(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Explain the commands and settings that begin with the text."""
    yield from completing.beginning((entry.word for entry in ENTRIES), text)
    yield from completing.settings(dialogue, text)


def leave(dialogue: Dialogue, _text: str) -> str:
    """End the dialogue. If the runs can't be kept, ask first."""
    dialogue.keeper.keep()
    problem = dialogue.keeper.problem
    if not problem or dialogue.leaves_unkept:
        dialogue.is_over = True
        return ""
    dialogue.leaves_unkept = True
    save = ", or save" if dialogue.restrictions is None else ""
    return f"The run can't be kept: {problem}. Say quit again to quit without keeping it{save}."


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "run",
        "Train to the end, for a number of epochs, or to an epoch, and say the error at each report.",
        training.run,
        key="space",
        usage="[EPOCHS | to EPOCH]",
        aliases=("train", "continue", "go"),
    ),
    Entry(
        "step",
        "Train one epoch or one sample, or a number of them.",
        training.step,
        key="s",
        usage="[COUNT] [epochs | samples]",
    ),
    Entry("restart", "Restart with the same seed (the same run again).", training.restart, key="r"),
    Entry("new seed", "Restart with the next seed (new random weights).", training.new_seed, key="R"),
    Entry(
        "rewind",
        "Go back to the last reported epoch; while you look at an earlier one, branch there.",
        training.rewind,
        key="b",
    ),
    Entry(
        "view",
        "View the run as it was after an epoch, without changing it. To train or change it there begins a "
        "branch.",
        training.view,
        usage="EPOCH | start | latest",
    ),
    Entry("back", "View the previous reported epoch.", training.back, key=","),
    Entry("on", "View the next reported epoch, up to the latest epoch.", training.on, key="."),
    Entry(
        "set",
        "Change a setting, such as set learning rate 0.3.",
        changing.set_value,
        usage="SETTING VALUE",
        aliases=("change",),
        completes=completing.values,
    ),
    Entry(
        "show",
        "Say the value of a setting and what it does, or all values.",
        changing.show,
        usage="[SETTING]",
        aliases=("settings",),
        completes=completing.settings,
    ),
    Entry(
        "raise",
        "Raise a setting by a step, or by a large one.",
        changing.raise_value,
        usage="SETTING [a lot]",
        aliases=("more",),
        completes=completing.settings,
    ),
    Entry(
        "lower",
        "Lower a setting by a step, or by a large one.",
        changing.lower_value,
        usage="SETTING [a lot]",
        aliases=("less",),
        completes=completing.settings,
    ),
    Entry(
        "defaults", "Go back to the settings at the start, then to the defaults.", changing.defaults, key="d"
    ),
    Entry(
        "undo",
        "Undo the last change, restart or rewind: the run is as it was before.",
        changing.undo,
        key="u",
    ),
    Entry("redo", "Redo what was undone.", changing.redo, key="U"),
    Entry(
        "what if",
        "What if: each change retrains to this epoch and compares.",
        changing.what_if,
        key="i",
        usage="[on | off]",
        aliases=("whatif",),
        completes=completing.switches,
    ),
    Entry(
        "pin",
        "Pin this run to compare others with it (up to four), or unpin it.",
        comparing.toggle_pin,
        key="p",
    ),
    Entry(
        "unpin",
        "Unpin the newest pinned run, or the one with this letter.",
        comparing.unpin,
        usage="[LETTER]",
    ),
    Entry(
        "pins", "List the pinned runs with their errors and settings that differ.", comparing.pins, key="P"
    ),
    Entry(
        "compare",
        "Compare this run with the pinned ones, or with the one before the restart.",
        comparing.compare,
    ),
    Entry("status", "Say how far the run is and what to do next.", describing.status),
    Entry("describe", "Describe the run in words.", describing.tell, key="t", aliases=("words",)),
    Entry(
        "errors",
        "List the errors of the last reported epochs.",
        training.reports,
        usage="[COUNT]",
        aliases=("table", "reports"),
    ),
    Entry(
        "cloud",
        "Say where the run stands among many starts that differ only in the seed, or stop training them.",
        describing.cloud,
        key="n",
        aliases=("starts",),
    ),
    Entry(
        "map",
        "Sweep two settings, many starts each: the best values, and how the error changes with each.",
        mapping.sweep_map,
        key="M",
        usage="[SETTING=VALUES by SETTING=VALUES]",
        aliases=("sweep",),
        completes=completing.settings,
    ),
    Entry(
        "advise",
        "Try about 30 changes of the settings on many starts, and say which of them lower the error.",
        advising.advise,
        key="a",
    ),
    Entry("take", "Make a change that advise found to help.", advising.take, usage="NUMBER"),
    Entry(
        "metrics",
        "Say how good the outputs are, and which classes are confused.",
        describing.metrics,
        key="m",
    ),
    Entry(
        "diagnosis",
        "Say what happens inside the layers.",
        describing.diagnosis,
        aliases=("diagnostics", "verdict"),
    ),
    Entry(
        "units",
        "Describe the outputs of the hidden units over the inputs.",
        units.units,
        key="v",
        usage="[UNIT | layer N]",
    ),
    Entry("unit", "Describe the outputs and the weights of a unit.", units.unit, usage="UNIT [of layer N]"),
    Entry("weights", "List the weights and biases.", units.weights, usage="[UNIT | layer N]"),
    Entry(
        "set weight",
        "Set a weight of the network, such as set weight W1[1,2] 0.5: from input 1 to unit 2 of layer 1.",
        network_edits.set_weight,
        usage="WEIGHT VALUE",
    ),
    Entry(
        "set bias",
        "Set a bias of the network, such as set bias of unit 2 of layer 1 to 0.5.",
        network_edits.set_bias,
        usage="UNIT VALUE",
    ),
    Entry(
        "freeze",
        "Freeze a unit, a layer, a weight or a bias: training leaves it as it is.",
        network_edits.freeze,
        key="f",
        usage="UNIT | layer N | WEIGHT",
    ),
    Entry(
        "unfreeze",
        "Unfreeze what was frozen, so that training changes it again.",
        network_edits.unfreeze,
        usage="UNIT | layer N | WEIGHT",
    ),
    Entry(
        "knock out",
        "Knock out a hidden unit: it counts as 0, and is frozen.",
        network_edits.knock_out,
        key="K",
        usage="UNIT",
    ),
    Entry("bring back", "Bring back a unit that was knocked out.", network_edits.bring_back, usage="UNIT"),
    Entry(
        "save",
        "Save a checkpoint, the settings or the command line.",
        files.save,
        key="w",
        usage="[checkpoint | settings | command line] [FILE]",
        completes=completing.savings,
        needs_files=True,
    ),
    Entry(
        "open",
        "Open a checkpoint, a settings file or a CSV file.",
        files.open_run,
        usage="FILE",
        completes=completing.files,
        needs_files=True,
    ),
    Entry("resume", "Continue the kept run that was offered at the start.", files.resume),
    Entry(
        "task",
        "Switch to another task; the run of this one waits.",
        files.task,
        usage="[regression | classification]",
        completes=completing.tasks,
    ),
    Entry("regression", "Switch to regression.", files.regression, key="1"),
    Entry("classification", "Switch to classification.", files.classification, key="2"),
    Entry(
        "help",
        "List the commands, or explain a command or a setting.",
        help_on,
        key="?",
        usage="[COMMAND | SETTING]",
        completes=explained,
    ),
    Entry("quit", "Quit; the run is kept.", leave, key="q", aliases=("exit", "bye")),
)
"""The commands, in the order of the help."""


def entry_of(text: str) -> Entry | None:
    """The command whose key or name is the whole text, or None."""
    found, rest = command_named(text)
    return found if not rest else None


def command_named(text: str) -> tuple[Entry | None, str]:
    """The command that a text begins with: its key, its name or the beginning of its name.

    Returns:
        The command or None, and the rest of the text.

    Raises:
        RefusedError: more than one command begins with it.
    """
    first, _, rest = text.partition(" ")
    for each in ENTRIES:
        if first == each.key:
            return each, rest.strip()
    found, rest = named(text, {entry: entry.words for entry in ENTRIES})
    if len(found) > 1:
        raise RefusedError(
            f"that is the beginning of {', '.join(entry.word for entry in found)}: say more of it"
        )
    return (found[0] if found else None), rest.strip()


def _usage(entry: Entry) -> str:
    return f"{entry.word} {entry.usage}".strip()
