"""How numbers, names and lists are put where only plain ASCII text can go."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

_SIGNS = {
    "↑↓": "up and down",
    "←→": "left and right",
    "↑": "up",
    "↓": "down",
    "←": "left",
    "→": "to",
    "η": "eta",
    "×": "x",
    "–": "-",
    "—": "-",
    "…": "...",
    "ß": "ss",
}


def plain(text: str) -> str:
    """The text in printable ASCII on one line: signs as words, letters without accents, others escaped."""
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    letters = []
    for letter in unicodedata.normalize("NFKC", text):
        if letter.isspace():
            letters.append(" ")
            continue
        base = unicodedata.normalize("NFKD", letter)
        base = "".join(part for part in base if not unicodedata.combining(part))
        known = base.isascii() and base.isprintable()
        letters.append(base if known else letter.encode("unicode_escape").decode("ascii"))
    return "".join(letters)


def number(value: float) -> str:
    """Three digits at the most."""
    text = f"{value:.3g}"
    return "0" if text == "-0" else text


def place(value: float, low: float, high: float) -> str:
    """A coordinate, with as many decimals as a hundredth of the axis from `low` to `high` has."""
    decimals = -math.floor(math.log10(high / 100 - low / 100))
    if decimals > 6 or abs(value) >= 1e9:
        return number(value)
    text = f"{value:.{max(decimals, 0)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def percent(share: float) -> str:
    """A part of a whole; all and none only where it is so."""
    if 0 < share < 0.01:
        return "under 1%"
    if 0.99 < share < 1:
        return "over 99%"
    return f"{100 * share:.0f}%"


def counted(count: int, noun: str, plural: str = "") -> str:
    """1 sample, 2 samples."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
