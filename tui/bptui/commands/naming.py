"""What each front end calls the commands in sentences: see `bpwords.speak`."""

from __future__ import annotations

from bptui.commands.table import COMMAND, keys_of
from bpwords import Sentence, word

_OTHERS = {
    "less": ("less", "lower"),
    "more": ("more", "raise"),
    "plot_detail": ("toggle_detail", ""),
    "map_screen": ("open_map", ""),
    "pad": ("predict", ""),
    "list_units": ("", "units"),
    "pause": ("toggle_run", ""),
    "latest": ("to_settings", "view latest"),
    "box_back": ("less", "box back"),
    "bring_back": ("knock_out", "bring back"),
    "reply": ("", "answer"),
    "list_weights": ("", "weights"),
    **{name: ("", name) for name in ("set", "show", "diagnosis", "chain", "take", "guess", "resume", "fool")},
}
"""What the front ends do in different ways: the commands of the screen and the words of the dialogue, which
are empty for what it lacks. The dialogue has no plots and no chosen setting, and ctrl+c pauses it."""
_QUOTED = Sentence('"{text}"', context="spoken")
_VERBS = {"": ("", ""), "press": ("press ", "say "), "按": ("按 ", "输入")}
"""What one does with a key, and what with a word."""


def on_screen(slot: str) -> str:
    """The key of a command, or the keys of several: "space", or "←→"; with a verb "press space".

    Empty if only the dialogue has the command, or can be told what follows the colon.

    Raises:
        KeyError: there is no such command.
    """
    verb, name, more = _parts(slot)
    commands = "" if more else _OTHERS.get(name, (name,))[0]
    return _VERBS[verb][0] + keys_of(*commands.split("/")) if commands else ""


def in_dialogue(slot: str) -> str:
    """The word of a command in quotation marks, or the words of several; with a verb, as in say "run".

    What follows a colon is said with the word: {press toggle_run:to 20} is say "run to 20".

    Empty if the dialogue lacks one of the commands.

    Raises:
        KeyError: there is no such command.
    """
    verb, name, more = _parts(slot)
    names = [_OTHERS[name][1]] if name in _OTHERS else [COMMAND[part].word for part in name.split("/")]
    quoted = [_QUOTED(text=spoken(f"{command}{more}")) for command in names if command]
    return _VERBS[verb][1] + word(" and ", "list").join(quoted) if all(names) else ""


def spoken(command: str) -> str:
    """What the dialogue calls a command or one of its words, in the language of the catalogue.

    Args:
        command: the English word, or a whole line.
    """
    said = word(command, "dialogue")
    if said == command and " " in command:
        from bptui.commands.phrases import in_language

        return in_language(command)
    return said.partition(", ")[0]


def is_command(slot: str) -> bool:
    """Whether a slot names a command, or several."""
    verb, name, _ = _parts(slot)
    return verb in _VERBS and (name in _OTHERS or all(part in COMMAND for part in name.split("/")))


def _parts(slot: str) -> tuple[str, str, str]:
    """The verb of a slot, its commands, and what is said after the word, which begins with a space."""
    names, _, more = slot.partition(":")
    verb, _, name = names.rpartition(" ")
    return verb, name, more and f" {more}"
