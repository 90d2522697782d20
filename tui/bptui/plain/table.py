"""Every command of the dialogue, described once: `ENTRIES`. Help, completion and the docs read it."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine.wording import shown
from bptui.plain import changing, comparing, completing, files, looking, training, units
from bptui.plain.dialogue import Dialogue
from bptui.plain.entry import Entry
from bptui.plain.errors import RefusedError
from bptui.plain.names import field_named, named


def help_on(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Explain a command or a setting; without a word, list the commands."""
    if not text:
        yield "Say a command, or the beginning of one. help and a word explains a command or a setting."
        yield from (f"{_usage(each)}: {each.help}" for each in ENTRIES)
        yield "ctrl+c pauses a run that trains. A setting is called by its name or flag, or its beginning."
        return
    entry = entry_of(text)
    if entry is None:
        yield from _help_on_setting(dialogue, text)
        return
    yield f"{_usage(entry)}: {entry.help}"
    if entry.aliases:
        yield f"You can also say {', '.join(entry.aliases)}."
    if entry.key:
        yield f"Its key on the screen, {entry.key}, is understood, too."


def _help_on_setting(dialogue: Dialogue, text: str) -> Iterator[str]:
    try:
        field, _ = field_named(text)
    except RefusedError:
        what = "a command or a setting: help lists the commands, show the settings"
        raise RefusedError(f"help explains {what}; got {shown(text)}") from None
    yield from changing.show(dialogue, field.label)


def leave(dialogue: Dialogue, _text: str) -> str:
    """End the dialogue."""
    dialogue.is_over = True
    return ""


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "run",
        "space",
        "[EPOCHS | to EPOCH]",
        "Train to the end, for so many epochs, or to an epoch; it reports at the report interval.",
        training.run,
        ("train", "continue", "go"),
    ),
    Entry(
        "step", "s", "[COUNT] [epochs | samples]", "Train one epoch or one sample, or so many.", training.step
    ),
    Entry("restart", "r", "", "Restart with the same seed (the same run again).", training.restart),
    Entry("new seed", "R", "", "Restart with the next seed (new random weights).", training.new_seed),
    Entry("rewind", "b", "", "Go back to the last reported epoch.", training.rewind, ("back",)),
    Entry(
        "set",
        "",
        "SETTING VALUE",
        "Change a setting, such as set learning rate 0.3.",
        changing.set_value,
        ("change",),
        completes=completing.values,
    ),
    Entry(
        "show",
        "",
        "[SETTING]",
        "Tell the value of a setting and what it does, or all values.",
        changing.show,
        ("settings",),
        completes=completing.settings,
    ),
    Entry(
        "raise",
        "",
        "SETTING [a lot]",
        "Raise a setting by a step, or by a large one.",
        changing.raise_value,
        ("more",),
        completes=completing.settings,
    ),
    Entry(
        "lower",
        "",
        "SETTING [a lot]",
        "Lower a setting by a step, or by a large one.",
        changing.lower_value,
        ("less",),
        completes=completing.settings,
    ),
    Entry(
        "defaults", "d", "", "Go back to the settings at the start, then to the defaults.", changing.defaults
    ),
    Entry("undo", "u", "", "Undo the last change, restart or rewind, with the run as it was.", changing.undo),
    Entry("redo", "U", "", "Redo what was undone.", changing.redo),
    Entry(
        "what if",
        "i",
        "[on | off]",
        "What if: each change retrains to this epoch and compares.",
        changing.what_if,
        ("whatif",),
        completes=completing.switches,
    ),
    Entry("pin", "p", "", "Pin this run to compare others with it, or unpin it.", comparing.toggle_pin),
    Entry("unpin", "", "", "Unpin the pinned run.", comparing.unpin),
    Entry(
        "compare",
        "",
        "",
        "Compare this run with the pinned one, or with the one before the restart.",
        comparing.compare,
    ),
    Entry("status", "", "", "Tell how far the run is and what to do next.", looking.status),
    Entry("describe", "t", "", "Describe the run in words.", looking.tell, ("words",)),
    Entry(
        "errors",
        "",
        "[COUNT]",
        "List the errors of the last reported epochs.",
        training.reports,
        ("table", "reports"),
    ),
    Entry("metrics", "m", "", "Tell how good the outputs are, and what is confused.", looking.metrics),
    Entry(
        "diagnosis",
        "",
        "",
        "Tell what happens inside the layers.",
        looking.diagnosis,
        ("diagnostics", "verdict"),
    ),
    Entry(
        "units", "v", "[UNIT | layer N]", "Tell what the hidden units put out over the inputs.", units.units
    ),
    Entry("unit", "", "UNIT [of layer N]", "Tell the outputs and the weights of a unit.", units.unit),
    Entry("weights", "", "[UNIT | layer N]", "Tell the weights and biases.", units.weights),
    Entry(
        "save",
        "w",
        "[checkpoint | settings | command line] [FILE]",
        "Save a checkpoint, the settings or the command line.",
        files.save,
        needs_files=True,
        completes=completing.savings,
    ),
    Entry(
        "open",
        "",
        "FILE",
        "Open a checkpoint, a settings file or a CSV file.",
        files.open_run,
        needs_files=True,
        completes=completing.files,
    ),
    Entry("resume", "", "", "Continue the kept run that was offered at the start.", files.resume),
    Entry(
        "task",
        "",
        "[regression | classification]",
        "Switch to another task; the run of this one waits.",
        files.task,
        completes=completing.tasks,
    ),
    Entry("regression", "1", "", "Switch to regression.", files.regression),
    Entry("classification", "2", "", "Switch to classification.", files.classification),
    Entry(
        "help", "?", "[COMMAND | SETTING]", "List the commands, or explain a command or a setting.", help_on
    ),
    Entry("quit", "q", "", "Quit; the run is kept.", leave, ("exit", "bye")),
)
"""The commands, in the order of the help."""


def entry_of(text: str) -> Entry | None:
    """The command whose key or name is the whole text, or None."""
    found, rest = command_named(text)
    return found if not rest else None


def command_named(text: str) -> tuple[Entry | None, str]:
    """The command that the beginning of a text names by its key, its name or the beginning of that.

    Returns:
        The command, or None; and the rest of the text.

    Raises:
        RefusedError: more than one command begins so.
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


def words_for(dialogue: Dialogue, text: str) -> Iterator[str]:
    """The commands and settings that begin so, for the help."""
    yield from completing.beginning((entry.word for entry in ENTRIES), text)
    yield from completing.settings(dialogue, text)


def _usage(entry: Entry) -> str:
    return f"{entry.word} {entry.usage}".strip()
