"""A command, and what it is in the dialogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from bptui.commands.keys import displayed, keys_of_command
from bpwords import names_in_language

if TYPE_CHECKING:  # what a command is called with
    from bpengine import Task
    from bptui.dialogue.dialogue import Dialogue
    from bptui.screen.app import BptuiApp

TOPICS = ("training", "settings", "compare", "plots", "inside", "screen")
"""The topics of the commands and of the panels, each a page of the help."""

TABS: tuple[Task, ...] = ("regression", "classification")
"""The task of each tab. The names are repeated here since the tabs are drawn before the engine is loaded."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a command is in the dialogue."""

    name: str
    """A word or two."""
    call: Callable[[Dialogue, str], str | Iterable[str]]
    """What it calls, with the text after its name."""
    group: str
    """The group of the help that lists it, in at most ten lines."""
    _: KW_ONLY
    usage: str = ""
    """What can follow the name; empty for nothing."""
    aliases: tuple[str, ...] = ()
    """Other names."""
    help: str = ""
    """A sentence for the help, where it does something else than on the screen."""
    completes: Callable[[Dialogue, str], Iterable[str]] | None = None
    """Completions of the text after the name; None if there are none."""
    synonyms: tuple[str, ...] | None = None
    """The synonyms in the dialogue, if they are others than those of the command."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command that a key runs on the screen, and perhaps a word in the dialogue."""

    name: str
    """The name in the table, in a settings file and in `action`."""
    default_keys: str
    """The keys if the user has not changed them: names in Textual, separated by commas."""
    label: str
    """What the key does in at most 17 characters, for the help. Keys with equal labels share a line."""
    help: str
    """A sentence for the palette and the settings page."""
    screen: Callable[[BptuiApp], object] | None = None
    """What it calls on the screen; None if only the dialogue has it."""
    dialogue: Word | None = None
    """What it is in the dialogue; None if it does not have the command."""
    _: KW_ONLY
    topic: str
    """The page of the help that lists it: one of `TOPICS`."""
    synonyms: tuple[str, ...] = ()
    """Words by which people look for it, in the palette, in the help and in the dialogue."""
    everywhere: bool = False
    """Whether the key also acts in dialogs."""

    @property
    def word(self) -> str:
        """The name in the dialogue; empty if it does not have the command."""
        return "" if self.dialogue is None else self.dialogue.name

    @property
    def names(self) -> tuple[str, ...]:
        """All words by which it can be found: those of the dialogue, its label, its named keys, synonyms."""
        named_keys = (key for key in self.shown.split() if len(key) > 1)
        own = (*self.words, self.label, *named_keys)
        translated = names_in_language(self.name, self.label, "key")
        return tuple(dict.fromkeys(filter(None, (*own, *self.synonyms, *translated))))

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the dialogue; none if it does not have the command."""
        return () if self.dialogue is None else (self.dialogue.name, *self.dialogue.aliases)

    @property
    def action(self) -> str:
        """The action of the app that runs the command."""
        return f"do('{self.name}')"

    @property
    def keys(self) -> str:
        """The current keys: names in Textual, separated by commas."""
        return keys_of_command(self.name, self.default_keys)

    @property
    def shown(self) -> str:
        """The displayed keys, separated by spaces; texts name the first one."""
        return displayed(self.keys)
