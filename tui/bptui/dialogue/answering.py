"""Answering the lines of the dialogue: finds the command of a line, and runs it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from bpengine import FIELDS, CheckpointError, ConfigError, DataError
from bptui.commands.grammar import (
    RefusedError,
    begins_with_setting,
    field_named,
    meaning,
    refused,
    value_named,
)
from bptui.commands.naming import spoken
from bptui.commands.phrases import in_english, typed
from bptui.dialogue import files
from bptui.dialogue.changing import set_value, show
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.table import ENTRIES, DialogueLines, answered, command_named
from bptui.session import commands
from bptui.session.description.words import line_of
from bpwords import Sentence, as_sentence, shown, word

MAX_LENGTH = 1000
"""The most characters of a command."""


def answer_to(dialogue: Dialogue, line: str) -> Iterator[str]:
    """Run the command in a line, and yield the lines of the answer; an error is a line as well.

    Args:
        dialogue: the runs.
        line: a command; an empty one does nothing.
    """
    dialogue.script, said = [], []
    for text in _said(dialogue, line.strip()):
        said.append(text)
        yield text
    dialogue.said = said or dialogue.said
    while dialogue.script and not dialogue.pause_requested():
        command = dialogue.script.pop(0)
        yield f"> {spoken(command)}"
        yield from _said(dialogue, command)


def _said(dialogue: Dialogue, line: str) -> Iterator[str]:
    """Execute a command, and yield the lines of the answer and, in a lesson, of what it has reached."""
    try:
        said = execute(dialogue, line)
        for text in (said,) if isinstance(said, str) else said:
            if text:
                yield line_of(text)
        if dialogue.open_lessons:
            from bptui.dialogue.lessons import reached

            yield from map(line_of, reached(dialogue))
    except (RefusedError, ConfigError, DataError, CheckpointError) as error:
        yield line_of(as_sentence(str(error)))
    except MemoryError:
        yield word("There is not enough memory for that.")


def execute(dialogue: Dialogue, line: str) -> DialogueLines:
    """Run the command in a line, and return its answer, which may have to be read to the end.

    Raises:
        RefusedError: the command can't be executed.
        ConfigError, DataError, CheckpointError: a setting or a file can't be used.
    """
    if not line:
        return ""
    if len(line) > MAX_LENGTH:
        raise refused("a command has at most {n} characters", n=MAX_LENGTH)
    dialogue.session.do(commands.say, "")
    said, line = line, in_english(line)
    answers = dialogue.answers  # a column may be called like a word
    if opens := answers.get(said.casefold()) or answers.get(line.casefold()):
        dialogue.answers = {}
        return opens()
    if dialogue.is_asking and line.lstrip("-.")[:1].isdecimal():
        line = f"answer {line}"  # and not the key of a tab
    if (answer := answered(dialogue, line)) is not None:
        return answer
    if begins_with_setting(line):  # "report every 5" is a setting, and not the command "reports"
        return _about_setting(dialogue, line, said)
    entry, rest = command_named(line)
    if entry is None:
        return _about_setting(dialogue, line, said)
    if entry.word in dialogue.restrictions.actions:
        raise refused("{command}: no files can be saved or opened here", command=spoken(entry.word))
    if rest and not ENTRIES[entry].usage:
        raise refused("nothing may follow {name}, got {text}", name=spoken(entry.word), text=shown(rest))
    dialogue.answers = dialogue.answers if entry.word == "help" else {}
    return ENTRIES[entry].call(dialogue, rest)


def _about_setting(dialogue: Dialogue, line: str, said: str) -> DialogueLines:
    """Show a setting that is named alone, or set it to the value after its name; `said` is what was typed."""
    try:
        _, value = field_named(line)
    except RefusedError:
        if value_named(line) is not None:
            return set_value(dialogue, line)
        with contextlib.suppress(OSError, ValueError):
            if dialogue.restrictions.has_files and Path(line.partition(" --")[0]).is_file():
                return files.open_run(dialogue, line)
        names = {name: entry.synonyms for entry in ENTRIES for name in entry.words}
        names |= {field.label: field.synonyms for field in FIELDS}
        if not said.isascii():
            names = {text: () for text in typed() if "{" not in text}
        if meant := meaning(said, names):
            raise RefusedError(Sentence("no command begins with {text}")(text=shown(said)) + meant) from None
        raise refused("no command begins with {text}; {press help} for all", text=shown(said)) from None
    return set_value(dialogue, line) if value else show(dialogue, line)
