"""Rows of a text: English broken at spaces, Chinese anywhere."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from functools import cache
from itertools import chain

from bpwords import columns

_SENTENCE = re.compile(r".+?(?:[.?!…]+[)\"'”’]*(?=\s+[^a-z\s])|[。？！]+[）」』”’]*|$)", re.DOTALL)


_OPENING, _CLOSING = "（「『《“‘", "，。、；：？！）」』》”’…"


_WIDE = r"[\u1100-\u115f\u2e80-\u303e\u3041-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6]"


_WORD = rf"(?:(?!{_WIDE})[^\s{_OPENING}{_CLOSING}])+"


_OF_NUMBER = rf"(?<=\d) (?:{_WIDE}|(?:%|m²)(?:{_WORD})?)"
"""The unit of a number, with the space before it: %, m², or a Chinese measure word."""


_JOINED = rf"{_WORD}(?: = {_WORD}|{_OF_NUMBER})*"


@cache  # compiling it takes a hundredth of the start, and English outside of lessons does not need it
def _unit() -> re.Pattern[str]:
    """What stays together on a row: spaces, a wide sign with its punctuation, a word, 69 %, or z = 0.5."""
    return re.compile(rf"\s+|[{_OPENING}]*(?:{_WIDE}|{_JOINED})[{_CLOSING}]*|\S")


def wrapped(text: str, width: int) -> list[str]:
    """The rows of a text in this many columns. Chinese may be broken anywhere but before punctuation."""
    rows = [""]
    for unit in _unit().findall(" ".join(text.split())):
        if rows[-1] and columns(rows[-1] + unit.rstrip()) > width:
            rows.append("")
        for part in _cut(unit, width):
            if rows[-1] and columns(rows[-1] + part) > width and part.strip():
                rows.append("")
            rows[-1] += part if rows[-1] or part.strip() else ""
    return [row.rstrip() for row in rows if row.strip()] or [""]


def lines_of(text: str, width: int) -> list[str]:
    """The rows of a text outside of lessons: English is only broken at spaces, Chinese anywhere."""
    is_english = columns(text) == len(text)
    return textwrap.wrap(text, width, break_on_hyphens=False) if is_english else wrapped(text, width)


def broken(text: str, width: int) -> str:
    """A text with each line of Chinese in rows; Textual, which breaks the others, breaks only at spaces."""
    lines = ([line] if columns(line) == len(line) else wrapped(line, width) for line in text.split("\n"))
    return "\n".join(chain.from_iterable(lines))


def sentences(text: str) -> Iterator[str]:
    """The sentences, each with the space after it."""
    for match in _SENTENCE.finditer(" ".join(text.split())):
        sentence = match[0].strip()
        if sentence:
            yield sentence + _space_after(sentence)


def _space_after(sentence: str) -> str:
    return "" if re.search(r"[。？！][）」』”’]*$", sentence.rstrip()) else " "


def _cut(unit: str, width: int) -> Iterator[str]:
    """The parts of a word, none wider than a row."""
    part = ""
    for letter in unit:
        if columns(part + letter) > width:
            yield part
            part = ""
        part += letter
    yield part
