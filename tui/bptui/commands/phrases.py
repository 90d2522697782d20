"""The words of the dialogue in the language of the catalogue: as English ones, and English ones in them.

A catalogue has them in the context "dialogue", separated by commas. Under "run" stands what one may type for
it, and first of all what the program calls it. English words are valid in every language.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from bpengine import FIELDS
from bpwords import NARROW, in_context, names_in_language, slots

_PHRASES = """
{x}, set {x}, set {x} {y}, raise {x}, lower {x}, raise {x} a lot, lower {x} a lot, what is {x}, how do i {x},
how good is it, why is it so slow, what can i do, is it done, so, show me, of, what if on, what if off,
cloud on, cloud off, off, open {text}, predict {values}, save checkpoint {text}, save settings {text},
save command line {text}, export {x} {text}, to {n}, epoch {n}, unit {n} of layer {m}, layer {n}, unit {n},
output {n}, input {n}, epochs, samples, another sample, layer, phase, sample, batch, number, start, latest,
a lot, by, reveal, none, random, yes, classes, set units {n}
"""
PHRASES = tuple(map(str.strip, _PHRASES.split(",")))
"""What one may say besides the names of commands, settings, data sets and groups. A slot n or m is a number,
x or y is translated as well; values are not, and a text, such as the name of a file, keeps its signs, too."""

MAX_DEPTH = 4
"""The most phrases within each other."""
_SLOT = re.compile(r"\{(\w+)\}")
_NUMBERS = {"n", "m"}
_SIGN = "[\u4e00-\u9fff]"
_NUMERALS = "零一二两三四五六七八九十百千万"
_SPELLED = f"[{_NUMERALS}]+(?:点[零一二三四五六七八九]+)?(?=[个轮层号,\\s]|$)"
_DIGITS = str.maketrans("零一二两三四五六七八九点", "01223456789.")
_PART = "(?:([1-9])千)?(?:0?([1-9])百)?(?:0?([1-9]?)十)?(?:(?:0|(?<![百千万]))([1-9]))?"
_NUMERAL = re.compile(rf"(?:0|(?:(?!万){_PART}万)?{_PART})(\.[0-9]+|)")
"""A number with its powers: the eight digits and the decimals. A power that is skipped has a zero, since 3百2
may be 320 or 302."""
_LETTER = r"[^\W\d_\u2e80-\U0003ffff]"
"""A letter of a script that has spaces between words, unlike Chinese."""


def in_english(line: str) -> str:
    """A line in English words; what has no translation stays as it is, and so does all of an English line."""
    return _replaced(line.rstrip("。！"), typed())


def in_language(line: str) -> str:
    """An English command as one says it in the language of the catalogue."""
    return _replaced(line, said())


def typed() -> dict[str, str]:
    """What may be typed in the language, and the same in English; what the program says comes first."""
    named = [
        (name, field.label)
        for field in FIELDS
        for name in dict.fromkeys(names_in_language(field.name, field.label, "setting"))
        if not name.isascii() or name == field.said  # and not pinyin, which may be the beginning of a word
    ]
    counts = Counter(name for name, _ in named)
    texts = {text: english for english, all in in_context("dialogue").items() for text in all.split(", ")}
    kept = {text: text for text in PHRASES if texts and text.endswith(("{text}", "{values}"))}
    return {name: label for name, label in named if counts[name] == 1} | texts | kept


def said() -> dict[str, str]:
    """What the program says for English words."""
    words = reversed(typed().items())
    return {english: text for text, english in words if not {"x", "y"} & {*slots(english)}}


def _in_digits(line: str) -> str:
    """A line with digits in place of the Chinese numerals that are well formed."""

    def number(spelled: re.Match[str]) -> str:
        found = _NUMERAL.fullmatch(spelled[0].translate(_DIGITS))
        if found is None:
            return spelled[0]
        *digits, decimals = found.groups("0")
        return f"{int(''.join(digit or '1' for digit in digits))}{decimals}"

    return re.sub(f"(?<!{_SIGN}){_SPELLED}", number, line)


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())


_Patterns = tuple[dict[str, str], list[tuple[re.Pattern[str], str]], re.Pattern[str], re.Pattern[str]]
"""Phrases without slots by their letters, the patterns of the others, what is replaced within a line, and a
sequence of that."""


@cache
def _compiled(phrases: tuple[str, ...]) -> _Patterns:
    longest = sorted(phrases, key=lambda phrase: -len(_SLOT.sub("", phrase)))
    slotted = [(re.compile(_pattern(phrase), re.IGNORECASE), phrase) for phrase in longest if "{" in phrase]
    within = [
        re.sub(r"\?P<\w>", "?:", _pattern(phrase)) for phrase in longest if {*slots(phrase)} <= _NUMBERS
    ]
    exact = {_squeezed(phrase): phrase for phrase in phrases if "{" not in phrase}
    parts = "|".join((*within, _SPELLED))
    known = re.compile(f"(?<!{_SIGN})(?:{parts})++(?!{_SIGN})", re.IGNORECASE)
    return exact, slotted, re.compile(parts, re.IGNORECASE), known


def _pattern(phrase: str) -> str:
    """The pattern of a phrase: spaces are optional, but not between two slots."""
    parts = _SLOT.split(phrase)
    values = dict.fromkeys(_NUMBERS, f"[0-9]+|{_SPELLED}")
    parts[1::2] = [rf"\s*(?P<{slot}>{values.get(slot, '.+?')})\s*" for slot in parts[1::2]]
    parts[::2] = [
        r"\s+" if text == " " else r"\s*".join(map(re.escape, text.split(" "))) for text in parts[::2]
    ]
    letter = _LETTER if len(phrase) > 1 else rf"[^\W\d_{_NUMERALS}]"  # one sign may be a part of any word
    begins, ends = (re.match(letter, sign) for sign in (phrase[0], phrase[-1]))
    before, after = f"(?<!{letter})(?<!-)" if begins else "", f"(?!{letter}|-)" if ends else ""
    return f"{before}{''.join(parts)}{after}"


def _replaced(line: str, phrases: dict[str, str], depth: int = 0) -> str:
    """A line in which these phrases are replaced: as a whole, and otherwise each longest one within it.

    Chinese has no spaces between words: all signs between two spaces are replaced, or none, as of a name.
    """
    if not phrases:
        return line
    exact, slotted, within, known = _compiled(tuple(phrases))
    narrow = line.translate(NARROW)  # which has as many characters, so that names of files stay as they are
    if whole := exact.get(_squeezed(narrow)):
        return phrases[whole]

    def filled(match: re.Match[str], phrase: str) -> str:
        def value(slot: re.Match[str]) -> str:
            text = line[match.start(slot[1]) : match.end(slot[1])]
            if slot[1] in ("x", "y"):
                return _replaced(text, phrases, depth + 1)
            return text if slot[1] == "text" else _in_digits(match[slot[1]])

        return _SLOT.sub(value, phrases[phrase])

    for pattern, phrase in slotted if depth < MAX_DEPTH else ():
        if match := pattern.fullmatch(narrow):
            return filled(match, phrase)

    def replacement(match: re.Match[str]) -> str:
        if phrase := exact.get(_squeezed(match[0])):
            return f"\0{phrases[phrase]}\0"
        matches = ((pattern.fullmatch(match[0]), phrase) for pattern, phrase in slotted)
        return f"\0{next((filled(one, phrase) for one, phrase in matches if one), _in_digits(match[0]))}\0"

    text, count = known.subn(lambda words: within.sub(replacement, words[0]), narrow)
    text = re.sub(r"[ \0]*\0[ \0]*(?=[=,;])|(?<=[=,;])\0", "", text).replace("\0", " ")
    return " ".join(text.split()) if count else narrow
