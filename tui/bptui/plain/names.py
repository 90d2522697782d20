"""Finding things by their whole names or by unambiguous beginnings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from bpengine import FIELD, FIELDS, Field
from bpengine.wording import did_you_mean, either, shown
from bptui.plain.errors import RefusedError

Named = TypeVar("Named")

MAX_WORDS = 4
"""The most words of a name."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name: LEARNING_RATE, --learning-rate and "learning rate" have the same words."""
    return tuple(re.split(r"[\s_-]+", text.casefold().strip(" -_")))


def named(
    text: str, things: Mapping[Named, Iterable[str]], synonyms: Mapping[Named, Iterable[str]] | None = None
) -> tuple[list[Named], str]:
    """The things that the beginning of a text names, and the rest of the text.

    As many words as possible are taken as the name. Each of them may be the beginning of a word. A whole name
    takes precedence over the beginning of another name.

    Args:
        text: a name and what follows it.
        things: the names of each thing.
        synonyms: other names of each thing, which are taken only as a whole.
    """
    others = synonyms or {}
    matches = list(re.finditer(r"[^\s=]+", text))
    for count in range(len(matches), 0, -1):
        end = matches[count - 1].end()
        words = words_of(text[:end])
        rest = text[end:].lstrip(" \t=")
        found = _called(words, things) or _called(words, others)
        found = found or [
            thing for thing, names in things.items() if any(_begins(words, words_of(name)) for name in names)
        ]
        if found and words != ("",):
            return found, rest
    return [], text


def _called(words: tuple[str, ...], things: Mapping[Named, Iterable[str]]) -> list[Named]:
    return [thing for thing, names in things.items() if any(words_of(name) == words for name in names)]


def _begins(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return len(words) <= len(name) and all(
        whole.startswith(word) for word, whole in zip(words, name, strict=False)
    )


_FIELDS = {field.name: (field.name, field.label, field.flag) for field in FIELDS}
_SYNONYMS = {field.name: field.synonyms for field in FIELDS}


def begins_with_setting(text: str) -> bool:
    """Whether a text begins with the whole name of a setting."""
    words = words_of(text.replace("=", " "))
    names = (words_of(name) for field in FIELDS for name in (*_FIELDS[field.name], *field.synonyms))
    return any(words[: len(name)] == name for name in names)


def field_named(text: str) -> tuple[Field, str]:
    """The setting that the beginning of a text names, and the rest: its value without "to" or "=".

    Raises:
        RefusedError: no setting or more than one has that name.
    """
    found, rest = named(text, _FIELDS, _SYNONYMS)
    if not found:
        meant = meaning(text, {field.label: field.synonyms for field in FIELDS})
        raise RefusedError(f"no setting is called {shown(text)}{meant or '; show lists the settings'}")
    labels = [FIELD[name].label for name in found]
    if len(labels) > 1:
        raise RefusedError(f"that is the beginning of {either(labels)}: say more of it")
    return FIELD[found[0]], re.sub(r"^to\s+", "", rest)


def meaning(text: str, names: Mapping[str, Iterable[str]]) -> str:
    """What the first words of a text may have meant, as the end of a message; empty if nothing is similar.

    Args:
        text: what was said.
        names: what can be said, each with its synonyms.
    """
    words = text.split()[:MAX_WORDS]
    ends = (did_you_mean(" ".join(words[:count]), names) for count in range(len(words), 0, -1))
    return next(filter(None, ends), "")


def choice_of(text: str, choices: Iterable[str], what: str) -> str:
    """The choice whose name is or begins with the text.

    Raises:
        RefusedError: no choice matches, or several do; the message says what `what` must be.
    """
    names = {choice: (choice,) for choice in choices}
    found, rest = named(text, names)
    if len(found) != 1 or rest:
        meant = did_you_mean(text, names)
        raise RefusedError(f"{what} must be {either(list(names))}, got {shown(text)}{meant}")
    return found[0]


def count_of(text: str, what: str, otherwise: int) -> int:
    """The whole number from 1 that the text spells, or `otherwise` for an empty text.

    Raises:
        RefusedError: the text is not such a number.
    """
    if not text:
        return otherwise
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) == 0:
        raise RefusedError(f"{what} must be a whole number from 1 to 999999999, got {shown(text)}")
    return int(text)
