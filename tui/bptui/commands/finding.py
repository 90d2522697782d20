"""The commands by their names, and their keys as texts name them."""

from __future__ import annotations

from bptui.commands.command import ARROWS, Command, displayed
from bptui.commands.table import COMMANDS

COMMAND: dict[str, Command] = {command.name: command for command in COMMANDS}
"""The same commands by name."""

_BY_ACTION = {command.action: command for command in COMMANDS}


def command_of(name: str) -> Command:
    """The command of this name or action, such as "less" or "change(-1)".

    Raises:
        KeyError: there is none.
    """
    return _BY_ACTION[name] if name in _BY_ACTION else COMMAND[name]


def key_of(name: str) -> str:
    """The key of a command as texts name it, such as "r", "space" or "←"; the first one if it has several.

    Args:
        name: the name or the action of the command.

    Raises:
        KeyError: there is no such command.
    """
    return command_of(name).shown.partition(" ")[0]


def short_keys_of(*names: str) -> str:
    """The shortest keys of commands that belong together, such as "</>" in place of "shift+←→"."""
    return _together(*(min(command_of(name).shown.split(), key=len) for name in names))


def keys_of(*names: str) -> str:
    """The keys of commands that belong together, such as "←→", "shift+←→"; "a/d" if they are no arrows."""
    return _together(*map(key_of, names))


def arrow_keys(*names: str) -> str:
    """Arrow keys that belong together, by their names in Textual, where no command has them."""
    return _together(*map(displayed, names))


def _together(*keys: str) -> str:
    """Displayed keys that belong together."""
    if len(keys) > 1 and all(key.startswith("shift+") for key in keys):
        bases = [key.removeprefix("shift+") for key in keys]
        if all(base in ARROWS or base in ARROWS.values() for base in bases):
            return f"shift+{_together(*bases)}"
    if set(keys) == set(ARROWS.values()):
        return "arrows"
    return "".join(keys) if all(key in ARROWS for key in keys) else "/".join(keys)


def key_first(name: str) -> str:
    """The key of a command as a sentence begins with it: "Space", but "r"."""
    key = key_of(name)
    return key if len(key) == 1 else key[0].upper() + key[1:]
