"""The commands of the dialogue, and those of them that are about the dialogue itself.

Help, completion and the docs read `ENTRIES`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bptui.commands import COMMANDS, SPOKEN, Command
from bptui.commands.grammar import RefusedError, field_named, named, refused, value_named
from bptui.commands.naming import spoken
from bptui.dialogue import (
    changing,
    completing,
    describing,
)
from bptui.dialogue.dialogue import Dialogue
from bptui.session.description import SECTIONS
from bpwords import Sentence, headed, listed, shown, word

DialogueLines = str | Iterable[str]
"""A line, or lines that are written one after the other, such as the reports of a run."""


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
    if aliases := (*others, *ENTRIES[entry].aliases):
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
            said = ENTRIES[entry].call(dialogue, "")
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


GROUPS: dict[str, list[Command]] = {
    name: []
    for name in ("training", "settings", "results", "comparing", "network", "one step", "lessons", "files")
}
"""The commands by group, each of which the help lists in at most ten lines."""
for _each in (*COMMANDS, *SPOKEN):
    if (_word := _each.dialogue) is not None:
        GROUPS[_word.group].append(
            _each if _word.synonyms is None else replace(_each, synonyms=_word.synonyms)
        )
ENTRIES = {entry: entry.dialogue for group in GROUPS.values() for entry in group if entry.dialogue}
"""All commands with their words, in the order of the help."""


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
    own = ENTRIES[entry]
    usage = f"{spoken(own.name)} {own.usage and word(own.usage, 'usage')}".strip()
    return headed(usage, word(own.help or entry.help))
