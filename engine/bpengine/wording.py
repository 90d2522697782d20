"""Values and names in messages: always on one line, and printable."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from bpwords import Sentence, spaced, word

MAX_VALUE_LENGTH = 40
"""The most characters of a refused value in a message."""
_MAX_PATH_LENGTH = 80
Names = Mapping[str, Iterable[str]] | Iterable[str]
"""Names that are allowed, each with its synonyms if there are any."""
SIMILAR = 0.7
"""How similar two names are, from 0 to 1, of which one may be a misspelling of the other."""


def must_be(allowed: str, value: object) -> str:
    """Why a value is refused: the allowed values, and the value that was given."""
    return Sentence("must be {allowed}, got {value}")(allowed=allowed, value=shown(value))


def must_be_one_of(names: Sequence[str], text: str) -> str:
    """Why a text is refused that is none of the names, and which of them it may have meant."""
    return must_be(either(names), text) + did_you_mean(text, names)


def there_is_no(what: str, name: str, names: Names) -> str:
    """Why a name is refused that nothing of a kind has."""
    none = Sentence("there is no {what} {name}")(what=word(what), name=shown(name))
    return none + did_you_mean(name, names)


def shown(value: object, max_length: int = MAX_VALUE_LENGTH) -> str:
    """The value as a message shows it: in quotes, on one line, cut short."""
    if isinstance(value, int) and value.bit_length() > 128:
        return "a huge number"  # Python refuses to print thousands of digits
    if isinstance(value, (tuple, list)):
        texts = (part if isinstance(part, str) else shown(part).strip("'") for part in value[:9])
        value = ",".join(texts)
    return repr(str(value)[:max_length])


def did_you_mean(text: str, names: Names) -> str:
    """The end of a message that refuses a text: what it may have meant; empty if no name is similar.

    Args:
        text: the text that was refused.
        names: the names that are allowed.
    """
    synonyms = names if isinstance(names, Mapping) else dict.fromkeys(names, ())
    spelled = {
        spelling.casefold().lstrip("-"): name
        for name, others in synonyms.items()
        for spelling in (*others, name)
    }
    similar = SIMILAR if text.isascii() else 0.5  # of two Chinese letters, one may be wrong
    close = get_close_matches(text[:MAX_VALUE_LENGTH].casefold().lstrip("-"), spelled, 1, similar)
    if not close:
        return ""
    return word("; ", "list") + Sentence("did you mean {name}?")(name=spelled[close[0]])


def escaped(text: str) -> str:
    """The text with every unprintable character escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def printable(text: str, max_length: int = 40) -> str:
    """The text with every unprintable character escaped, cut to `max_length` characters."""
    whole = escaped(text[: max_length + 1])
    return whole if len(whole) <= max_length else whole[: max_length - 1] + "…"


def name_list(names: Sequence[str]) -> str:
    """Up to eight names, and how many more there are."""
    first = word(", ", "list").join(printable(name, 20) for name in names[:8])
    return first if len(names) <= 8 else Sentence("{names} and {n} more")(names=first, n=len(names) - 8)


def listed(parts: Sequence[str], between: str = "and") -> str:
    """The parts as a list in a sentence: a, b and c."""
    first = word(", ", "list").join(parts[:-1])
    last = f"\0{word(f' {between} ', 'list')}\0"
    return spaced(last.join(filter(None, (first, *parts[-1:]))))


def either(names: Sequence[str]) -> str:
    """The names as alternatives: a, b or c."""
    return listed(names, "or")


def printable_path(path: str | os.PathLike[str]) -> str:
    """A file's name; of a long name only the end, which says more than the beginning."""
    name = os.fspath(path) or "."
    end = escaped(name[-_MAX_PATH_LENGTH - 1 :])
    return end if len(end) <= _MAX_PATH_LENGTH else "…" + end[1 - _MAX_PATH_LENGTH :]
