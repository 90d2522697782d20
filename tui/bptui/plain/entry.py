"""How a command of the dialogue is described."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass

from bptui.plain.dialogue import Dialogue

Answer = str | Iterable[str]
"""A line, or lines that are said one after the other, such as those of a run that trains."""


def _nothing(_dialogue: Dialogue, _text: str) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A command."""

    word: str
    """Its name: a word or two."""
    help: str
    """What it does, in a sentence."""
    do: Callable[[Dialogue, str], Answer]
    """Does it, given the text after the word."""
    _: KW_ONLY
    key: str = ""
    """The key that does the same on the screen; empty if there is none."""
    usage: str = ""
    """What may follow the word; empty if nothing may."""
    aliases: tuple[str, ...] = ()
    """Other words for it."""
    completes: Callable[[Dialogue, str], Iterable[str]] = _nothing
    """What may follow the word, given how it begins."""
    needs_files: bool = False
    """Whether a restricted dialogue refuses it, since it names a file."""

    @property
    def words(self) -> tuple[str, ...]:
        """Its name and the other words for it."""
        return (self.word, *self.aliases)
