"""The words of the dialogue in the language of the catalogue: as English ones, and English ones in them.

A catalogue has them in the context "dialogue", under the English ones and separated by commas: under "run" what one
may type for it, and first of all what the program calls it. English words are valid in every language.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import NamedTuple

from bpengine import FIELDS
from bpwords import NARROW, in_context, names_in_language, slots, translatable

PHRASES = translatable(
    (
        *("{x}", "set {x} {y}", "raise {x}", "lower {x}", "raise {x} a lot", "lower {x} a lot"),
        *("what is {x}", "how do i {x}", "what if on", "what if off", "cloud on", "cloud off"),
        *("how good is it", "why is it so slow", "what can i do", "is it done", "so", "show me", "of"),
        *("open {text}", "predict {text}", "save checkpoint {text}", "save settings {text}"),
        *("save command line {text}", "export {x} {text}", "to {n}", "epoch {n}"),
        *(
            "unit {n} of layer {m}",
            "layer {n}",
            "unit {n}",
            "output {n}",
            "input {n}",
            "epochs",
            "samples",
            "another sample",
        ),
        *("layer", "phase", "sample", "batch", "number", "start", "latest", "a lot", "by", "reveal", "off"),
        *("none", "yes", "classes"),
    ),
    "dialogue",
)
"""What one may say besides the names of commands, settings, data sets and groups. A slot n or m is a number, x
or y is translated as well, and the text of a last slot, such as the name of a file, stays as it is."""

MAX_DEPTH = 4
"""The most phrases within each other."""
_SLOT = re.compile(r"\{(\w+)\}")
_SLOTS = {"n": r"[0-9]+", "m": r"[0-9]+"}
_LETTER = r"[^\W\d_\u2e80-\U0003ffff]"
"""A letter of a script that has spaces between words, unlike Chinese."""


class _Words(NamedTuple):
    """Phrases, and what is said in place of each."""

    exact: dict[str, str]
    slotted: list[tuple[re.Pattern[str], str]]
    within: re.Pattern[str]
    """What is replaced within a line."""


def in_english(line: str) -> str:
    """A line in English words; what has no translation stays as it is, and so does all of an English line."""
    line = line.rstrip("。！")
    words = _words(tuple(typed().items()))
    return _replaced(line, words) if words.exact else line


def in_language(line: str) -> str:
    """An English command as one says it in the language of the catalogue."""
    said = {english: first for first, english in reversed(typed().items()) if not _is_free(english)}
    return _replaced(line, _words(tuple(said.items()))) if said else line


def typed() -> dict[str, str]:
    """All phrases of the language, and the English ones; the first of several is what the program says."""
    named = [
        (name, field.label)
        for field in FIELDS
        for name in names_in_language(field.name, field.label, "setting")
        if not name.isascii() or name == field.said  # and not pinyin, which may be the beginning of a word
    ]
    counts = Counter(name for name, _ in named)
    said = [
        (text, english) for english, texts in in_context("dialogue").items() for text in texts.split(", ")
    ]
    own = {english: english for english in PHRASES if english.endswith("{text}")} if said else {}
    return {name: label for name, label in named if counts[name] == 1} | dict(said) | own


def _is_free(phrase: str) -> bool:
    """Whether it has a slot for words, which are translated themselves."""
    return not {"x", "y"}.isdisjoint(slots(phrase))


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())


@cache
def _words(phrases: tuple[tuple[str, str], ...]) -> _Words:
    longest = sorted(phrases, key=lambda phrase: len(_SLOT.sub("", phrase[0])), reverse=True)
    slotted = [(re.compile(_pattern(text), re.IGNORECASE), to) for text, to in longest if "{" in text]
    inner = [
        re.sub(r"\?P<\w>", "?:", _pattern(text)) for text, _ in longest if {*slots(text)} <= _SLOTS.keys()
    ]
    exact = {_squeezed(text): to for text, to in phrases if "{" not in text}
    return _Words(exact, slotted, re.compile("|".join(inner), re.IGNORECASE))


def _pattern(phrase: str) -> str:
    """The pattern of a phrase: spaces are optional, but not between two slots."""
    parts = _SLOT.split(phrase)
    parts[1::2] = [rf"\s*(?P<{slot}>{_SLOTS.get(slot, '.+?')})\s*" for slot in parts[1::2]]
    parts[::2] = [
        r"\s+" if text == " " else r"\s*".join(map(re.escape, text.split(" "))) for text in parts[::2]
    ]
    before, after = (rf"(?<!{_LETTER})", rf"(?!{_LETTER})")
    begins, ends = (re.fullmatch(_LETTER, sign) for sign in (phrase[0], phrase[-1]))
    return (before if begins else "") + "".join(parts) + (after if ends else "")


def _replaced(line: str, words: _Words, depth: int = 0) -> str:
    """A line in which these phrases are replaced: as a whole, and otherwise each longest one within it."""
    narrow = line.translate(NARROW)  # which has as many characters, so that names of files stay as they are
    if whole := words.exact.get(_squeezed(narrow)):
        return whole

    def filled(match: re.Match[str], to: str) -> str:
        def value(slot: re.Match[str]) -> str:
            if slot[1] in _SLOTS:
                return match[slot[1]]
            text = line[match.start(slot[1]) : match.end(slot[1])]
            return text if slot[1] == "text" else _replaced(text, words, depth + 1)

        return _SLOT.sub(value, to)

    for pattern, to in words.slotted if depth < MAX_DEPTH else ():
        if match := pattern.fullmatch(narrow):
            return filled(match, to)

    def said(match: re.Match[str]) -> str:
        found = (pattern.fullmatch(match[0]) for pattern, _ in words.slotted)
        numbers = ((one, to) for one, (_, to) in zip(found, words.slotted, strict=True) if one)
        return f" {words.exact.get(_squeezed(match[0])) or filled(*next(numbers))} "

    text, count = words.within.subn(said, narrow)
    return re.sub(r" (?=[=,;])", "", " ".join(text.split())) if count else narrow
