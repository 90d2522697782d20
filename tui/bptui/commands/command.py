"""A command, and its keys: which they are now, and how they are displayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.binding import Binding

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
"""How keys are displayed that have another name in Textual."""

ARROWS = {sign: name for name, sign in SIGNS.items() if sign in "←→↑↓"}
"""The names of the arrow keys by their signs."""

_changed: dict[str, str] = {}
"""The keys of the commands whose keys were changed: names of commands, and keys separated by commas."""

_spelled: dict[int, str] = {}
"""What takes the place of characters in displayed keys."""


def change_keys(keys: Mapping[str, str]) -> None:
    """Put other keys in force, in place of all earlier changes. Call it before the app is made.

    Args:
        keys: for each changed command its name, and its keys separated by commas, by their names in Textual.
    """
    _changed.clear()
    _changed.update(keys)


def changed_keys() -> dict[str, str]:
    """The keys that `change_keys` has put in force."""
    return dict(_changed)


def spell_arrows(*, on: bool) -> None:
    """Display the arrow keys by their names from now on, or by their signs.

    In ASCII, the signs would become < and >, which are other keys.
    """
    _spelled.clear()
    if on:
        _spelled.update(str.maketrans(ARROWS))


def displayed(keys: str) -> str:
    """How keys are displayed, which are separated by commas and have their names in Textual."""
    return " ".join(map(_sign, keys.split(","))).translate(_spelled)


def _sign(key: str) -> str:
    """How a key is displayed: shift+left as shift+←."""
    *modifiers, base = key.split("+")
    return "+".join((*modifiers, SIGNS.get(base, base)))


@dataclass(frozen=True, slots=True)
class Command:
    """An action that a key performs."""

    default_keys: str
    """The keys unless they were changed, separated by commas, by their names in Textual."""
    action: str
    """The action of the app."""
    label: str
    """What the key does in at most 17 characters, for the help. Keys with the same label share a line."""
    help: str
    """A sentence for the palette and the README."""
    name: str = ""
    """Its name in a settings file; by default its action."""
    everywhere: bool = False
    """Whether the key also acts in dialogs."""

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.action)

    @property
    def keys(self) -> str:
        """The keys, separated by commas, by their names in Textual."""
        return _changed.get(self.name, self.default_keys)

    @property
    def shown(self) -> str:
        """The keys as they are displayed, separated by spaces; texts name the first one."""
        return displayed(self.keys)

    @property
    def binding(self) -> Binding:
        """The Textual binding with the present keys."""
        from textual.binding import Binding  # here, since what opens no screen does not load Textual

        return Binding(self.keys, self.action, self.label, show=False, priority=self.everywhere)
