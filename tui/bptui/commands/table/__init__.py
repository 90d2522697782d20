"""The table of all commands: what each is called, and what it calls, in a module for each topic.

The help, the palette, the settings file and the settings page read it; the footer takes its keys from here,
and its words from `screen.tabs.key_hints`. The modules that commands call are imported when one of them is
used, so these are the only modules that may name those above them.
"""

from __future__ import annotations

from functools import cache

from bptui.commands.keys import ARROWS, displayed
from bptui.commands.table import compare, inside, plots, screen, settings, spoken, training
from bptui.commands.table.command import Command

COMMANDS: tuple[Command, ...] = (
    *training.COMMANDS,
    *settings.COMMANDS,
    *compare.COMMANDS,
    *plots.COMMANDS,
    *inside.COMMANDS,
    *screen.COMMANDS,
)
"""The commands that have a key, by topic."""

SPOKEN: tuple[Command, ...] = spoken.COMMANDS
"""The commands that only the dialogue has."""

COMMAND: dict[str, Command] = {command.name: command for command in COMMANDS}
"""The commands by name."""


def key_of(name: str) -> str:
    """The key of a command as texts name it, such as "r", "space" or "←"; the first one of several.

    Raises:
        KeyError: there is no such command.
    """
    return COMMAND[name].shown.partition(" ")[0]


def short_keys_of(*names: str) -> str:
    """The shortest keys of related commands, such as "</>" instead of "shift+←→"."""
    return _together(*(min(COMMAND[name].shown.split(), key=len) for name in names))


def keys_of(*names: str) -> str:
    """The keys of related commands, such as "←→" or "shift+←→", or "a/d" if they are not arrow keys."""
    return _together(*map(key_of, names))


def arrow_keys(*names: str) -> str:
    """Related arrow keys that belong to no command, by their names in Textual."""
    return _together(*map(displayed, names))


@cache
def _together(*keys: str) -> str:
    """The displayed keys of related commands as one text."""
    if len(keys) > 1 and all(key.startswith("shift+") for key in keys):
        bases = [key.removeprefix("shift+") for key in keys]
        if all(base in ARROWS or base in ARROWS.values() for base in bases):
            return f"shift+{_together(*bases)}"
    if set(keys) == set(ARROWS.values()):
        return "arrows"
    return "".join(keys) if all(key in ARROWS for key in keys) else "/".join(keys)
