"""Numbers and names as plain ASCII text."""

from __future__ import annotations

import math
import re
import unicodedata

from bpengine.arithmetic.arrays import Array
from bpengine.losses import means
from bpengine.wording import number

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
    "ß": "ss",
}

_CHANGE = re.compile(r"((?<=\bfunction )[^→]+?|(?<=\bf\(x\) )[^→]+?|\S+) → ")
"""A value and the arrow to the value in its place. Only formulas contain spaces."""


def ascii_line(text: str) -> str:
    """Return the text in printable ASCII on one line.

    Signs are replaced by words, letters lose their accents, and all other characters are escaped.
    """
    letters = []
    for letter in unicodedata.normalize("NFKC", signs_spelled(text)):
        if letter.isspace():
            letters.append(" ")
            continue
        base = unicodedata.normalize("NFKD", letter)
        base = "".join(part for part in base if not unicodedata.combining(part))
        known = base.isascii() and base.isprintable()
        letters.append(base if known else letter.encode("unicode_escape").decode("ascii"))
    return "".join(letters)


def signs_spelled(text: str) -> str:
    """The text with words or ASCII in place of arrows, dashes and the like, for screen readers.

    An arrow between two values becomes `from ... to ...`.
    """
    text = _CHANGE.sub(r"from \1 to ", text)
    for sign, replacement in _REPLACEMENTS.items():
        text = text.replace(sign, replacement)
    return text


def error_in_words(error: float) -> str:
    """An error of some runs, such as their median; it is infinite if most of them diverged."""
    return number(error) if math.isfinite(error) else "divergence"


def mean(values: Array) -> float:
    """The mean of finite numbers, finite even if their sum overflows."""
    return float(means(values.reshape(1, -1))[0])


def coordinate(value: float, low: float, high: float) -> str:
    """The value on an axis from `low` to `high`, to a hundredth of the axis."""
    hundredth = high / 100 - low / 100  # 0 if the axis is as short as the smallest floats
    decimals = -math.floor(math.log10(hundredth)) if hundredth > 0 else math.inf
    if decimals > 6 or abs(value) >= 1e9:
        return number(value)
    text = f"{value:.{max(int(decimals), 0)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
