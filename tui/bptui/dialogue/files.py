"""The commands that save, open and continue runs, and those that switch the task."""

from __future__ import annotations

from collections.abc import Iterable

from bpengine import ConfigError, DataError, Task
from bpengine.data.csv import Outline
from bpengine.exports import FORMATS
from bpengine.wording import either, printable_path
from bptui.commands.grammar import RefusedError, named
from bptui.dialogue.describing import status
from bptui.dialogue.dialogue import Dialogue
from bptui.session.description.words import sentence
from bptui.session.saving.saving import free_name

KINDS = ("checkpoint", "settings", "command line")
"""The kinds of files that can be saved, besides exports."""


def save(dialogue: Dialogue, text: str) -> str:
    """Save a checkpoint, the settings or the command line under a name, or under a free one."""
    kind, name = _kind_and_name(text, KINDS, "save") if text else (KINDS[0], "")
    return _saved(dialogue, kind, name, f"Saved the {kind} in")


def export(dialogue: Dialogue, text: str) -> str:
    """Export the run in a format under a name, or under a free one."""
    to, name = _kind_and_name(text, FORMATS, "export to")
    return _saved(dialogue, to, name, "Exported to")


def _kind_and_name(text: str, allowed: Iterable[str], verb: str) -> tuple[str, str]:
    kinds, name = named(text, {kind: (kind,) for kind in allowed})
    if len(kinds) != 1:
        raise RefusedError(f"say what to {verb}, {either(tuple(allowed))}, and then the name of the file")
    return kinds[0], name


def _saved(dialogue: Dialogue, kind: str, name: str, told: str) -> str:
    """Save under a name, or under a free one, and say so; or ask to repeat the command to replace a file.

    Args:
        dialogue: the dialogue.
        kind: what is saved.
        name: the name of the file, or an empty text.
        told: the beginning of the sentence, before the name.
    """
    saving = next(
        saving for saving in dialogue.files.savings(lambda: dialogue.session) if saving.kind == kind
    )
    run = dialogue.snapshot.run
    name = name or free_name(f"{run.config.task}-{run.epoch}", saving.suffix)
    problem = saving.problem(name)
    if not problem and saving.replaces(name) and dialogue.replaces != (kind, name):
        dialogue.replaces = (kind, name)
        return f"{printable_path(name)} exists: repeat the command to replace it."
    dialogue.replaces = None
    problem = problem or saving.save(name)
    if problem:
        raise RefusedError(f"not saved: {problem}")
    return f"{told} {printable_path(name)}{saving.ending(name)}"


def open_run(dialogue: Dialogue, text: str) -> str:
    """Open a checkpoint, a settings file or a CSV file in place of the run of its task."""
    if not text:
        raise RefusedError("say the name of a checkpoint (.bptui), a settings file (.toml) or a CSV file")
    opened = dialogue.files.open(text, dialogue.opened)
    if isinstance(opened, str):
        raise RefusedError(f"not opened: {opened}")
    if isinstance(opened, Outline):
        columns = "; ".join(f"{number} {column.name}" for number, column in enumerate(opened.columns, 1))
        again = f"open {printable_path(text)} --target=N"
        reason = opened.likely_target()[1]
        return f"Which column is to be predicted? {reason} Say {again}, where N is one of: {columns}."
    task = opened.start
    try:
        name = printable_path(text.partition(" --")[0])
        dialogue.sessions[task].open(opened.opened_run(), name=name, suited=opened.suited)
    except (ConfigError, DataError) as error:
        raise RefusedError(f"not opened: {error}") from None
    dialogue.opened = task
    return " ".join([dialogue.session.notice, *map(sentence, opened.notes)])


def resume(dialogue: Dialogue, text: str) -> str:
    """Continue the kept run that was offered at the start."""
    dialogue.continue_kept()
    return status(dialogue, text)


def switch(wanted: Task, dialogue: Dialogue, _text: str) -> str:
    """Switch to a task; the run of the current one waits."""
    dialogue.opened = wanted
    return status(dialogue, "")
