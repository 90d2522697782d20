"""How keys are displayed, and those that the user has changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

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


def keys_of_command(name: str, default: str) -> str:
    """The current keys of a command: names in Textual, separated by commas."""
    return _changed.get(name, default)


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
