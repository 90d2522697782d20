"""The table [keys] of a settings file, which changes the keys of commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bpengine import ConfigError
from bptui.commands import COMMAND, COMMANDS, SIGNS
from bpwords import did_you_mean, must_be, shown

TABLE = "keys"
"""The name of the table."""
ALLOWED = (
    "a key or a list of up to 5 keys: a character such as x or ?, a name such as space, enter, tab, home or "
    "f5, a name after shift+, or ctrl+ and a letter"
)
"""The allowed keys of a command, as words that follow "must be"."""
_NO_TEXT = "no character, since it also acts where text is typed"
MAX_KEYS = 5

_CHARACTERS = {sign: name for name, sign in SIGNS.items() if len(sign) == 1 and sign.isascii()}
_NAMES = {
    *("space", "enter", "tab", "backspace", "delete", "insert", "home", "end"),
    *(SIGNS.keys() - _CHARACTERS.values()),
    *(f"f{number}" for number in range(1, 13)),
}
_DEFAULT_KEYS = {key for command in COMMANDS for key in command.default_keys.split(",")}
_TAKEN = {
    **dict.fromkeys(("ctrl+c", "ctrl+q"), "quits"),
    "ctrl+p": "opens the palette",
    "ctrl+z": "suspends the program",
    "ctrl+i": "is the tab key in a terminal",
    **dict.fromkeys(("ctrl+j", "ctrl+m"), "is the enter key in a terminal"),
    "ctrl+h": "is the backspace key in a terminal",
}
"""Keys that no command can have unless it has them by default, and why."""


def read_keys(table: Mapping[str, object], file: str) -> dict[str, str]:
    """The keys of each command in the table, for `change_keys`.

    Args:
        table: the table.
        file: the name of the file, for messages.

    Raises:
        ConfigError: a command or a key is unknown, two commands have the same key, or typed text would run
            one.
    """
    place = f"{file}: {TABLE}"
    unknown = next((command for command in table if command not in COMMAND), None)
    if unknown is not None:
        meant = did_you_mean(unknown, {command.name: command.names for command in COMMANDS})
        hint = meant or "; bptui config init lists them"
        raise ConfigError(place, f"there is no command {shown(unknown)}{hint}")
    changed = {command: ",".join(_keys(value, f"{place}.{command}")) for command, value in table.items()}
    owners: dict[str, str] = {}
    # First the unchanged keys, so that the message names a line of the file.
    for command in sorted(COMMANDS, key=lambda each: each.name in changed):
        for key in changed.get(command.name, command.default_keys).split(","):
            if command.everywhere and (key == "space" or len(written_key(key)) == 1):
                raise ConfigError(f"{place}.{command.name}", must_be(_NO_TEXT, written_key(key)))
            owner = owners.setdefault(key, command.name)
            if owner != command.name:
                other = f"a key of no other command, got {shown(written_key(key))}, a key of {owner}"
                raise ConfigError(f"{place}.{command.name}", f"must be {other}")
    return changed


def written_keys(keys: str) -> str | tuple[str, ...]:
    """A command's keys as the table has them: one text, or a tuple of them.

    Args:
        keys: the keys by their names in Textual, separated by commas.
    """
    written = tuple(map(written_key, keys.split(",")))
    return written[0] if len(written) == 1 else written


def written_key(key: str) -> str:
    """A key as people write it: ? for question_mark."""
    return next((character for character, name in _CHARACTERS.items() if name == key), key)


def _keys(value: object, place: str) -> Iterable[str]:
    """A command's keys by their names in Textual, without duplicates."""
    keys = value if isinstance(value, list) else [value]
    if not 1 <= len(keys) <= MAX_KEYS:
        raise ConfigError(place, must_be(ALLOWED, value))
    return dict.fromkeys(_key(key, place) for key in keys)


def _key(key: object, place: str) -> str:
    if isinstance(key, str) and key in _TAKEN and key not in _DEFAULT_KEYS:
        raise ConfigError(place, f"must be another key than {key}, which {_TAKEN[key]}")
    if not isinstance(key, str) or not _is_key(key):
        raise ConfigError(place, must_be(ALLOWED, key))
    return _CHARACTERS.get(key, key)


def _is_key(key: str) -> bool:
    if len(key) == 1:
        return key.isprintable() and not key.isspace()
    modifier, _, base = key.rpartition("+")
    if modifier == "ctrl" and len(base) == 1:
        return base.isascii() and base.islower()
    return (base in _NAMES and modifier in ("", "shift")) or key in SIGNS
