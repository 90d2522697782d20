"""A command, its current keys, and how keys are displayed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from functools import cache
from typing import TYPE_CHECKING

from bpwords import names_in_language

if TYPE_CHECKING:  # what a command is called with
    from bpengine import Task
    from bptui.dialogue.dialogue import Dialogue
    from bptui.screen.app import BptuiApp

SIGNS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "question_mark": "?",
    "slash": "/",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "comma": ",",
    "full_stop": ".",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}
"""The displayed form of keys that have another name in Textual."""

ARROWS = {sign: name for name, sign in SIGNS.items() if sign in "←→↑↓"}
"""The names of the arrow keys by their signs."""

TOPICS = ("training", "settings", "compare", "plots", "inside", "screen")
"""The topics of the commands and of the panels, each a page of the help."""

TABS: tuple[Task, ...] = ("regression", "classification")
"""The task of each tab. The names are repeated here since the tabs are drawn before the engine is loaded."""

_changed: dict[str, str] = {}
"""The changed keys: names of commands, and their keys separated by commas."""

_spelled: dict[int, str] = {}
"""Replacements for characters in displayed keys, by code point."""


def change_keys(keys: Mapping[str, str]) -> None:
    """Change the keys, and undo all earlier changes. Call this before the app is created.

    Args:
        keys: for each changed command, its keys by their names in Textual, separated by commas.
    """
    _changed.clear()
    _changed.update(keys)


def changed_keys() -> dict[str, str]:
    """The keys that `change_keys` has changed."""
    return dict(_changed)


def spell_arrows(*, on: bool) -> None:
    """Display the arrow keys by their names from now on, or again by their signs.

    In ASCII, their signs would become < and >, which are other keys.
    """
    _spelled.clear()
    displayed.cache_clear()
    if on:
        _spelled.update(str.maketrans(ARROWS))


@cache
def displayed(keys: str) -> str:
    """The displayed form of keys that are given by their names in Textual, separated by commas."""
    return " ".join(map(_sign, keys.split(","))).translate(_spelled)


def _sign(key: str) -> str:
    """The displayed form of a key: shift+← for shift+left."""
    *modifiers, base = key.split("+")
    return "+".join((*modifiers, SIGNS.get(base, base)))


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
        return _changed.get(self.name, self.default_keys)

    @property
    def shown(self) -> str:
        """The displayed keys, separated by spaces; texts name the first one."""
        return displayed(self.keys)
