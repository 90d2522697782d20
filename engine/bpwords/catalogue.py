"""Catalogues of translations, in the format of gettext's .po files, which need no compile step here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from bpwords import OPTIONAL, key, slots

_LINE = re.compile(r'(?:(msgctxt|msgid|msgstr) )?"((?:[^"\\]|\\.)*)"')
_CONTROL = re.compile(r"[\0-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""A character that steers a terminal, or that changes the order in which it shows others."""
_ESCAPED = {"n": "\n", "t": "\t"}


class Entry(NamedTuple):
    """A text and its translation."""

    text: str
    """The English text."""
    context: str
    """What tells the text apart from an equal one; empty for none."""
    translation: str
    """Empty if there is none yet."""
    is_fuzzy: bool
    """Whether somebody still has to look at the translation, since the English text has changed."""
    line: int
    """The last line of the entry, counted from 1."""


def entries(content: str) -> Iterator[Entry]:
    """The entries in the content of a .po file, without its header.

    Raises:
        ValueError: a line is none of such a file; the message says which.
    """
    parts: dict[str, str] = {}
    part, is_fuzzy = "", False
    for number, line in enumerate([*content.splitlines(), ""], 1):
        match = None if line[:1] == "#" else _LINE.fullmatch(line.strip())
        if match is None and line.strip() and not line.startswith("#"):
            raise ValueError(f"line {number}: must be a comment, or a text in quotation marks")
        if match is None or (match[1] and match[1] != "msgstr" and "msgstr" in parts):
            if parts.get("msgid") and "msgstr" in parts:
                yield Entry(parts["msgid"], parts.get("msgctxt", ""), parts["msgstr"], is_fuzzy, number - 1)
            if "msgstr" in parts:
                parts, is_fuzzy = {}, False
            is_fuzzy = is_fuzzy or (line.startswith("#,") and "fuzzy" in line)
        if match is not None:
            part = match[1] or part
            text = match[2]
            if "\\" in text:
                text = re.sub(r"\\(.)", lambda sign: _ESCAPED.get(sign[1], sign[1]), text)
            parts[part] = parts.get(part, "") + text


def catalogue(content: str, is_command: Callable[[str], bool] | None = None) -> Mapping[str, str]:
    """The translations in the content of a .po file, for `bpwords.use`. Fuzzy ones are left out.

    Args:
        content: the content.
        is_command: whether a slot names a command; None where slots need no check.

    Raises:
        ValueError: see `entries`; or a translation has characters that steer a terminal, or markup, or a slot
            that names no command and no value of the text.
    """
    kept = [entry for entry in entries(content) if entry.translation and not entry.is_fuzzy]
    for entry in kept:
        if control := _CONTROL.search(entry.translation):
            raise ValueError(f"line {entry.line}: has the control character {control[0]!a}")
        if "[" in OPTIONAL.sub("", entry.translation) and "[" not in OPTIONAL.sub("", entry.text):
            raise ValueError(f"line {entry.line}: has a [ that the text does not have")
    if is_command:
        for entry in kept:
            for slot in slots(entry.translation):
                if slot not in slots(entry.text) and not is_command(slot):
                    raise ValueError(f"line {entry.line}: {{{slot}}} is no command, and no value of the text")
    return {key(entry.text, entry.context): entry.translation for entry in kept}
