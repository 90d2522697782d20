"""Turns the screen's sentences into those of the dialogue, with commands in place of keys."""

from __future__ import annotations

from bpengine.wording import escaped
from bptui.describe.words import signs_spelled

_IN_COMMANDS = {
    "Space starts the training; ↑↓ choose a hyperparameter, ←→ change it.": "Say run to train it, or set to "
    "change a setting.",
    "Training. Space pauses, - slows down, ←→ change the chosen hyperparameter.": "Training.",
    "Paused. Space continues, s trains one epoch, ←→ change a hyperparameter.": "Say run to continue, step "
    "for one epoch, or set to change a setting.",
    "Space continues from here, u returns to the previous run": "Say run to continue from here, undo to "
    "return to the previous run",
    "Space continues from there": "Say run to continue from there",
    "Space continues, s completes the epoch": "Say run to continue, step to complete the epoch",
    "Space continues, u undoes it": "Say run to continue, undo to return to the previous run",
    "Space continues": "Say run to continue",
    "Space trains, u returns to the original run": "Say run to train it, undo to return to the original run",
    "u returns to the original run.": "Say undo to return to the original run.",
    "until K brings it back": "until it is brought back",
    "is brought back (K)": "is brought back",
    "esc goes there": "view latest goes there",
    "esc shows it, space branches": "view latest shows it, run begins a branch",
    "space branches here": "run begins a branch here",
    "space starts the training with it": "run starts the training with it",
    "space continues with it": "run continues with it",
    "space continues the training": "run continues the training",
    "Space trains, u returns to the previous run": "Say run to train it, undo to return to the previous run",
    "Space trains": "Say run to train it",
    "← goes back to the last one.": "Say box back for the last one.",
    "U redoes it; space continues": "Say redo to redo it, run to continue",
    "b goes back;": "Say rewind to go back;",
    "r restarts;": "Say restart;",
    "finished: r restarts it,": "finished: restart begins it again,",
    "r restarts it": "restarting makes it",
    "R restarts with new random weights; ←→ change something and compare": "Say new seed for new random "
    "weights, or pin it, change something and compare",
    "R restarts with new random weights": "Say new seed for new random weights",
    "u returns to that one, P lists all": "Say undo to return to that one, pins to list all",
    "u pins it again": "Say undo to pin it again",
    "press r": "say restart",
    "u undoes it.": "undo undoes it.",
    " (r).": ": say restart.",
    " (space).": ": say run.",
    " this run stays in the plots.": " other runs are compared with it.",
    " Space pauses.": "",
    " Esc stops.": "",
}
"""Phrases about keys, and their replacements in the dialogue; longer phrases come first."""


def in_commands(sentence: str) -> str:
    """A sentence of the screen with commands in place of keys."""
    for keys, commands in _IN_COMMANDS.items():
        sentence = sentence.replace(keys, commands)
    return sentence


def line_of(text: str) -> str:
    """The text as the dialogue writes it: on one line, without arrows and control characters."""
    return escaped(signs_spelled(" ".join(text.split())))


def sentence(text: str) -> str:
    """The text with a capital letter and a period."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"
