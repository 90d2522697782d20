"""The description of a command of the dialogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass

from bptui.commands import COMMAND, displayed
from bptui.dialogue.dialogue import Dialogue

DialogueLines = str | Iterable[str]
"""A line, or lines that are written one after the other, such as the reports of a run."""
Executes = Callable[[Dialogue, str], DialogueLines]
"""Executes a command, given the text after its word."""
Completes = Callable[[Dialogue, str], Iterable[str]]
"""Completions of the text after the word of a command."""


def _nothing(_dialogue: Dialogue, _text: str) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class DialogueCommand:
    """A command."""

    word: str
    """The name: a word or two."""
    help: str
    """What it does, in a sentence."""
    do: Executes
    """Executes the command."""
    _: KW_ONLY
    key: str = ""
    """The key that does the same on the screen; empty if there is none."""
    usage: str = ""
    """What can follow the word; empty for nothing."""
    aliases: tuple[str, ...] = ()
    """Other words for the command."""
    synonyms: tuple[str, ...] = ()
    """Words by which people look for it; they are taken only as a whole."""
    completes: Completes = _nothing
    """Completions of the text after the word."""

    @property
    def words(self) -> tuple[str, ...]:
        """The name and the aliases."""
        return (self.word, *self.aliases)


def of_the_screen(name: str, do: Executes, *, completes: Completes = _nothing) -> DialogueCommand:
    """The entry of a command that the screen has, too. Its words are in the table of `bptui.commands`.

    Args:
        name: the command.
        do: executes the command.
        completes: completions of the text after the word.
    """
    command = COMMAND[name]
    return DialogueCommand(
        command.word,
        command.spoken or command.help,
        do,
        key=displayed(command.default_keys),
        usage=command.usage,
        aliases=command.aliases,
        synonyms=command.synonyms,
        completes=completes,
    )
