"""Texts in which letters and Chinese punctuation are the only signs beyond ASCII."""

from __future__ import annotations

import re

from bpengine.arithmetic.arrays import Array
from bpengine.network.losses import means
from bpwords import Sentence, escaped, spaced, translatable, word

_ARROWS = {"↑↓": "up and down", "←→": "left and right", "↑": "up", "↓": "down", "←": "left", "→": "to"}
_REPLACEMENTS = {
    **translatable(_ARROWS, "spoken"),
    **dict(zip("ημρσγτωλ", ["eta", "mu", "rho", "sigma", "gamma", "tau", "omega", "lambda"], strict=True)),
    **dict(zip("×₁₂–—", "x12--", strict=True)),
    "β": "beta",
    "…": "...",
    **translatable({"R²": "R squared"}, "spoken"),
}

_CHANGE = r"((?<=\b{function} )[^→]+?|(?<=\bf\(x\) )[^→]+?|\S+) → "
"""A value and the arrow to the value in its place. Only formulas, the values of functions, have spaces."""


def line_of(text: str) -> str:
    """The text on one line, with words in place of signs, and without control characters."""
    return escaped(signs_spelled(" ".join(text.split())))


def signs_spelled(text: str) -> str:
    """The text with words or ASCII in place of arrows, dashes and the like, for screen readers.

    An arrow between two values becomes `from ... to ...`.
    """
    change = _CHANGE.replace("{function}", word("function", "setting"))
    text = re.sub(change, lambda found: f"\0{Sentence('from {value} to')(value=found[1])} ", text)
    for sign, replacement in _REPLACEMENTS.items():
        if sign in text:
            text = text.replace(sign, f"\0{word(replacement, 'spoken')}\0")
    return spaced(text)


def mean(values: Array) -> float:
    """The mean of finite numbers, finite even if their sum overflows."""
    return float(means(values.reshape(1, -1))[0])


def caveat(edited: str) -> str:
    """What the starts do not repeat of a run that was edited then; empty if it was not."""
    return Sentence("The run was {edited}, these starts are not.")(edited=edited) if edited else ""
