"""Finding things by their whole names or by unambiguous beginnings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from bpengine import FIELDS, Field
from bpengine.wording import either, shown
from bptui.plain.errors import RefusedError

Named = TypeVar("Named")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name: LEARNING_RATE, --learning-rate and "learning rate" have the same words."""
    return tuple(re.split(r"[\s_-]+", text.casefold().strip(" -_")))


def named(text: str, things: Mapping[Named, Iterable[str]]) -> tuple[list[Named], str]:
    """The things that the beginning of a text names, and the rest of the text.

    As many words as possible are taken as the name. Each of them may be the beginning of a word. A whole name
    takes precedence over the beginning of another name.

    Args:
        text: a name and what follows it.
        things: the names of each thing.
    """
    matches = list(re.finditer(r"[^\s=]+", text))
    for count in range(len(matches), 0, -1):
        end = matches[count - 1].end()
        words = words_of(text[:end])
        rest = text[end:].lstrip(" \t=")
        whole = [thing for thing, names in things.items() if any(words_of(name) == words for name in names)]
        found = whole or [
            thing for thing, names in things.items() if any(_begins(words, words_of(name)) for name in names)
        ]
        if found and words != ("",):
            return found, rest
    return [], text


def _begins(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return len(words) <= len(name) and all(
        whole.startswith(word) for word, whole in zip(words, name, strict=False)
    )


_FIELDS = {field.name: (field.name, field.label, field.flag) for field in FIELDS}
_FIELD = {field.name: field for field in FIELDS}


def begins_with_setting(text: str) -> bool:
    """Whether a text begins with the whole name of a setting."""
    words = words_of(text.replace("=", " "))
    names = (words_of(name) for names in _FIELDS.values() for name in names)
    return any(words[: len(name)] == name for name in names)


def field_named(text: str) -> tuple[Field, str]:
    """The setting that the beginning of a text names, and the rest: its value without "to" or "=".

    Raises:
        RefusedError: no setting or more than one has that name.
    """
    found, rest = named(text, _FIELDS)
    if not found:
        raise RefusedError(f"no setting is called {shown(text)}; show lists the settings")
    labels = [_FIELD[name].label for name in found]
    if len(labels) > 1:
        raise RefusedError(f"that is the beginning of {either(labels)}: say more of it")
    value = re.sub(r"^to\s+", "", rest)
    return _FIELD[found[0]], value


def choice_of(text: str, choices: Iterable[str], what: str) -> str:
    """The choice whose name is or begins with the text.

    Raises:
        RefusedError: no choice matches, or several do; the message says what `what` must be.
    """
    names = {choice: (choice,) for choice in choices}
    found, rest = named(text, names)
    if len(found) != 1 or rest:
        raise RefusedError(f"{what} must be {either(list(names))}, got {shown(text)}")
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
