"""Numbers and names as text in which letters are the only signs beyond ASCII."""

from __future__ import annotations

import re

from bpengine.arithmetic.arrays import Array
from bpengine.network.losses import means
from bpengine.wording import escaped

_REPLACEMENTS = {
    "↑↓": "up and down",
    "←→": "left and right",
    "↑": "up",
    "↓": "down",
    "←": "left",
    "→": "to",
    **dict(zip("ημρσγτωλ", ["eta", "mu", "rho", "sigma", "gamma", "tau", "omega", "lambda"], strict=True)),
    "×": "x",
    "–": "-",
    "—": "-",
    "…": "...",
}

_CHANGE = re.compile(r"((?<=\bfunction )[^→]+?|(?<=\bf\(x\) )[^→]+?|\S+) → ")
"""A value and the arrow to the value in its place. Only formulas contain spaces."""


def line_of(text: str) -> str:
    """The text on one line, with words in place of signs, and without control characters."""
    return escaped(signs_spelled(" ".join(text.split())))


def sentence(text: str) -> str:
    """The text with a capital letter and a period."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"


def signs_spelled(text: str) -> str:
    """The text with words or ASCII in place of arrows, dashes and the like, for screen readers.

    An arrow between two values becomes `from ... to ...`.
    """
    text = _CHANGE.sub(r"from \1 to ", text)
    for sign, replacement in _REPLACEMENTS.items():
        text = text.replace(sign, replacement)
    return text


def mean(values: Array) -> float:
    """The mean of finite numbers, finite even if their sum overflows."""
    return float(means(values.reshape(1, -1))[0])
