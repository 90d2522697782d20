"""Finding commands by name, and their keys as texts name them."""

from __future__ import annotations

from bptui.commands.command import ARROWS, Command, displayed
from bptui.commands.table import COMMANDS

COMMAND: dict[str, Command] = {command.name: command for command in COMMANDS}
"""The commands by name."""

_BY_ACTION = {command.action: command for command in COMMANDS}


def command_of(name: str) -> Command:
    """The command with this name or action, such as "less" or "change(-1)".

    Raises:
        KeyError: there is no such command.
    """
    return _BY_ACTION[name] if name in _BY_ACTION else COMMAND[name]


def key_of(name: str) -> str:
    """The key of a command as texts name it, such as "r", "space" or "←"; the first one of several.

    Args:
        name: the name or the action of the command.

    Raises:
        KeyError: there is no such command.
    """
    return command_of(name).shown.partition(" ")[0]


def short_keys_of(*names: str) -> str:
    """The shortest keys of related commands, such as "</>" instead of "shift+←→"."""
    return _together(*(min(command_of(name).shown.split(), key=len) for name in names))


def keys_of(*names: str) -> str:
    """The keys of related commands, such as "←→" or "shift+←→", or "a/d" if they are not arrow keys."""
    return _together(*map(key_of, names))


def arrow_keys(*names: str) -> str:
    """Related arrow keys that belong to no command, by their names in Textual."""
    return _together(*map(displayed, names))


def _together(*keys: str) -> str:
    """The displayed keys of related commands as one text."""
    if len(keys) > 1 and all(key.startswith("shift+") for key in keys):
        bases = [key.removeprefix("shift+") for key in keys]
        if all(base in ARROWS or base in ARROWS.values() for base in bases):
            return f"shift+{_together(*bases)}"
    if set(keys) == set(ARROWS.values()):
        return "arrows"
    return "".join(keys) if all(key in ARROWS for key in keys) else "/".join(keys)


def key_first(name: str) -> str:
    """The key of a command at the beginning of a sentence: "Space", but "r"."""
    key = key_of(name)
    return key if len(key) == 1 else key[0].upper() + key[1:]
