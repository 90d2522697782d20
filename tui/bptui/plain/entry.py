"""The description of a command of the dialogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass

from bptui.plain.dialogue import Dialogue

Answer = str | Iterable[str]
"""A line, or lines that are written one after the other, such as the reports of a run."""


def _nothing(_dialogue: Dialogue, _text: str) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A command."""

    word: str
    """The name: a word or two."""
    help: str
    """What it does, in a sentence."""
    do: Callable[[Dialogue, str], Answer]
    """Executes the command, given the text after the word."""
    _: KW_ONLY
    key: str = ""
    """The key that does the same on the screen; empty if there is none."""
    usage: str = ""
    """What can follow the word; empty for nothing."""
    aliases: tuple[str, ...] = ()
    """Other words for the command."""
    completes: Callable[[Dialogue, str], Iterable[str]] = _nothing
    """Completions of the text after the word."""
    needs_files: bool = False
    """Whether a restricted dialogue refuses it, since it names a file."""

    @property
    def words(self) -> tuple[str, ...]:
        """The name and the aliases."""
        return (self.word, *self.aliases)
