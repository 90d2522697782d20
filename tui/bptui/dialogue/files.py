"""The commands that save, open and continue runs, and those that switch the task."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from bpengine import ConfigError, DataError, Task
from bpengine.data.csv import Outline
from bpengine.exports import FORMATS
from bptui.commands.grammar import named, refused
from bptui.commands.naming import spoken
from bptui.dialogue import completing
from bptui.dialogue.describing import status
from bptui.dialogue.dialogue import Dialogue
from bptui.session.saving.saving import free_name
from bptui.session.saving.user_files import table_flags
from bptui.settings.start_settings import StartSettings
from bpwords import Sentence, as_sentence, either, joined, printable_path, word

_WHICH_COLUMN = Sentence(
    "Which column is to be predicted? {reason} Say {yes}, or a name or number of: {columns}."
)
_CLASSES_OR_NUMBER = Sentence(
    "The column to predict has {n} different whole numbers: say {classes}, or {number}."
)
KINDS = ("checkpoint", "settings", "command line")
"""The kinds of files that can be saved, besides exports."""


def save(dialogue: Dialogue, text: str) -> str:
    """Save a checkpoint, the settings or the command line under a name, or under a free one."""
    kind, name = _kind_and_name(text, KINDS) if text else (KINDS[0], "")
    return _saved(dialogue, kind, name)


def export(dialogue: Dialogue, text: str) -> str:
    """Export the run in a format under a name, or under a free one."""
    return _saved(dialogue, *_kind_and_name(text, FORMATS))


def _kind_and_name(text: str, allowed: Iterable[str]) -> tuple[str, str]:
    kinds, name = named(text, {kind: (kind,) for kind in allowed})
    if len(kinds) != 1:
        raise refused(
            "say what to save, {kinds}, and then the name of the file", kinds=either([*map(spoken, allowed)])
        )
    return kinds[0], name


def _saved(dialogue: Dialogue, kind: str, name: str) -> str:
    """Save under a name, or under a free one, and say so; or ask to repeat the command to replace a file."""
    saving = next(
        saving for saving in dialogue.files.savings(lambda: dialogue.session) if saving.kind == kind
    )
    run = dialogue.snapshot.run
    name = name or free_name(f"{run.config.task}-{run.epoch}", saving.suffix)
    problem = saving.problem(name)
    if not problem and saving.replaces(name) and dialogue.replaces != (kind, name):
        dialogue.replaces = (kind, name)
        return Sentence("{name} exists: repeat the command to replace it.")(name=printable_path(name))
    dialogue.replaces = None
    problem = problem or saving.save(name)
    if problem:
        raise refused("not saved: {why}", why=problem)
    return Sentence("Saved {name}")(name=f"{printable_path(name)}{saving.ending(name)}")


def open_run(dialogue: Dialogue, text: str) -> str:
    """Open a checkpoint, a settings file or a CSV file in place of the run of its task."""
    if not text:
        raise refused("say the name of a checkpoint (.bptui), of a settings file (.toml) or of a CSV file")
    opened = dialogue.files.open(text, dialogue.opened)
    if isinstance(opened, Outline):
        return _ask_target(dialogue, text, opened)
    return _opened(dialogue, opened, text)


def _opened(dialogue: Dialogue, opened: StartSettings | str, text: str) -> str:
    if isinstance(opened, str):
        raise refused("not opened: {why}", why=opened)
    try:
        name = printable_path(text.partition(" --")[0])
        dialogue.sessions[opened.start].open(opened.trainer("numpy"), name=name, suited=opened.suited)
    except (ConfigError, DataError) as error:
        raise refused("not opened: {why}", why=error) from None
    dialogue.opened = opened.start
    notes = map(as_sentence, opened.notes_beside_question)
    return joined(dialogue.session.notice, *notes, ask_classes(dialogue, opened))


def _ask_target(dialogue: Dialogue, text: str, outline: Outline) -> str:
    """Ask which column of a table is to be predicted."""
    names, (likely, reason) = [column.name for column in outline.columns], outline.likely_target()
    opens = [partial(open_run, dialogue, f"{text} {table_flags(outline, at)}") for at in range(len(names))]
    numbers = [str(number) for number in range(1, len(names) + 1)]
    said = [*numbers, *map(str.casefold, names), "yes"]
    dialogue.answers = dict(zip(said, [*opens, *opens, opens[likely]], strict=True))
    columns = word("; ", "list").join(map(" ".join, zip(numbers, names, strict=True)))
    return _WHICH_COLUMN(reason=reason, yes=spoken("yes"), columns=columns)


def ask_classes(dialogue: Dialogue, opened: StartSettings) -> str:
    """Ask whether the targets of what was opened are classes; empty if they can't be."""
    source, read = opened.source, opened.as_classes
    if source is None or read is None:
        return ""

    def as_classes() -> str:
        classes, name = read(), dialogue.session.config.dataset
        if isinstance(classes, StartSettings) and (samples := classes.source):
            dialogue.files.note(samples, classes.data[classes.start])
            name = samples.name
        return _opened(dialogue, classes, name)

    as_number = partial(word, "It is predicted as a number.")
    dialogue.answers = {"classes": as_classes, "number": as_number, "a number": as_number}
    return _CLASSES_OR_NUMBER(n=source.whole_numbers, classes=spoken("classes"), number=spoken("number"))


def resume(dialogue: Dialogue, text: str) -> str:
    """Continue the kept run that was offered at the start."""
    dialogue.continue_kept()
    return status(dialogue, text)


def switch(wanted: Task, dialogue: Dialogue, _text: str) -> str:
    """Switch to a task; the run of the current one waits."""
    dialogue.opened = wanted
    return status(dialogue, "")


def savings(dialogue: Dialogue, text: str) -> Iterable[str]:
    """Completions of what to save, and where."""
    return completing.savings(KINDS, dialogue, text)


def exports(dialogue: Dialogue, text: str) -> Iterable[str]:
    """Completions of a format, and a file."""
    return completing.savings(tuple(FORMATS), dialogue, text)
