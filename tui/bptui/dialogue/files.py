"""The commands that save, open and continue runs, and those that switch the task."""

from __future__ import annotations

from collections.abc import Iterable

from bpengine import ConfigError, DataError, Task
from bpengine.data.csv import Outline
from bpengine.exports import FORMATS
from bpengine.wording import either, printable_path
from bptui.commands.grammar import RefusedError, named
from bptui.commands.naming import spoken
from bptui.dialogue.describing import status
from bptui.dialogue.dialogue import Dialogue
from bptui.session.description.words import sentence
from bptui.session.saving.saving import free_name
from bptui.session.saving.user_files import table_flags
from bptui.settings.start_settings import StartSettings
from bpwords import Sentence, joined, word

_NOT_OPENED = Sentence("not opened: {why}")
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
        what = Sentence("say what to save, {kinds}, and then the name of the file")
        raise RefusedError(what(kinds=either([*map(spoken, allowed)])))
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
        raise RefusedError(Sentence("not saved: {why}")(why=problem))
    return Sentence("Saved {name}")(name=f"{printable_path(name)}{saving.ending(name)}")


def open_run(dialogue: Dialogue, text: str) -> str:
    """Open a checkpoint, a settings file or a CSV file in place of the run of its task."""
    if not text:
        raise RefusedError(
            word("say the name of a checkpoint (.bptui), a settings file (.toml) or a CSV file")
        )
    opened = dialogue.files.open(text, dialogue.opened)
    if isinstance(opened, Outline):
        dialogue.asked = text, opened
        return question(dialogue)
    return _opened(dialogue, opened, text)


def _opened(dialogue: Dialogue, opened: StartSettings | str, text: str) -> str:
    if isinstance(opened, str):
        raise RefusedError(_NOT_OPENED(why=opened))
    try:
        name = printable_path(text.partition(" --")[0])
        dialogue.sessions[opened.start].open(opened.opened_run(), name=name, suited=opened.suited)
    except (ConfigError, DataError) as error:
        raise RefusedError(_NOT_OPENED(why=error)) from None
    dialogue.opened, dialogue.asked = opened.start, opened if opened.as_classes else None
    notes = map(sentence, opened.notes_beside_question)
    return joined(dialogue.session.notice, *notes, question(dialogue))


def question(dialogue: Dialogue) -> str:
    """The question that the next line may answer; empty for none."""
    asked = dialogue.asked
    if isinstance(asked, tuple):
        columns = "; ".join(f"{number} {column.name}" for number, column in enumerate(asked[1].columns, 1))
        return _WHICH_COLUMN(reason=asked[1].likely_target()[1], yes=spoken("yes"), columns=columns)
    source = asked.sources[asked.start] if asked else None
    if source is None:
        return ""
    return _CLASSES_OR_NUMBER(n=source.whole_numbers, classes=spoken("classes"), number=spoken("number"))


def answered(dialogue: Dialogue, line: str) -> str | None:
    """Open a table as a line answers the question about it; None if it is no answer."""
    asked, said = dialogue.asked, line.casefold()
    if isinstance(asked, tuple):
        text, outline = asked
        names = [column.name.casefold() for column in outline.columns]
        numbers = [*names, *map(str, range(1, len(names) + 1))]
        if said != "yes" and said not in numbers:
            return None
        target = outline.likely_target()[0] if said == "yes" else numbers.index(said) % len(names)
        return open_run(dialogue, f"{text} {table_flags(outline, target)}")
    if asked is None or asked.as_classes is None or said not in ("classes", "number", "a number"):
        return None
    dialogue.asked = None
    if said != "classes":
        return word("It is predicted as a number.")
    classes, name = asked.as_classes(), dialogue.session.config.dataset
    if isinstance(classes, StartSettings) and (samples := classes.sources[classes.start]):
        dialogue.files.note(samples, classes.data[classes.start])
        name = samples.name
    return _opened(dialogue, classes, name)


def resume(dialogue: Dialogue, text: str) -> str:
    """Continue the kept run that was offered at the start."""
    dialogue.continue_kept()
    return status(dialogue, text)


def switch(wanted: Task, dialogue: Dialogue, _text: str) -> str:
    """Switch to a task; the run of the current one waits."""
    dialogue.opened = wanted
    return status(dialogue, "")
