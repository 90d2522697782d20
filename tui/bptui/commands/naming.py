"""What each front end calls the commands in sentences: see `bpwords.speak`."""

from __future__ import annotations

from bptui.commands.table import COMMAND, keys_of

_OTHERS = {
    "less": ("less", "lower"),
    "more": ("more", "raise"),
    "less/more": ("less/more", ""),
    "set": ("", "set"),
    "pause": ("toggle_run", ""),
    "latest": ("to_settings", "view latest"),
    "box_back": ("less", "box back"),
    "bring_back": ("knock_out", "bring back"),
}
"""What the front ends do in different ways: the commands of the screen and the words of the dialogue, which
are empty for what it lacks. The dialogue has no chosen setting, and ctrl+c pauses it."""
_VERBS = {"": ("", ""), "press": ("press ", "say "), "按": ("按 ", "输入 ")}
"""What one does with a key, and what with a word."""


def on_screen(slot: str) -> str:
    """The key of a command, or the keys of several: "space", or "←→"; with a verb "press space".

    Empty if only the dialogue has the command.

    Raises:
        KeyError: there is no such command.
    """
    verb, _, name = slot.rpartition(" ")
    commands, _ = _OTHERS.get(name, (name, ""))
    return _VERBS[verb][0] + keys_of(*commands.split("/")) if commands else ""


def in_dialogue(slot: str) -> str:
    """The word of a command in quotation marks, or the words of several; with a verb, as in say "run".

    Empty if the dialogue lacks one of the commands.

    Raises:
        KeyError: there is no such command.
    """
    verb, _, name = slot.rpartition(" ")
    words = [_OTHERS[name][1]] if name in _OTHERS else [COMMAND[each].word for each in name.split("/")]
    return _VERBS[verb][1] + " and ".join(f'"{word}"' for word in words) if all(words) else ""


def is_command(slot: str) -> bool:
    """Whether a slot names a command, or several."""
    verb, _, name = slot.rpartition(" ")
    return verb in _VERBS and (name in _OTHERS or all(each in COMMAND for each in name.split("/")))
